"""Wrong passwords are counted in the database, so that guessing is slow over all processes."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from hub.accounts.models import SignInFailure
from hub.core import clock
from hub.core.db.base import db, writing
from hub.core.db.statements import changed
from hub.core.errors import HubError
from hub.core.i18n import _
from hub.core.use_case import use_case

WINDOW = timedelta(minutes=15)
MOST = 10

_PENDING = "sign_in_failures"


class TooManyAttempts(HubError):
    """Too many wrong passwords in a short time, whether the account exists or not."""

    status = 429


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def refuse_guessing(email: str) -> None:
    """Raise TooManyAttempts after ``MOST`` wrong passwords within ``WINDOW``."""
    count = db.session.scalar(
        select(func.count())
        .select_from(SignInFailure)
        .where(SignInFailure.account == _account(email), SignInFailure.at > clock.now() - WINDOW)
    )
    if (count or 0) >= MOST:
        raise TooManyAttempts(
            _(
                "Too many wrong passwords for this address. Wait a quarter of an hour, or choose "
                "a new password through “Forgotten password”."
            )
        )


def count_failure(email: str) -> None:
    """Remember a wrong password, also when it makes the use case around it roll back."""
    if writing.get():
        db.session().info.setdefault(_PENDING, []).append(_account(email))
    else:
        _remember(_account(email))


@use_case
def _remember(account: str) -> None:
    db.session.add(SignInFailure(account=account, at=clock.now()))


def forgive(email: str) -> None:
    """Forget the failures after the right password (inside the caller's use case)."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.account == _account(email)))


def forget_old() -> int:
    """Delete failures that no longer count (inside the caller's use case); returns how many."""
    return changed(delete(SignInFailure).where(SignInFailure.at < clock.now() - WINDOW))


@event.listens_for(db.session, "after_commit")
@event.listens_for(db.session, "after_rollback")
def _keep_pending(session: Session) -> None:
    # The end of a savepoint is not the end: the transaction around it still holds its locks.
    if session.get_nested_transaction() is not None or _PENDING not in session.info:
        return
    accounts = session.info.pop(_PENDING)
    with Session(db.engine) as own:
        own.add_all(SignInFailure(account=account, at=clock.now()) for account in accounts)
        own.commit()
