"""What must hold between inquiries, the contests of them, and the ledger.

Each check gives one sentence for each thing that is wrong; none when all is well.
"""

from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import func, select

from hub.core.db.base import db
from hub.core.money import Money
from hub.negotiation.models import VOID, ContestState, Inquiry, InquiryContest
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerEntry, LedgerLine


def charges_are_in_the_ledger() -> list[str]:
    """What each inquiry cost, less what was given back, is what account 4400 took in for it."""
    expected: dict[tuple[int, str], int] = {
        (row.id, row.currency): int(row.net)
        for row in db.session.execute(
            select(
                Inquiry.id,
                Inquiry.currency,
                (Inquiry.charged_minor - Inquiry.credited_minor).label("net"),
            ).where(Inquiry.charged_minor > 0)
        )
    }
    booked: dict[tuple[int, str], int] = defaultdict(int)
    rows = db.session.execute(
        select(
            LedgerEntry.subject_kind,
            LedgerEntry.subject_id,
            LedgerLine.currency,
            func.sum(LedgerLine.amount_minor).label("minor"),
        )
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(LedgerLine.account == chart.INQUIRY_INCOME)
        .group_by(LedgerEntry.subject_kind, LedgerEntry.subject_id, LedgerLine.currency)
    )
    broken = []
    for row in rows:
        if row.subject_kind == Inquiry.THING:
            booked[row.subject_id, row.currency] -= int(row.minor)
        else:
            broken.append(f"4400 took in money for {row.subject_kind} {row.subject_id}.")
    for inquiry_id, currency in sorted({*expected, *booked}):
        wanted = Money(expected.get((inquiry_id, currency), 0), currency)
        found = Money(booked.get((inquiry_id, currency), 0), currency)
        if wanted != found:
            broken.append(f"Inquiry {inquiry_id} cost {wanted}, but 4400 took in {found}.")
    return broken


def void_inquiries_were_contested() -> list[str]:
    """An inquiry is void where a contest of it was upheld, and what it cost was given back."""
    upheld = select(InquiryContest.inquiry_id).where(InquiryContest.state == ContestState.UPHELD)
    rows = db.session.execute(
        select(Inquiry.public_id).where(
            Inquiry.state.in_(VOID)
            & (Inquiry.id.not_in(upheld) | (Inquiry.credited_minor != Inquiry.charged_minor))
            | Inquiry.state.not_in(VOID) & Inquiry.id.in_(upheld)
        )
    )
    return [f"Inquiry {row.public_id} and the contest of it don't agree." for row in rows]


#: (group, rule, check)
CHECKS: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
    (
        "inquiries",
        "What inquiries cost is what the ledger took in for them.",
        charges_are_in_the_ledger,
    ),
    (
        "inquiries",
        "An inquiry is void, and its price given back, where a contest was upheld.",
        void_inquiries_were_contested,
    ),
)
