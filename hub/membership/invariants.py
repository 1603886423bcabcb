"""The invariants of memberships: what is deferred, what is earned, and who has which plan.

Each check returns a sentence for every breach, and nothing when all is well.
"""

from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from hub.core.db.base import db
from hub.membership.models.subscriptions import (
    CHARGED_FOR,
    LIVING,
    Charge,
    ChargeState,
    Coupon,
    CouponUse,
    Subscription,
    SubscriptionState,
)
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine

_ENDED = (SubscriptionState.CANCELLED, SubscriptionState.EXPIRED)


def deferred_is_what_charges_say() -> list[str]:
    """On 2700 of every charge lie its value less what is earned and what moved on."""
    stored = {
        (holder, currency): -int(minor)
        for holder, currency, minor in db.session.execute(
            select(LedgerBalance.holder, LedgerBalance.currency, LedgerBalance.balance_minor).where(
                LedgerBalance.account == chart.DEFERRED_MEMBERSHIP
            )
        )
    }
    breaches = []
    for charge in db.session.scalars(select(Charge)):
        rest = charge.value_minor - charge.earned_minor - charge.moved_minor
        found = stored.pop((charge.holder, charge.currency), 0)
        if found != rest:
            breaches.append(f"{charge.holder} should have {rest} deferred; the ledger has {found}.")
    return breaches + [
        f"{holder} has {minor} {currency} deferred and is no charge."
        for (holder, currency), minor in stored.items()
        if minor
    ]


def charges_are_what_was_posted() -> list[str]:
    """The value of every charge is what was deferred for it; so are its earned and moved parts."""
    posted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = db.session.execute(
        select(LedgerLine.holder, LedgerEntry.kind, LedgerLine.amount_minor)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(LedgerLine.account == chart.DEFERRED_MEMBERSHIP)
    )
    for holder, kind, minor in rows:
        part = (
            "value"
            if minor < 0
            else "moved"
            if kind == chart.EntryKind.MEMBERSHIP_MOVED
            else "earned"
        )
        posted[holder][part] += abs(int(minor))
    breaches = []
    for charge in db.session.scalars(select(Charge)):
        for part in ("value", "earned", "moved"):
            said, found = getattr(charge, f"{part}_minor"), posted[charge.holder][part]
            if said != found:
                breaches.append(f"{charge.holder} says {part} {said}; the ledger {found}.")
    return breaches


def income_is_what_was_earned() -> list[str]:
    """4200 is the sum of what the charges have earned, in each currency."""
    earned = {
        currency: int(minor)
        for currency, minor in db.session.execute(
            select(Charge.currency, func.sum(Charge.earned_minor)).group_by(Charge.currency)
        )
    }
    booked: dict[str, int] = defaultdict(int)
    for currency, minor in db.session.execute(
        select(LedgerBalance.currency, LedgerBalance.balance_minor).where(
            LedgerBalance.account == chart.MEMBERSHIP_INCOME
        )
    ):
        booked[currency] -= int(minor)
    return [
        f"Charges earned {earned.get(currency, 0)} {currency}; 4200 has {booked[currency]}."
        for currency in sorted({*earned, *booked})
        if earned.get(currency, 0) != booked[currency]
    ]


def nothing_stays_held() -> list[str]:
    """Money is held on 2100 only for charges that wait for the rest of it."""
    held = db.session.execute(
        select(LedgerBalance.holder, LedgerBalance.balance_minor).where(
            LedgerBalance.account == chart.HELD_FOR_CONTRACT,
            LedgerBalance.holder.startswith(f"{CHARGED_FOR}:"),
            LedgerBalance.balance_minor != 0,
        )
    ).all()
    waiting = {
        f"{CHARGED_FOR}:{charge_id}"
        for charge_id in db.session.scalars(
            select(Charge.id).where(Charge.state == ChargeState.OPEN)
        )
    }
    return [
        f"{-int(minor)} is held for {holder}, which waits for nothing."
        for holder, minor in held
        if holder not in waiting
    ]


def subscriptions_are_consistent() -> list[str]:
    """A company has one living subscription; what is paid follows without a gap or overlap."""
    twice = db.session.scalars(
        select(Subscription.company_id)
        .where(Subscription.state.in_(LIVING))
        .group_by(Subscription.company_id)
        .having(func.count() > 1)
    )
    breaches = [f"Company {company_id} has two living subscriptions." for company_id in twice]
    wanted = select(Subscription).options(selectinload(Subscription.charges))
    for subscription in db.session.scalars(wanted.execution_options(populate_existing=True)):
        breaches += _of_one(subscription)
    return breaches


def _of_one(subscription: Subscription) -> list[str]:
    name = f"Subscription {subscription.id}"
    by_state: dict[ChargeState, list[Charge]] = defaultdict(list)
    for charge in subscription.charges:
        by_state[charge.state].append(charge)
    running = sorted(by_state[ChargeState.RUNNING], key=lambda each: each.starts_on)
    breaches = [
        f"{name}: {second.holder} begins before {first.holder} ends."
        for first, second in zip(running, running[1:], strict=False)
        if second.starts_on < first.ends_on
    ]
    if subscription.state in _ENDED and by_state[ChargeState.OPEN]:
        breaches.append(f"{name} has ended and still waits for payment.")
    last = max(
        (each.ends_on for each in (*running, *by_state[ChargeState.CLOSED])),
        default=subscription.trial_until,
    )
    if last != subscription.paid_until:
        breaches.append(f"{name} says paid until {subscription.paid_until}, its charges {last}.")
    return breaches


def coupons_count_their_uses() -> list[str]:
    """A coupon was used as often as there are uses of it."""
    rows = db.session.execute(
        select(Coupon.code, Coupon.used, func.count(CouponUse.id))
        .outerjoin(CouponUse, CouponUse.coupon_id == Coupon.id)
        .group_by(Coupon.id, Coupon.code, Coupon.used)
        .having(Coupon.used != func.count(CouponUse.id))
    )
    return [f"Coupon {code} counts {used} uses; there are {uses}." for code, used, uses in rows]


CHECKS: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
    ("deferral", "memberships: value = earned + moved + deferred", deferred_is_what_charges_say),
    ("deferral", "memberships: value = earned + moved + deferred", charges_are_what_was_posted),
    ("deferral", "memberships: value = earned + moved + deferred", income_is_what_was_earned),
    ("deferral", "memberships: value = earned + moved + deferred", nothing_stays_held),
    ("plans", "a company has one plan, paid without gap or overlap", subscriptions_are_consistent),
    ("plans", "a company has one plan, paid without gap or overlap", coupons_count_their_uses),
)
