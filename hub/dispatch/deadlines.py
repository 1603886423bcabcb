"""Deadlines of goods on their way: a reminder before, a task for brokers after. Nothing ends."""

from collections.abc import Callable
from datetime import timedelta

from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.use_case import use_case
from hub.dispatch import notices, queries
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState


def remind(actor: Actor) -> int:
    """Remind whoever is due soon, tell brokers what is late, each once; gives how many were told.

    Each reminder is a transaction of its own.
    """
    today, days = settings.today(), timedelta(days=settings.current().reminder_days)
    yesterday = today - timedelta(days=1)
    work: tuple[tuple[Callable[[Actor, int], None], list[int]], ...] = (
        (_remind_inbound, queries.inbounds_due(today + days, Inbound.reminded_at)),
        (_escalate_inbound, queries.inbounds_due(yesterday, Inbound.escalated_at)),
        (_remind_release, queries.releases_due(today + days, ReleaseOrder.reminded_at)),
        (_escalate_release, queries.releases_due(yesterday, ReleaseOrder.escalated_at)),
        (_remind_release, queries.answers_due(clock.now() + days)),
    )
    told = 0
    for verb, ids in work:
        for thing_id in ids:
            try:
                verb(actor, thing_id)
            except Conflict:
                continue  # it moved on at the same moment
            told += 1
    return told


@use_case
def _remind_inbound(actor: Actor, inbound_id: int) -> None:
    inbound = queries.inbound_now(inbound_id)
    inbound.reminded_at = clock.now()
    audit.record(actor, inbound, "reminded", due=inbound.due_on.isoformat())
    notices.remind_supplier(inbound)


@use_case
def _escalate_inbound(actor: Actor, inbound_id: int) -> None:
    inbound = queries.inbound_now(inbound_id)
    inbound.escalated_at = clock.now()
    audit.record(actor, inbound, "late", due=inbound.due_on.isoformat())
    notices.ask_about_late_inbound(inbound, announced=inbound.state is not InboundState.EXPECTED)


@use_case
def _remind_release(actor: Actor, release_id: int) -> None:
    release = queries.release_now(release_id)
    release.reminded_at = clock.now()
    audit.record(actor, release, "reminded")
    if release.state is ReleaseState.DELIVERED:
        notices.remind_purchaser(release)
    else:
        notices.remind_depot(release)


@use_case
def _escalate_release(actor: Actor, release_id: int) -> None:
    release = queries.release_now(release_id)
    release.escalated_at = clock.now()
    audit.record(actor, release, "late", due=release.deliver_until.isoformat())
    notices.ask_about_late_release(release)
