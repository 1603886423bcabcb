"""The tables of what the hub sends: payouts and the files that order them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company, CompanyBankAccount
from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.payments.ledger.models import DesignatedAccount


class PayoutKind(StrEnum):
    """Why money leaves the pool."""

    SUPPLIER = "supplier"
    REFUND = "refund"
    CREDIT = "credit"
    SWEEP = "sweep"


class PayoutState(StrEnum):
    """Where a payout stands. ``due``: owed, but nobody has asked for it to leave yet."""

    DUE = "due"
    REQUESTED = "requested"
    APPROVED = "approved"
    EXPORTED = "exported"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


class Payout(Identified, Versioned, Stateful, Base):
    """Money the hub owes and sends. Two different people request and approve it.

    While it is due the money still lies in ``source_account``; the request moves it to 2300.
    A rejected or returned one is followed by a new one that is due (``retry_of_id``).
    """

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by",
            name="four_eyes",
        ),
        CheckConstraint("state = 'due' OR requested_by IS NOT NULL", name="requested"),
        CheckConstraint(
            "(kind = 'sweep') = (payee_id IS NULL)"
            " AND (kind = 'sweep') = (own_account_id IS NOT NULL)",
            name="to_a_company_or_the_hub",
        ),
        CheckConstraint(
            "state IN ('due', 'requested', 'rejected') OR approved_by IS NOT NULL",
            name="approved",
        ),
        CheckConstraint(
            "state NOT IN ('exported', 'settled', 'returned') OR payment_file_id IS NOT NULL",
            name="exported",
        ),
    )
    THING = "payout"
    TRANSITIONS = {
        PayoutState.DUE: frozenset({PayoutState.REQUESTED}),
        PayoutState.REQUESTED: frozenset({PayoutState.APPROVED, PayoutState.REJECTED}),
        PayoutState.APPROVED: frozenset({PayoutState.EXPORTED, PayoutState.REJECTED}),
        PayoutState.EXPORTED: frozenset({PayoutState.SETTLED, PayoutState.REJECTED}),
        PayoutState.SETTLED: frozenset({PayoutState.RETURNED}),
    }

    kind: Mapped[PayoutKind] = mapped_column(StateColumn(PayoutKind))
    state: Mapped[PayoutState] = mapped_column(
        StateColumn(PayoutState), default=PayoutState.DUE, index=True
    )
    end_to_end_id: Mapped[str] = mapped_column(String(35), unique=True)
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey("company_bank_account.id"))
    own_account_id: Mapped[int | None] = mapped_column(ForeignKey("designated_account.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("designated_account.id"))
    source_account: Mapped[int]
    source_holder: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(140))
    held_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[datetime | None]
    payment_file_id: Mapped[int | None] = mapped_column(ForeignKey("payment_file.id"), index=True)
    settled_at: Mapped[datetime | None]
    retry_of_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"), unique=True)

    payee: Mapped[Company | None] = relationship(lazy="raise_on_sql")
    bank_account: Mapped[CompanyBankAccount | None] = relationship(lazy="raise_on_sql")
    own_account: Mapped[DesignatedAccount | None] = relationship(
        foreign_keys=[own_account_id], lazy="raise_on_sql"
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def subject(self) -> tuple[str, int]:
        """What the money is for, such as ``("contract", 17)``."""
        return self.subject_kind, self.subject_id

    @property
    def holder(self) -> str:
        """How the ledger names it on 2300."""
        return f"payout:{self.id}"

    def hold(self, actor: Actor, reason: str) -> None:
        """Keep it from being requested until the account is confirmed."""
        self.held_reason = reason
        audit.record(actor, self, "held", reason=reason)

    def confirm(self, actor: Actor, account_id: int, reason: str) -> None:
        """It goes to this account of the payee, which somebody has checked."""
        before, self.bank_account_id, self.held_reason = self.bank_account_id, account_id, ""
        audit.record(
            actor, self, "account_confirmed", reason=reason, before=before, after=account_id
        )

    def request(self, actor: Actor) -> None:
        self.requested_by = actor.user_id
        self._move_to(PayoutState.REQUESTED, actor, "requested")

    def approve(self, actor: Actor) -> None:
        self.approved_by, self.approved_at = actor.user_id, clock.now()
        self._move_to(PayoutState.APPROVED, actor, "approved")

    def reject(self, actor: Actor, reason: str) -> None:
        self._move_to(PayoutState.REJECTED, actor, "rejected", reason)

    def export(self, actor: Actor, payment_file_id: int) -> None:
        self.payment_file_id = payment_file_id
        self._move_to(PayoutState.EXPORTED, actor, "exported")

    def settle(self, actor: Actor) -> None:
        self.settled_at = clock.now()
        self._move_to(PayoutState.SETTLED, actor, "settled")

    def come_back(self, actor: Actor) -> None:
        self._move_to(PayoutState.RETURNED, actor, "returned")


register_words(
    Payout.THING,
    {
        PayoutState.DUE: (_l("due"), "waiting"),
        PayoutState.REQUESTED: (_l("to be approved"), "waiting"),
        PayoutState.APPROVED: (_l("approved"), "waiting"),
        PayoutState.EXPORTED: (_l("sent to the bank"), "waiting"),
        PayoutState.SETTLED: (_l("settled"), "good"),
        PayoutState.REJECTED: (_l("rejected"), "bad"),
        PayoutState.RETURNED: (_l("returned by the bank"), "bad"),
    },
)


class PaymentFile(Identified, Base):
    """A pain.001 file with payouts for the bank."""

    __tablename__ = "payment_file"
    THING = "payment_file"

    message_id: Mapped[str] = mapped_column(String(35), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("designated_account.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int]
    count: Mapped[int]

    file: Mapped[StoredFile] = relationship(lazy="joined")

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)
