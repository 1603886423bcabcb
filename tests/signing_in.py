"""Sign a test client in without going through the sign-in page."""

from typing import Any

from flask import Flask, g, request_started
from flask.testing import FlaskClient

from hub.accounts import passwords
from hub.accounts.models import User, UserSession
from hub.accounts.signing_in import SESSION_LIFE
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import db


def _forget_last_request(_sender: Flask, **_extra: Any) -> None:
    """Tests keep one application context over many requests; who asks must not stick to it."""
    for name in ("_login_user", "_flask_babel"):
        g.pop(name, None)


request_started.connect(_forget_last_request)


def sign_in(client: FlaskClient, who: User | Actor) -> UserSession:
    """Give ``client`` the cookie of a fresh session of ``who``; returns the session's row."""
    user_id = who.id if isinstance(who, User) else who.user_id
    token = passwords.new_token()
    row = UserSession(
        user=db.session.get_one(User, user_id),
        token_hash=passwords.hash_token(token),
        created_at=clock.now(),
        expires_at=clock.now() + SESSION_LIFE,
        browser="Test",
    )
    db.session.add(row)
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return row
