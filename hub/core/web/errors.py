"""Errors told in words, as pages."""

from typing import Any

from flask import (
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
)
from werkzeug.exceptions import HTTPException

from hub.core import replay
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.core.i18n import _, _l

_ADVICE = {
    400: _l("The request can't be understood. Go back, reload the page and try again."),
    403: _l("Your account may not do this. If it should, ask an owner of your company."),
    404: _l("There is no such page, or it isn't yours to see."),
    405: _l("This address can't be used that way."),
    409: _l("The situation has changed. Look at the page again."),
    413: _l("The upload is too large: 20 MB is the most. Nothing was stored."),
    422: _l("Something in the form needs correcting. Nothing was changed."),
    429: _l("That was too often. Wait a minute and try again."),
    500: _l("Something broke on our side. Nothing was changed; we keep a record of it."),
}


def _error_page(status: int, message: str) -> tuple[str, int]:
    db.session.rollback()
    return render_template("errors/error.html", status=status, message=message), status


def _on_hub_error(error: HubError) -> tuple[str, int]:
    return _error_page(error.status, str(error.message))


def _on_http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return _error_page(error.code, str(_ADVICE.get(error.code, error.description)))


def _on_defect(error: Exception) -> tuple[str, int]:
    current_app.logger.error("Unhandled error at %s", request.path, exc_info=error)
    return _error_page(500, str(_ADVICE[500]))


def _on_repetition(error: replay.AlreadyDone) -> Any:
    flash(_("This was already done; nothing was done a second time."), "info")
    return redirect(error.location or request.referrer or "/")


def register(app: Flask) -> None:
    """Let every error of the application end in a page that says what to do."""
    app.register_error_handler(HubError, _on_hub_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(replay.AlreadyDone, _on_repetition)
    if not app.testing and not app.debug:
        app.register_error_handler(Exception, _on_defect)
