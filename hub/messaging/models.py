"""Notices for people and tasks for the hub's staff."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.actor import StaffRole
from hub.core.db.base import Base, Identified
from hub.core.db.columns import StateColumn


class Notice(Identified, Base):
    """A line for one person. ``message`` is translated with ``parameters`` when it is shown."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_user", "user_id", "read_at", "id"),)
    THING = "notice"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    message: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    path: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class StaffTask(Identified, Base):
    """Something a member of the staff has to decide. At most one open task a subject and kind."""

    __tablename__ = "staff_task"
    __table_args__ = (
        Index(
            "uq_staff_task_open",
            "kind",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    THING = "staff_task"

    role: Mapped[StaffRole] = mapped_column(StateColumn(StaffRole), index=True)
    depot_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    message: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    path: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
