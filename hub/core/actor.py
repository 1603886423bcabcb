"""Who does something: handed to every use case, never looked up from the surroundings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hub.core.errors import NotAllowed
from hub.core.i18n import _


class CompanyRole(StrEnum):
    """What a user may do for the company: an owner may do everything."""

    OWNER = "owner"
    TRADER = "trader"
    FINANCE = "finance"
    VIEWER = "viewer"


class StaffRole(StrEnum):
    """What a person of the hub may do."""

    BROKER = "broker"
    FINANCE = "finance"
    DEPOT = "depot"
    VERIFIER = "verifier"
    ADVERTISING = "advertising"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for a company or for the hub, the system itself, or nobody known."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    company_id: int | None = None
    company_name: str = ""
    company_role: CompanyRole | None = None
    company_verified: bool = False
    staff_roles: frozenset[StaffRole] = field(default_factory=frozenset)
    depot_ids: frozenset[int] = field(default_factory=frozenset)
    language: str = "en"
    zone: str = "UTC"
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    def has(self, *roles: StaffRole) -> bool:
        """Whether the actor is the system or holds one of these staff roles."""
        return self.is_system or not self.staff_roles.isdisjoint(roles)

    def trades_for(self, company_id: int | None) -> bool:
        """Whether the actor may bind the company: as its owner or trader."""
        return (
            company_id is not None
            and self.company_id == company_id
            and self.company_role in (CompanyRole.OWNER, CompanyRole.TRADER)
        )

    def require(self, *roles: StaffRole) -> None:
        """Raise NotAllowed unless the actor holds one of these staff roles."""
        if not self.has(*roles):
            raise NotAllowed(_("This is done by the hub's staff; your account has no such role."))

    def require_trader(self, company_id: int | None = None) -> int:
        """The id of the verified company the actor trades for.

        Raises:
            NotAllowed: not an owner or trader, of another company than asked for, or the
                company is not verified.
        """
        wanted = company_id if company_id is not None else self.company_id
        if wanted is None or not self.trades_for(wanted):
            raise NotAllowed(_("Only an owner or trader of the company may do this."))
        if not self.company_verified:
            raise NotAllowed(_("Your company can trade as soon as the hub has verified it."))
        return wanted


SYSTEM = Actor(name="Hub", is_system=True)
ANONYMOUS = Actor()
