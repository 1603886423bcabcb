"""Signing in and out, sessions, confirming an address, and passwords forgotten or changed.

Answers never tell whether an address is known: an unknown one takes as long and says the same.
"""

from datetime import timedelta

from sqlalchemy import select, update

from hub.accounts import failures, passwords, queries
from hub.accounts.events import (
    EmailConfirmationRequested,
    PasswordChanged,
    PasswordResetRequested,
)
from hub.accounts.models import (
    AccountState,
    AccountToken,
    TokenPurpose,
    User,
    UserSession,
)
from hub.core import audit, bus, clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case

SESSION_LIFE = timedelta(days=7)
TOKEN_LIFE = {
    TokenPurpose.CONFIRM_EMAIL: timedelta(days=3),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=2),
}
WELCOME_LIFE = timedelta(days=7)


def sign_in(email: str, password: str, *, browser: str = "", address: str = "") -> str:
    """Open a session and return its token, which only the cookie keeps.

    Not a use case itself: a wrong password is counted although nothing else happens.

    Raises:
        Invalid: wrong e-mail or password, or the address is not confirmed yet.
        failures.TooManyAttempts: too many wrong passwords for this address.
    """
    failures.refuse_guessing(email)
    user = queries.user_by_email(email)
    fits = passwords.matches(user.password_hash if user else None, password)
    if user is None or not fits or user.disabled_at is not None:
        failures.count_failure(email)
        raise Invalid(_("This e-mail address and password don't belong together."))
    if user.email_confirmed_at is None:
        _mail_confirmation_again(user.id)
        raise Invalid(
            _("Confirm your e-mail address first: we have just sent you the link once more.")
        )
    return _open_session(user.id, browser, address)


@use_case
def _open_session(user_id: int, browser: str, address: str) -> str:
    user = queries.user(user_id)
    failures.forgive(user.email)
    return add_session(user, browser, address)


def add_session(user: User, browser: str, address: str) -> str:
    """Add a session of ``user`` inside the caller's use case; returns its token."""
    token = passwords.new_token()
    session = UserSession(
        user=user,
        token_hash=passwords.hash_token(token),
        created_at=clock.now(),
        expires_at=clock.now() + SESSION_LIFE,
        browser=browser[:200],
        address=address[:45],
    )
    db.session.add(session)
    audit.record(queries.actor_of(user), session, "signed_in")
    return token


@use_case
def sign_in_as_demo_person(public_id: str, *, browser: str = "", address: str = "") -> str:
    """Open a session for somebody whom the demonstration lets visitors play.

    Raises:
        NotFound: the person is not one of those.
    """
    user = db.session.scalar(
        select(User).where(
            User.public_id == public_id,
            User.demo_label.is_not(None),
            User.disabled_at.is_(None),
        )
    )
    if user is None:
        raise NotFound(_("There is no such person in the demonstration."))
    return add_session(user, browser, address)


@use_case
def sign_out(actor: Actor, token: str) -> None:
    """End the session with this token; nothing happens if it has ended already."""
    _revoke(actor, UserSession.token_hash == passwords.hash_token(token))


@use_case
def revoke_session(actor: Actor, public_id: str) -> None:
    """End one of the actor's own sessions: that browser is out at its next request.

    Raises:
        NotFound: not a running session of the actor.
    """
    if not _revoke(actor, UserSession.public_id == public_id):
        raise NotFound(_("This session has already ended."))


@use_case
def revoke_other_sessions(actor: Actor, token: str) -> int:
    """End all of the actor's sessions but the one with ``token``; returns how many."""
    return _revoke(actor, UserSession.token_hash != passwords.hash_token(token))


def end_sessions_of(actor: Actor, user: User) -> int:
    """End every session of ``user`` inside the caller's use case; returns how many."""
    return _revoke(actor, user_id=user.id)


def _revoke(actor: Actor, *conditions: object, user_id: int | None = None) -> int:
    running = list(
        db.session.scalars(
            select(UserSession).where(
                UserSession.user_id == (user_id or actor.user_id),
                UserSession.revoked_at.is_(None),
                *conditions,  # type: ignore[arg-type]
            )
        )
    )
    for session in running:
        session.revoked_at = clock.now()
        audit.record(actor, session, "session_ended")
    return len(running)


def new_account_token(user: User, purpose: TokenPurpose, life: timedelta | None = None) -> str:
    """A link's secret; older links for the same purpose stop working."""
    db.session.execute(
        update(AccountToken)
        .where(
            AccountToken.user_id == user.id,
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    token = passwords.new_token()
    db.session.add(
        AccountToken(
            user_id=user.id,
            purpose=purpose,
            token_hash=passwords.hash_token(token),
            expires_at=clock.now() + (life or TOKEN_LIFE[purpose]),
        )
    )
    return token


def _redeem(token: str, purpose: TokenPurpose) -> User:
    """The user of a link, which is used up by this; a conditional update lets one through."""
    row = db.session.execute(
        update(AccountToken)
        .where(
            AccountToken.token_hash == passwords.hash_token(token),
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(AccountToken.user_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_("This link doesn't work any more: it was used, replaced or is too old."))
    user = queries.user(row.user_id)
    if user.disabled_at is not None:
        raise NotFound(_("This link doesn't work any more: it was used, replaced or is too old."))
    return user


def ask_to_confirm(user: User) -> None:
    """Have the confirmation link mailed (inside the caller's use case)."""
    token = new_account_token(user, TokenPurpose.CONFIRM_EMAIL)
    bus.publish(EmailConfirmationRequested(user.id, token))


@use_case
def _mail_confirmation_again(user_id: int) -> None:
    ask_to_confirm(queries.user(user_id))


@use_case
def confirm_email(token: str) -> User:
    """Confirm the address behind a mailed link; the company becomes active with its owner.

    Raises:
        NotFound: the link was used, replaced, is too old, or never was ours.
    """
    user = _redeem(token, TokenPurpose.CONFIRM_EMAIL)
    mark_confirmed(user)
    return user


def mark_confirmed(user: User) -> None:
    """Note that the mailbox is the user's (inside the caller's use case)."""
    if user.email_confirmed_at is not None:
        return
    actor = queries.actor_of(user)
    user.email_confirmed_at = clock.now()
    audit.record(actor, user, "email_confirmed")
    if user.company is not None and user.company.account_state is AccountState.PENDING:
        user.company.activate(actor)


@use_case
def request_password_reset(email: str) -> None:
    """Mail a link for a new password, if the address is known; the caller can't tell."""
    user = queries.user_by_email(email)
    if user is None or user.disabled_at is not None:
        return
    token = new_account_token(user, TokenPurpose.RESET_PASSWORD)
    audit.record(queries.actor_of(user), user, "password_reset_requested")
    bus.publish(PasswordResetRequested(user.id, token))


@use_case
def reset_password(token: str, password: str) -> None:
    """Set a new password through a mailed link; every session ends.

    Raises:
        NotFound: the link doesn't work (any more).
        Invalid: the password is too weak; the link stays good.
    """
    user = _redeem(token, TokenPurpose.RESET_PASSWORD)
    passwords.require_strong(password, user.email)
    mark_confirmed(user)
    failures.forgive(user.email)
    _set_password(queries.actor_of(user), user, password)
    end_sessions_of(queries.actor_of(user), user)


def change_password(actor: Actor, current: str, password: str, token: str) -> None:
    """Replace the actor's password; all sessions but the one with ``token`` end.

    Raises:
        Invalid: the current password is wrong, or the new one too weak.
        failures.TooManyAttempts: too many wrong passwords.
    """
    if not check_password(actor, current):
        wrong = _("This is not your current password.")
        raise Invalid(wrong, {"current": [wrong]})
    passwords.require_strong(password, actor.email)
    _replace_password(actor, password, token)


@use_case
def _replace_password(actor: Actor, password: str, token: str) -> None:
    _set_password(actor, queries.user(_user_id(actor)), password)
    revoke_other_sessions(actor, token)


def _set_password(actor: Actor, user: User, password: str) -> None:
    user.password_hash = passwords.hash_password(password)
    audit.record(actor, user, "password_changed")
    bus.publish(PasswordChanged(user.id))


def _user_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotAllowed(_("Sign in to do this."))
    return actor.user_id


def check_password(actor: Actor, password: str) -> bool:
    """Whether this is the actor's password, for steps that ask for it again.

    A wrong one is counted even if the use case around it rolls back.

    Raises:
        failures.TooManyAttempts: too many wrong passwords for this person.
    """
    failures.refuse_guessing(actor.email)
    user = queries.user(_user_id(actor))
    if passwords.matches(user.password_hash, password):
        return True
    failures.count_failure(actor.email)
    return False
