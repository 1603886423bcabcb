"""What is to be done in a depot today, what lies in it, and one box that jumps to anything."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer
from hub.depots import queries as depots
from hub.depots import services as stock
from hub.depots.models import Lot
from hub.dispatch import queries
from hub.dispatch.forms import WriteOffForm
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState

KEEPERS = (StaffRole.DEPOT, StaffRole.BROKER, StaffRole.ADMINISTRATOR)
blueprint = Blueprint("depot", __name__, url_prefix="/depot")


@blueprint.get("")
@staff(*KEEPERS)
def places() -> Any:
    """The depots one may look into; with only one, its work of today."""
    found = depots.depots_of(current_actor())
    if len(found) == 1:
        return redirect(url_for("depot.today", code=found[0].code))
    lying, coming = depots.occupied(), queries.expected_tonnes()
    rows = [(depot, lying.get(depot.id, 0), coming.get(depot.id, 0)) for depot in found]
    return render_template("dispatch/places.html", rows=rows, rounded=_rounded)


def _rounded(tonnes: Any) -> str:
    return f"{round(tonnes * 10) / 10:,.1f}".removesuffix(".0")


@blueprint.get("/<code>")
@staff(*KEEPERS)
def today(code: str) -> Any:
    """The work of a depot, step by step."""
    actor = current_actor()
    place = depots.depot_for(actor, code)
    inbounds, releases = queries.open_inbounds(place.id), queries.open_releases(place.id)
    groups = _receiving(inbounds, queries.to_send_back(place.id)) + _releasing(releases)
    return render_template(
        "dispatch/today.html",
        depot=place,
        groups=groups,
        works_here=place.id in actor.depot_ids,
        others=depots.depots_of(actor),
    )


def _receiving(inbounds: list[Inbound], back: list[Inbound]) -> list[tuple[str, str, list[Any]]]:
    def at(*states: InboundState) -> list[Any]:
        return [found for found in inbounds if found.state in states]

    return [
        (_("To receive"), "inbound", at(InboundState.ANNOUNCED)),
        (_("To count"), "inbound", at(InboundState.ARRIVED)),
        (_("To inspect"), "inbound", at(InboundState.COUNTED)),
        (_("To put away"), "inbound", at(InboundState.ACCEPTED, InboundState.PART_ACCEPTED)),
        (_("To send back"), "inbound", list(back)),
        (_("Not announced yet"), "inbound", at(InboundState.EXPECTED)),
    ]


def _releasing(releases: list[ReleaseOrder]) -> list[tuple[str, str, list[Any]]]:
    def at(*states: ReleaseState) -> list[Any]:
        return [found for found in releases if found.state in states]

    return [
        (_("To pick"), "release", at(ReleaseState.RELEASED, ReleaseState.PICKING)),
        (_("To load"), "release", at(ReleaseState.PICKED)),
        (_("To depart"), "release", at(ReleaseState.LOADED)),
        (_("On the road"), "release", at(ReleaseState.DEPARTED)),
    ]


@blueprint.get("/find")
@staff(*KEEPERS)
def find() -> Any:
    """Jump to what was scanned or typed."""
    number = request.args.get("number", "")
    found = queries.by_number(current_actor(), number)
    if found is None:
        flash(
            _(
                "“%(number)s” is no delivery, release order or lot of your depots. Scan it again.",
                number=number[:40],
            ),
            "warning",
        )
        return redirect(url_for("depot.places"))
    kind, public_id = found
    endpoint = {"inbound": "inbounds.show", "release": "releases.show", "lot": "depot.lot"}[kind]
    return redirect(url_for(endpoint, public_id=public_id))


@blueprint.get("/<code>/stock")
@staff(*KEEPERS)
def contents(code: str) -> Any:
    """Everything that lies in a depot, and how it came there."""
    place = depots.depot_for(current_actor(), code)
    return render_template(
        "dispatch/stock.html",
        depot=place,
        lines=depots.stock_of(place.id),
        moves=depots.moves_of_depot(place.id),
        bins=depots.bin_codes(place.id),
    )


def _lot(public_id: str) -> Lot:
    found = db.session.query(Lot).filter_by(public_id=public_id).one_or_none()
    if found is None or found.depot not in depots.depots_of(current_actor()):
        raise NotFound(_("There is no such lot, or it isn't yours to see."))
    return found


def _lot_page(public_id: str, form: WriteOffForm) -> str:
    lot = _lot(public_id)
    return render_template(
        "dispatch/lot.html",
        lot=lot,
        lines=depots.stock_of_lot(lot.id),
        moves=depots.moves_of_lot(lot.id),
        bins=depots.bin_codes(lot.depot_id),
        form=form,
        works_here=lot.depot_id in current_actor().depot_ids,
    )


@blueprint.get("/lots/<public_id>")
@staff(*KEEPERS)
def lot(public_id: str) -> str:
    """A lot: where it lies and its whole way."""
    return _lot_page(public_id, WriteOffForm())


@blueprint.post("/lots/<public_id>/write-off/<bin_id>")
@staff(StaffRole.DEPOT)
def write_off(public_id: str, bin_id: str) -> Any:
    """Book what is lost or spoilt."""
    actor, form = current_actor(), WriteOffForm()
    _lot(public_id)
    key = f"write-off:{request.form.get('_key', '')[:60]}"
    return answer(
        form,
        lambda: stock.write_off(
            actor, public_id, bin_id, form.quantity.data, form.reason.data or "", key
        ),
        _("The goods are written off; the move is in the ledger."),
        url_for("depot.lot", public_id=public_id),
        lambda: _lot_page(public_id, form),
    )
