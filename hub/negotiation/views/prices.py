"""What opening an inquiry costs, by commodity and group."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from hub.catalogue.queries import commodities
from hub.core import settings
from hub.core.actor import StaffRole
from hub.core.formats import money, named
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer
from hub.negotiation import queries, services
from hub.negotiation.forms import PriceForm

blueprint = Blueprint("inquiry_prices", __name__, url_prefix="/admin/inquiry-prices")

_administrator = staff(StaffRole.ADMINISTRATOR)


@blueprint.route("", methods=["GET", "POST"])
@_administrator
def index() -> Any:
    """The prices, and setting one."""
    form = PriceForm()
    form.commodity.choices = [SelectChoice(each.code, named(each)) for each in commodities()]

    def page() -> str:
        hub = settings.current()
        return render_template(
            "negotiation/prices.html",
            form=form,
            rows=queries.prices(),
            groups={each.parent_id for each in commodities(active_only=False)},
            general=Money.from_decimal(hub.inquiry_price, hub.fee_currency),
            currency=hub.fee_currency,
        )

    if not form.is_submitted():
        form.commodity.data = request.args.get("commodity")
        return page()
    return answer(
        form,
        lambda: services.set_price(current_actor(), form.commodity.data, form.amount.data),
        lambda made: _("Opening an inquiry costs %(price)s there now.", price=money(made.amount)),
        url_for("inquiry_prices.index"),
        page,
    )


@blueprint.post("/remove")
@_administrator
def remove() -> Any:
    """Take one price away."""
    services.remove_price(
        current_actor(), request.form.get("commodity", ""), request.form.get("currency", "")
    )
    flash(_("Removed. The price of the group above, or the general one, holds again."), "good")
    return redirect(url_for("inquiry_prices.index"))
