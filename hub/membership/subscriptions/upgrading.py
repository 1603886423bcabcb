"""Going over to a higher plan for the rest of the paid time: what it costs, and how it begins."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hub.core import settings
from hub.core.actor import Actor
from hub.core.money import Money, part, total
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import (
    Charge,
    ChargeKind,
    ChargeState,
    Subscription,
    SubscriptionState,
)
from hub.membership.subscriptions import charging, notices, renewing
from hub.membership.subscriptions.deferral import unused_from
from hub.membership.subscriptions.recognition import recognise_until
from hub.membership.subscriptions.spans import span_end
from hub.payments import services as payments


@dataclass(frozen=True)
class UpgradeQuote:
    """The price of a version from ``starts_on`` to the day before ``ends_on``, what the present
    plan has not used of what was paid, and what is therefore to be paid (never below nothing)."""

    starts_on: date
    ends_on: date
    price: Money
    unused: Money
    due: Money


def quote(subscription: Subscription, version: PlanVersion) -> UpgradeQuote | None:
    """What it costs to go over to ``version`` today; None where it isn't offered so.

    The price of each interval that is paid, by the days that are left of it; all of an interval
    that is paid ahead. What is left of running charges by days counts against that.
    """
    today, currency = settings.today(), subscription.currency
    prices = [_price_of_rest(charge, version, today) for charge in _intervals(subscription, today)]
    offered = [price for price in prices if price is not None]
    if subscription.paid_until is None or not prices or len(offered) < len(prices):
        return None
    price = total(offered, currency)
    unused = total(
        [
            unused_from(charge.value, charge.starts_on, charge.ends_on, today)
            for charge in _running(subscription, today)
        ],
        currency,
    )
    due = price - unused if unused < price else Money.zero(currency)
    return UpgradeQuote(today, subscription.paid_until, price, unused, due)


def _intervals(subscription: Subscription, today: date) -> list[Charge]:
    """The charges that stand for whole intervals, as they were before any upgrade, and that
    aren't over."""
    return [
        charge
        for charge in subscription.charges
        if charge.kind is not ChargeKind.UPGRADE
        and charge.state in (ChargeState.RUNNING, ChargeState.CLOSED)
        and charge.ends_on > today
    ]


def _running(subscription: Subscription, today: date) -> list[Charge]:
    return [
        charge
        for charge in subscription.charges
        if charge.state is ChargeState.RUNNING and charge.ends_on > today
    ]


def paid_beyond(subscription: Subscription, version: PlanVersion) -> Charge | None:
    """A charge that is paid, also ahead, for a plan above ``version``."""
    for charge in _running(subscription, settings.today()):
        if charge.plan_version.plan.rank > version.plan.rank:
            return charge
    return None


def _price_of_rest(charge: Charge, version: PlanVersion, today: date) -> Money | None:
    price = version.price(charge.interval, charge.currency)
    if price is None:
        return None
    whole_end = charge.ends_on
    if charge.kind is ChargeKind.GRANT:
        whole_end = span_end(charge.starts_on, charge.interval)
    left = (charge.ends_on - max(charge.starts_on, today)).days
    return part(price, Decimal(left), Decimal((whole_end - charge.starts_on).days))


def ask_for_upgrade(
    actor: Actor, subscription: Subscription, version: PlanVersion, cost: UpgradeQuote
) -> Charge:
    """Open the charge of an upgrade, in place of one that waits, and invoice it.

    The invoice lapses at the latest when the paid time ends. Where nothing is due, the upgrade
    begins at once.
    """
    before = charging.waiting_upgrade(subscription)
    if before is not None:
        charging.call_off(actor, before, "Another upgrade was asked for.")
    charge = charging.open_charge(
        actor,
        subscription,
        ChargeKind.UPGRADE,
        version,
        _last_interval(subscription, cost.starts_on),
        (cost.starts_on, cost.ends_on),
        cost.price,
        cost.due,
    )
    if not cost.due:
        begin(actor, subscription, charge)
        return charge
    hub = settings.current()
    last = cost.ends_on - timedelta(days=1)
    due_on = min(cost.starts_on + timedelta(days=hub.payment_days), last)
    lapses_on = min(due_on + timedelta(days=hub.payment_grace_days), last)
    charging.ask_for(actor, charge, due_on, lapses_on)
    notices.upgrade_asked(charge)
    return charge


def _last_interval(subscription: Subscription, today: date) -> BillingInterval:
    return max(_intervals(subscription, today), key=lambda each: each.ends_on).interval


def ask_again(actor: Actor, subscription: Subscription) -> None:
    """The paid time has changed: an upgrade that waits for payment is asked for anew."""
    before = charging.waiting_upgrade(subscription)
    if before is None:
        return
    version = before.plan_version
    charging.call_off(actor, before, "The paid time has changed.")
    cost = quote(subscription, version)
    if cost is not None:
        ask_for_upgrade(actor, subscription, version, cost)


def complete(actor: Actor, subscription: Subscription, charge: Charge) -> bool:
    """An upgrade was paid: it begins today, or what was paid goes to the company's account.

    Returns whether it began.
    """
    cost = quote(subscription, charge.plan_version)
    active = subscription.state is SubscriptionState.ACTIVE
    if not active or cost is None or cost.ends_on != charge.ends_on:
        charging.call_off(actor, charge, "The time that it was for is over.")
        charging.give_back(actor, charge, charge.amount, "upgrade paid too late")
        return False
    begin(actor, subscription, charge)
    return True


def begin(actor: Actor, subscription: Subscription, charge: Charge) -> None:
    """The higher plan holds from today on; what the present charges haven't used moves to it.

    Only what is owed on this day is deferred; what was paid beyond goes to the account.
    """
    today, currency = settings.today(), charge.currency
    cost = quote(subscription, charge.plan_version)
    if cost is None:
        raise ValueError(f"{charge.holder} is for a version that isn't offered so.")
    replaced = _running(subscription, today)
    owed = cost.due if cost.due < charge.amount else charge.amount
    charging.run(actor, charge, today, charge.ends_on, owed)
    moved = [_move(actor, old, charge, today) for old in replaced]
    charge.price_minor = cost.price.minor
    charge.value_minor += total(moved, currency).minor
    excess = charge.amount - owed
    charging.give_back(actor, charge, excess, "upgrade cost less on the day it was paid")
    if excess:
        notices.money_unneeded(subscription, excess)
    subscription.plan_version = charge.plan_version
    subscription.interval = charge.interval
    subscription.next_version = subscription.next_interval = None
    renewing.prepare_anew(actor, subscription, "The plan was changed.")
    notices.upgraded(subscription)


def _move(actor: Actor, old: Charge, new: Charge, today: date) -> Money:
    """Close a charge; what it has not earned by today goes on in the new one."""
    recognise_until(actor, old, today)
    unused = Money(old.value_minor - old.earned_minor, old.currency)
    payments.move_deferred(
        actor, old.subject, f"membership-moved:{old.id}", old.holder, new.holder, unused
    )
    old.moved_minor = unused.minor
    old.move(ChargeState.CLOSED, actor, "replaced")
    return unused
