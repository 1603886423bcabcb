"""Notices of the reader, and in a demonstration the mails that were laid down."""

from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request

from hub.core.i18n import _, ngettext
from hub.core.web.actor import current_actor, signed_in
from hub.messaging import mail, queries, services
from hub.messaging.texts import translated

blueprint = Blueprint("messaging", __name__)


@blueprint.get("/notices")
@signed_in
def notices() -> Any:
    actor = current_actor()
    return render_template(
        "messaging/notices.html",
        page=queries.notices(actor, cursor=request.args.get("after")),
        new_count=queries.unread_count(actor),
        tasks=queries.open_tasks(actor),
        translated=translated,
    )


@blueprint.post("/notices/read")
@signed_in
def mark_all_read() -> Any:
    count = services.mark_all_read(current_actor())
    flash(
        ngettext("%(num)s notice is marked as read.", "%(num)s notices are marked as read.", count),
        "good",
    )
    return redirect("/notices")


@blueprint.post("/notices/<public_id>/open")
@signed_in
def open_notice(public_id: str) -> Any:
    return redirect(services.mark_read(current_actor(), public_id))


def _only_in_a_demonstration() -> None:
    if not current_app.config["HUB_DEMO"]:
        abort(404)


@blueprint.get("/demo/mail")
def mails() -> Any:
    _only_in_a_demonstration()
    return render_template("messaging/mails.html", mails=mail.laid_down())


@blueprint.get("/demo/mail/<message_id>")
def one_mail(message_id: str) -> Any:
    _only_in_a_demonstration()
    found = mail.one_laid_down(message_id)
    if found is None:
        abort(404, _("There is no such mail."))
    return render_template("messaging/mail.html", mail=found, text=found.get_content())


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
