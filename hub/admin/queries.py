"""What the administrator reads: accounts, the audit log, what the outbox could not deliver."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import func, select

from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.outbox import OutboxMessage
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger.models import AccountUse, DesignatedAccount

PAGE_SIZE = 50
_OWED = (InvoiceState.OPEN, InvoiceState.PARTLY_PAID, InvoiceState.OVERDUE)


@dataclass(frozen=True)
class OutboxThing:
    """How the audit log names a message of the outbox."""

    id: int
    THING: ClassVar[str] = "outbox_message"


def accounts() -> list[DesignatedAccount]:
    """The hub's bank accounts, the current ones first."""
    return list(
        db.session.scalars(
            select(DesignatedAccount).order_by(
                DesignatedAccount.retired_at.is_not(None),
                DesignatedAccount.currency,
                DesignatedAccount.use,
                DesignatedAccount.id.desc(),
            )
        )
    )


def current_account(use: AccountUse, currency: str) -> DesignatedAccount | None:
    """The account now in force."""
    return db.session.scalar(
        select(DesignatedAccount).where(
            DesignatedAccount.use == use,
            DesignatedAccount.currency == currency,
            DesignatedAccount.retired_at.is_(None),
        )
    )


def open_invoices(account_ids: Sequence[int]) -> dict[int, int]:
    """How many invoices that are not paid yet name each account."""
    rows = db.session.execute(
        select(Invoice.account_id, func.count())
        .where(Invoice.account_id.in_(account_ids), Invoice.state.in_(_OWED))
        .group_by(Invoice.account_id)
    )
    return {account_id: int(count) for account_id, count in rows}


def audit_page(
    kind: str = "", thing_id: int | None = None, who: str = "", cursor: str | None = None
) -> Page:
    """Entries of the audit log, newest first, of one kind of thing, one thing, or by a name."""
    wanted: Any = select(AuditEntry)
    if kind:
        wanted = wanted.where(AuditEntry.thing_kind == kind)
    if thing_id is not None:
        wanted = wanted.where(AuditEntry.thing_id == thing_id)
    if who.strip():
        wanted = wanted.where(
            func.lower(AuditEntry.actor_name).contains(who.strip().lower(), autoescape=True)
        )
    keys = [SortKey(AuditEntry.id, descending=True)]
    rows = db.session.scalars(keyset(wanted, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def audit_kinds() -> list[str]:
    """The kinds of things that the audit log tells of."""
    return list(
        db.session.scalars(select(AuditEntry.thing_kind).distinct().order_by(AuditEntry.thing_kind))
    )


def undelivered_page(cursor: str | None = None) -> Page:
    """Messages of the outbox whose delivery failed at least once, the oldest first."""
    wanted = select(OutboxMessage).where(
        OutboxMessage.delivered_at.is_(None), OutboxMessage.attempts > 0
    )
    rows = db.session.scalars(keyset(wanted, [SortKey(OutboxMessage.id)], cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def undelivered_count() -> int:
    """How many messages the outbox could not deliver so far."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.delivered_at.is_(None), OutboxMessage.attempts > 0)
        )
        or 0
    )


def message(message_id: str) -> OutboxMessage:
    """The message with this id (NotFound if there is none)."""
    found = db.session.scalar(select(OutboxMessage).where(OutboxMessage.message_id == message_id))
    if found is None:
        raise NotFound(_("There is no such message."))
    return found
