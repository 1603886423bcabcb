"""What has served its time: links, sessions, counted failures and the keys of old requests."""

from datetime import timedelta

from sqlalchemy import delete, or_

from hub.accounts import failures
from hub.accounts.models import AccountToken, UserSession
from hub.core import clock, replay
from hub.core.actor import Actor
from hub.core.db.statements import changed
from hub.core.errors import NotAllowed
from hub.core.i18n import _
from hub.core.use_case import use_case

KEEP = timedelta(days=30)


@use_case
def forget_expired(actor: Actor) -> int:
    """Delete what ended more than 30 days ago, and failures out of their window; returns how many.

    Raises:
        NotAllowed: not the system.
    """
    if not actor.is_system:
        raise NotAllowed(_("The hub does this by itself."))
    before = clock.now() - KEEP
    removed = failures.forget_old() + replay.forget_before(before)
    for statement in (
        delete(AccountToken).where(AccountToken.expires_at < before),
        delete(UserSession).where(
            or_(UserSession.expires_at < before, UserSession.revoked_at < before)
        ),
    ):
        removed += changed(statement)
    return removed
