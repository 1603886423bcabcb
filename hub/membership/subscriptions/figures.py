"""Figures for the desk: renewals ahead, churn, and what other prices would bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.money import Money
from hub.core.numbers import round_half_even
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import ENTITLED, Subscription
from hub.membership.queries import invoices_of
from hub.membership.subscriptions import charging, renewing
from hub.membership.subscriptions.spans import add_months
from hub.payments.invoices.models import Invoice

_MOST_RENEWALS = 500


def _look_after(actor: Actor) -> None:
    actor.require(StaffRole.ADMINISTRATOR, StaffRole.FINANCE)


@dataclass(frozen=True)
class RenewalAhead:
    """A subscription whose paid time ends soon, and what its renewal asks for.

    ``amount`` is None where the plan isn't offered for the interval and currency any more.
    """

    subscription: Subscription
    version: PlanVersion
    amount: Money | None
    invoice: Invoice | None


def renewals_ahead(actor: Actor, days: int = 60) -> list[RenewalAhead]:
    """Renewals of the next ``days`` days and overdue ones, the earliest first (at most 500)."""
    _look_after(actor)
    found = db.session.scalars(
        select(Subscription)
        .where(
            Subscription.state.in_(ENTITLED),
            Subscription.ends_at_period.is_(False),
            Subscription.paid_until <= settings.today() + timedelta(days=days),
        )
        .options(joinedload(Subscription.company), selectinload(Subscription.charges))
        .order_by(Subscription.paid_until, Subscription.id)
        .limit(_MOST_RENEWALS)
    ).all()
    waiting = {each.id: charging.waiting(each) for each in found}
    invoices = invoices_of([charge.id for charge in waiting.values() if charge is not None])
    return [_renewal(each, invoices) for each in found]


def _renewal(subscription: Subscription, invoices: Mapping[int, Invoice]) -> RenewalAhead:
    charge = charging.waiting(subscription)
    if charge is not None:
        invoice = invoices.get(charge.id)
        return RenewalAhead(subscription, charge.plan_version, charge.amount, invoice)
    version, interval = renewing.planned(subscription)
    price = version.price(interval, subscription.currency)
    return RenewalAhead(subscription, version, price, None)


@dataclass(frozen=True)
class ChurnMonth:
    """A calendar month (its first day): how many had a membership at its beginning, how many
    began and ended in it."""

    month: date
    before: int
    began: int
    ended: int

    @property
    def share(self) -> Decimal | None:
        """The share of those there were that left, to four places (None where none were)."""
        if not self.before:
            return None
        return round_half_even(Decimal(self.ended) / Decimal(self.before), 4)


def churn(actor: Actor, months: int = 12) -> list[ChurnMonth]:
    """The last ``months`` months, the present one included, oldest first.

    What waited for its first payment and never got it is no membership.
    """
    _look_after(actor)
    this_month = settings.today().replace(day=1)
    firsts = [add_months(this_month, -ago) for ago in range(months - 1, -1, -1)]
    spans = db.session.execute(
        select(Subscription.started_on, Subscription.ended_on).where(
            Subscription.paid_until.is_not(None),
            Subscription.ended_on.is_(None) | (Subscription.ended_on >= firsts[0]),
        )
    ).all()
    found = []
    for first in firsts:
        following = add_months(first, 1)
        found.append(
            ChurnMonth(
                first,
                sum(began < first and (end is None or end >= first) for began, end in spans),
                sum(first <= began < following for began, _end in spans),
                sum(end is not None and first <= end < following for _began, end in spans),
            )
        )
    return found


@dataclass(frozen=True)
class RepricedGroup:
    """The members of one plan, interval and currency: what they bring a year at the present
    price and at another, and how many may leave before the other price brings less."""

    version: PlanVersion
    interval: BillingInterval
    members: int
    price: Money
    new_price: Money

    @property
    def yearly(self) -> Money:
        return self._yearly(self.price, self.members)

    @property
    def new_yearly(self) -> Money:
        """What all of them would bring at the other price."""
        return self._yearly(self.new_price, self.members)

    @property
    def may_leave(self) -> int:
        """How many may leave and the other price still brings as much."""
        if not self.new_price:
            return 0
        needed = -(-self.price.minor * self.members // self.new_price.minor)
        return max(self.members - needed, 0)

    def _yearly(self, price: Money, members: int) -> Money:
        return Money(price.minor * members * 12 // self.interval.months, price.currency)


def repriced_groups(
    actor: Actor, new_prices: Mapping[tuple[str, BillingInterval, str], Money]
) -> Sequence[RepricedGroup]:
    """What the members whose plans renew bring a year, and would bring at other prices.

    ``new_prices`` by (public id of the plan, interval, currency); others stay as they are.
    """
    _look_after(actor)
    rows = db.session.execute(
        select(
            Subscription.version_id,
            Subscription.interval,
            Subscription.currency,
            func.count(),
        )
        .where(Subscription.state.in_(ENTITLED), Subscription.ends_at_period.is_(False))
        .group_by(Subscription.version_id, Subscription.interval, Subscription.currency)
    ).all()
    found = []
    for version_id, interval, currency, members in rows:
        version = db.session.get_one(PlanVersion, version_id)
        price = version.price(interval, currency)
        if price is not None:
            new_price = new_prices.get((version.plan.public_id, interval, currency), price)
            found.append(RepricedGroup(version, interval, int(members), price, new_price))
    return sorted(
        found,
        key=lambda each: (
            each.version.plan.rank,
            each.version.id,
            each.interval.months,
            each.price.currency,
        ),
    )
