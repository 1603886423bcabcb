"""The plans beside each other, and the page on which one is chosen with all it costs."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.formats import money, named
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import add_errors, answer
from hub.core.web.forms import PageForm
from hub.core.web.requests import limiter
from hub.membership import queries, services
from hub.membership.coupons import services as coupons
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.table import ENTITLEMENTS, limit_in, price_words
from hub.membership.forms import PaymentForm, SubscribeForm
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import Charge, Subscription, SubscriptionState
from hub.membership.subscriptions.choosing import Choice, choice_of, compared_terms
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
    interval, currency = compared_terms(
        present, _wanted_interval(), request.args.get("currency", ""), intervals, currencies
    )
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


@pages.get("/<public_id>")
@signed_in
def choose(public_id: str) -> str:
    return _page(member(), public_id, PaymentForm(formdata=None))


def _page(actor: Actor, public_id: str, form: PaymentForm) -> str:
    company_id, present = actor.company_id or 0, _living(actor)
    choice = choice_of(present, public_id, _wanted_interval(), request.values.get("currency", ""))
    if choice.kind == "subscribe" and not isinstance(form, SubscribeForm):
        form = SubscribeForm(formdata=None, trial=True)
    due = choice.due
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


@pages.post("/<public_id>/subscribe")
@limiter.limit("30 per minute")
@signed_in
def subscribe(public_id: str) -> Any:
    actor = member()
    form = SubscribeForm()
    interval = _wanted_interval()

    def again() -> str:
        return _page(actor, public_id, form)

    if interval is None or "show" in request.form:
        form.validate()
        page = again()
        return page, 422 if form.errors or interval is None else 200
    return answer(
        form,
        lambda: services.subscribe(
            actor,
            public_id,
            interval,
            request.form.get("currency", ""),
            coupon=(form.coupon.data or "").strip(),
            wants_trial=form.trial.data,
            from_wallet=form.from_account,
            pays_from_wallet=form.renew_from_account.data,
        ),
        _subscribed_text,
        url_for("membership.overview"),
        again,
        refusals=(Invalid, Conflict),
        own_status=True,
    )


def _subscribed_text(subscription: Subscription) -> str:
    name = named(subscription.plan_version)
    if subscription.state is SubscriptionState.TRIAL:
        return _(
            "The trial of “%(plan)s” has begun; it ends after %(day)s.",
            plan=name,
            day=last_day(subscription.trial_until),
        )
    if subscription.state is SubscriptionState.ACTIVE:
        return _("“%(plan)s” holds from now on.", plan=name)
    return _("“%(plan)s” is chosen; it begins when its invoice is paid.", plan=name)


@pages.post("/<public_id>/upgrade")
@signed_in
def upgrade(public_id: str) -> Any:
    actor = member()
    form = PaymentForm()

    def done(charge: Charge | None) -> str:
        present = _living(actor)
        if present is not None and present.plan_version.public_id == public_id:
            return _("“%(plan)s” holds from now on.", plan=named(present.plan_version))
        return _(
            "The higher plan begins when its invoice of %(amount)s is paid.",
            amount=money(charge.amount if charge else None),
        )

    return answer(
        form,
        lambda: services.upgrade(actor, public_id, from_wallet=form.from_account),
        done,
        url_for("membership.overview"),
        lambda: _page(actor, public_id, form),
        refusals=(Invalid, Conflict),
        own_status=True,
    )


@pages.post("/<public_id>/change")
@signed_in
def change(public_id: str) -> Any:
    actor = member()
    interval = _wanted_interval()
    if interval is None:
        raise NotFound(_("The plan isn't offered like this. Look at its prices again."))
    return answer(
        PageForm(),
        lambda: services.change_later(actor, public_id, interval),
        lambda subscription: _(
            "The change takes effect after %(day)s. You can drop it until then.",
            day=last_day(subscription.paid_until),
        ),
        url_for("membership.overview"),
        lambda: _page(actor, public_id, PaymentForm(formdata=None)),
        refusals=(Invalid, Conflict),
        own_status=True,
    )
