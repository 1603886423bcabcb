"""Reading what the bank brought."""

from dataclasses import dataclass

from sqlalchemy import select

from hub.core.db.base import db
from hub.core.money import Money
from hub.payments.bank.models import Allocation, StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger.chart import PAID_KINDS
from hub.payments.ledger.models import LedgerEntry, LedgerLine
from hub.payments.ledger.queries import subject_holder


@dataclass(frozen=True)
class PaymentSeen:
    """Money that counted for an invoice: from the bank, or from the payer's credit."""

    entry: LedgerEntry
    amount: Money
    line: StatementLine | None


def payments_of(invoice: Invoice) -> list[PaymentSeen]:
    """What was paid on an invoice so far, oldest first."""
    entries = db.session.execute(
        select(LedgerEntry, LedgerLine.amount_minor)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerLine.account == chart.HELD_FOR_CONTRACT,
            LedgerLine.holder == subject_holder(invoice.subject),
            LedgerLine.currency == invoice.currency,
            LedgerEntry.kind.in_(PAID_KINDS),
        )
        .order_by(LedgerEntry.id)
    ).all()
    lines = {
        f"allocation:{allocation_id}": line
        for allocation_id, line in db.session.execute(
            select(Allocation.id, StatementLine)
            .join(StatementLine, StatementLine.id == Allocation.line_id)
            .where(Allocation.invoice_id == invoice.id)
        )
    }
    return [
        PaymentSeen(entry, Money(-int(minor), invoice.currency), lines.get(entry.key))
        for entry, minor in entries
    ]
