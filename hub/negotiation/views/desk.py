"""The brokers' page of inquiries: contests to decide, and messages with contact details."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for

from hub.core.actor import StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer
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


def _decide(
    form: UpholdForm | RefuseForm,
    verb: Callable[..., InquiryContest],
    public_id: str,
    told: str,
    again: Callable[[], str],
) -> Any:
    return answer(
        form,
        lambda: verb(current_actor(), public_id, form.reason.data or "", form.version.data),
        told,
        url_for("inquiry_desk.index"),
        again,
        refusals=(Conflict, Invalid),
        own_status=True,
    )


@blueprint.post("/<public_id>/uphold")
@_broker
def uphold(public_id: str) -> Any:
    """The company that contested is right."""
    form = UpholdForm()
    told = _("Upheld. What the inquiry cost is given back, and both companies are told.")
    return _decide(form, services.uphold, public_id, told, lambda: _page(public_id, upholding=form))


@blueprint.post("/<public_id>/refuse")
@_broker
def refuse(public_id: str) -> Any:
    """The inquiry counts."""
    form = RefuseForm()
    told = _("Refused. The company that contested is told why.")
    return _decide(form, services.refuse, public_id, told, lambda: _page(public_id, refusing=form))
