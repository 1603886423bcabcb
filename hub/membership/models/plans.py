"""Plans: what a company may choose, in versions that never change once somebody may have them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.money import Money


class BillingInterval(StrEnum):
    """How often a plan is paid."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"month": 1, "quarter": 3, "year": 12}[self.value]


class Plan(Identified, Versioned, Base):
    """A plan by its code. ``rank`` orders plans: a change to a higher rank is an upgrade.

    The one ``is_default`` plan holds for every company without a subscription of its own. A
    retired plan is offered to nobody any more; those who have it keep it.
    """

    __tablename__ = "plan"
    __table_args__ = (
        Index(
            "uq_plan_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )
    THING = "plan"

    code: Mapped[str] = mapped_column(String(30), unique=True)
    rank: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    versions: Mapped[list["PlanVersion"]] = relationship(
        back_populates="plan", order_by="PlanVersion.number"
    )

    @property
    def current(self) -> "PlanVersion":
        """The form in which the plan is offered now."""
        return self.versions[-1]


class PlanVersion(Identified, Base):
    """A plan as it was offered from ``created_at`` on; subscriptions keep theirs."""

    __tablename__ = "plan_version"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("trial_days >= 0", name="trial_days"),
    )
    THING = "plan_version"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    #: The name in other languages, by language code.
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    description: Mapped[str] = mapped_column(Text, default="")
    trial_days: Mapped[int] = mapped_column(default=0)
    #: The word on the badge that pages show beside the alias; empty: none.
    badge: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    plan: Mapped[Plan] = relationship(back_populates="versions", lazy="joined")
    entitlements: Mapped[list["PlanEntitlement"]] = relationship(lazy="selectin")
    prices: Mapped[list["PlanPrice"]] = relationship(
        lazy="selectin", order_by="PlanPrice.currency, PlanPrice.amount_minor"
    )

    def called(self, language: str) -> str:
        """The plan's name in a language."""
        return self.names.get(language) or self.name

    def price(self, interval: BillingInterval, currency: str) -> Money | None:
        """What it costs, or None where it isn't offered so."""
        for each in self.prices:
            if each.interval is interval and each.currency == currency:
                return Money(each.amount_minor, currency)
        return None


class PlanEntitlement(Base):
    """What one version of a plan allows: a number, or without limit (``value`` is None)."""

    __tablename__ = "plan_entitlement"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "code"),
        CheckConstraint("value IS NULL OR value >= 0", name="value"),
    )
    THING = "plan_entitlement"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    code: Mapped[str] = mapped_column(String(40))
    value: Mapped[Decimal | None] = mapped_column(Scaled(6))


class PlanPrice(Base):
    """What a version costs for an interval, in one currency."""

    __tablename__ = "plan_price"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "interval", "currency"),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )
    THING = "plan_price"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    interval: Mapped[BillingInterval] = mapped_column(StateColumn(BillingInterval))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
