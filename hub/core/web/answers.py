"""What views answer with: errors beside their fields, the way back, files."""

from typing import Any

from flask import (
    Response,
    flash,
    request,
    url_for,
)

from hub.core.errors import HubError
from hub.core.numbers import parse_integer


def add_errors(form: Any, error: HubError) -> None:
    """Put the sentences of ``error`` beside the form's fields; the rest becomes a flash message."""
    placed = False
    for name, sentences in error.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, *sentences]
            placed = True
    if not placed:
        flash(error.message, "bad")


def safe_next(default_endpoint: str, **values: Any) -> str:
    """The ``next`` address if it is a path on this site, else the URL of the endpoint."""
    wanted = request.args.get("next") or request.form.get("next") or ""
    # Browsers and Werkzeug drop tabs and newlines, and browsers read a backslash as a slash.
    plain = wanted.isprintable() and "\\" not in wanted
    if plain and wanted.startswith("/") and not wanted.startswith("//"):
        return wanted
    return url_for(default_endpoint, **values)


def download(
    data: bytes, media_type: str, file_name: str, *, inline: bool = False, public: bool = False
) -> Response:
    """A file as a response that the browser neither guesses about nor runs.

    ``public`` is for files that anyone may see and that never change: they may be cached.
    """
    response = Response(data, mimetype=media_type)
    disposition = "inline" if inline else "attachment"
    response.headers.set("Content-Disposition", disposition, filename=file_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if public:
        response.headers["Cache-Control"] = "public, max-age=86400, immutable"
    return response


def sent_number(name: str) -> int:
    """The whole number that a button sent under ``name``; 0 where it is missing or isn't one."""
    return parse_integer(request.form.get(name)) or 0


def seen_version() -> int:
    """The version of a thing as the page showed it, where a button alone was pressed."""
    return sent_number("version")
