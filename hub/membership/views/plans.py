"""The administrator's plans: offered, changed by a new version, and what other prices bring."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core.errors import Conflict, Invalid
from hub.core.formats import named
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.membership import queries, services
from hub.membership.entitlements import services as entitlements
from hub.membership.forms import (
    PlanForm,
    VersionForm,
    errors_by_field,
    plan_form,
    what_if_form,
    what_if_name,
)
from hub.membership.models.plans import BillingInterval, Plan, PlanVersion
from hub.membership.plans.price_change import outcomes
from hub.membership.subscriptions import figures
from hub.membership.views.choosing import allowances
from hub.membership.views.guards import administrator
from hub.membership.words import INTERVALS, all_prices, sorted_prices
from hub.payments.wallets.queries import currencies_offered

pages = Blueprint("plans", __name__, url_prefix="/admin/plans")


@pages.get("")
@administrator
def index() -> str:
    return render_template(
        "membership/admin_plans.html",
        plans=queries.plans(current_actor()),
        all_prices=all_prices,
    )


def _form(present: PlanVersion | None) -> PlanForm:
    known = {price.currency for price in present.prices} if present else set()
    return plan_form(sorted({*currencies_offered(), *known}), present)


def _beside_fields(form: PlanForm, verb: Callable[[], Plan]) -> Plan:
    """Carry ``verb`` out; what is wrong with prices and entitlements gets their fields' names."""
    try:
        return verb()
    except Invalid as error:
        raise Invalid(error.message, errors_by_field(error.fields, form)) from error


@pages.route("/new", methods=["GET", "POST"])
@administrator
def new() -> Any:
    form = _form(None)

    def page() -> str:
        return render_template("membership/admin_plan.html", form=form, plan=None)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: _beside_fields(
            form,
            lambda: services.create_plan(current_actor(), form.code.data or "", form.draft()),
        ),
        lambda plan: _("“%(plan)s” is offered from now on.", plan=named(plan.current)),
        url_for("plans.index"),
        page,
    )


@pages.route("/<public_id>", methods=["GET", "POST"])
@administrator
def edit(public_id: str) -> Any:
    plan = queries.plan(current_actor(), public_id)
    form = _form(plan.current)
    if not form.is_submitted():
        return _page(plan, form)
    return answer(
        form,
        lambda: _beside_fields(
            form,
            lambda: services.change_plan(
                current_actor(), public_id, form.draft(), form.version.data
            ),
        ),
        _("The plan is offered in its new form. Present members keep theirs."),
        url_for("plans.edit", public_id=public_id),
        lambda: _page(queries.plan(current_actor(), public_id), form),
        refusals=(Invalid, Conflict),
    )


def _page(plan: Plan, form: PlanForm) -> str:
    return render_template(
        "membership/admin_plan.html",
        form=form,
        plan=plan,
        all_prices=all_prices,
        allowances=allowances,
    )


@pages.post("/<public_id>/make-default")
@administrator
def make_default(public_id: str) -> Response:
    plan = services.make_default(current_actor(), public_id, VersionForm().version.data)
    flash(_("“%(plan)s” holds for every company without a plan.", plan=named(plan.current)), "good")
    return redirect(url_for("plans.edit", public_id=public_id))


@pages.post("/<public_id>/retire")
@administrator
def retire(public_id: str) -> Response:
    plan = services.retire_plan(current_actor(), public_id, VersionForm().version.data)
    flash(_("“%(plan)s” is offered to nobody any more.", plan=named(plan.current)), "good")
    return redirect(url_for("plans.index"))


@pages.get("/what-if")
@administrator
def what_if() -> Any:
    versions = [each for each in entitlements.offered_versions() if each.prices]
    form = what_if_form(versions, request.args or None)
    asked = bool(request.args)
    is_valid = form.validate() if asked else True
    prices: dict[tuple[str, BillingInterval, str], Money] = {}
    for version in versions:
        for price in version.prices:
            key = (version.plan.public_id, price.interval, price.currency)
            value = form[what_if_name(*key)].data
            if is_valid and value is not None:
                prices[key] = Money.from_decimal(value, price.currency)
    groups = figures.repriced_groups(current_actor(), prices)
    page = render_template(
        "membership/admin_what_if.html",
        form=form,
        versions=versions,
        field_name=what_if_name,
        groups=groups,
        outcomes=outcomes(groups),
        asked=bool(prices),
        intervals=INTERVALS,
        sorted_prices=sorted_prices,
    )
    return page, 200 if is_valid else 422
