"""The signed cookie that carries a session's token."""

from typing import cast

from flask import redirect, request, session
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from hub.accounts import queries, services
from hub.accounts.identity import SignedIn
from hub.core.web.actor import current_actor
from hub.core.web.answers import safe_next


def load_user(token: str) -> SignedIn | None:
    """Who the token stands for; None once its session has ended."""
    found = queries.session_of(token)
    if found is None:
        return None
    return SignedIn(found.user, queries.actor_of(found.user), token)


def current_token() -> str:
    """The token of the session that makes this request."""
    return cast(SignedIn, current_user).token


def enter(token: str) -> Response:
    """Begin a fresh cookie with this token, and go where the person wanted to go.

    A session that the browser had before ends, and nothing of its cookie is kept but the language.
    """
    target = safe_next("accounts.sign_in") if "next" in request.values else "/"
    if current_actor().signed_in:
        services.sign_out(current_actor(), current_token())
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(load_user(token))
    return redirect(target)


def browser() -> str:
    """What the browser calls itself, to recognise a session by."""
    return request.user_agent.string
