"""The outside world hears after commit: messages are rows, delivered by a job, at least once."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from hub.core import clock
from hub.core.db.base import Base, db
from hub.core.use_case import use_case

Deliver = Callable[[str, dict[str, Any]], None]

_RETRY_AFTER = (1, 5, 30, 120, 720, 1440)  # minutes
_deliverers: dict[str, Deliver] = {}


class OutboxMessage(Base):
    """Something to tell the outside world. ``message_id`` stays the same over all attempts."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_due", "delivered_at", "next_attempt_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


def register(kind: str, deliver: Deliver) -> None:
    """Say who delivers messages of ``kind``: called with the message id and the payload."""
    _deliverers[kind] = deliver


def put(kind: str, payload: dict[str, Any]) -> OutboxMessage:
    """Write a message into this transaction; it leaves only if the transaction commits."""
    message = OutboxMessage(
        message_id=str(uuid.uuid4()),
        kind=kind,
        payload=payload,
        created_at=clock.now(),
        next_attempt_at=clock.now(),
    )
    db.session.add(message)
    return message


@use_case
def deliver_next() -> bool:
    """Deliver the message that has waited longest; False when none is due.

    The row stays locked while it is delivered, so two processes never deliver it at once. A
    failure is noted and tried again later, five times at growing distances, then daily.
    """
    message = db.session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.delivered_at.is_(None), OutboxMessage.next_attempt_at <= clock.now())
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return False
    message.attempts += 1
    try:
        _deliverers[message.kind](message.message_id, message.payload)
    except Exception as error:  # noqa: BLE001 - whatever a mail server does, the row must survive
        wait = _RETRY_AFTER[min(message.attempts, len(_RETRY_AFTER)) - 1]
        message.last_error = f"{type(error).__name__}: {error}"[:2000]
        message.next_attempt_at = clock.now() + timedelta(minutes=wait)
    else:
        message.delivered_at = clock.now()
        message.last_error = None
    return True


def deliver_due(limit: int = 500) -> int:
    """Deliver up to ``limit`` due messages; returns how many were tried."""
    for tried in range(limit):
        if not deliver_next():
            return tried
    return limit
