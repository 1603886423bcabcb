"""Companies, the people in them, and the people of the hub."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.catalogue.models import Region
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.states import Stateful, register_words


class Verification(StrEnum):
    """How far the hub's check of a company has come."""

    UNVERIFIED = "unverified"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    VERIFIED = "verified"
    REVISION_REQUESTED = "revision_requested"
    REJECTED = "rejected"
    REVOKED = "revoked"


class AccountState(StrEnum):
    """Whether a company may use the hub at all."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Company(Identified, Versioned, Stateful, Base):
    """A legal entity that joined. ``state`` is its verification."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("country", "registration_number"),)
    THING = "company"
    TRANSITIONS = {
        Verification.UNVERIFIED: frozenset({Verification.SUBMITTED}),
        Verification.SUBMITTED: frozenset({Verification.UNDER_REVIEW}),
        Verification.UNDER_REVIEW: frozenset(
            {Verification.VERIFIED, Verification.REVISION_REQUESTED, Verification.REJECTED}
        ),
        Verification.REVISION_REQUESTED: frozenset({Verification.SUBMITTED}),
        Verification.REJECTED: frozenset({Verification.SUBMITTED}),
        Verification.VERIFIED: frozenset({Verification.REVOKED, Verification.SUBMITTED}),
        Verification.REVOKED: frozenset({Verification.SUBMITTED}),
        AccountState.PENDING: frozenset({AccountState.ACTIVE, AccountState.CLOSED}),
        AccountState.ACTIVE: frozenset({AccountState.SUSPENDED, AccountState.CLOSED}),
        AccountState.SUSPENDED: frozenset({AccountState.ACTIVE, AccountState.CLOSED}),
    }

    legal_name: Mapped[str] = mapped_column(String(200), index=True)
    alias: Mapped[str] = mapped_column(String(20), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    registration_number: Mapped[str] = mapped_column(String(40))
    vat_id: Mapped[str] = mapped_column(String(30), default="")
    street: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    state: Mapped[Verification] = mapped_column(
        StateColumn(Verification), default=Verification.UNVERIFIED, index=True
    )
    account_state: Mapped[AccountState] = mapped_column(
        StateColumn(AccountState), default=AccountState.PENDING
    )
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", use_alter=True))
    review_reason: Mapped[str] = mapped_column(Text, default="")
    suspension_reason: Mapped[str] = mapped_column(Text, default="")

    region: Mapped[Region] = relationship(lazy="joined")
    users: Mapped[list["User"]] = relationship(
        back_populates="company", foreign_keys="User.company_id"
    )
    bank_accounts: Mapped[list["CompanyBankAccount"]] = relationship(
        back_populates="company", order_by="CompanyBankAccount.id"
    )

    @property
    def can_trade(self) -> bool:
        """Verified and active: listings open and contracts are signed only then."""
        return self.state is Verification.VERIFIED and self.account_state is AccountState.ACTIVE

    @property
    def is_verified(self) -> bool:
        """Whether pages show the badge."""
        return self.state is Verification.VERIFIED

    @property
    def can_be_submitted(self) -> bool:
        """Whether the company may ask the hub to check it now."""
        return (
            Verification.SUBMITTED in self.TRANSITIONS[self.state]
            and self.state is not Verification.VERIFIED
            and self.account_state is AccountState.ACTIVE
        )

    @property
    def address_lines(self) -> list[str]:
        """The postal address, a line each."""
        return [self.street, f"{self.postcode} {self.city}".strip(), self.region.name]

    def submit(self, actor: Actor, reason: str | None = None) -> None:
        """Ask the hub to check the company; a verified one that changes is checked again."""
        self._move_to(Verification.SUBMITTED, actor, "submitted", reason)
        self.reviewer_id = None

    def take(self, actor: Actor) -> None:
        """A verifier begins the check."""
        self._move_to(Verification.UNDER_REVIEW, actor, "review_taken")
        self.reviewer_id = actor.user_id

    def approve(self, actor: Actor, reason: str, now: datetime) -> None:
        """The check succeeded: the company may trade."""
        self._move_to(Verification.VERIFIED, actor, "approved", reason)
        self.verified_at = now
        self.review_reason = ""

    def revoke(self, actor: Actor, reason: str) -> None:
        """The hub takes its verification back."""
        self._move_to(Verification.REVOKED, actor, "revoked", reason)
        self.review_reason = reason

    def ask_for_more(self, actor: Actor, reason: str) -> None:
        """The check needs papers or corrections."""
        self._move_to(Verification.REVISION_REQUESTED, actor, "revision_requested", reason)
        self.review_reason = reason

    def reject(self, actor: Actor, reason: str) -> None:
        """The check failed."""
        self._move_to(Verification.REJECTED, actor, "rejected", reason)
        self.review_reason = reason

    def activate(self, actor: Actor) -> None:
        """An owner confirmed the e-mail address."""
        self._move_to(AccountState.ACTIVE, actor, "activated", column="account_state")

    def suspend(self, actor: Actor, reason: str) -> None:
        """Stop all trading of the company, with a reason it is told."""
        self._move_to(AccountState.SUSPENDED, actor, "suspended", reason, column="account_state")
        self.suspension_reason = reason

    def reinstate(self, actor: Actor, reason: str) -> None:
        """Lift the suspension."""
        self._move_to(AccountState.ACTIVE, actor, "reinstated", reason, column="account_state")
        self.suspension_reason = ""


register_words(
    Company.THING,
    {
        Verification.UNVERIFIED: (_l("not yet submitted"), "quiet"),
        Verification.SUBMITTED: (_l("submitted"), "waiting"),
        Verification.UNDER_REVIEW: (_l("under review"), "waiting"),
        Verification.VERIFIED: (_l("verified"), "good"),
        Verification.REVISION_REQUESTED: (_l("more information asked"), "warning"),
        Verification.REJECTED: (_l("rejected"), "bad"),
        Verification.REVOKED: (_l("verification revoked"), "bad"),
        AccountState.PENDING: (_l("e-mail not confirmed"), "waiting"),
        AccountState.ACTIVE: (_l("active"), "good"),
        AccountState.SUSPENDED: (_l("suspended"), "bad"),
        AccountState.CLOSED: (_l("closed"), "quiet"),
    },
)


#: How an account is named: by its IBAN, or by a clearing code and a number where there are none.
IBAN_OR_ACCOUNT_NUMBER = (
    "(iban IS NOT NULL AND account_number IS NULL)"
    " OR (iban IS NULL AND account_number IS NOT NULL AND clearing_code IS NOT NULL)"
)


class CompanyBankAccount(Identified, Base):
    """Where a company is paid. Never edited: new details are a new row, the old one retires."""

    __tablename__ = "company_bank_account"
    __table_args__ = (
        CheckConstraint(IBAN_OR_ACCOUNT_NUMBER, name="iban_or_account_number"),
        Index(
            "uq_company_bank_account_current",
            "company_id",
            "currency",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )
    THING = "company_bank_account"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    holder: Mapped[str] = mapped_column(String(140))
    bank_name: Mapped[str] = mapped_column(String(140), default="")
    country: Mapped[str] = mapped_column(String(2))
    iban: Mapped[str | None] = mapped_column(String(34))
    clearing_code: Mapped[str | None] = mapped_column(String(20))
    account_number: Mapped[str | None] = mapped_column(String(34))
    bic: Mapped[str | None] = mapped_column(String(11))
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", use_alter=True))
    retired_at: Mapped[datetime | None]

    company: Mapped[Company] = relationship(back_populates="bank_accounts")

    @property
    def masked(self) -> str:
        """The account for pages: the last four characters only."""
        number = self.iban or self.account_number or ""
        return f"•••• {number[-4:]}"


class CompanyPaper(Identified, Base):
    """A paper that proves something about a company, such as its registration."""

    __tablename__ = "company_paper"
    THING = "company_paper"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="joined")


class CompanyBlock(Base):
    """A company that another one does not want to be matched with."""

    __tablename__ = "company_block"
    __table_args__ = (
        UniqueConstraint("company_id", "blocked_company_id"),
        CheckConstraint("company_id <> blocked_company_id", name="not_itself"),
    )
    THING = "company_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    blocked_company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    created_at: Mapped[datetime]


class User(Identified, Versioned, Base):
    """A person, of a company or of the hub's staff."""

    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("(company_id IS NULL) = (company_role IS NULL)", name="role_with_company"),
    )
    THING = "user"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10), default="en")
    zone: Mapped[str] = mapped_column(String(40), default="UTC")
    demo_label: Mapped[str | None] = mapped_column(String(80))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    company_role: Mapped[CompanyRole | None] = mapped_column(StateColumn(CompanyRole))
    email_confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    company: Mapped[Company | None] = relationship(
        back_populates="users", foreign_keys=[company_id], lazy="joined"
    )
    staff_assignments: Mapped[list["StaffAssignment"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan"
    )


class StaffAssignment(Base):
    """A staff role of a user; a depot operator has one for each depot (``depot.id``)."""

    __tablename__ = "staff_assignment"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "depot_id"),
        CheckConstraint("(role = 'depot') = (depot_id IS NOT NULL)", name="depot_with_role"),
    )
    THING = "staff_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    role: Mapped[StaffRole] = mapped_column(StateColumn(StaffRole))
    depot_id: Mapped[int | None]


class UserSession(Identified, Base):
    """A signed-in browser. Revoked, it is out at the next request."""

    __tablename__ = "user_session"
    THING = "user_session"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class SignInFailure(Base):
    """A wrong password. ``account`` is the SHA-256 of the e-mail, known here or not."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_account_at", "account", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class TokenPurpose(StrEnum):
    """What a mailed link is for."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105


class AccountToken(Base):
    """A link that was mailed: only its hash is kept, and it works once."""

    __tablename__ = "account_token"
    THING = "account_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(StateColumn(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(Identified, Base):
    """A colleague asked to join a company in a role."""

    __tablename__ = "invitation"
    THING = "invitation"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[CompanyRole] = mapped_column(StateColumn(CompanyRole))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    company: Mapped[Company] = relationship(lazy="joined")


class RulesAcceptance(Base):
    """Which version of the rules a person accepted for the company, and when."""

    __tablename__ = "rules_acceptance"
    THING = "rules_acceptance"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    rules_version: Mapped[str] = mapped_column(String(20))
    accepted_at: Mapped[datetime]
    text_sha256: Mapped[str] = mapped_column(Text)
