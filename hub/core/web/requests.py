"""What every page shares: who is asking, safe headers, errors told in words, repeated requests."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from hub.core import formats, replay, settings
from hub.core.actor import ANONYMOUS, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import HubError, Invalid, NotAllowed
from hub.core.i18n import _, _l
from hub.core.states import state_label
from hub.core.use_case import use_case

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
login_manager = LoginManager()
babel = Babel()

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
LANGUAGE_NAMES = {"en": "English", "zh_Hans": "简体中文"}

View = TypeVar("View", bound=Callable[..., Any])

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


def current_actor() -> Actor:
    """Who makes this request."""
    actor = getattr(current_user, "actor", None)
    return actor if isinstance(actor, Actor) else ANONYMOUS


def signed_in(view: View) -> View:
    """Let only signed-in people in; others sign in first."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_actor().signed_in:
            return login_manager.unauthorized()
        return view(*args, **kwargs)

    return cast(View, guarded)


def staff(*roles: StaffRole) -> Callable[[View], View]:
    """Let only people of the hub with one of ``roles`` in (any role when none is named)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if not actor.signed_in:
                return login_manager.unauthorized()
            if not (actor.has(*roles) if roles else actor.is_staff):
                raise NotAllowed(_("This page belongs to the hub's staff."))
            return view(*args, **kwargs)

        return cast(View, guarded)

    return decorate


def add_errors(form: Any, error: HubError) -> None:
    """Put the sentences of ``error`` beside the form's fields; the rest becomes a flash message."""
    placed = False
    for name, sentences in error.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, *sentences]
            placed = True
    if not placed:
        flash(error.message, "bad")


def locale() -> str:
    """The language of this request: the user's, else the chosen one, else the browser's."""
    offered = settings.current().languages
    if not has_request_context():
        return offered[0]
    for wanted in (
        current_actor().language if current_actor().signed_in else None,
        session.get("language"),
    ):
        if wanted in offered:
            return str(wanted)
    by_language = {code.partition("_")[0]: code for code in offered}
    best = request.accept_languages.best_match(list(by_language))
    return by_language[best] if best else offered[0]


def zone() -> str:
    """The time zone of this request: the user's, else the hub's."""
    if not has_request_context():
        return settings.current().time_zone
    actor = current_actor()
    return actor.zone if actor.signed_in else settings.current().time_zone


def _refuse_null_characters() -> None:
    """No honest browser sends them, and PostgreSQL can't hold them in a text."""
    texts = [request.path]
    for values in (request.args, request.form):
        texts += [text for _name, text in values.items(multi=True)]
    texts += [upload.filename or "" for _name, upload in request.files.items(multi=True)]
    if any("\0" in text for text in texts):
        abort(400)


def _begin_keyed_request() -> None:
    replay.begin(None)
    key = request.form.get("_key", "") if request.method == "POST" else ""
    if not key:
        return
    if len(key) > 64:
        raise Invalid(_("The form is damaged; open the page afresh."))
    content = [request.full_path.encode()]
    for name, values in sorted(request.form.lists()):
        if name not in {"_key", "csrf_token"}:
            content += [name.encode(), *(value.encode() for value in values)]
    for name, uploads in sorted(request.files.lists()):
        for upload in uploads:
            content += [name.encode(), upload.read()]
            upload.seek(0)
    actor = current_actor()
    secret = str(current_app.config["SECRET_KEY"]).encode()
    who = str(actor.user_id) if actor.signed_in else f"ip:{get_remote_address()}"
    replay.begin(replay.KeyedRequest(who, key, replay.hash_content(secret, *content)))


@use_case
def _remember(location: str) -> None:
    replay.remember_location(location)


def _end_request(response: Response) -> Response:
    if request.method == "POST" and 300 <= response.status_code < 400:
        if replay.was_claimed():
            _remember(response.location or "")
        replay.begin(None)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    return response


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


def new_request_key() -> str:
    """A fresh key for a form."""
    return secrets.token_urlsafe(18)


def _page_context() -> dict[str, Any]:
    hub = settings.current()
    return {
        "actor": current_actor(),
        "hub": hub,
        "hub_name": hub.hub_name,
        "languages": [(code, LANGUAGE_NAMES.get(code, code)) for code in hub.languages],
        "current_language": locale(),
        "today": settings.today(),
    }


def init_http(app: Flask) -> None:
    """Attach all of this to the application."""
    if app.config["HUB_PROXIES"]:
        count = app.config["HUB_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)
    login_manager.login_view = "accounts.sign_in"
    login_manager.login_message = _l("Sign in to go on.")
    login_manager.login_message_category = "info"
    babel.init_app(app, locale_selector=locale, timezone_selector=zone)
    app.before_request(_refuse_null_characters)
    app.before_request(_begin_keyed_request)
    app.after_request(_end_request)
    app.context_processor(_page_context)
    app.register_error_handler(HubError, _on_hub_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(replay.AlreadyDone, _on_repetition)
    if not app.testing and not app.debug:
        app.register_error_handler(Exception, _on_defect)
    app.jinja_env.globals.update(
        state_label=state_label,
        request_key=new_request_key,
        demo=app.config["HUB_DEMO"],
    )
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


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
