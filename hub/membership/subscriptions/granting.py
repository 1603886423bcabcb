"""Memberships that staff give without payment, with a reason."""

from datetime import date, timedelta

from sqlalchemy import select

from hub.accounts.models import Company
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.membership import queries
from hub.membership.entitlements import services as entitlements
from hub.membership.models.plans import BillingInterval, Plan
from hub.membership.models.subscriptions import Charge, ChargeKind, Subscription, SubscriptionState
from hub.membership.subscriptions import billing, charging, notices

_LONGEST_REASON = 300
_LONGEST_DAYS = 5 * 366
_RUNNING = (SubscriptionState.TRIAL, SubscriptionState.ACTIVE)


@use_case
def grant(
    actor: Actor,
    company_public_id: str,
    plan_public_id: str,
    ends_on: date,
    reason: str,
    *,
    interval: BillingInterval = BillingInterval.YEAR,
    currency: str = "",
) -> Subscription:
    """Give a company a plan without payment until the day before ``ends_on``.

    A company that has the plan gets the time after what it has paid; one that has none gets a
    subscription that ends then. ``interval`` and ``currency`` (the hub's own unless said) are
    those in which it could go on.

    Raises:
        NotAllowed: not an administrator.
        NotFound: no such company or plan.
        Conflict: the company has another plan.
        Invalid: by field: ``reason``, ``ends_on``, ``plan``.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    reason = required_reason(reason, _("Say why, in a sentence."))
    if len(reason) > _LONGEST_REASON:
        sentence = _("This is longer than %(longest)d characters.", longest=_LONGEST_REASON)
        raise Invalid(sentence, {"reason": [sentence]})
    company = db.session.scalar(select(Company).where(Company.public_id == company_public_id))
    if company is None:
        raise NotFound(_("There is no such company."))
    plan = queries.plan(actor, plan_public_id)
    entitlements.hold(company.id)
    found = queries.living(company.id)
    if found is None:
        currency = currency or settings.current().fee_currency
        subscription = _new(actor, company.id, plan, (interval, currency), reason)
    else:
        subscription = queries.locked(found.id)
    if subscription.plan_version.plan_id != plan.id:
        raise Conflict(
            _("The company has the plan “%(plan)s”.", plan=subscription.plan_version.name)
        )
    _extend(actor, subscription, ends_on, reason)
    return subscription


def _new(
    actor: Actor, company_id: int, plan: Plan, terms: tuple[BillingInterval, str], reason: str
) -> Subscription:
    if plan.retired_at is not None:
        sentence = _("This plan isn't offered.")
        raise Invalid(sentence, {"plan": [sentence]})
    subscription = Subscription(
        company_id=company_id,
        plan_version=plan.current,
        state=SubscriptionState.PENDING_PAYMENT,
        interval=terms[0],
        currency=terms[1],
        started_on=settings.today(),
        ends_at_period=True,
        created_at=clock.now(),
        created_by=actor.user_id,
        grant_reason=reason,
    )
    db.session.add(subscription)
    db.session.flush()
    audit.record(actor, subscription, "chosen", plan=plan.code, reason=reason)
    return subscription


def _extend(actor: Actor, subscription: Subscription, ends_on: date, reason: str) -> None:
    """Add a charge of nothing after what is paid, or from today where that is over."""
    today = settings.today()
    paid_until = subscription.paid_until
    runs = subscription.state in _RUNNING and paid_until is not None and paid_until > today
    starts_on = paid_until if runs and paid_until is not None else today
    if not starts_on < ends_on <= today + timedelta(days=_LONGEST_DAYS):
        sentence = _(
            "Choose a day after %(first)s, and within five years.", first=starts_on.isoformat()
        )
        raise Invalid(sentence, {"ends_on": [sentence]})
    charging.call_off_all(actor, subscription, "The hub granted the time.")
    charge = _charge(actor, subscription, starts_on, ends_on)
    charging.run(actor, charge, starts_on, ends_on, charge.amount)
    audit.record(actor, subscription, "granted", reason=reason, until=ends_on.isoformat())
    subscription.paid_until = ends_on
    subscription.reminded_days = None
    if subscription.state is not SubscriptionState.ACTIVE:
        subscription.move(SubscriptionState.ACTIVE, actor, "granted", reason)
    notices.granted(subscription, reason)
    billing.rights_changed(subscription)


def _charge(actor: Actor, subscription: Subscription, starts_on: date, ends_on: date) -> Charge:
    nothing = Money.zero(subscription.currency)
    return charging.open_charge(
        actor,
        subscription,
        ChargeKind.GRANT,
        subscription.plan_version,
        subscription.interval,
        (starts_on, ends_on),
        nothing,
        nothing,
    )
