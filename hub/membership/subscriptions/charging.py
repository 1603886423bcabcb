"""Charges: opened, invoiced, called off, and run once they are paid.

Every function joins the use case of its caller, who holds the subscription's row.
"""

from datetime import date, timedelta

from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.money import Money
from hub.membership.coupons import services as coupons
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import Charge, ChargeKind, ChargeState, Subscription
from hub.payments import services as payments
from hub.payments.invoices.models import Invoice
from hub.payments.ledger.chart import DEFERRED_MEMBERSHIP


def open_charge(
    actor: Actor,
    subscription: Subscription,
    kind: ChargeKind,
    version: PlanVersion,
    interval: BillingInterval,
    days: tuple[date, date],
    price: Money,
    amount: Money,
) -> Charge:
    """A charge for ``days`` (the first, and the first after) that asks for ``amount``."""
    charge = Charge(
        subscription=subscription,
        plan_version=version,
        kind=kind,
        state=ChargeState.OPEN,
        interval=interval,
        currency=subscription.currency,
        starts_on=days[0],
        ends_on=days[1],
        price_minor=price.minor,
        amount_minor=amount.minor,
        created_at=clock.now(),
    )
    db.session.add(charge)
    db.session.flush()
    audit.record(actor, charge, "opened", kind=kind.value, amount=str(amount))
    return charge


def discount(charge: Charge, amount: Money) -> None:
    """Ask for ``amount`` less than the price."""
    charge.discount_minor = amount.minor
    charge.amount_minor = charge.price_minor - amount.minor
    db.session.flush()


def ask_for(actor: Actor, charge: Charge, due_on: date, lapses_on: date) -> Invoice:
    """The invoice for a charge.

    Raises:
        Invalid: the hub has no designated account in the currency.
    """
    last = charge.ends_on - timedelta(days=1)
    description = f"{charge.plan_version.name}, {charge.starts_on} – {last}"
    return payments.open_fee_invoice(
        actor,
        subject=charge.subject,
        payer_id=charge.subscription.company_id,
        currency=charge.currency,
        lines=[("membership", description, charge.amount)],
        due_on=due_on,
        lapses_on=max(due_on, lapses_on),
    )


def call_off(actor: Actor, charge: Charge, reason: str) -> None:
    """Nobody waits for this charge any more; what was paid on its invoice becomes credit."""
    charge.move(ChargeState.CANCELLED, actor, "cancelled", reason)
    payments.cancel_invoice(actor, charge.subject, reason)
    coupons.give_back(actor, charge)
    db.session.flush()


def run(actor: Actor, charge: Charge, starts_on: date, ends_on: date, owed: Money) -> None:
    """A charge is paid (or asks for nothing): ``owed`` is deferred, to be earned by the day.

    DR 2100 / CR 2150, mirrored by DR 1150 / CR 2700 of the charge.
    """
    charge.starts_on, charge.ends_on = starts_on, ends_on
    charge.value_minor = owed.minor
    charge.paid_at = clock.now()
    charge.move(ChargeState.RUNNING, actor, "began")
    if owed:
        shares = [(DEFERRED_MEMBERSHIP, charge.holder, owed)]
        payments.earn(actor, charge.subject, f"membership:{charge.id}", shares)


def give_back(actor: Actor, charge: Charge, amount: Money, reason: str) -> None:
    """What was paid for a charge and isn't needed goes to the company's account."""
    if not amount:
        return
    payments.open_wallet(actor, charge.subscription.company_id, charge.currency)
    payments.held_to_wallet(
        actor, charge.subject, amount, f"membership-unneeded:{charge.id}", reason
    )


def waiting(subscription: Subscription) -> Charge | None:
    """The charge that waits to begin or renew the subscription."""
    return _open(subscription, upgrade=False)


def waiting_upgrade(subscription: Subscription) -> Charge | None:
    """The upgrade that waits for payment."""
    return _open(subscription, upgrade=True)


def _open(subscription: Subscription, *, upgrade: bool) -> Charge | None:
    for charge in subscription.charges:
        if charge.state is ChargeState.OPEN and (charge.kind is ChargeKind.UPGRADE) is upgrade:
            return charge
    return None


def call_off_all(actor: Actor, subscription: Subscription, reason: str) -> None:
    """Call off whatever waits for payment."""
    for charge in (waiting(subscription), waiting_upgrade(subscription)):
        if charge is not None:
            call_off(actor, charge, reason)
