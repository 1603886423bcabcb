"""Subscriptions, the spans of them that are charged, coupons, and the lock of a company's use."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.membership.models.plans import BillingInterval, Plan, PlanVersion

#: The subject of a charge's invoice and ledger entries: ``("subscription_charge", id)``.
CHARGED_FOR = "subscription_charge"


class SubscriptionState(StrEnum):
    """Where a subscription stands."""

    TRIAL = "trial"
    PENDING_PAYMENT = "pending_payment"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


#: The plan's rights hold in these states.
ENTITLED = (SubscriptionState.TRIAL, SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE)
#: A company has at most one subscription in these states.
LIVING = (*ENTITLED, SubscriptionState.PENDING_PAYMENT, SubscriptionState.SUSPENDED)
_LIVING = "state NOT IN ('cancelled', 'expired')"


class Subscription(Identified, Versioned, Stateful, Base):
    """A company's plan, in the version it chose, paid until ``paid_until`` (the first day after).

    While a trial runs that is the day on which it ends; a company has one trial, ever.
    ``next_version`` and ``next_interval`` are what the company chose for the time after that;
    ``ends_at_period`` says that it cancelled: nothing is renewed.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        Index(
            "uq_subscription_living",
            "company_id",
            unique=True,
            sqlite_where=text(_LIVING),
            postgresql_where=text(_LIVING),
        ),
        Index(
            "uq_subscription_trial",
            "company_id",
            unique=True,
            sqlite_where=text("trial_until IS NOT NULL"),
            postgresql_where=text("trial_until IS NOT NULL"),
        ),
        CheckConstraint("state <> 'trial' OR trial_until IS NOT NULL", name="trial_until"),
        CheckConstraint(
            "state IN ('pending_payment', 'cancelled', 'expired') OR paid_until IS NOT NULL",
            name="paid_until",
        ),
    )
    THING = "subscription"
    TRANSITIONS = {
        SubscriptionState.TRIAL: frozenset(
            {
                SubscriptionState.ACTIVE,
                SubscriptionState.PAST_DUE,
                SubscriptionState.CANCELLED,
                SubscriptionState.EXPIRED,
            }
        ),
        SubscriptionState.PENDING_PAYMENT: frozenset(
            {SubscriptionState.ACTIVE, SubscriptionState.CANCELLED, SubscriptionState.EXPIRED}
        ),
        SubscriptionState.ACTIVE: frozenset(
            {SubscriptionState.PAST_DUE, SubscriptionState.CANCELLED, SubscriptionState.EXPIRED}
        ),
        SubscriptionState.PAST_DUE: frozenset(
            {
                SubscriptionState.ACTIVE,
                SubscriptionState.SUSPENDED,
                SubscriptionState.CANCELLED,
                SubscriptionState.EXPIRED,
            }
        ),
        SubscriptionState.SUSPENDED: frozenset(
            {SubscriptionState.ACTIVE, SubscriptionState.CANCELLED, SubscriptionState.EXPIRED}
        ),
    }

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    state: Mapped[SubscriptionState] = mapped_column(StateColumn(SubscriptionState), index=True)
    interval: Mapped[BillingInterval] = mapped_column(StateColumn(BillingInterval))
    currency: Mapped[str] = mapped_column(String(3))
    started_on: Mapped[date]
    trial_until: Mapped[date | None]
    paid_until: Mapped[date | None]
    next_version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_version.id"))
    next_interval: Mapped[BillingInterval | None] = mapped_column(
        StateColumn(BillingInterval, "next_interval")
    )
    ends_at_period: Mapped[bool] = mapped_column(default=False)
    #: Renewals are paid from the member's account when they fall due, if it holds enough.
    pays_from_wallet: Mapped[bool] = mapped_column(default=False)
    #: The last reminder of the renewal that was sent: so many days before the period ends.
    reminded_days: Mapped[int | None]
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: Why staff granted it without payment; empty for what is paid.
    grant_reason: Mapped[str] = mapped_column(String(300), default="")

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    plan_version: Mapped[PlanVersion] = relationship(foreign_keys=[version_id], lazy="joined")
    next_version: Mapped[PlanVersion | None] = relationship(
        foreign_keys=[next_version_id], lazy="joined"
    )
    charges: Mapped[list["Charge"]] = relationship(
        back_populates="subscription", order_by="Charge.id"
    )

    @property
    def is_entitled(self) -> bool:
        """Whether the plan's rights hold now."""
        return self.state in ENTITLED

    @property
    def is_living(self) -> bool:
        """Whether it is neither cancelled nor expired."""
        return self.state in LIVING

    def move(
        self, target: SubscriptionState, actor: Actor, action: str, reason: str | None = None
    ) -> None:
        """Go to the next state; what comes with it is the verb's that calls this."""
        self._move_to(target, actor, action, reason)


class ChargeKind(StrEnum):
    """What a charge is for."""

    START = "start"
    RENEWAL = "renewal"
    UPGRADE = "upgrade"
    GRANT = "grant"


class ChargeState(StrEnum):
    """Where a charge stands. ``open``: invoiced; ``running``: paid, being earned day by day."""

    OPEN = "open"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Charge(Identified, Versioned, Stateful, Base):
    """A span of a subscription that is charged: from ``starts_on`` to the day before ``ends_on``.

    ``amount_minor`` is asked for by the invoice: the price less the discount, for an upgrade less
    what the span before did not use. ``value_minor`` is what was deferred when it began to run,
    ``earned_minor`` what of that has been recognised. A running charge that an upgrade ends is
    closed, and what it did not use goes on in the next one (``moved_minor``).
    """

    __tablename__ = "subscription_charge"
    __table_args__ = (
        Index(
            "uq_subscription_charge_open_upgrade",
            "subscription_id",
            unique=True,
            sqlite_where=text("state = 'open' AND kind = 'upgrade'"),
            postgresql_where=text("state = 'open' AND kind = 'upgrade'"),
        ),
        Index(
            "uq_subscription_charge_open_next",
            "subscription_id",
            unique=True,
            sqlite_where=text("state = 'open' AND kind <> 'upgrade'"),
            postgresql_where=text("state = 'open' AND kind <> 'upgrade'"),
        ),
        CheckConstraint("starts_on < ends_on", name="days"),
        CheckConstraint("discount_minor >= 0 AND discount_minor <= price_minor", name="discount"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint(
            "earned_minor >= 0 AND moved_minor >= 0 AND earned_minor + moved_minor <= value_minor",
            name="value",
        ),
        CheckConstraint(
            "state <> 'closed' OR earned_minor + moved_minor = value_minor", name="closed"
        ),
    )
    THING = "subscription_charge"
    TRANSITIONS = {
        ChargeState.OPEN: frozenset({ChargeState.RUNNING, ChargeState.CANCELLED}),
        ChargeState.RUNNING: frozenset({ChargeState.CLOSED}),
    }

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    kind: Mapped[ChargeKind] = mapped_column(StateColumn(ChargeKind))
    state: Mapped[ChargeState] = mapped_column(
        StateColumn(ChargeState), default=ChargeState.OPEN, index=True
    )
    interval: Mapped[BillingInterval] = mapped_column(StateColumn(BillingInterval))
    currency: Mapped[str] = mapped_column(String(3))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    price_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int]
    value_minor: Mapped[int] = mapped_column(default=0)
    earned_minor: Mapped[int] = mapped_column(default=0)
    moved_minor: Mapped[int] = mapped_column(default=0)
    #: The last day on which was looked at what it has earned.
    recognised_on: Mapped[date | None]
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    subscription: Mapped[Subscription] = relationship(back_populates="charges", lazy="joined")
    plan_version: Mapped[PlanVersion] = relationship(lazy="joined")

    @property
    def amount(self) -> Money:
        """What its invoice asks for."""
        return Money(self.amount_minor, self.currency)

    @property
    def value(self) -> Money:
        """What was deferred when it began to run."""
        return Money(self.value_minor, self.currency)

    @property
    def subject(self) -> tuple[str, int]:
        """What its invoice and its ledger entries are for."""
        return CHARGED_FOR, self.id

    @property
    def holder(self) -> str:
        """How the ledger names it on 2700."""
        return f"{CHARGED_FOR}:{self.id}"

    def move(
        self, target: ChargeState, actor: Actor, action: str, reason: str | None = None
    ) -> None:
        """Go to the next state; what comes with it is the verb's that calls this."""
        self._move_to(target, actor, action, reason)


class Coupon(Identified, Versioned, Base):
    """A discount on the first charge: a share of it, or an amount in one currency."""

    __tablename__ = "coupon"
    __table_args__ = (
        CheckConstraint(
            "(share IS NULL) <> (amount_minor IS NULL)"
            " AND (amount_minor IS NULL) = (currency IS NULL)",
            name="share_or_amount",
        ),
        CheckConstraint("share IS NULL OR (share > 0 AND share <= 1000000)", name="share"),
        CheckConstraint("amount_minor IS NULL OR amount_minor > 0", name="amount"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="days"),
        CheckConstraint("used >= 0 AND (most_uses IS NULL OR used <= most_uses)", name="used"),
    )
    THING = "coupon"

    code: Mapped[str] = mapped_column(String(30), unique=True)
    share: Mapped[Decimal | None] = mapped_column(Scaled(6))
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    most_uses: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    retired_at: Mapped[datetime | None]

    plan: Mapped[Plan | None] = relationship(lazy="joined")


class CouponUse(Base):
    """A company used a coupon: once, ever."""

    __tablename__ = "coupon_use"
    __table_args__ = (UniqueConstraint("coupon_id", "company_id"),)
    THING = "coupon_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    charge_id: Mapped[int] = mapped_column(ForeignKey("subscription_charge.id"))
    used_at: Mapped[datetime]


class EntitlementLock(Base):
    """A row per company that whoever counts its use holds until the transaction ends."""

    __tablename__ = "entitlement_lock"

    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id"), primary_key=True, autoincrement=False
    )


register_words(
    Subscription.THING,
    {
        SubscriptionState.TRIAL: (_l("trial"), "good"),
        SubscriptionState.PENDING_PAYMENT: (_l("waiting for payment"), "waiting"),
        SubscriptionState.ACTIVE: (_l("active"), "good"),
        SubscriptionState.PAST_DUE: (_l("payment overdue"), "warning"),
        SubscriptionState.SUSPENDED: (_l("suspended"), "bad"),
        SubscriptionState.CANCELLED: (_l("cancelled"), "quiet"),
        SubscriptionState.EXPIRED: (_l("ended"), "quiet"),
    },
)
register_words(
    Charge.THING,
    {
        ChargeState.OPEN: (_l("to be paid"), "waiting"),
        ChargeState.RUNNING: (_l("running"), "good"),
        ChargeState.CLOSED: (_l("completed"), "quiet"),
        ChargeState.CANCELLED: (_l("cancelled"), "quiet"),
    },
)
