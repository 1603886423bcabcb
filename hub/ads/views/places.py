"""Places for advertising: what members can book, and how the hub's people keep them."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from werkzeug.wrappers import Response

from hub.ads.display import house_ads, places
from hub.ads.display import overview as display_queries
from hub.ads.display.artwork import Given
from hub.ads.display.bookings import BOOKABLE_DAYS
from hub.ads.display.models import (
    KIND_WORDS,
    PAGE_WORDS,
    PRICING_WORDS,
    AdKind,
    AdPage,
    AdPlace,
    Pricing,
)
from hub.ads.forms.display import HouseForm, PlaceForm
from hub.core import settings
from hub.core.actor import StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in, staff
from hub.core.web.answers import answer, seen_version

blueprint = Blueprint("ad_places", __name__)

readers = staff(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR)
keepers = staff(StaffRole.ADVERTISING)
#: A Monday, from which the names of the days of a week are taken.
_MONDAY = date(2024, 1, 1)


def words() -> dict[str, Any]:
    """How pages, types, prices and the days of a week are written."""
    week = [format_date(_MONDAY + timedelta(days=number), "EEEEEE") for number in range(7)]
    return {"pages": PAGE_WORDS, "kinds": KIND_WORDS, "pricings": PRICING_WORDS, "weekdays": week}


def uploaded(name: str) -> tuple[str, bytes] | None:
    """The file that was sent under this name, if one was chosen."""
    sent = request.files.get(name)
    return (sent.filename, sent.read()) if sent is not None and sent.filename else None


@blueprint.get("/advertising/places")
@signed_in
def offered() -> str:
    """What can be booked, at what price, and one place's calendar."""
    found = display_queries.offered_places()
    chosen = next((each for each in found if each.public_id == request.args.get("place")), None)
    if chosen is None and found:
        chosen = found[0]
    return render_template(
        "ads/place_offers.html",
        places=found,
        chosen=chosen,
        months=display_queries.calendar(chosen) if chosen else [],
        last_day=settings.today() + timedelta(days=BOOKABLE_DAYS),
        **words(),
    )


@blueprint.get("/ad-desk/places")
@readers
def kept() -> str:
    """All places, also those that were retired."""
    return render_template("ads/place_list.html", places=display_queries.all_places(), **words())


def _terms(form: PlaceForm) -> places.PlaceTerms:
    return places.PlaceTerms(
        width=form.width.data,
        height=form.height.data,
        pricing=Pricing(form.pricing.data),
        price=form.price.data,
        capacity=form.capacity.data or 0,
    )


@blueprint.route("/ad-desk/places/new", methods=["GET", "POST"])
@keepers
def new() -> Any:
    """Offer a place."""
    form = PlaceForm()
    if not form.is_submitted():
        return _page(form, None)
    return answer(
        form,
        lambda: places.add(
            current_actor(), AdPage(form.page.data), AdKind(form.kind.data), _terms(form)
        ),
        _("The place is offered: members can book it now."),
        url_for(".kept"),
        lambda: _page(form, None),
        refusals=(Invalid, Conflict),
    )


def _page(form: PlaceForm, place: AdPlace | None) -> str:
    currency = settings.current().fee_currency
    return render_template(
        "ads/place_edit.html", form=form, place=place, currency=currency, **words()
    )


@blueprint.route("/ad-desk/places/<public_id>", methods=["GET", "POST"])
@keepers
def change(public_id: str) -> Any:
    """Change what a place costs, its size, how many share it."""
    found = places.place(public_id)
    form = PlaceForm(
        data={
            "version": str(found.version),
            "page": found.page.value,
            "kind": found.kind.value,
            "width": found.width,
            "height": found.height,
            "pricing": found.pricing.value,
            "price": found.price.decimal,
            "capacity": found.capacity,
        }
    )
    if not form.is_submitted():
        return _page(form, found)
    return answer(
        form,
        lambda: places.change(current_actor(), public_id, seen_version(), _terms(form)),
        _("The place was changed. Bookings that were made keep their terms."),
        url_for(".kept"),
        lambda: _page(form, found),
    )


@blueprint.post("/ad-desk/places/<public_id>/retire")
@keepers
def retire(public_id: str) -> Response:
    """Offer it no longer."""
    places.retire(current_actor(), public_id, seen_version())
    flash(_("The place is offered no longer. Bookings that were made run to their ends."), "good")
    return redirect(url_for(".kept"))


@blueprint.route("/ad-desk/house", methods=["GET", "POST"])
@readers
def house() -> Any:
    """The house's own advertisements, and a new one."""
    form = HouseForm()

    def page() -> str:
        return render_template(
            "ads/place_house.html", form=form, house_ads=display_queries.house_ads(), **words()
        )

    if not form.is_submitted():
        return page()
    current_actor().require(StaffRole.ADVERTISING)
    return answer(
        form,
        lambda: _add(form),
        _("It is shown where nobody has booked the place."),
        url_for(".house"),
        page,
    )


def _add(form: HouseForm) -> None:
    given = Given(
        target=form.target.data or "",
        headline=form.headline.data or "",
        text=form.text.data or "",
        alternative=form.alternative.data or "",
        picture=uploaded("picture"),
    )
    house_ads.add(current_actor(), AdPage(form.page.data), AdKind(form.kind.data), given)


@blueprint.post("/ad-desk/house/<public_id>/<any(show, hide):what>")
@keepers
def switch_house(public_id: str, what: str) -> Response:
    """Show it again, or no longer."""
    active = what == "show"
    house_ads.switch(current_actor(), public_id, seen_version(), active=active)
    flash(_("It is shown again.") if active else _("It is shown no longer."), "good")
    return redirect(url_for(".house"))
