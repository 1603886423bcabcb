"""The charge for the time after what is paid: opened ahead, invoiced, made anew after a change.

Every function joins the use case of its caller, who holds the subscription's row.
"""

from datetime import date, timedelta

from hub.core import settings
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.i18n import _
from hub.core.money import Money
from hub.membership.coupons import services as coupons
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import (
    Charge,
    ChargeKind,
    ChargeState,
    Coupon,
    Subscription,
    SubscriptionState,
)
from hub.membership.queries import invoices_of
from hub.membership.subscriptions import charging
from hub.membership.subscriptions.spans import interval_days, reminder_step, span_end


def paid_until(subscription: Subscription) -> date:
    """The first day that isn't paid (Conflict while the first payment is awaited)."""
    if subscription.paid_until is None:
        raise Conflict(_("The subscription waits for its first payment. Nothing was changed."))
    return subscription.paid_until


def paid_charges(subscription: Subscription) -> list[Charge]:
    """The charges that run or have run, in the order in which they followed each other."""
    return [
        charge
        for charge in subscription.charges
        if charge.state in (ChargeState.RUNNING, ChargeState.CLOSED)
    ]


def paid_last(subscription: Subscription) -> tuple[PlanVersion, BillingInterval]:
    """The version and interval of the last days that are paid."""
    paid = paid_charges(subscription)
    if not paid:
        return subscription.plan_version, subscription.interval
    return paid[-1].plan_version, paid[-1].interval


def planned(subscription: Subscription) -> tuple[PlanVersion, BillingInterval]:
    """The version and interval that the next charge is for."""
    version, interval = paid_last(subscription)
    return subscription.next_version or version, subscription.next_interval or interval


def invoiced_from(subscription: Subscription) -> date:
    """The day from which the renewal is invoiced: the hub's days ahead, or a third of a shorter
    interval or trial."""
    end = paid_until(subscription)
    if subscription.state is SubscriptionState.TRIAL:
        days = (end - subscription.started_on).days
    else:
        days = interval_days(end, paid_last(subscription)[1])
    return end - timedelta(days=min(settings.current().renewal_days, days // 3))


def open_next(actor: Actor, subscription: Subscription, coupon: Coupon | None = None) -> Charge:
    """The charge for the time from ``paid_until`` on, less a coupon's discount.

    It is the first one (START) where nothing was paid so far, as after a trial.
    """
    version, interval = planned(subscription)
    price = price_of(version, interval, subscription.currency)
    begins = paid_until(subscription)
    first = not paid_charges(subscription)
    charge = charging.open_charge(
        actor,
        subscription,
        ChargeKind.START if first else ChargeKind.RENEWAL,
        version,
        interval,
        (begins, span_end(begins, interval)),
        price,
        price,
    )
    if coupon is not None:
        charging.discount(charge, coupons.discount_of(coupon, price))
        coupons.take(actor, coupon, charge)
    return charge


def price_of(version: PlanVersion, interval: BillingInterval, currency: str) -> Money:
    """What the version costs (Conflict where it isn't offered so)."""
    price = version.price(interval, currency)
    if price is None:
        raise Conflict(_("This plan isn't offered for that interval and currency."))
    return price


def prepare(actor: Actor, subscription: Subscription) -> Charge:
    """The charge for the time after what is paid, with its invoice where one is needed."""
    charge = charging.waiting(subscription) or open_next(actor, subscription)
    if charge.amount_minor and charge.id not in invoices_of([charge.id]):
        hub, today = settings.current(), settings.today()
        end = paid_until(subscription)
        lapses_on = end + timedelta(days=hub.membership_lapse_days)
        charging.ask_for(actor, charge, max(today, end), lapses_on)
        subscription.reminded_days = reminder_step((end - today).days)
    return charge


def prepare_anew(actor: Actor, subscription: Subscription, reason: str) -> None:
    """After a change: the charge that waits, and its invoice, are replaced by fitting ones.

    A coupon goes on to the new charge if it is for that plan.
    """
    before = charging.waiting(subscription)
    if before is None:
        return
    coupon = coupons.coupon_of(before)
    charging.call_off(actor, before, reason)
    version, _interval = planned(subscription)
    if coupon is not None and not coupons.fits(coupon, version, subscription.currency):
        coupon = None
    open_next(actor, subscription, coupon)
    if is_due(subscription):
        prepare(actor, subscription)


def is_due(subscription: Subscription) -> bool:
    """Whether the renewal is to be invoiced by today."""
    return settings.today() >= invoiced_from(subscription)
