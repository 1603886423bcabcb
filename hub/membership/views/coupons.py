"""The administrator's coupons."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from hub.core import settings
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.membership import queries, services
from hub.membership.forms import CouponForm
from hub.membership.views.choices import NOTHING, currency_choices, plan_choices
from hub.membership.views.guards import administrator
from hub.membership.words import discount_words

pages = Blueprint("coupons", __name__, url_prefix="/admin/coupons")


@pages.get("")
@administrator
def index() -> str:
    return render_template(
        "membership/admin_coupons.html",
        coupons=queries.coupons(current_actor()),
        today=settings.today(),
        discount_words=discount_words,
    )


@pages.get("/<public_id>")
@administrator
def show(public_id: str) -> str:
    found = [each for each in queries.coupons(current_actor()) if each.public_id == public_id]
    if not found:
        raise NotFound(_("There is no such coupon."))
    return render_template(
        "membership/admin_coupon_shown.html",
        coupon=found[0],
        today=settings.today(),
        discount_words=discount_words,
    )


@pages.route("/new", methods=["GET", "POST"])
@administrator
def new() -> Any:
    form = CouponForm()
    form.currency.choices = currency_choices()
    plans = queries.plans(current_actor())
    form.plan_public_id.choices = [NOTHING, *plan_choices(plans, lambda plan: plan.public_id)]

    def page() -> str:
        return render_template("membership/admin_coupon.html", form=form)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.create_coupon(current_actor(), form.draft()),
        lambda coupon: _("The coupon %(code)s can be used.", code=coupon.code),
        url_for("coupons.index"),
        page,
    )


@pages.post("/<public_id>/retire")
@administrator
def retire(public_id: str) -> Response:
    coupon = services.retire_coupon(current_actor(), public_id)
    flash(_("The coupon %(code)s is taken no more.", code=coupon.code), "good")
    return redirect(url_for("coupons.index"))
