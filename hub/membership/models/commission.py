"""The rules by which the rate of commission is found."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.catalogue.models import Commodity
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled
from hub.membership.models.plans import Plan


class CommissionRule(Identified, Versioned, Base):
    """A rate, and what it holds for: a commodity or group, a plan, a volume sold, some days.

    ``volume_minor`` is what the supplier sold over the hub in the last 365 days, in ``currency``,
    from which the rule holds. What is None doesn't narrow the rule.
    """

    __tablename__ = "commission_rule"
    __table_args__ = (
        CheckConstraint("rate >= 0 AND rate < 1000000", name="rate"),
        CheckConstraint("(volume_minor IS NULL) = (currency IS NULL)", name="volume"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="days"),
    )
    THING = "commission_rule"

    rate: Mapped[Decimal] = mapped_column(Scaled(6))
    commodity_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    volume_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    retired_at: Mapped[datetime | None]

    commodity: Mapped[Commodity | None] = relationship(lazy="joined")
    plan: Mapped[Plan | None] = relationship(lazy="joined")
