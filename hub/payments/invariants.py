"""The invariants of money that can be read off payments' own tables; numbers as in the domain.

Each check returns a sentence for every breach, and nothing when all is well.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, select, text
from sqlalchemy.orm import aliased

from hub.core.db.base import db
from hub.core.db.statements import is_postgresql
from hub.payments.bank.models import Allocation, StatementLine
from hub.payments.bank.position import bank_positions
from hub.payments.invoices.models import Invoice, InvoiceLine
from hub.payments.ledger import chart
from hub.payments.ledger.chart import (
    CHART,
    CLIENT_LIABILITIES,
    PAID_KINDS,
    REFUNDED_KINDS,
    RELEASED_KINDS,
    Kind,
)
from hub.payments.ledger.models import DesignatedAccount, LedgerBalance, LedgerEntry, LedgerLine
from hub.payments.payouts.models import Payout, PayoutState

_SUM = func.sum(LedgerLine.amount_minor)


@dataclass(frozen=True)
class Breach:
    """Which invariant is broken, and how."""

    number: int
    sentence: str


def entries_balance() -> list[str]:
    """1: every entry sums to zero in each currency, and in each pool of it."""
    own = case((LedgerLine.account.in_(_own_accounts()), 1), else_=0)
    rows = db.session.execute(
        select(LedgerLine.entry_id, LedgerLine.currency, own, _SUM)
        .group_by(LedgerLine.entry_id, LedgerLine.currency, own)
        .having(_SUM != 0)
    )
    return [
        f"Entry {entry} is out of balance by {int(minor)} {currency}."
        for entry, currency, _own, minor in rows
    ]


def pool_is_covered() -> list[str]:
    """2: liabilities of the client pool = 1010 + 1090, and 1010 = what the bank says."""
    breaches = []
    sums: dict[str, int] = defaultdict(int)
    rows = db.session.execute(
        select(LedgerBalance.account, LedgerBalance.currency, LedgerBalance.balance_minor)
    )
    pool = {*CLIENT_LIABILITIES, chart.ESCROW_BANK, chart.UNEXPLAINED_DEBITS}
    for account, currency, minor in rows:
        if account in pool:
            sums[currency] += int(minor)
    breaches += [
        f"Client money in {currency} is off by {difference}: 1010 + 1090 is not what is owed."
        for currency, difference in sums.items()
        if difference
    ]
    for position in bank_positions():
        if position.booked != position.lines:
            breaches.append(
                f"Account {position.account.identification}: 1010 holds {position.booked}, but the "
                f"bank's lines add up to {position.lines}."
            )
        if position.is_complete and position.difference:
            breaches.append(
                f"Account {position.account.identification}: the bank closed with "
                f"{position.closing}, which is {position.difference} off the ledger."
            )
    return breaches


def liabilities_are_not_negative() -> list[str]:
    """3: the hub never owes less than nothing."""
    rows = db.session.execute(
        select(LedgerBalance).where(
            LedgerBalance.account.in_(
                [account.code for account in CHART.values() if account.kind is Kind.LIABILITY]
            ),
            LedgerBalance.balance_minor > 0,
        )
    ).scalars()
    return [
        f"{row.account} {row.holder} owes less than nothing: {-row.balance_minor} {row.currency}."
        for row in rows
    ]


def escrow_reconciles() -> list[str]:
    """4: of each contract, paid = held + released + refunded + disputed."""
    known = PAID_KINDS | RELEASED_KINDS | REFUNDED_KINDS | {"dispute"}
    stray = db.session.execute(
        select(LedgerEntry.id, LedgerEntry.kind)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerLine.account == chart.HELD_FOR_CONTRACT,
            LedgerEntry.kind.not_in(known),
        )
    )
    breaches = [f"Entry {entry} moves held money as “{kind}”." for entry, kind in stray]
    breaches += _paid_differs()
    return breaches


def _paid_differs() -> Iterator[str]:
    """What the ledger says was paid for a subject is what its invoice says."""
    posted = {
        (holder, currency): -int(minor)
        for holder, currency, minor in db.session.execute(
            select(LedgerLine.holder, LedgerLine.currency, _SUM)
            .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
            .where(
                LedgerLine.account == chart.HELD_FOR_CONTRACT,
                LedgerEntry.kind.in_(PAID_KINDS),
            )
            .group_by(LedgerLine.holder, LedgerLine.currency)
        )
    }
    for invoice in db.session.scalars(select(Invoice)):
        key = (f"{invoice.subject_kind}:{invoice.subject_id}", invoice.currency)
        paid = posted.pop(key, 0)
        if paid != invoice.paid_minor:
            yield f"{invoice.number} counts {invoice.paid_minor} as paid, the ledger {paid}."
    for (holder, currency), paid in posted.items():
        if paid:
            yield f"{holder} was paid {paid} {currency} without an invoice."


def released_is_paid() -> list[str]:
    """5, as far as payments knows: never more is released than was paid."""
    outgoing = RELEASED_KINDS | REFUNDED_KINDS
    moved = case((LedgerEntry.kind.in_(outgoing), LedgerLine.amount_minor), else_=0)
    paid = case((LedgerEntry.kind.in_(PAID_KINDS), -LedgerLine.amount_minor), else_=0)
    rows = db.session.execute(
        select(LedgerLine.holder, LedgerLine.currency, func.sum(moved), func.sum(paid))
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(LedgerLine.account == chart.HELD_FOR_CONTRACT)
        .group_by(LedgerLine.holder, LedgerLine.currency)
        .having(func.sum(moved) > func.sum(paid))
    )
    return [
        f"{holder} gave out {int(out)} {currency}, but only {int(came)} was paid."
        for holder, currency, out, came in rows
    ]


def payouts_settle_once() -> list[str]:
    """6: one payout has at most one debit and one return, of exactly its amount."""
    debits = func.sum(case((StatementLine.amount_minor < 0, 1), else_=0))
    returns = func.sum(case((StatementLine.amount_minor > 0, 1), else_=0))
    rows = db.session.execute(
        select(Payout.end_to_end_id, Payout.state, debits, returns)
        .outerjoin(Allocation, Allocation.payout_id == Payout.id)
        .outerjoin(StatementLine, StatementLine.id == Allocation.line_id)
        .group_by(Payout.id, Payout.end_to_end_id, Payout.state)
    )
    wanted = {PayoutState.SETTLED: (1, 0), PayoutState.RETURNED: (1, 1)}
    breaches = [
        f"Payout {number} is {state.value} with {int(out)} debits and {int(back)} returns."
        for number, state, out, back in rows
        if (int(out), int(back)) != wanted.get(state, (0, 0))
    ]
    other = db.session.execute(
        select(Payout.end_to_end_id)
        .join(Allocation, Allocation.payout_id == Payout.id)
        .where(Allocation.amount_minor != Payout.amount_minor)
    ).scalars()
    return breaches + [f"Payout {number} was debited with another amount." for number in other]


def lines_are_posted_once() -> list[str]:
    """7, as far as the database shows it: every line of the bank was posted exactly once."""
    missing = db.session.execute(
        select(StatementLine.id)
        .outerjoin(
            LedgerEntry, LedgerEntry.key == literal("line:") + cast(StatementLine.id, String)
        )
        .where(LedgerEntry.id.is_(None))
    ).scalars()
    posted = _count(select(LedgerEntry).where(LedgerEntry.kind.in_(chart.STATEMENT_KINDS)))
    lines = _count(select(StatementLine))
    breaches = [f"Statement line {line} was not posted." for line in missing]
    if posted != lines:
        breaches.append(f"{lines} statement lines, but {posted} entries of the bank.")
    return breaches


def balances_rebuild() -> list[str]:
    """9: balances rebuilt from lines equal the stored ones."""
    built = {
        (account, currency, holder): int(minor)
        for account, currency, holder, minor in db.session.execute(
            select(LedgerLine.account, LedgerLine.currency, LedgerLine.holder, _SUM).group_by(
                LedgerLine.account, LedgerLine.currency, LedgerLine.holder
            )
        )
    }
    stored = {
        (row.account, row.currency, row.holder): row.balance_minor
        for row in db.session.scalars(select(LedgerBalance))
    }
    return [
        f"{key[0]} {key[2]} is stored as {stored.get(key, 0)} {key[1]}, its lines make "
        f"{built.get(key, 0)}."
        for key in sorted({*built, *stored})
        if built.get(key, 0) != stored.get(key, 0)
    ]


def ledger_only_grows() -> list[str]:
    """10: the database itself refuses to change or delete entries and lines."""
    if is_postgresql():
        fires = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
        found = set(db.session.scalars(text(fires)))
        wanted = {"ledger_entry_append_only", "ledger_line_append_only"}
    else:
        found = set(
            db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        )
        wanted = {
            f"ledger_{table}_no_{verb}"
            for table in ("entry", "line")
            for verb in ("update", "delete")
        }
    return [f"The trigger {name} is missing." for name in sorted(wanted - found)]


def splits_reconcile() -> list[str]:
    """11: parts add up: of invoices, and of what each statement line paid."""
    parts = func.coalesce(func.sum(InvoiceLine.amount_minor), 0)
    invoices = db.session.execute(
        select(Invoice.number, Invoice.amount_minor, parts)
        .outerjoin(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .group_by(Invoice.id, Invoice.number, Invoice.amount_minor)
        .having(parts != Invoice.amount_minor)
    )
    breaches = [
        f"{number} is over {whole}, but its lines make {int(made)}."
        for number, whole, made in invoices
    ]
    allocated = func.coalesce(func.sum(Allocation.amount_minor), 0)
    lines = db.session.execute(
        select(StatementLine.id, StatementLine.allocated_minor, allocated)
        .outerjoin(
            Allocation,
            (Allocation.line_id == StatementLine.id)
            | (Allocation.debit_line_id == StatementLine.id),
        )
        .group_by(StatementLine.id, StatementLine.allocated_minor)
        .having(allocated != StatementLine.allocated_minor)
    )
    return breaches + [
        f"Statement line {line} says {whole} is allocated, its parts make {int(made)}."
        for line, whole, made in lines
    ]


def currencies_never_net() -> list[str]:
    """13: a line of one currency pays nothing of another."""
    target, mended = aliased(DesignatedAccount), aliased(StatementLine)
    invoices = db.session.execute(
        select(Allocation.id)
        .join(StatementLine, StatementLine.id == Allocation.line_id)
        .outerjoin(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(Payout, Payout.id == Allocation.payout_id)
        .outerjoin(mended, mended.id == Allocation.debit_line_id)
        .join(target, target.id == StatementLine.account_id)
        .where(
            (StatementLine.currency != target.currency)
            | (StatementLine.currency != func.coalesce(Invoice.currency, StatementLine.currency))
            | (StatementLine.currency != func.coalesce(Payout.currency, StatementLine.currency))
            | (StatementLine.currency != func.coalesce(mended.currency, StatementLine.currency))
        )
    ).scalars()
    breaches = [f"Allocation {allocation} mixes currencies." for allocation in invoices]
    mixed = db.session.execute(
        select(LedgerLine.entry_id)
        .group_by(LedgerLine.entry_id)
        .having(func.count(LedgerLine.currency.distinct()) > 1)
    ).scalars()
    return breaches + [f"Entry {entry} has lines in several currencies." for entry in mixed]


def _own_accounts() -> Sequence[int]:
    return [code for code, account in CHART.items() if account.pool is chart.Pool.OWN]


def _count(statement: Select[Any]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0)


CHECKS: tuple[tuple[int, str, Callable[[], list[str]]], ...] = (
    (1, "every entry sums to zero per currency", entries_balance),
    (2, "client money equals what the bank holds", pool_is_covered),
    (3, "no liability is negative", liabilities_are_not_negative),
    (4, "paid = held + released + refunded + disputed", escrow_reconciles),
    (5, "never more is released than was paid", released_is_paid),
    (6, "one payout has at most one debit and one return", payouts_settle_once),
    (7, "every line of the bank is posted once", lines_are_posted_once),
    (9, "balances rebuilt from lines equal stored balances", balances_rebuild),
    (10, "lines are never updated or deleted", ledger_only_grows),
    (11, "splits reconcile to the last minor unit", splits_reconcile),
    (13, "nothing nets across currencies", currencies_never_net),
)


def check() -> list[Breach]:
    """Every breach of every check."""
    return [
        Breach(number, sentence) for number, _title, function in CHECKS for sentence in function()
    ]
