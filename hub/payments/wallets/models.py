"""The tables of members' accounts at the hub, and of the numbers of the hub's own invoices."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db.base import Base, Identified


class Wallet(Identified, Base):
    """A member's account in one currency: transfers that quote its reference top it up.

    What lies in it is the balance of account 2710 of the ledger.
    """

    __tablename__ = "wallet"
    __table_args__ = (UniqueConstraint("company_id", "currency"),)
    THING = "wallet"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    currency: Mapped[str] = mapped_column(String(3))
    reference: Mapped[str] = mapped_column(String(25), unique=True)
    opened_at: Mapped[datetime]
