"""The brokers' page of inquiries: contests to decide, and messages with contact details."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.actor import StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import add_errors
from hub.negotiation import queries, services, words
from hub.negotiation.forms import RefuseForm, UpholdForm
from hub.negotiation.models import InquiryContest, Party
from hub.negotiation.queries import DeskTab

blueprint = Blueprint("inquiry_desk", __name__, url_prefix="/broker/inquiries")

_broker = staff(StaffRole.BROKER)


@blueprint.get("")
@_broker
def index() -> str:
    """What waits for a decision, what was decided, and where contact details were written."""
    try:
        tab = DeskTab(request.args.get("tab", DeskTab.CONTESTED.value))
    except ValueError:
        tab = DeskTab.CONTESTED
    return render_template(
        "negotiation/desk.html",
        tab=tab,
        tabs=DeskTab,
        page=queries.desk_page(tab, request.args.get("after")),
        contested=queries.contested_count(),
        words=words,
    )


@blueprint.get("/<public_id>")
@_broker
def show(public_id: str) -> str:
    """One inquiry with both companies, and the decision about its contest."""
    return _page(public_id)


def _page(
    public_id: str, upholding: UpholdForm | None = None, refusing: RefuseForm | None = None
) -> str:
    return render_template(
        "negotiation/contested.html",
        inquiry=queries.inquiry(current_actor(), public_id),
        Party=Party,
        words=words,
        upholding=upholding or UpholdForm(formdata=None),
        refusing=refusing or RefuseForm(formdata=None),
    )


def _decided(
    form: UpholdForm | RefuseForm, public_id: str, verb: Callable[..., InquiryContest], told: str
) -> int:
    """Carry ``verb`` out; 0, or the status of the refusal that form and page now tell."""
    if not form.validate():
        return 422
    try:
        verb(current_actor(), public_id, form.reason.data or "", form.version.data)
    except (Conflict, Invalid) as error:
        add_errors(form, error)
        return error.status
    flash(told, "good")
    return 0


@blueprint.post("/<public_id>/uphold")
@_broker
def uphold(public_id: str) -> Any:
    """The company that contested is right."""
    form = UpholdForm()
    told = _("Upheld. What the inquiry cost is given back, and both companies are told.")
    if refused := _decided(form, public_id, services.uphold, told):
        return _page(public_id, upholding=form), refused
    return redirect(url_for("inquiry_desk.index"))


@blueprint.post("/<public_id>/refuse")
@_broker
def refuse(public_id: str) -> Any:
    """The inquiry counts."""
    form = RefuseForm()
    told = _("Refused. The company that contested is told why.")
    if refused := _decided(form, public_id, services.refuse, told):
        return _page(public_id, refusing=form), refused
    return redirect(url_for("inquiry_desk.index"))
