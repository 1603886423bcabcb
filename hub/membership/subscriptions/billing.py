"""A membership's way through time: paid, renewed, past due, suspended, back again, ended."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select

from hub.core import bus, settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.use_case import use_case
from hub.membership.coupons import services as coupons
from hub.membership.events import EntitlementsChanged
from hub.membership.models.subscriptions import (
    ENTITLED,
    Charge,
    ChargeKind,
    ChargeState,
    Subscription,
    SubscriptionState,
)
from hub.membership.queries import invoices_of, living, locked
from hub.membership.subscriptions import charging, notices, renewing, upgrading
from hub.membership.subscriptions.spans import reminder_step, span_end
from hub.payments import services as payments

_PAID_UP = (SubscriptionState.TRIAL, SubscriptionState.ACTIVE)


def rights_changed(subscription: Subscription) -> None:
    """Tell the packages above that the company's rights may be others now."""
    bus.publish(EntitlementsChanged(subscription.company_id))


@use_case
def charge_paid(actor: Actor, charge_id: int) -> None:
    """All of a charge's invoice was paid: its span begins, or follows what is paid.

    Money for a charge that nobody waits for any more goes to the company's account.
    """
    charge = db.session.get_one(Charge, charge_id)
    subscription = locked(charge.subscription_id)
    db.session.refresh(charge)
    if charge.state is ChargeState.CANCELLED:
        charging.give_back(actor, charge, charge.amount, "nobody waited for it any more")
    elif charge.state is not ChargeState.OPEN:
        return
    elif charge.kind is ChargeKind.UPGRADE:
        if upgrading.complete(actor, subscription, charge):
            rights_changed(subscription)
    else:
        continue_with(actor, subscription, charge)


def continue_with(actor: Actor, subscription: Subscription, charge: Charge) -> None:
    """The charge that waited begins: where the paid time ends, or today if it has been broken.

    Joins the use case of its caller.
    """
    today = settings.today()
    before = subscription.state
    broken = before in (SubscriptionState.PENDING_PAYMENT, SubscriptionState.SUSPENDED)
    starts_on = today if broken else renewing.paid_until(subscription)
    ends_on = span_end(starts_on, charge.interval)
    charging.run(actor, charge, starts_on, ends_on, charge.amount)
    subscription.paid_until = ends_on
    subscription.next_version = subscription.next_interval = None
    subscription.reminded_days = None
    if before is not SubscriptionState.ACTIVE:
        subscription.move(SubscriptionState.ACTIVE, actor, "paid")
    take_effect(subscription)
    upgrading.ask_again(actor, subscription)
    if before in ENTITLED:
        notices.renewed(subscription)
    else:
        notices.began(subscription)
    rights_changed(subscription)


def take_effect(subscription: Subscription) -> bool:
    """The plan of the last charge that has begun holds now. Returns whether that is another."""
    today = settings.today()
    begun = [each for each in renewing.paid_charges(subscription) if each.starts_on <= today]
    if not begun:
        return False
    last = begun[-1]
    if (last.version_id, last.interval) == (subscription.version_id, subscription.interval):
        return False
    other = last.version_id != subscription.version_id
    subscription.plan_version = last.plan_version
    subscription.interval = last.interval
    return other


@use_case
def charge_lapsed(actor: Actor, charge_id: int) -> None:
    """A charge's invoice lapsed: without it the membership ends; an upgrade alone just ends."""
    charge = db.session.get_one(Charge, charge_id)
    subscription = locked(charge.subscription_id)
    db.session.refresh(charge)
    if charge.state is not ChargeState.OPEN:
        return
    charge.move(ChargeState.CANCELLED, actor, "lapsed")
    coupons.give_back(actor, charge)
    db.session.flush()
    if charge.kind is ChargeKind.UPGRADE:
        notices.upgrade_ended(subscription)
    elif subscription.is_living:
        end(actor, subscription, SubscriptionState.EXPIRED, "lapsed")


def end(
    actor: Actor,
    subscription: Subscription,
    state: SubscriptionState,
    action: str,
    reason: str | None = None,
) -> None:
    """The membership is over; nothing that waits for payment stays. Joins the caller's use case."""
    charging.call_off_all(actor, subscription, "The membership has ended.")
    entitled = subscription.is_entitled
    subscription.ended_on = settings.today()
    subscription.next_version = subscription.next_interval = None
    subscription.move(state, actor, action, reason)
    notices.ended(subscription)
    if entitled:
        rights_changed(subscription)


def work_through_deadlines(actor: Actor) -> int:
    """Take every membership whose paid time ends soon, or has ended, a step further.

    Each is a use case of its own, so that one that fails holds up no other; returns how many
    were looked at.
    """
    ahead = max(settings.current().renewal_days, 14)
    soon = settings.today() + timedelta(days=ahead)
    changing = Subscription.charges.any(
        (Charge.state == ChargeState.RUNNING)
        & (Charge.starts_on <= settings.today())
        & (
            (Charge.version_id != Subscription.version_id)
            | (Charge.interval != Subscription.interval)
        )
    )
    wanted = select(Subscription.id).where(
        Subscription.state.in_(ENTITLED), (Subscription.paid_until <= soon) | changing
    )
    looked_at = 0
    for subscription_id in db.session.scalars(wanted.order_by(Subscription.id)).all():
        with suppress(Conflict):  # somebody was at it at this very moment
            try:
                step(actor, subscription_id)
            except Invalid:
                _tell_finance(subscription_id)
            looked_at += 1
    return looked_at


@use_case
def _tell_finance(subscription_id: int) -> None:
    """A renewal can't be invoiced, because the hub has no account in its currency any more."""
    notices.renewal_impossible(locked(subscription_id))


@use_case
def step(actor: Actor, subscription_id: int) -> None:
    """Do with a membership what is due today: begin a planned change, end, invoice the renewal,
    pay it from the account, remind, fall behind.

    Raises:
        Invalid: the hub has no designated account in the currency.
    """
    subscription = locked(subscription_id)
    if subscription.state not in ENTITLED:
        return
    if take_effect(subscription):
        notices.plan_changed(subscription)
        rights_changed(subscription)
    over = settings.today() >= renewing.paid_until(subscription)
    if subscription.ends_at_period:
        if over:
            granted = bool(subscription.grant_reason)
            state = SubscriptionState.EXPIRED if granted else SubscriptionState.CANCELLED
            end(actor, subscription, state, "ended")
        return
    _renew_for_nothing(actor, subscription)
    if renewing.is_due(subscription):
        renewing.prepare(actor, subscription)
    if pay_from_wallet(actor, subscription):
        return
    _fall_behind(actor, subscription)
    _remind(subscription)


def _renew_for_nothing(actor: Actor, subscription: Subscription) -> None:
    """A renewal that costs nothing begins when its time has come."""
    while settings.today() >= renewing.paid_until(subscription):
        charge = charging.waiting(subscription) or renewing.open_next(actor, subscription)
        if charge.amount_minor:
            return
        continue_with(actor, subscription, charge)


def pay_from_wallet(actor: Actor, subscription: Subscription) -> bool:
    """Pay a renewal that has fallen due from the company's account, where it said so and the
    account holds enough. Joins the caller's use case; returns whether it was paid."""
    charge = charging.waiting(subscription)
    due = (
        subscription.pays_from_wallet
        and subscription.state in ENTITLED
        and settings.today() >= renewing.paid_until(subscription)
    )
    if not due or charge is None:
        return False
    invoice = invoices_of([charge.id]).get(charge.id)
    if invoice is None or not invoice.is_payable:
        return False
    if payments.wallet_balance(subscription.company_id, subscription.currency) < invoice.due:
        return False
    payments.pay_from_wallet(actor, invoice.public_id)
    return True


def _fall_behind(actor: Actor, subscription: Subscription) -> None:
    today = settings.today()
    if subscription.state in _PAID_UP and today >= renewing.paid_until(subscription):
        upgrade = charging.waiting_upgrade(subscription)
        if upgrade is not None:
            charging.call_off(actor, upgrade, "The paid time is over.")
        subscription.move(SubscriptionState.PAST_DUE, actor, "became_past_due")
        if today < notices.suspended_on(subscription):
            notices.past_due(subscription)
    if subscription.state is SubscriptionState.PAST_DUE and today >= notices.suspended_on(
        subscription
    ):
        subscription.move(SubscriptionState.SUSPENDED, actor, "suspended", "payment overdue")
        notices.suspended(subscription)
        rights_changed(subscription)


def _remind(subscription: Subscription) -> None:
    """Tell of a renewal that isn't paid 14, 7 and 1 days before the paid time ends."""
    charge = charging.waiting(subscription)
    left = (renewing.paid_until(subscription) - settings.today()).days
    reached = reminder_step(left)
    if charge is None or left <= 0 or reached is None:
        return
    told = subscription.reminded_days
    if told is not None and told <= reached:
        return
    invoice = invoices_of([charge.id]).get(charge.id)
    if invoice is None or not invoice.is_payable:
        return
    subscription.reminded_days = reached
    notices.renewal_due_soon(subscription, invoice.due, left)


@use_case
def wallet_topped_up(company_id: int, currency: str) -> None:
    """Money came into a company's account: a renewal that is due may be paid from it now."""
    found = living(company_id)
    if found is None or found.currency != currency:
        return
    subscription = locked(found.id)
    if subscription.state in ENTITLED and not subscription.ends_at_period:
        pay_from_wallet(SYSTEM, subscription)
