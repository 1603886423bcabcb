"""The tables of the double-entry ledger: entries, lines, and the balances they add up to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import IBAN_OR_ACCOUNT_NUMBER
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.money import Money


class LedgerEntry(Base):
    """One thing that happened to money. ``key`` makes a repetition impossible."""

    __tablename__ = "ledger_entry"
    THING = "ledger_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    booked_on: Mapped[date]
    posted_at: Mapped[datetime]
    posted_by: Mapped[int | None]
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    lines: Mapped[list["LedgerLine"]] = relationship(order_by="LedgerLine.id", lazy="selectin")


class LedgerLine(Base):
    """A debit (positive) or credit (negative) in minor units on an account of the chart."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index("ix_ledger_line_account", "account", "currency", "holder"),
    )
    THING = "ledger_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    holder: Mapped[str] = mapped_column(String(40), default="")
    amount_minor: Mapped[int]

    @property
    def amount(self) -> Money:
        """Above zero a debit, below zero a credit."""
        return Money(self.amount_minor, self.currency)


class LedgerBalance(Base):
    """The sum of the lines of one account, currency and holder; liabilities are never negative.

    Debits are positive, so a liability's balance is at most zero here.
    """

    __tablename__ = "ledger_balance"
    __table_args__ = (
        UniqueConstraint("account", "currency", "holder"),
        CheckConstraint(
            "account < 2000 OR account >= 3000 OR balance_minor <= 0", name="liability"
        ),
    )
    THING = "ledger_balance"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    holder: Mapped[str] = mapped_column(String(40), default="")
    balance_minor: Mapped[int] = mapped_column(default=0)


append_only(LedgerEntry.__table__)  # type: ignore[arg-type]
append_only(LedgerLine.__table__)  # type: ignore[arg-type]


class AccountUse(StrEnum):
    """Whose money an account of the hub holds."""

    CLIENT = "client"
    OWN = "own"


class DesignatedAccount(Identified, Versioned, Base):
    """An account of the hub's: the one that purchasers pay into, or the hub's own."""

    __tablename__ = "designated_account"
    __table_args__ = (
        CheckConstraint(IBAN_OR_ACCOUNT_NUMBER, name="iban_or_account_number"),
        Index(
            "uq_designated_account_current",
            "currency",
            "use",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )
    THING = "designated_account"

    use: Mapped[AccountUse] = mapped_column(StateColumn(AccountUse))
    currency: Mapped[str] = mapped_column(String(3))
    holder: Mapped[str] = mapped_column(String(140))
    bank_name: Mapped[str] = mapped_column(String(140))
    country: Mapped[str] = mapped_column(String(2))
    iban: Mapped[str | None] = mapped_column(String(34))
    clearing_code: Mapped[str | None] = mapped_column(String(20))
    account_number: Mapped[str | None] = mapped_column(String(34))
    bic: Mapped[str | None] = mapped_column(String(11))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def identification(self) -> str:
        """How a bank statement names the account: the IBAN or the account number."""
        return self.iban or self.account_number or ""
