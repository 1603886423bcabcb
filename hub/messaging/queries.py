"""Notices of a person and tasks of the staff."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select

from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.messaging.models import Notice, StaffTask

PAGE_SIZE = 30


def notices(actor: Actor, *, unread_only: bool = False, cursor: str | None = None) -> Page:
    """The actor's notices, newest first."""
    statement = select(Notice).where(Notice.user_id == actor.user_id)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    keys = [SortKey(Notice.id, descending=True)]
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not read."""
    if actor.user_id is None:
        return 0
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Notice)
            .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
        )
        or 0
    )


def tasks_for(actor: Actor) -> Select[StaffTask]:
    """Open tasks of the actor's staff roles; an operator's only at the depots they work in."""
    mine = or_(
        StaffTask.role.in_([role for role in actor.staff_roles if role is not StaffRole.DEPOT]),
        (StaffTask.role == StaffRole.DEPOT)
        & (StaffTask.depot_id.is_(None) | StaffTask.depot_id.in_(actor.depot_ids))
        if StaffRole.DEPOT in actor.staff_roles
        else StaffTask.id.is_(None),
    )
    return select(StaffTask).where(StaffTask.closed_at.is_(None), mine).order_by(StaffTask.id)


def open_tasks(actor: Actor, limit: int = 50) -> Sequence[StaffTask]:
    """The actor's open tasks, oldest first."""
    return db.session.scalars(tasks_for(actor).limit(limit)).all()


def subjects_of_open_tasks(subject_kind: str, kind: str) -> set[int]:
    """The ids of the things of one kind that somebody of the staff was asked this about and has
    not answered."""
    return set(
        db.session.scalars(
            select(StaffTask.subject_id).where(
                StaffTask.subject_kind == subject_kind,
                StaffTask.kind == kind,
                StaffTask.closed_at.is_(None),
            )
        )
    )
