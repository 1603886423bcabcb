"""The tables of what is owed to the designated account."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company
from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.db.statements import NumberedYears
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.payments.ledger.models import DesignatedAccount


class InvoiceState(StrEnum):
    """Where an invoice stands."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


PAYABLE_STATES = frozenset({InvoiceState.OPEN, InvoiceState.PARTLY_PAID, InvoiceState.OVERDUE})


class Invoice(Identified, Versioned, Stateful, Base):
    """Something owed to the designated account, with the reference that names it."""

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("paid_minor >= 0 AND paid_minor <= amount_minor", name="paid"),
        CheckConstraint("(state = 'paid') = (paid_minor = amount_minor)", name="paid_in_full"),
        UniqueConstraint("subject_kind", "subject_id"),
    )
    THING = "invoice"
    TRANSITIONS = {
        InvoiceState.OPEN: frozenset(
            {
                InvoiceState.PARTLY_PAID,
                InvoiceState.PAID,
                InvoiceState.OVERDUE,
                InvoiceState.CANCELLED,
            }
        ),
        InvoiceState.PARTLY_PAID: frozenset(
            {InvoiceState.PAID, InvoiceState.OVERDUE, InvoiceState.CANCELLED}
        ),
        InvoiceState.OVERDUE: frozenset(
            {InvoiceState.PAID, InvoiceState.LAPSED, InvoiceState.CANCELLED}
        ),
    }

    number: Mapped[str] = mapped_column(String(24), unique=True)
    reference: Mapped[str] = mapped_column(String(25), unique=True)
    state: Mapped[InvoiceState] = mapped_column(
        StateColumn(InvoiceState), default=InvoiceState.OPEN, index=True
    )
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    payer_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("designated_account.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    paid_minor: Mapped[int] = mapped_column(default=0)
    issued_on: Mapped[date]
    due_on: Mapped[date]
    lapses_on: Mapped[date]
    reminded_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    payer: Mapped[Company] = relationship(lazy="raise_on_sql")
    account: Mapped[DesignatedAccount] = relationship(lazy="joined")
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.id"
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def paid(self) -> Money:
        return Money(self.paid_minor, self.currency)

    @property
    def due(self) -> Money:
        """What is still to be paid."""
        return self.amount - self.paid

    @property
    def subject(self) -> tuple[str, int]:
        """What the money is for, such as ``("contract", 17)``."""
        return self.subject_kind, self.subject_id

    @property
    def is_for_goods(self) -> bool:
        """Whether a contract waits for it; else it is for a service of the hub's own."""
        return self.subject_kind == "contract"

    @property
    def is_payable(self) -> bool:
        """Whether money that comes now still counts for it."""
        return self.state in PAYABLE_STATES

    def take_payment(self, actor: Actor, amount: Money) -> None:
        """Count ``amount``, at most what is due, as paid.

        An overdue invoice stays overdue until all of it came.
        """
        if amount.minor <= 0 or amount.minor > self.due.minor:
            raise ValueError(f"{amount} is not between nothing and what is due, {self.due}.")
        self.paid_minor += amount.minor
        if not self.due:
            self.paid_at = clock.now()
            self._move_to(InvoiceState.PAID, actor, "paid", amount=str(amount))
        elif self.state is InvoiceState.OPEN:
            self._move_to(InvoiceState.PARTLY_PAID, actor, "partly_paid", amount=str(amount))
        else:
            audit.record(actor, self, "partly_paid", amount=str(amount))

    def mark_overdue(self, actor: Actor) -> None:
        self._move_to(InvoiceState.OVERDUE, actor, "became_overdue")

    def lapse(self, actor: Actor) -> None:
        self._move_to(InvoiceState.LAPSED, actor, "lapsed")

    def cancel(self, actor: Actor, reason: str) -> None:
        self._move_to(InvoiceState.CANCELLED, actor, "cancelled", reason)


register_words(
    Invoice.THING,
    {
        InvoiceState.OPEN: (_l("to be paid"), "waiting"),
        InvoiceState.PARTLY_PAID: (_l("partly paid"), "warning"),
        InvoiceState.PAID: (_l("paid"), "good"),
        InvoiceState.OVERDUE: (_l("overdue"), "bad"),
        InvoiceState.LAPSED: (_l("lapsed"), "bad"),
        InvoiceState.CANCELLED: (_l("cancelled"), "quiet"),
    },
)


class InvoiceLine(Base):
    """What the amount is made of: goods and freight."""

    __tablename__ = "invoice_line"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="amount"),)
    THING = "invoice_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(String(200))
    amount_minor: Mapped[int]

    invoice: Mapped[Invoice] = relationship(back_populates="lines")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.invoice.currency)


class FeeCounter(NumberedYears, Base):
    """The last number given to an invoice for the hub's own fees, by year."""

    __tablename__ = "fee_counter"
