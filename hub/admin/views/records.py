"""The audit log, and messages that could not be delivered."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.admin import queries, services
from hub.admin.views.settings import administrator
from hub.core.i18n import _
from hub.core.numbers import parse_integer
from hub.core.web.actor import current_actor

blueprint = Blueprint("admin_records", __name__, url_prefix="/admin")


@blueprint.get("/audit")
@administrator
def audit() -> str:
    """Who did what, newest first."""
    kind = request.args.get("kind", "")[:32]
    who = request.args.get("who", "")[:100]
    number = request.args.get("id", "")
    page = queries.audit_page(
        kind,
        parse_integer(number),
        who,
        request.args.get("after"),
    )
    return render_template(
        "admin/audit.html",
        page=page,
        kind=kind,
        who=who,
        number=number,
        kinds=queries.audit_kinds(),
    )


@blueprint.get("/outbox")
@administrator
def outbox() -> str:
    """Messages whose delivery failed."""
    return render_template(
        "admin/outbox.html", page=queries.undelivered_page(request.args.get("after"))
    )


@blueprint.post("/outbox/<message_id>/again")
@administrator
def again(message_id: str) -> Any:
    """Try one at once."""
    services.send_again(current_actor(), message_id)
    flash(_("It is tried again within the minute."), "good")
    return redirect(url_for("admin_records.outbox"))
