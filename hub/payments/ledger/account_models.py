"""The hub's own bank accounts: the designated one that purchasers pay into, and its own."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.models import IBAN_OR_ACCOUNT_NUMBER
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn


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
