"""The plans beside each other, and the page on which one is chosen with all it costs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core import settings
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.formats import money, named
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import add_errors
from hub.core.web.requests import limiter
from hub.membership import queries, services
from hub.membership.coupons import services as coupons
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.table import ENTITLEMENTS, limit_in, price_words
from hub.membership.forms import PaymentForm, SubscribeForm
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import Subscription, SubscriptionState
from hub.membership.subscriptions.situation import last_day
from hub.membership.views.guards import may_act, member
from hub.membership.words import INTERVALS, all_prices, value_words
from hub.payments.wallets.queries import wallet_balance

pages = Blueprint("plan_choice", __name__, url_prefix="/membership/plans")


def allowances(version: PlanVersion | None) -> list[tuple[str, str]]:
    """What a version allows: (label, value) for every line of the table."""
    return [
        (
            _("%(what)s a month", what=str(each.label)) if each.monthly else str(each.label),
            value_words(each.code, limit_in(version, each.code)),
        )
        for each in ENTITLEMENTS.values()
    ]


def _wanted_interval() -> BillingInterval | None:
    wanted = request.values.get("interval", "")
    return BillingInterval(wanted) if wanted in set(BillingInterval) else None


def _living(actor: Actor) -> Subscription | None:
    return queries.living(actor.company_id) if actor.company_id is not None else None


@pages.get("")
def compare() -> str:
    actor = current_actor()
    present = _living(actor)
    versions = entitlements.offered_versions()
    prices = [price for version in versions for price in version.prices]
    intervals = [each for each in BillingInterval if each in {price.interval for price in prices}]
    currencies = sorted({price.currency for price in prices})
    interval, currency = _shown(present, intervals, currencies)
    return render_template(
        "membership/plans.html",
        versions=versions,
        allowances=allowances,
        interval=interval,
        currency=currency,
        intervals=[(each, INTERVALS[each]) for each in intervals],
        currencies=[present.currency] if present else currencies,
        price_words=price_words,
        all_prices=all_prices,
        present=present,
        is_member=actor.company_id is not None,
        may_act=may_act(actor) or not actor.signed_in,
    )


def _shown(
    present: Subscription | None, intervals: list[BillingInterval], currencies: list[str]
) -> tuple[BillingInterval | None, str]:
    """The interval and currency that the page shows: asked for, of the present plan, or usual."""
    interval = _wanted_interval() or (present.interval if present else None)
    if interval not in intervals:
        interval = intervals[-1] if intervals else None
    wanted = present.currency if present else request.args.get("currency", "")
    home = settings.current().fee_currency
    for each in (wanted, home, *currencies[:1]):
        if each in currencies:
            return interval, each
    return interval, home


@dataclass(frozen=True)
class Choice:
    """A plan as one company would have it from now on, or from the end of its paid time."""

    kind: str
    version: PlanVersion
    interval: BillingInterval
    price: Money
    begins: date | None = None
    quote: services.UpgradeQuote | None = None

    @property
    def name(self) -> str:
        return named(self.version)

    @property
    def words(self) -> str:
        return price_words(self.price, self.interval)


def _choice(present: Subscription | None, public_id: str) -> Choice:
    """What choosing this version means for who has ``present``.

    Raises:
        NotFound: it isn't offered, or not for the interval and currency.
    """
    version = queries.version(public_id)
    kept = present is not None and version.id in (present.version_id, present.next_version_id)
    is_offered = version.plan.retired_at is None and version.plan.current.id == version.id
    if not (kept or is_offered):
        raise NotFound(_("This form of the plan isn't offered any more. Look at the plans again."))
    interval, currency = _terms(present, version)
    price = version.price(interval, currency) if interval else None
    if interval is None or price is None:
        raise NotFound(_("The plan isn't offered like this. Look at its prices again."))
    if present is None:
        return Choice("subscribe", version, interval, price)
    if present.state is SubscriptionState.PENDING_PAYMENT:
        return Choice("waiting", version, interval, price)
    if version.id == present.version_id and interval is present.interval:
        return Choice("same", version, interval, price)
    if version.plan.rank > present.plan_version.plan.rank and interval is present.interval:
        quote = services.quote(present, version)
        on_trial = present.state is SubscriptionState.TRIAL
        if on_trial or (present.state is SubscriptionState.ACTIVE and quote is not None):
            return Choice("upgrade", version, interval, price, quote=quote)
    return Choice("change", version, interval, price, begins=present.paid_until)


def _terms(
    present: Subscription | None, version: PlanVersion
) -> tuple[BillingInterval | None, str]:
    """The interval and currency asked for, or the first that the version is offered in."""
    home = settings.current().fee_currency
    if present is not None:
        return _wanted_interval() or present.interval, present.currency
    offered = sorted(version.prices, key=lambda each: (each.currency != home, each.interval.months))
    currency = request.values.get("currency") or (offered[0].currency if offered else home)
    mine = [each.interval for each in offered if each.currency == currency]
    return _wanted_interval() or (mine[-1] if mine else None), currency


@pages.get("/<public_id>")
@signed_in
def choose(public_id: str) -> str:
    actor = member()
    present = _living(actor)
    choice = _choice(present, public_id)
    if choice.kind == "subscribe":
        form = SubscribeForm(formdata=None, trial=True)
        return _confirm(actor, present, choice, form)
    return _confirm(actor, present, choice, PaymentForm(formdata=None))


def _confirm(actor: Actor, present: Subscription | None, choice: Choice, form: PaymentForm) -> str:
    company_id = actor.company_id or 0
    if choice.kind == "subscribe" and not isinstance(form, SubscribeForm):
        form = SubscribeForm(formdata=None, trial=True)
    due = choice.quote.due if choice.quote else choice.price
    discount = None
    if isinstance(form, SubscribeForm) and (form.coupon.data or "").strip():
        discount = _discount(form, company_id, choice)
        due = due - discount if discount else due
    return render_template(
        "membership/choose.html",
        choice=choice,
        present=present,
        form=form,
        discount=discount,
        due=due,
        has_trial=bool(choice.version.trial_days) and not queries.had_trial(company_id),
        in_account=wallet_balance(company_id, choice.price.currency),
        over=entitlements.over_limit(company_id, choice.version) if choice.kind == "change" else [],
        allowances=allowances(choice.version),
        interval_words=INTERVALS[choice.interval],
        price_words=price_words,
        last_day=last_day,
        may_act=may_act(actor),
    )


def _discount(form: SubscribeForm, company_id: int, choice: Choice) -> Money | None:
    """What the coupon takes off; why it doesn't is told at its field."""
    try:
        coupon = coupons.fitting(
            form.coupon.data or "", company_id, choice.version, choice.price.currency
        )
    except Invalid as error:
        if not form.coupon.errors:
            add_errors(form, error)
        return None
    return coupons.discount_of(coupon, choice.price)


def _decided(sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("membership.overview"))


def _again(actor: Actor, public_id: str, form: PaymentForm, error: Invalid | Conflict) -> Any:
    """The page with what was typed and why it can't be done."""
    add_errors(form, error)
    present = _living(actor)
    return _confirm(actor, present, _choice(present, public_id), form), error.status


@pages.post("/<public_id>/subscribe")
@limiter.limit("30 per minute")
@signed_in
def subscribe(public_id: str) -> Any:
    actor = member()
    form = SubscribeForm()
    interval = _wanted_interval()
    is_valid = form.validate_on_submit()
    if interval is None or not is_valid or "show" in request.form:
        present = _living(actor)
        page = _confirm(actor, present, _choice(present, public_id), form)
        return page, 422 if form.errors or interval is None else 200
    try:
        subscription = services.subscribe(
            actor,
            public_id,
            interval,
            request.form.get("currency", ""),
            coupon=(form.coupon.data or "").strip(),
            wants_trial=form.trial.data,
            from_wallet=form.from_account,
            pays_from_wallet=form.renew_from_account.data,
        )
    except (Invalid, Conflict) as error:
        return _again(actor, public_id, form, error)
    name = named(subscription.plan_version)
    if subscription.state is SubscriptionState.TRIAL:
        return _decided(
            _(
                "The trial of “%(plan)s” has begun; it ends after %(day)s.",
                plan=name,
                day=last_day(subscription.trial_until),
            )
        )
    if subscription.state is SubscriptionState.ACTIVE:
        return _decided(_("“%(plan)s” holds from now on.", plan=name))
    return _decided(_("“%(plan)s” is chosen; it begins when its invoice is paid.", plan=name))


@pages.post("/<public_id>/upgrade")
@signed_in
def upgrade(public_id: str) -> Any:
    actor = member()
    form = PaymentForm()
    if not form.validate_on_submit():
        present = _living(actor)
        return _confirm(actor, present, _choice(present, public_id), form), 422
    try:
        charge = services.upgrade(actor, public_id, from_wallet=form.from_account)
    except (Invalid, Conflict) as error:
        return _again(actor, public_id, form, error)
    present = _living(actor)
    if present is not None and present.plan_version.public_id == public_id:
        return _decided(_("“%(plan)s” holds from now on.", plan=named(present.plan_version)))
    return _decided(
        _(
            "The higher plan begins when its invoice of %(amount)s is paid.",
            amount=money(charge.amount if charge else None),
        )
    )


@pages.post("/<public_id>/change")
@signed_in
def change(public_id: str) -> Any:
    actor = member()
    interval = _wanted_interval()
    if interval is None:
        raise NotFound(_("The plan isn't offered like this. Look at its prices again."))
    try:
        subscription = services.change_later(actor, public_id, interval)
    except (Invalid, Conflict) as error:
        return _again(actor, public_id, PaymentForm(formdata=None), error)
    return _decided(
        _(
            "The change takes effect after %(day)s. You can drop it until then.",
            day=last_day(subscription.paid_until),
        )
    )
