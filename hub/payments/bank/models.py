"""The tables of what the bank said: files, statements, their lines, and what each line paid."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.payments.ledger.models import DesignatedAccount


class BankFile(Identified, Base):
    """A bank file as it came. A refused one is kept whole, with the reason."""

    __tablename__ = "bank_file"
    __table_args__ = (
        Index(
            "uq_bank_file_accepted",
            "sha256",
            unique=True,
            sqlite_where=text("error IS NULL"),
            postgresql_where=text("error IS NULL"),
        ),
    )
    THING = "bank_file"

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    error: Mapped[str | None] = mapped_column(Text)
    error_line: Mapped[int | None]
    new_lines: Mapped[int] = mapped_column(default=0)
    known_lines: Mapped[int] = mapped_column(default=0)
    pending_lines: Mapped[int] = mapped_column(default=0)

    file: Mapped[StoredFile] = relationship(lazy="joined")


class BankStatement(Identified, Base):
    """A statement of one account, or a page of it.

    Banks reuse the ids every year and split statements into pages, so nothing about a statement
    says whether its lines are known: their own fingerprints do.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (Index("ix_bank_statement_account", "account_id", "closed_on"),)
    THING = "bank_statement"

    file_id: Mapped[int] = mapped_column(ForeignKey("bank_file.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("designated_account.id"))
    statement_id: Mapped[str] = mapped_column(String(70))
    closed_on: Mapped[date]
    opening_minor: Mapped[int | None]
    closing_minor: Mapped[int | None]

    account: Mapped[DesignatedAccount] = relationship(lazy="joined")

    @property
    def opening(self) -> Money | None:
        return self._money(self.opening_minor)

    @property
    def closing(self) -> Money | None:
        return self._money(self.closing_minor)

    def _money(self, minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, self.account.currency)


class LineState(StrEnum):
    """Whether a statement line has been explained."""

    UNRECONCILED = "unreconciled"
    RECONCILED = "reconciled"
    RETURNED = "returned"


class StatementLine(Identified, Versioned, Stateful, Base):
    """One booked entry of the bank: credits positive, debits negative, in minor units."""

    __tablename__ = "statement_line"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint(
            "allocated_minor >= 0 AND allocated_minor <= ABS(amount_minor)",
            name="allocated",
        ),
        UniqueConstraint("account_id", "fingerprint", "ordinal"),
        Index("ix_statement_line_state", "state", "id"),
    )
    THING = "statement_line"
    TRANSITIONS = {
        LineState.UNRECONCILED: frozenset({LineState.RECONCILED, LineState.RETURNED}),
    }

    account_id: Mapped[int] = mapped_column(ForeignKey("designated_account.id"))
    bank_statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    ordinal: Mapped[int]
    state: Mapped[LineState] = mapped_column(StateColumn(LineState), default=LineState.UNRECONCILED)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    allocated_minor: Mapped[int] = mapped_column(default=0)
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    bank_reference: Mapped[str] = mapped_column(String(70), default="")
    end_to_end_id: Mapped[str] = mapped_column(String(70), default="")
    structured: Mapped[str] = mapped_column(String(140), default="")
    remittance: Mapped[str] = mapped_column(Text, default="")
    counterparty: Mapped[str] = mapped_column(String(200), default="")
    counterparty_account: Mapped[str] = mapped_column(String(40), default="")

    account: Mapped[DesignatedAccount] = relationship(lazy="joined")
    allocations: Mapped[list["Allocation"]] = relationship(
        order_by="Allocation.id", foreign_keys="Allocation.line_id"
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def unallocated(self) -> Money:
        """What of a credit nobody has claimed yet; what of a debit nothing explains or mends."""
        return Money(abs(self.amount_minor) - self.allocated_minor, self.currency)

    @property
    def is_credit(self) -> bool:
        return self.amount_minor > 0

    def take(self, actor: Actor, amount: Money) -> None:
        """Use up ``amount`` of what isn't allocated; with the last of it the line is reconciled."""
        if amount.minor <= 0 or amount.minor > self.unallocated.minor:
            raise ValueError(f"{amount} is not between nothing and {self.unallocated}.")
        self.allocated_minor += amount.minor
        if not self.unallocated and self.state is LineState.UNRECONCILED:
            self._move_to(LineState.RECONCILED, actor, "reconciled")

    def explain(self, actor: Actor, reason: str) -> None:
        """The debit is understood, though the money isn't made good yet."""
        self._move_to(LineState.RECONCILED, actor, "explained", reason)

    def send_back(self, actor: Actor, reason: str) -> None:
        """What is left of the credit goes back to whom it came from."""
        self.allocated_minor = self.amount_minor
        self._move_to(LineState.RETURNED, actor, "sent_back", reason)


register_words(
    StatementLine.THING,
    {
        LineState.UNRECONCILED: (_l("to be explained"), "warning"),
        LineState.RECONCILED: (_l("reconciled"), "good"),
        LineState.RETURNED: (_l("sent back"), "quiet"),
    },
)


class Allocation(Base):
    """Which line paid what: an invoice, a company's credit, a payout's debit or return.

    ``debit_line_id`` names the debit that a credit made good.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "(CASE WHEN invoice_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN payout_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN company_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN debit_line_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_target",
        ),
    )
    THING = "allocation"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_line.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    debit_line_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"), index=True)
    amount_minor: Mapped[int]
    matched_by: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text, default="")
    allocated_at: Mapped[datetime]
    allocated_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    def amount_in(self, currency: str) -> Money:
        """The amount; the currency is that of the line."""
        return Money(self.amount_minor, currency)
