"""Telling people: a notice on the site and a mail; and giving the staff something to decide.

``message`` is an English text marked with ``N_()`` and is translated when it is read;
``parameters`` fill its placeholders and are JSON values or dates; ``path`` begins with a slash.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update

from hub.accounts import queries as accounts
from hub.accounts.models import User
from hub.core import audit, clock, outbox, settings
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.db.statements import changed
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.messaging import mail
from hub.messaging.models import Notice, StaffTask
from hub.messaging.texts import language_of, storable, translated

TRADING_ROLES = (CompanyRole.OWNER, CompanyRole.TRADER)

_SUBJECT_LENGTH = 150


@use_case
def notify_company(
    company_id: int,
    roles: Iterable[CompanyRole] | None,
    message: str,
    parameters: Mapping[str, Any],
    path: str,
) -> None:
    """Tell the people of a company with these roles (``None``: owners and traders)."""
    for user in accounts.recipients(company_id, TRADING_ROLES if roles is None else roles):
        _tell(user, message, parameters, path)


@use_case
def notify_staff(
    role: StaffRole,
    message: str,
    parameters: Mapping[str, Any],
    path: str,
    depot_id: int | None = None,
) -> None:
    """Tell the people of the hub with this role (of this depot, if named)."""
    for user in accounts.staff_with(role, depot_id):
        _tell(user, message, parameters, path)


def _tell(user: User, message: str, parameters: Mapping[str, Any], path: str) -> None:
    db.session.add(
        Notice(
            user_id=user.id,
            message=message,
            parameters=storable(parameters),
            path=path,
            created_at=clock.now(),
        )
    )
    send_mail(user.email, user.language, message, message, parameters, path)


@use_case
def send_mail(
    to: str,
    language: str,
    subject: str,
    text: str,
    parameters: Mapping[str, Any],
    path: str | None = None,
) -> None:
    """Put a mail into the outbox: ``subject`` and ``text`` translated, a link, the hub's name."""
    with language_of(language):
        title = translated(subject, parameters)
        if len(title) > _SUBJECT_LENGTH:
            title = title[: _SUBJECT_LENGTH - 1].rsplit(" ", 1)[0] + "…"
        paragraphs = [translated(text, parameters)]
        if path is not None:
            paragraphs.append(mail.absolute(path))
        paragraphs.append(settings.current().hub_name)
    outbox.put(
        mail.KIND,
        {
            "to": to,
            "language": language,
            "subject": title,
            "text": "\n\n".join(paragraphs) + "\n",
        },
    )


@use_case
def mark_read(actor: Actor, public_id: str) -> str:
    """Note that the actor has read a notice; returns the path it leads to.

    Raises:
        NotFound: not a notice of the actor.
    """
    notice = db.session.scalar(
        select(Notice).where(Notice.public_id == public_id, Notice.user_id == actor.user_id)
    )
    if notice is None:
        raise NotFound(_("There is no such notice."))
    if notice.read_at is None:
        notice.read_at = clock.now()
    return notice.path


@use_case
def mark_all_read(actor: Actor) -> int:
    """Note that the actor has read all notices; returns how many were new."""
    return changed(
        update(Notice)
        .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session="auto")
    )


@use_case
def open_task(
    role: StaffRole,
    kind: str,
    subject_kind: str,
    subject_id: int,
    message: str,
    parameters: Mapping[str, Any],
    path: str,
    depot_id: int | None = None,
) -> StaffTask:
    """Give the staff something to decide, once: while it is open, the open one is returned.

    The people with the role are told when it opens; of one depot only, if named.
    """
    found = db.session.scalar(
        select(StaffTask).where(
            StaffTask.kind == kind,
            StaffTask.subject_kind == subject_kind,
            StaffTask.subject_id == subject_id,
            StaffTask.closed_at.is_(None),
        )
    )
    if found is not None:
        return found
    task = StaffTask(
        role=role,
        depot_id=depot_id,
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        message=message,
        parameters=storable(parameters),
        path=path,
        created_at=clock.now(),
    )
    db.session.add(task)
    audit.record(SYSTEM, task, "task_opened", kind=kind)
    notify_staff(role, message, parameters, path, depot_id)
    return task


@use_case
def close_tasks(actor: Actor, subject_kind: str, subject_id: int, kind: str | None = None) -> int:
    """Close the open tasks about a thing (of one kind, if named); returns how many."""
    statement = select(StaffTask).where(
        StaffTask.subject_kind == subject_kind,
        StaffTask.subject_id == subject_id,
        StaffTask.closed_at.is_(None),
    )
    if kind is not None:
        statement = statement.where(StaffTask.kind == kind)
    tasks = list(db.session.scalars(statement))
    for task in tasks:
        task.closed_at = clock.now()
        task.closed_by = actor.user_id
        audit.record(actor, task, "task_closed", kind=task.kind)
    return len(tasks)
