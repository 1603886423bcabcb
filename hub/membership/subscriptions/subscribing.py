"""What a company does with its plan: choose, change, cancel."""

from datetime import timedelta

from sqlalchemy import select

from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.formats import named, short_date
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.membership import queries
from hub.membership.coupons import services as coupons
from hub.membership.entitlements import services as entitlements
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import (
    Charge,
    ChargeKind,
    Coupon,
    Subscription,
    SubscriptionState,
)
from hub.membership.subscriptions import billing, charging, notices, renewing, upgrading
from hub.membership.subscriptions.spans import span_end
from hub.payments import services as payments

_AT_ONCE = (
    SubscriptionState.PENDING_PAYMENT,
    SubscriptionState.PAST_DUE,
    SubscriptionState.SUSPENDED,
)


def _company(actor: Actor) -> int:
    """The company whose plan the actor may choose."""
    if actor.company_id is None or actor.company_role not in notices.PLAN_ROLES:
        raise NotAllowed(_("Only an owner or finance person of the company may choose its plan."))
    return actor.company_id


def _own(actor: Actor) -> Subscription:
    found = queries.living(_company(actor))
    if found is None:
        raise NotFound(_("Your company has no membership."))
    subscription = queries.locked(found.id)
    if not subscription.is_living:
        raise Conflict(_("The membership has ended meanwhile. Nothing was changed."))
    return subscription


def _offered(version_public_id: str) -> PlanVersion:
    """A version that is still offered as it was shown."""
    version = queries.version(version_public_id)
    newest = (
        select(PlanVersion.id)
        .where(PlanVersion.plan_id == version.plan_id)
        .order_by(PlanVersion.number.desc())
    )
    if version.plan.retired_at is not None or db.session.scalar(newest.limit(1)) != version.id:
        raise Conflict(
            _("The plan has changed since you opened this page. Look at it again first.")
        )
    return version


def _price(version: PlanVersion, interval: BillingInterval, currency: str) -> Money:
    price = version.price(interval, currency)
    if price is None:
        sentence = _("The plan isn't offered for this interval and currency.")
        raise Invalid(sentence, {"interval": [sentence]})
    return price


@use_case
def subscribe(
    actor: Actor,
    version_public_id: str,
    interval: BillingInterval,
    currency: str,
    *,
    coupon: str = "",
    wants_trial: bool = True,
    from_wallet: bool = False,
    pays_from_wallet: bool = False,
) -> Subscription:
    """Choose a plan for the actor's company, in the version that the page showed.

    It begins with the trial, if the version has one, the company never had one and
    ``wants_trial``; else it waits for the payment of an invoice (``pending_payment``), unless
    there is nothing to pay or ``from_wallet`` pays it at once.

    Raises:
        NotAllowed: not an owner or finance person of a company.
        NotFound: no such version.
        Conflict: the plan was changed or retired since, the company has a subscription, or its
            account holds less than is due.
        Invalid: by field: ``interval`` (not offered so), ``coupon``.
    """
    company_id = _company(actor)
    entitlements.hold(company_id)
    if queries.living(company_id) is not None:
        raise Conflict(_("Your company has a membership already. Nothing was changed."))
    version = _offered(version_public_id)
    price = _price(version, interval, currency)
    found = coupons.fitting(coupon, company_id, version, currency) if coupon.strip() else None
    tries = bool(wants_trial and version.trial_days and price and not queries.had_trial(company_id))
    subscription = _new(actor, company_id, version, interval, currency, tries=tries)
    subscription.pays_from_wallet = pays_from_wallet
    if tries:
        renewing.open_next(actor, subscription, found)
        notices.trial_began(subscription)
        billing.rights_changed(subscription)
    else:
        _ask_for_first(actor, subscription, price, found, from_wallet=from_wallet)
    return subscription


def _new(
    actor: Actor,
    company_id: int,
    version: PlanVersion,
    interval: BillingInterval,
    currency: str,
    *,
    tries: bool,
) -> Subscription:
    today = settings.today()
    trial_until = today + timedelta(days=version.trial_days) if tries else None
    subscription = Subscription(
        company_id=company_id,
        plan_version=version,
        state=SubscriptionState.TRIAL if tries else SubscriptionState.PENDING_PAYMENT,
        interval=interval,
        currency=currency,
        started_on=today,
        trial_until=trial_until,
        paid_until=trial_until,
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(subscription)
    db.session.flush()
    audit.record(actor, subscription, "chosen", plan=version.plan.code, number=version.number)
    return subscription


def _ask_for_first(
    actor: Actor,
    subscription: Subscription,
    price: Money,
    coupon: Coupon | None,
    *,
    from_wallet: bool,
) -> None:
    today, hub = settings.today(), settings.current()
    days = (today, span_end(today, subscription.interval))
    version, interval = subscription.plan_version, subscription.interval
    charge = charging.open_charge(
        actor, subscription, ChargeKind.START, version, interval, days, price, price
    )
    if coupon is not None:
        charging.discount(charge, coupons.discount_of(coupon, price))
        coupons.take(actor, coupon, charge)
    if not charge.amount_minor:
        billing.continue_with(actor, subscription, charge)
        return
    due_on = today + timedelta(days=hub.payment_days)
    lapses_on = due_on + timedelta(days=hub.payment_grace_days)
    invoice = charging.ask_for(actor, charge, due_on, lapses_on)
    if from_wallet and invoice.is_payable:
        payments.pay_from_wallet(actor, invoice.public_id)


@use_case
def upgrade(actor: Actor, version_public_id: str, *, from_wallet: bool = False) -> Charge | None:
    """Go over to a higher plan for the rest of the paid time, same interval and currency.

    The charge is the price of the rest less what the present plan has not used; it begins when
    it is paid (at once if that is nothing). During a trial the plan changes at once and there is
    no charge now: None. An upgrade that waits for payment is cancelled by a new one.

    Raises:
        NotAllowed: not an owner or finance person of the company.
        NotFound: no such version, or no subscription.
        Conflict: the plan was changed since, isn't higher, or the subscription isn't in a trial
            or active; or the account holds less than is due.
        Invalid: field ``version``: not offered for the interval and currency.
    """
    subscription = _own(actor)
    version = _offered(version_public_id)
    if version.plan.rank <= subscription.plan_version.plan.rank:
        raise Conflict(_("This plan isn't higher than yours. Nothing was changed."))
    if subscription.state is SubscriptionState.TRIAL:
        _try_higher(actor, subscription, version)
        return None
    if subscription.state is not SubscriptionState.ACTIVE:
        raise Conflict(_("The invoice that waits must be paid first. Nothing was changed."))
    beyond = upgrading.paid_beyond(subscription, version)
    if beyond is not None:
        raise Conflict(
            _(
                "“%(plan)s”, which is higher, is paid from %(day)s on. Nothing was changed.",
                plan=named(beyond.plan_version),
                day=short_date(beyond.starts_on),
            )
        )
    cost = upgrading.quote(subscription, version)
    if cost is None:
        raise _not_offered_so()
    charge = upgrading.ask_for_upgrade(actor, subscription, version, cost)
    if not charge.amount_minor:
        billing.rights_changed(subscription)
    elif from_wallet:
        invoice = queries.invoices_of([charge.id])[charge.id]
        if invoice.is_payable:
            payments.pay_from_wallet(actor, invoice.public_id)
    return charge


def _not_offered_so() -> Invalid:
    sentence = _("The plan isn't offered for your interval and currency.")
    return Invalid(sentence, {"version": [sentence]})


def _try_higher(actor: Actor, subscription: Subscription, version: PlanVersion) -> None:
    _present, interval = renewing.planned(subscription)
    if version.price(interval, subscription.currency) is None:
        raise _not_offered_so()
    subscription.plan_version = version
    subscription.next_version = None
    audit.record(actor, subscription, "trial_changed", plan=version.plan.code)
    renewing.prepare_anew(actor, subscription, "Another plan was chosen.")
    billing.rights_changed(subscription)


@use_case
def cancel_upgrade(actor: Actor) -> Subscription:
    """Take back an upgrade that waits for payment (Conflict if there is none)."""
    subscription = _own(actor)
    charge = charging.waiting_upgrade(subscription)
    if charge is None:
        raise Conflict(_("No upgrade waits for payment. Nothing was changed."))
    charging.call_off(actor, charge, "The company took it back.")
    return subscription


@use_case
def change_later(actor: Actor, version_public_id: str, interval: BillingInterval) -> Subscription:
    """Choose what holds from the end of the paid time on: a lower or other plan, or interval.

    A renewal that is invoiced already is invoiced anew; what was paid on it becomes credit.

    Raises:
        NotAllowed, NotFound: as :func:`upgrade`.
        Conflict: the plan was changed since, the subscription ends or waits for its first
            payment, or more is in use than the plan allows (the message says of what and how
            much).
        Invalid: field ``interval``: not offered so.
    """
    subscription = _own(actor)
    kept = (subscription.plan_version, *renewing.planned(subscription)[:1])
    version = next((each for each in kept if each.public_id == version_public_id), None)
    version = version or _offered(version_public_id)
    _price(version, interval, subscription.currency)
    renewing.paid_until(subscription)
    if subscription.ends_at_period:
        raise Conflict(_("The membership ends; let it go on first. Nothing was changed."))
    if renewing.planned(subscription) == (version, interval):
        raise Conflict(_("That is what you have chosen already. Nothing was changed."))
    _refuse_while_used(subscription, version)
    same = renewing.paid_last(subscription) == (version, interval)
    subscription.next_version = None if same else version
    subscription.next_interval = None if same else interval
    audit.record(
        actor, subscription, "change_planned", plan=version.plan.code, interval=interval.value
    )
    renewing.prepare_anew(actor, subscription, "Another plan was chosen for then.")
    _go_on_for_nothing(actor, subscription)
    return subscription


def _go_on_for_nothing(actor: Actor, subscription: Subscription) -> None:
    """A suspended membership whose next charge asks for nothing comes back at once."""
    charge = charging.waiting(subscription)
    suspended = subscription.state is SubscriptionState.SUSPENDED
    if suspended and charge is not None and not charge.amount_minor:
        billing.continue_with(actor, subscription, charge)


def _refuse_while_used(subscription: Subscription, version: PlanVersion) -> None:
    """Raise Conflict while more is in use than a lower plan allows."""
    present = subscription.plan_version
    if version.id == present.id or version.plan.rank > present.plan.rank:
        return
    beyond = entitlements.over_limit(subscription.company_id, version)
    if not beyond:
        return
    listed = "; ".join(
        _(
            "%(what)s: %(used)d in use, %(limit)d included, %(over)d too many",
            what=each.label,
            used=each.used,
            limit=each.limit,
            over=(each.used or 0) - (each.limit or 0),
        )
        for each in beyond
    )
    raise Conflict(
        _("You use more than this plan includes. %(listed)s. Nothing was changed.", listed=listed)
    )


@use_case
def drop_change(actor: Actor) -> Subscription:
    """Keep the present plan and interval after all (Conflict if no change is planned)."""
    subscription = _own(actor)
    if subscription.next_version is None and subscription.next_interval is None:
        raise Conflict(_("No change is planned. Nothing was changed."))
    subscription.next_version = subscription.next_interval = None
    audit.record(actor, subscription, "change_dropped")
    renewing.prepare_anew(actor, subscription, "The planned change was dropped.")
    _go_on_for_nothing(actor, subscription)
    return subscription


@use_case
def cancel(actor: Actor, reason: str = "") -> Subscription:
    """End the subscription: at the end of what is paid, or at once where nothing is.

    Invoices that wait are cancelled; what was paid on them becomes credit.

    Raises:
        NotAllowed, NotFound: as :func:`upgrade`.
        Conflict: it was cancelled before.
    """
    subscription = _own(actor)
    if subscription.ends_at_period:
        raise Conflict(_("The membership was cancelled before. Nothing was changed."))
    if subscription.state in _AT_ONCE:
        billing.end(actor, subscription, SubscriptionState.CANCELLED, "cancelled", reason)
        return subscription
    charging.call_off_all(actor, subscription, "The membership was cancelled.")
    subscription.ends_at_period = True
    subscription.next_version = subscription.next_interval = None
    audit.record(actor, subscription, "cancelled_for_later", reason=reason)
    return subscription


@use_case
def undo_cancel(actor: Actor) -> Subscription:
    """Let the subscription go on after all (Conflict if it doesn't end, or is over)."""
    subscription = _own(actor)
    if not subscription.ends_at_period or settings.today() >= renewing.paid_until(subscription):
        raise Conflict(_("The membership doesn't end by a cancellation. Nothing was changed."))
    version, interval = renewing.planned(subscription)
    renewing.price_of(version, interval, subscription.currency)
    subscription.ends_at_period = False
    audit.record(actor, subscription, "cancellation_undone")
    if renewing.is_due(subscription):
        renewing.prepare(actor, subscription)
    return subscription


@use_case
def set_pays_from_wallet(actor: Actor, pays: bool) -> Subscription:
    """Pay renewals from the company's account when they fall due, if it holds enough, or not."""
    subscription = _own(actor)
    if subscription.pays_from_wallet != pays:
        subscription.pays_from_wallet = pays
        audit.record(actor, subscription, "pays_from_wallet" if pays else "pays_by_transfer")
        if pays:
            billing.pay_from_wallet(actor, subscription)
    return subscription
