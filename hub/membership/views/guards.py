"""Who may enter the pages of memberships."""

from hub.core.actor import Actor, StaffRole
from hub.core.errors import NotAllowed
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.payments.payouts.queries import CREDIT_ROLES

administrator = staff(StaffRole.ADMINISTRATOR)
desk = staff(StaffRole.ADMINISTRATOR, StaffRole.FINANCE)


def member() -> Actor:
    """The signed-in person of a company (NotAllowed for others)."""
    actor = current_actor()
    if actor.company_id is None:
        raise NotAllowed(_("Memberships belong to companies."))
    return actor


def may_act(actor: Actor) -> bool:
    """Whether the actor decides about the plan of the company."""
    return actor.company_id is not None and actor.company_role in CREDIT_ROLES
