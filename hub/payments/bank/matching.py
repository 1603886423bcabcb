"""Finds what a statement line is for, by what the line itself quotes.

What counts are the line's own words and the invoices and payouts that exist, never what other
lines did before: so the same files give the same balances in whatever order they come
(invariant 8). Which of two transfers of the same amount from the same account pays an invoice
would depend on which came first, so payer account and amount only make a suggestion for a clerk.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from hub.accounts.models import CompanyBankAccount
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.i18n import N_
from hub.payments import reference as rf
from hub.payments.bank import settlement
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.invoices.models import PAYABLE_STATES, Invoice
from hub.payments.payouts.models import Payout, PayoutState
from hub.payments.wallets.models import Wallet

_PAYOUT_ID = re.compile(r"(?<![0-9A-Z])PO-[0-9A-Z]{13}(?![0-9A-Z])")
_NUMBER = re.compile(r"(?:(?<![0-9A-Z])(FEE)[-/ ]?)?(?<!\d)(\d{4})[-/ ]?(\d{6})(?!\d)")
_ASKED_AT_ONCE = 500


@dataclass(frozen=True)
class Suggestion:
    """What a line may be for, and why (an English msgid)."""

    why: str
    invoice: Invoice | None = None
    payout: Payout | None = None


def match(actor: Actor, line: StatementLine) -> bool:
    """Settle an untouched line by what it quotes; False if a person has to look at it."""
    payout = payout_quoted(line)
    if payout is not None:
        # Whatever else such a line says was copied from the payout's own text.
        if not may_settle(line, payout):
            return False
        settle = settlement.take_return if line.is_credit else settlement.settle_payout
        settle(actor, line, payout, "end_to_end_id")
        return True
    if not line.is_credit:
        return False
    invoice, rung = invoice_quoted(line)
    wallet = wallet_quoted(line)
    if invoice is not None and wallet is None and invoice.currency == line.currency:
        settlement.pay_invoice(actor, line, invoice, line.amount, rung)
        return True
    if wallet is not None and invoice is None and wallet.currency == line.currency:
        settlement.top_up(actor, line, wallet)
        return True
    return False


def rematch(actor: Actor) -> int:
    """Try every line again that nobody has touched yet; returns how many were settled.

    A debit settles a payout before a return can undo it, so debits go first.
    """
    lines = db.session.scalars(
        select(StatementLine)
        .where(StatementLine.state == LineState.UNRECONCILED, StatementLine.allocated_minor == 0)
        .order_by(StatementLine.amount_minor > 0, StatementLine.id)
    ).all()
    known = _known_quotations(lines)
    return sum(match(actor, line) for line in lines if known & _quotations(line))


def _quotations(line: StatementLine) -> set[str]:
    """All that an untouched line may quote of an invoice or a payout."""
    return {
        *_payout_ids(line),
        *(value for _rung, _column, values in _rungs(line) for value in values),
    }


def _known_quotations(lines: Sequence[StatementLine]) -> set[str]:
    """Which of the lines' quotations exist; few questions, however many lines wait."""
    wanted = sorted({text for line in lines for text in _quotations(line)})
    known: set[str] = set()
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        chunk = wanted[start : start + _ASKED_AT_ONCE]
        for column in (
            Invoice.reference,
            Invoice.number,
            Payout.end_to_end_id,
            Wallet.reference,
        ):
            known.update(db.session.scalars(select(column).where(column.in_(chunk))))
    return known


def payout_quoted(line: StatementLine) -> Payout | None:
    """The payout that the line names by its end-to-end id, in the field or in its text."""
    ids = _payout_ids(line)
    if len(ids) != 1:
        return None
    return db.session.scalar(select(Payout).where(Payout.end_to_end_id == ids[0]))


def _payout_ids(line: StatementLine) -> list[str]:
    texts = (line.end_to_end_id, line.structured, line.remittance)
    return list(dict.fromkeys(_PAYOUT_ID.findall(" ".join(texts).upper())))


def may_settle(line: StatementLine, payout: Payout) -> bool:
    """Whether the line can be the payout's debit, or its return: once each, to the last unit."""
    awaited = PayoutState.SETTLED if line.is_credit else PayoutState.EXPORTED
    return (
        payout.state is awaited
        and payout.account_id == line.account_id
        and line.unallocated == payout.amount
    )


def invoice_quoted(line: StatementLine) -> tuple[Invoice | None, str]:
    """The one invoice that the line quotes, and by what; two different ones are nobody's."""
    for rung, column, values in _rungs(line):
        found = _invoices(column, values)
        if len(found) == 1:
            return found[0], rung
        if found:
            break
    return None, ""


def wallet_quoted(line: StatementLine) -> Wallet | None:
    """The one member's account whose reference the line quotes."""
    wanted = [
        value
        for _rung, column, values in _rungs(line)
        if column is Invoice.reference
        for value in values
        if value
    ]
    found = db.session.scalars(select(Wallet).where(Wallet.reference.in_(wanted))).all()
    return found[0] if len(found) == 1 else None


def _rungs(line: StatementLine) -> tuple[tuple[str, object, list[str]], ...]:
    """What a line may quote of an invoice, the surest first: (rung, column, values)."""
    structured, end_to_end_id = _compact(line.structured), _compact(line.end_to_end_id)
    return (
        ("reference", Invoice.reference, [structured, *rf.find(line.structured)]),
        ("reference", Invoice.reference, rf.find(line.remittance)),
        ("end_to_end_id", Invoice.reference, [end_to_end_id, *rf.find(line.end_to_end_id)]),
        ("end_to_end_id", Invoice.number, _numbers(line.end_to_end_id)),
        ("number", Invoice.number, _numbers(f"{line.structured} {line.remittance}")),
    )


def _invoices(column: object, values: Iterable[str]) -> Sequence[Invoice]:
    wanted = [value for value in values if value]
    if not wanted:
        return []
    return db.session.scalars(select(Invoice).where(column.in_(wanted))).all()  # type: ignore[attr-defined]


def _numbers(text: str) -> list[str]:
    """Numbers of invoices and contracts in free text, however spelled, as invoice numbers."""
    return [
        f"{fee or 'INV'}-{year}-{serial}" for fee, year, serial in _NUMBER.findall(text.upper())
    ]


def _compact(text: str) -> str:
    return "".join(text.split()).upper()


def suggest(lines: Sequence[StatementLine]) -> dict[int, Suggestion]:
    """For each line that a clerk might settle at once: what it may be for, and why."""
    found: dict[int, Suggestion] = {}
    for line in lines:
        suggestion = _suggestion(line)
        if suggestion is not None:
            found[line.id] = suggestion
    return found


def _suggestion(line: StatementLine) -> Suggestion | None:
    payout = payout_quoted(line)
    if payout is not None:
        return Suggestion(
            N_("It quotes this payout, but does not fit its amount or state."), payout=payout
        )
    if not line.is_credit:
        return None
    invoice, _rung = invoice_quoted(line)
    if invoice is not None:
        return Suggestion(N_("It quotes this invoice."), invoice)
    invoice = _invoice_by_account(line)
    if invoice is None:
        return None
    return Suggestion(N_("The payer's account and the amount fit this invoice alone."), invoice)


def _invoice_by_account(line: StatementLine) -> Invoice | None:
    """The only payable invoice over exactly this amount whose payer uses the line's account."""
    account = _compact(line.counterparty_account)
    if not account:
        return None
    payers = select(CompanyBankAccount.company_id).where(
        (CompanyBankAccount.iban == account) | (CompanyBankAccount.account_number == account)
    )
    found = db.session.scalars(
        select(Invoice)
        .where(
            Invoice.payer_id.in_(payers),
            Invoice.currency == line.currency,
            Invoice.state.in_(PAYABLE_STATES),
            Invoice.amount_minor - Invoice.paid_minor == line.unallocated.minor,
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
