"""What views answer with: errors beside their fields, the way back, files."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import (
    Response,
    flash,
    redirect,
    request,
    url_for,
)

from hub.core.errors import HubError, Invalid
from hub.core.numbers import parse_integer

Result = TypeVar("Result")


def answer(
    form: Any,
    act: Callable[[], Result],
    done: str | Callable[[Result], str],
    back: str | Callable[[Result], str],
    again: Callable[[], Any],
    *,
    refusals: tuple[type[HubError], ...] = (Invalid,),
    own_status: bool = False,
) -> Any:
    """Carry out what ``form`` asks for: say that it is ``done`` and go ``back``, or show it again.

    ``done`` and ``back`` are a sentence and an address, or make them of what ``act`` returned.

    ``again`` renders the page with the form and its errors, either as text, which is answered with
    422, or with the status beside it. A refusal has ended the transaction, so ``again`` loads
    afresh what the page tells of. It comes after an error of ``refusals``, which stands beside
    the fields then; every other error goes on to whoever asked. With ``own_status`` such a
    refusal is answered with the status of its kind.
    """
    status = Invalid.status
    if form.validate():
        try:
            result = act()
        except refusals as error:
            add_errors(form, error)
            if own_status:
                status = error.status
        else:
            flash(done if isinstance(done, str) else done(result), "good")
            return redirect(back if isinstance(back, str) else back(result))
    page = again()
    return page if isinstance(page, tuple) else (page, status)


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
