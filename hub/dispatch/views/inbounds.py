"""The operator's page of an inbound: one step at a time, one big button."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from hub.core.actor import StaffRole
from hub.core.errors import Conflict
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer
from hub.core.web.forms import PageForm
from hub.depots import queries as depots
from hub.depots.models import BinUse
from hub.dispatch import queries, services
from hub.dispatch.forms import ChooseDepotForm, CountForm, InspectForm, PutAwayForm
from hub.dispatch.models.inbound import InboundState
from hub.dispatch.views.depot import KEEPERS

blueprint = Blueprint("inbounds", __name__, url_prefix="/depot/inbounds")


def _form_for(state: InboundState) -> PageForm | None:
    if state is InboundState.ARRIVED:
        return CountForm()
    if state is InboundState.COUNTED:
        return InspectForm()
    if state in (InboundState.ACCEPTED, InboundState.PART_ACCEPTED):
        return PutAwayForm()
    return None


def _page(
    public_id: str, form: PageForm | None = None, choice: ChooseDepotForm | None = None
) -> str:
    actor = current_actor()
    inbound = queries.inbound_for(actor, public_id)
    due = _form_for(inbound.state)
    if form is not None and type(form) is not type(due):
        raise Conflict(_("The situation has changed. Look at the page again."))
    blind = inbound.state in queries.COMING and not actor.has(StaffRole.BROKER)
    return render_template(
        "dispatch/inbound.html",
        inbound=inbound,
        contract=inbound.contract,
        form=form if form is not None else due,
        choice=choice or _choice(),
        blind=blind,
        works_here=inbound.depot_id in actor.depot_ids,
        pictures=queries.pictures_of(inbound.id),
        storage=depots.bins(inbound.depot_id or 0, BinUse.STORAGE),
        back=queries.quantity_to_send_back(inbound),
        release=queries.release_of(inbound.contract_id),
    )


def _choice() -> ChooseDepotForm:
    form = ChooseDepotForm()
    form.depot.choices = [
        SelectChoice(depot.public_id, f"{depot.code}, {depot.name}")
        for depot in depots.depots(active_only=True)
    ]
    return form


@blueprint.get("/<public_id>")
@staff(*KEEPERS)
def show(public_id: str) -> str:
    """Where the inbound stands, and the next step."""
    return _page(public_id)


def _step(public_id: str, form: PageForm, act: Callable[[], Any], done: str) -> Any:
    """Take a step with a checked form, or show the page again with what is wrong."""
    back = url_for("inbounds.show", public_id=public_id)
    return answer(form, act, done, back, lambda: _page(public_id, form))


def _back(public_id: str, done: str) -> Any:
    """What a step that needs no form is answered with."""
    flash(done, "good")
    return redirect(url_for("inbounds.show", public_id=public_id))


@blueprint.post("/<public_id>/arrive")
@staff(StaffRole.DEPOT)
def arrive(public_id: str) -> Any:
    """The vehicle is here."""
    services.arrive(current_actor(), public_id)
    return _back(public_id, _("The goods are here. Count them next."))


@blueprint.post("/<public_id>/count")
@staff(StaffRole.DEPOT)
def count(public_id: str) -> Any:
    """The blind count."""
    form = CountForm()
    return _step(
        public_id,
        form,
        lambda: services.count(current_actor(), public_id, form.quantity.data),
        _("The count is written down. Inspect the goods next."),
    )


@blueprint.post("/<public_id>/inspect")
@staff(StaffRole.DEPOT)
def inspect(public_id: str) -> Any:
    """The inspection, with pictures."""
    form = InspectForm()
    pictures = [
        (upload.filename or "picture", upload.read())
        for upload in request.files.getlist("pictures")
        if upload.filename
    ]
    return _step(
        public_id,
        form,
        lambda: services.inspect(
            current_actor(), public_id, form.accepted.data, form.reason.data or "", pictures
        ),
        _("The inspection is written down; both sides are told."),
    )


@blueprint.post("/<public_id>/put-away")
@staff(StaffRole.DEPOT)
def put_away(public_id: str) -> Any:
    """Into a storage bin; the release order opens."""
    form = PutAwayForm()
    return _step(
        public_id,
        form,
        lambda: services.put_away(current_actor(), public_id, form.bin.data or ""),
        _("The goods are in their bin and reserved. Their release order is open."),
    )


@blueprint.post("/<public_id>/send-back")
@staff(StaffRole.DEPOT)
def send_back(public_id: str) -> Any:
    """The supplier fetched what isn't wanted."""
    services.send_back(current_actor(), public_id)
    return _back(public_id, _("The goods went back to the supplier."))


@blueprint.post("/<public_id>/depot")
@staff(StaffRole.BROKER)
def choose_depot(public_id: str) -> Any:
    """A broker names the depot."""
    choice = _choice()
    return answer(
        choice,
        lambda: services.choose_depot(current_actor(), public_id, choice.depot.data),
        _("The depot is chosen; the supplier is told where to bring the goods."),
        url_for("inbounds.show", public_id=public_id),
        lambda: _page(public_id, choice=choice),
    )
