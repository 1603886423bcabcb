"""Where the money of a trade is."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from hub.core.db.base import db
from hub.core.money import Money
from hub.payments.invoices.queries import invoice_of
from hub.payments.ledger import chart
from hub.payments.ledger.chart import PAID_KINDS, REFUNDED_KINDS, RELEASED_KINDS
from hub.payments.ledger.models import (
    LedgerBalance,
    LedgerEntry,
    LedgerLine,
)
from hub.payments.ledger.queries import Subject, subject_holder


@dataclass(frozen=True)
class Escrow:
    """Where the money of one subject is: paid = held + released + refunded + disputed."""

    paid: Money
    held: Money
    released: Money
    refunded: Money
    disputed: Money


def escrow_of(subject: Subject) -> Escrow | None:
    """The money of a subject such as ``("contract", 17)``; None where nothing was ever asked for.

    What became a purchaser's credit when an invoice ended counts as refunded.
    """
    invoice = invoice_of(subject)
    if invoice is None:
        return None
    holder, currency = subject_holder(subject), invoice.currency
    moved = {
        kind: int(minor)
        for kind, minor in db.session.execute(
            select(LedgerEntry.kind, func.sum(LedgerLine.amount_minor))
            .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
            .where(
                LedgerLine.account == chart.HELD_FOR_CONTRACT,
                LedgerLine.holder == holder,
                LedgerLine.currency == currency,
            )
            .group_by(LedgerEntry.kind)
        )
    }
    stored = {
        account: int(minor)
        for account, minor in db.session.execute(
            select(LedgerBalance.account, LedgerBalance.balance_minor).where(
                LedgerBalance.holder == holder, LedgerBalance.currency == currency
            )
        )
    }

    def of(kinds: Iterable[str]) -> int:
        return sum(moved.get(kind, 0) for kind in kinds)

    return Escrow(
        paid=Money(-of(PAID_KINDS), currency),
        held=Money(-stored.get(chart.HELD_FOR_CONTRACT, 0), currency),
        released=Money(of(RELEASED_KINDS), currency),
        refunded=Money(of(REFUNDED_KINDS), currency),
        disputed=Money(-stored.get(chart.HELD_IN_DISPUTE, 0), currency),
    )
