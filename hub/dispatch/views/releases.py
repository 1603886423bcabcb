"""The operator's page of a release order: pick, load, depart, deliver."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.actor import StaffRole
from hub.core.errors import Conflict
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer
from hub.core.web.forms import PageForm
from hub.core.web.locale import zone
from hub.depots import queries as depots
from hub.dispatch import queries, services
from hub.dispatch.forms import DeliverForm, LoadForm, ReturnForm, ScanForm
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.dispatch.views.depot import KEEPERS

blueprint = Blueprint("releases", __name__, url_prefix="/depot/releases")


def _form_for(release: ReleaseOrder) -> PageForm | None:
    if release.state is ReleaseState.PICKING:
        return ScanForm()
    if release.state is ReleaseState.PICKED:
        return LoadForm(data={"packages": release.inbound.packages})
    if release.state is ReleaseState.DEPARTED:
        return DeliverForm(data={"quantity": release.quantity})
    return ReturnForm() if queries.waits_for_whereabouts(release) else None


def _page(public_id: str, form: PageForm | None = None) -> str:
    actor = current_actor()
    release = queries.release_for(actor, public_id)
    due = _form_for(release)
    if form is not None and type(form) is not type(due):
        raise Conflict(_("The situation has changed. Look at the page again."))
    return render_template(
        "dispatch/release.html",
        release=release,
        contract=release.contract,
        form=form if form is not None else due,
        place=depots.reserved_bin(release.reservation_id),
        works_here=release.depot_id in actor.depot_ids,
        whereabouts=queries.waits_for_whereabouts(release),
    )


@blueprint.get("/<public_id>")
@staff(*KEEPERS)
def show(public_id: str) -> str:
    """Where the release order stands, and the next step."""
    return _page(public_id)


def _step(public_id: str, form: PageForm, act: Callable[[], Any], done: str) -> Any:
    """Take a step with a checked form, or show the page again with what is wrong."""
    back = url_for("releases.show", public_id=public_id)
    return answer(form, act, done, back, lambda: _page(public_id, form))


def _back(public_id: str, done: str) -> Any:
    """What a step that needs no form is answered with."""
    flash(done, "good")
    return redirect(url_for("releases.show", public_id=public_id))


@blueprint.post("/<public_id>/start")
@staff(StaffRole.DEPOT)
def start(public_id: str) -> Any:
    """Off to the bin."""
    services.start_picking(current_actor(), public_id)
    return _back(public_id, _("Picking has begun. Scan the lot at its bin."))


@blueprint.post("/<public_id>/pick")
@staff(StaffRole.DEPOT)
def pick(public_id: str) -> Any:
    """The right lot was scanned."""
    form = ScanForm()
    return _step(
        public_id,
        form,
        lambda: services.pick(current_actor(), public_id, form.scan.data or ""),
        _("The goods are in the outbound bin. Load them next."),
    )


@blueprint.post("/<public_id>/load")
@staff(StaffRole.DEPOT)
def load(public_id: str) -> Any:
    """Onto the vehicle."""
    form = LoadForm()
    return _step(
        public_id,
        form,
        lambda: services.load(
            current_actor(),
            public_id,
            carrier=form.carrier.data or "",
            vehicle=form.vehicle.data or "",
            driver=form.driver.data or "",
            packages=form.packages.data or 0,
        ),
        _("The goods are loaded. Let the vehicle depart when its papers are ready."),
    )


@blueprint.post("/<public_id>/depart")
@staff(StaffRole.DEPOT)
def depart(public_id: str) -> Any:
    """Off to the purchaser, with the waybill."""
    services.depart(current_actor(), public_id)
    return _back(public_id, _("The vehicle has left. Print its waybill; both sides are told."))


@blueprint.post("/<public_id>/deliver")
@staff(StaffRole.DEPOT)
def deliver(public_id: str) -> Any:
    """The proof of delivery."""
    form = DeliverForm()
    upload = request.files.get("picture")
    picture = upload.read() if upload is not None and upload.filename else None

    def act() -> None:
        proof = services.ProofOfDelivery(
            quantity=form.quantity.data,
            receiver_name=form.receiver_name.data or "",
            delivered_at=_instant(form.delivered_at.data),
            picture=picture,
            signature=form.signature.data or "",
        )
        services.deliver(current_actor(), public_id, proof)

    done = _("The delivery is recorded. The purchaser is asked to accept it.")
    return _step(public_id, form, act, done)


def _instant(local: datetime | None) -> datetime | None:
    """A time of the reader's zone as an instant."""
    return local.replace(tzinfo=ZoneInfo(zone())).astimezone(UTC) if local else None


@blueprint.post("/<public_id>/return")
@staff(StaffRole.BROKER)
def record_return(public_id: str) -> Any:
    """Where goods went whose trade had ended."""
    form = ReturnForm()
    return _step(
        public_id,
        form,
        lambda: services.record_return(
            current_actor(),
            public_id,
            lost=form.outcome.data == "lost",
            reason=form.reason.data or "",
        ),
        _("It is written down where the goods went."),
    )
