"""What happens around every request: safe headers, repeated requests, what all pages are given."""

import logging
import secrets
import time
from typing import Any

from flask import Flask, Response, abort, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from hub.core import formats, logs, replay, settings
from hub.core.actor import ANONYMOUS
from hub.core.errors import Invalid
from hub.core.i18n import _, _l
from hub.core.states import state_label
from hub.core.use_case import use_case
from hub.core.web import errors
from hub.core.web.actor import current_actor, login_manager
from hub.core.web.locale import LANGUAGE_NAMES, babel, locale, zone

logger = logging.getLogger("hub.requests")
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


def _begin_story() -> None:
    logs.begin_request(request.headers.get("X-Request-ID", ""))
    g.began = time.monotonic()


def _tell_story(response: Response) -> Response:
    """The line of the request; its address without the query, which may hold what people wrote."""
    actor = getattr(g.get("_login_user"), "actor", ANONYMOUS)
    logger.info(
        "%s %s -> %d in %.0f ms, user %s",
        request.method,
        request.path,
        response.status_code,
        1000 * (time.monotonic() - g.began),
        actor.user_id or "-",
    )
    response.headers.setdefault("X-Request-ID", logs.request_id())
    return response


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
    # Before anything may refuse the request, so that refusals are told, too.
    app.before_request(_begin_story)
    app.after_request(_tell_story)
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
    errors.register(app)
    app.jinja_env.globals.update(
        state_label=state_label,
        request_id=logs.request_id,
        request_key=new_request_key,
        demo=app.config["HUB_DEMO"],
    )
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
