"""A repeated request is one request.

Every form carries a key. The first use case of a POST stores the key with the actor and a hash of
the content, in its own transaction, so the key is there exactly when the effect is. The same key
again gives the first result back; with other content it is refused.
"""

import hashlib
import hmac
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core import clock
from hub.core.db.base import Base, db
from hub.core.db.statements import changed
from hub.core.errors import Conflict
from hub.core.i18n import _


class RequestKey(Base):
    """A POST that was carried out, and where it led."""

    __tablename__ = "request_key"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    location: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]


@dataclass
class KeyedRequest:
    """The request being served: whose it is, its key, and the SHA-256 of its content."""

    actor: str
    key: str
    content_hash: str
    claimed: bool = False


class AlreadyDone(Exception):  # noqa: N818
    """This very request was carried out before; ``location`` is where it led, if known."""

    def __init__(self, location: str | None) -> None:
        super().__init__("already done")
        self.location = location


_current: ContextVar[KeyedRequest | None] = ContextVar("keyed_request", default=None)


def begin(request: KeyedRequest | None) -> None:
    """Say which keyed request this thread serves now (``None``: none)."""
    _current.set(request)


def hash_content(secret: bytes, *parts: bytes) -> str:
    """HMAC-SHA-256 over the parts of a request, each with its length.

    Keyed, because a request may hold a password, and the hash is stored.
    """
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    for item in parts:
        digest.update(len(item).to_bytes(8, "big"))
        digest.update(item)
    return digest.hexdigest()


def claim(session: Session) -> None:
    """Store the key of the current request, or end the use case if it was stored before.

    Raises:
        AlreadyDone: same key, same content.
        Conflict: same key, other content.
    """
    request = _current.get()
    if request is None or request.claimed:
        return
    _refuse_repetition(session, request)
    try:
        with session.begin_nested():
            session.add(
                RequestKey(
                    actor=request.actor,
                    key=request.key,
                    content_hash=request.content_hash,
                    created_at=clock.now(),
                )
            )
    except IntegrityError:
        _refuse_repetition(session, request)
        raise


def _refuse_repetition(session: Session, request: KeyedRequest) -> None:
    first = session.execute(
        select(RequestKey.content_hash, RequestKey.location).where(
            RequestKey.actor == request.actor, RequestKey.key == request.key
        )
    ).one_or_none()
    if first is None:
        return
    if first.content_hash != request.content_hash:
        raise Conflict(
            _(
                "This form was already sent with other content. Open the page afresh to send "
                "something new."
            )
        )
    raise AlreadyDone(first.location)


def mark_claimed() -> None:
    """The first use case of the request is through: later ones in it belong to the same request."""
    request = _current.get()
    if request is not None:
        request.claimed = True


def was_claimed() -> bool:
    """Whether the current request has carried out a use case under its key."""
    request = _current.get()
    return request is not None and request.claimed


def remember_location(location: str | None) -> None:
    """Store where the request led (inside a use case), so that its repetition leads there too."""
    request = _current.get()
    if request is None or not request.claimed or location is None:
        return
    db.session.execute(
        update(RequestKey)
        .where(RequestKey.actor == request.actor, RequestKey.key == request.key)
        .values(location=location[:500])
    )


def forget_before(instant: datetime) -> int:
    """Delete keys older than ``instant``; returns how many."""
    return changed(delete(RequestKey).where(RequestKey.created_at < instant))
