"""A company's own listings."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.catalogue import queries as catalogue
from hub.catalogue.models import Commodity
from hub.core.errors import HubError, Invalid
from hub.core.i18n import _, localised
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import add_errors, answer, seen_version
from hub.core.web.locale import locale
from hub.membership.entitlements.services import LimitReached, use_of
from hub.posting import queries, services
from hub.posting.drafting import texts_of
from hub.posting.fields import facts
from hub.posting.forms import ListingForm, PicturesForm, RejectForm, ReturnForm, listing_form
from hub.posting.history import history, last_reason
from hub.posting.models import Listing, ListingState, Side
from hub.posting.pictures import most_pictures
from hub.posting.plan_limits import OPEN_LISTINGS
from hub.posting.terms import attribute_lines

blueprint = Blueprint("posting", __name__, url_prefix="/listings")

_TABS: dict[str, tuple[ListingState, ...]] = {
    "all": (),
    "draft": (ListingState.DRAFT,),
    "review": (ListingState.PENDING_REVIEW,),
    "open": (ListingState.OPEN,),
    "paused": (ListingState.PAUSED,),
    "filled": (ListingState.FILLED,),
    "ended": (ListingState.WITHDRAWN, ListingState.EXPIRED, ListingState.REJECTED),
}


def _tab_label(tab: str) -> str:
    return {
        "all": _("All"),
        "draft": _("Drafts"),
        "review": _("In review"),
        "open": _("Open"),
        "paused": _("Paused"),
        "filled": _("Filled"),
        "ended": _("Ended"),
    }[tab]


@blueprint.get("")
@signed_in
def index() -> str:
    """The company's listings by state."""
    actor = current_actor()
    tab = request.args.get("state", "all")
    tab = tab if tab in _TABS else "all"
    search = request.args.get("q", "").strip()[:100]
    counts = queries.state_counts(actor)
    tabs = [
        {
            "label": _tab_label(name),
            "url": url_for(".index", state=name, q=search or None),
            "active": name == tab,
            "count": sum(counts.get(state, 0) for state in states or counts),
        }
        for name, states in _TABS.items()
    ]
    page = queries.own_page(actor, _TABS[tab], search, request.args.get("after"))
    return render_template(
        "posting/index.html",
        page=page,
        tabs=tabs,
        tab=tab,
        search=search,
        counts=counts,
        use=use_of(actor.company_id, OPEN_LISTINGS) if actor.company_id else None,
    )


def _form(commodity: Commodity, texts: dict[str, str]) -> ListingForm:
    return listing_form(
        commodity,
        catalogue.units(commodity.unit.dimension),
        catalogue.regions(),
        locale(),
        texts,
    )


def _chosen() -> tuple[Side | None, Commodity | None]:
    """Side and commodity as the address names them."""
    try:
        side = Side(request.args.get("side", ""))
    except ValueError:
        side = None
    tradable = {each.code: each for each in catalogue.tradable_commodities()}
    return side, tradable.get(request.args.get("commodity", ""))


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Choose side and commodity, then write the terms."""
    actor = current_actor()
    company_id = actor.require_trader()
    side, commodity = _chosen()
    if side is None or commodity is None:
        return render_template(
            "posting/choose.html",
            side=side,
            use=use_of(company_id, OPEN_LISTINGS),
            commodities=[
                (each.code, localised(each.names, each.name, locale()))
                for each in catalogue.tradable_commodities()
            ],
        )
    form = _form(commodity, queries.usual_texts(company_id, commodity))
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            texts = form.texts() | {"side": side.value, "commodity": commodity.code}
            try:
                listing = services.create_draft(actor, texts)
            except Invalid as error:
                add_errors(form, error)
            else:
                return _after_draft(listing)
    page = render_template(
        "posting/edit.html",
        form=form,
        side=side,
        commodity=commodity,
        listing=None,
        use=use_of(company_id, OPEN_LISTINGS),
    )
    return page, status


def _after_draft(listing: Listing) -> Any:
    if request.form.get("then") == "submit":
        try:
            services.submit(current_actor(), listing.public_id, listing.version)
        except LimitReached as error:
            flash(_("The draft %(reference)s was saved.", reference=listing.reference), "good")
            return _refused(listing.public_id, error)
        flash(
            _(
                "%(reference)s was sent to the hub's broker. It opens once it is approved.",
                reference=listing.reference,
            ),
            "good",
        )
    else:
        flash(_("The draft %(reference)s was saved.", reference=listing.reference), "good")
    return redirect(url_for(".listing", public_id=listing.public_id))


def _refused(public_id: str, error: HubError, page: str = "listing") -> Any:
    flash(error.message, "bad")
    return redirect(url_for(f".{page}", public_id=public_id))


def listing_page(
    public_id: str,
    pictures: PicturesForm | None = None,
    returning: ReturnForm | None = None,
    rejecting: RejectForm | None = None,
) -> str:
    """The page of one listing; the forms carry what was wrong with a try."""
    actor = current_actor()
    found = queries.listing(actor, public_id)
    entries = history(actor, found)
    lines = attribute_lines(
        catalogue.attributes_of([found.commodity_id])[found.commodity_id],
        found.attributes,
        locale(),
    )
    return render_template(
        "posting/listing.html",
        listing=found,
        history=entries,
        last_reason=last_reason(entries),
        attributes=lines,
        facts=facts(found),
        mine=actor.trades_for(found.company_id),
        use=use_of(found.company_id, OPEN_LISTINGS),
        most_pictures=most_pictures(found.company_id),
        commodity_name=localised(found.commodity.names, found.commodity.name, locale()),
        region_name=localised(found.region.names, found.region.name, locale()),
        pictures_form=pictures or PicturesForm(formdata=None),
        return_form=returning or ReturnForm(formdata=None),
        reject_form=rejecting or RejectForm(formdata=None),
    )


@blueprint.get("/<public_id>")
@signed_in
def listing(public_id: str) -> str:
    """One listing from the inside: its state, counters, terms, pictures and history."""
    return listing_page(public_id)


@blueprint.route("/<public_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(public_id: str) -> Any:
    """Change the terms."""
    actor = current_actor()
    found = queries.listing(actor, public_id)
    actor.require_trader(found.company_id)
    commodity = catalogue.commodity(found.commodity.public_id)
    form = _form(commodity, texts_of(found) | {"version": str(found.version)})

    def page() -> str:
        return render_template(
            "posting/edit.html", form=form, side=found.side, commodity=commodity, listing=found
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.edit(actor, public_id, form.version.data, form.texts()),
        lambda edited: _("The terms of %(reference)s were saved.", reference=edited.reference),
        url_for(".listing", public_id=public_id),
        page,
    )


def _back(public_id: str, message: str) -> Any:
    flash(message, "good")
    return redirect(url_for(".listing", public_id=public_id))


@blueprint.post("/<public_id>/submit")
@signed_in
def submit(public_id: str) -> Any:
    """Hand the draft to the broker."""
    version = seen_version()
    try:
        found = services.submit(current_actor(), public_id, version)
    except LimitReached as error:
        return _refused(public_id, error)
    except Invalid as error:
        return _refused(public_id, error, "edit")
    return _back(
        public_id,
        _(
            "%(reference)s was sent to the hub's broker. It opens once it is approved.",
            reference=found.reference,
        ),
    )


@blueprint.post("/<public_id>/pause")
@signed_in
def pause(public_id: str) -> Any:
    """Take the listing off the market for a while."""
    found = services.pause(current_actor(), public_id)
    return _back(
        public_id,
        _("%(reference)s is off the market until you resume it.", reference=found.reference),
    )


@blueprint.post("/<public_id>/resume")
@signed_in
def resume(public_id: str) -> Any:
    """Put the listing back on the market."""
    try:
        found = services.resume(current_actor(), public_id)
    except LimitReached as error:
        return _refused(public_id, error)
    except Invalid as error:
        return _refused(public_id, error, "edit")
    return _back(public_id, _("%(reference)s is on the market again.", reference=found.reference))


@blueprint.post("/<public_id>/withdraw")
@signed_in
def withdraw(public_id: str) -> Any:
    """Take the listing off the market for good."""
    found = services.withdraw(current_actor(), public_id)
    return _back(public_id, _("%(reference)s was withdrawn.", reference=found.reference))
