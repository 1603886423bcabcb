"""The company's own plan: where it stands, what is used and left, charges, and its end."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core.actor import StaffRole
from hub.core.formats import named
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.membership import queries, services
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.table import ENTITLEMENTS, Kind, price_words
from hub.membership.forms import CancelForm
from hub.membership.gains import gains
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.models.subscriptions import Subscription
from hub.membership.subscriptions.situation import last_day, standing
from hub.membership.views.guards import may_act, member
from hub.membership.words import INTERVALS, charge_words, value_words
from hub.payments.wallets.queries import wallet_balance

pages = Blueprint("membership", __name__, url_prefix="/membership")


@pages.get("")
@signed_in
def overview() -> Any:
    actor = current_actor()
    if actor.company_id is None and actor.has(StaffRole.ADMINISTRATOR, StaffRole.FINANCE):
        return redirect(url_for("memberships.index"))
    return _page(CancelForm(formdata=None))


def _page(form: CancelForm) -> str:
    actor = member()
    company_id = actor.company_id or 0
    membership = queries.own_membership(actor)
    subscription = membership.subscription if membership else None
    rights = entitlements.rights_of(company_id)
    usage = entitlements.usage_of(company_id)
    version = subscription.plan_version if subscription else rights.version
    return render_template(
        "membership/mine.html",
        membership=membership,
        subscription=subscription,
        standing=standing(membership) if membership else None,
        last_day=last_day,
        version=version,
        price=_price(version, subscription.interval, subscription.currency)
        if subscription and version
        else "",
        planned=_planned(subscription) if subscription else None,
        charge_words=charge_words,
        others=[
            (str(each.label), value_words(each.code, rights.limit(each.code)))
            for each in ENTITLEMENTS.values()
            if each.kind is not Kind.NUMBER
        ],
        usage=usage,
        refusals={
            each.code: entitlements.refusal(company_id, each.code)
            for each in usage
            if each.left == 0
        },
        gains=gains(company_id, subscription.started_on) if subscription else [],
        past=queries.own_past(actor),
        other_intervals=_other_intervals(subscription) if subscription else [],
        in_account=wallet_balance(company_id, subscription.currency) if subscription else None,
        may_act=may_act(actor),
        form=form,
    )


def _price(version: PlanVersion, interval: BillingInterval, currency: str) -> str:
    price = version.price(interval, currency)
    return price_words(price, interval) if price is not None else "–"


def _planned(subscription: Subscription) -> dict[str, str]:
    """What holds after the paid time, in words."""
    version = subscription.next_version or subscription.plan_version
    interval = subscription.next_interval or subscription.interval
    return {
        "name": named(version),
        "interval": str(INTERVALS[interval]),
        "price": _price(version, interval, subscription.currency),
    }


def _other_intervals(subscription: Subscription) -> list[tuple[str, str]]:
    """The other intervals in which the present plan can be paid: (words, address)."""
    version = subscription.plan_version
    return [
        (
            str(INTERVALS[interval]),
            url_for("plan_choice.choose", public_id=version.public_id, interval=interval.value),
        )
        for interval in BillingInterval
        if interval is not subscription.interval
        and version.price(interval, subscription.currency) is not None
    ]


def _back(sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for("membership.overview"))


@pages.post("/cancel")
@signed_in
def cancel() -> Any:
    form = CancelForm()
    if not form.validate_on_submit():
        return _page(form), 422
    subscription = services.cancel(member(), (form.reason.data or "").strip())
    if subscription.is_living:
        return _back(
            _(
                "Cancelled: the plan holds to the end of %(day)s. You can undo this until then.",
                day=last_day(subscription.paid_until),
            )
        )
    return _back(_("Cancelled. Nothing is to be paid any more."))


@pages.post("/undo-cancel")
@signed_in
def undo_cancel() -> Response:
    services.undo_cancel(member())
    return _back(_("The plan goes on and is renewed as before."))


@pages.post("/keep-plan")
@signed_in
def keep_plan() -> Response:
    services.drop_change(member())
    return _back(_("The planned change is dropped; the plan stays as it is."))


@pages.post("/cancel-upgrade")
@signed_in
def cancel_upgrade() -> Response:
    services.cancel_upgrade(member())
    return _back(_("The change to the higher plan is cancelled; its invoice needs no payment."))


@pages.post("/pay-from-account")
@signed_in
def pay_from_account() -> Response:
    subscription = services.set_pays_from_wallet(member(), request.form.get("pays") == "yes")
    if subscription.pays_from_wallet:
        return _back(_("Renewals are paid from the account when they fall due."))
    return _back(_("Renewals wait for your transfer again."))
