"""The audit log: who did what to which thing, from where to where, and why. Append-only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, db


class AuditEntry(Base):
    """One thing that was done."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_thing", "thing_kind", "thing_id", "id"),
        Index("ix_audit_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    company_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    is_staff: Mapped[bool]
    thing_kind: Mapped[str] = mapped_column(String(32))
    thing_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(64))
    state_from: Mapped[str | None] = mapped_column(String(32))
    state_to: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


append_only(AuditEntry.__table__)  # type: ignore[arg-type]


def record(
    actor: Actor,
    thing: Any,
    action: str,
    *,
    state_from: str | None = None,
    state_to: str | None = None,
    reason: str | None = None,
    **details: Any,
) -> None:
    """Write one entry about ``thing`` (a model with ``THING`` and ``id``) into this transaction.

    ``action`` is a verb in snake case; ``details`` must be JSON values.
    """
    if thing.id is None:
        db.session.flush()
    db.session.add(
        AuditEntry(
            at=clock.now(),
            user_id=actor.user_id,
            company_id=actor.company_id,
            actor_name=actor.name or "Hub",
            is_staff=actor.is_staff,
            thing_kind=thing.THING,
            thing_id=thing.id,
            action=action,
            state_from=state_from,
            state_to=state_to,
            reason=reason or None,
            details=details,
        )
    )


def json_value(value: Any) -> Any:
    """``value`` as it may stand in ``details``: dates and decimals as text."""
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)


def history(things: Iterable[tuple[str, int]], limit: int = 500) -> list[AuditEntry]:
    """The entries about ``(thing_kind, thing_id)`` pairs, newest first."""
    wanted = list(things)
    if not wanted:
        return []
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(tuple_(AuditEntry.thing_kind, AuditEntry.thing_id).in_(wanted))
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )
