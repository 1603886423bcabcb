"""Judges what the reader made of a bank file, before anything of it is posted.

A file is taken whole or not at all. The first thing wrong with it refuses it, with a sentence that
names the statement and the entry.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schwifty import IBAN
from schwifty.exceptions import InvalidChecksumDigits, SchwiftyException

from hub.core.i18n import _
from hub.core.money import Money, minor_digits
from hub.payments.bank.reader import Entry, Statement, Transaction
from hub.payments.ledger.models import AccountUse, DesignatedAccount

BOOKED = "BOOK"
_NOT_PROVIDED = "NOTPROVIDED"
_LARGEST_MINOR = 10**17


class RefusedStatement(ValueError):
    """The file is a statement, but not one that may be posted; ``message`` says why and where."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class PreparedLine:
    """What will be a statement line. ``fingerprint`` and ``ordinal`` name it within its account.

    Banks send identical entries; ``ordinal`` counts them within their statement.
    """

    fingerprint: str
    ordinal: int
    amount_minor: int
    booked_on: date
    value_on: date | None
    bank_reference: str
    end_to_end_id: str
    structured: str
    remittance: str
    counterparty: str
    counterparty_account: str


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement of one of our accounts, with its booked entries as lines."""

    account: DesignatedAccount
    statement_id: str
    closed_on: date
    opening_minor: int | None
    closing_minor: int | None
    lines: tuple[PreparedLine, ...]
    pending: int


def prepare(
    statements: Sequence[Statement], accounts: Sequence[DesignatedAccount], today: date
) -> list[PreparedStatement]:
    """The statements as lines to be posted; RefusedStatement if anything is wrong with one.

    ``today`` stands in where a statement has no date at all. A statement that stands in the file
    twice counts once.
    """
    seen: Counter[tuple[int, str | None, str]] = Counter()
    prepared = []
    for number, statement in enumerate(dict.fromkeys(statements), start=1):
        place = _("Statement %(id)s", id=statement.id or number)
        account = _account_of(statement, accounts, place)
        opening = _balance(statement.opening, statement.opening_currency, account, place)
        closing = _balance(statement.closing, statement.closing_currency, account, place)
        lines: list[PreparedLine] = []
        for position, entry in enumerate(statement.entries, start=1):
            where = _("%(place)s, entry %(number)d", place=place, number=position)
            _check_entry(entry, account, where)
            if entry.status == BOOKED:
                lines += _lines(entry, account, statement, seen, where)
        _check_sum(opening, closing, lines, account.currency, place)
        prepared.append(
            PreparedStatement(
                account=account,
                statement_id=(statement.id or "")[:70],
                closed_on=_closed_on(statement, lines, today),
                opening_minor=opening,
                closing_minor=closing,
                lines=tuple(lines),
                pending=sum(entry.status != BOOKED for entry in statement.entries),
            )
        )
    return prepared


def _account_of(
    statement: Statement, accounts: Sequence[DesignatedAccount], place: str
) -> DesignatedAccount:
    named = _compact(statement.account)
    if not named:
        raise RefusedStatement(_("%(place)s does not say of which account it is.", place=place))
    same = [account for account in accounts if _compact(account.identification) == named]
    if not same:
        _check_iban(named, place, everything=True)
        raise RefusedStatement(
            _(
                "%(place)s is of account %(account)s, which is not a designated account of the "
                "hub.",
                place=place,
                account=statement.account,
            )
        )
    currency = (
        statement.currency
        or statement.closing_currency
        or statement.opening_currency
        or next((entry.currency for entry in statement.entries), same[0].currency)
    )
    for account in same:
        if account.currency == currency:
            return _client_account(account, place)
    raise RefusedStatement(
        _(
            "%(place)s is in %(found)s, but the hub's account %(account)s is in %(wanted)s.",
            place=place,
            found=currency,
            account=statement.account,
            wanted=same[0].currency,
        )
    )


def _client_account(account: DesignatedAccount, place: str) -> DesignatedAccount:
    if account.use is AccountUse.CLIENT:
        return account
    raise RefusedStatement(
        _(
            "%(place)s is of the hub's own account %(account)s; only statements of accounts that "
            "purchasers pay into are posted.",
            place=place,
            account=account.identification,
        )
    )


def _balance(
    text: str | None, currency: str | None, account: DesignatedAccount, place: str
) -> int | None:
    if text is None:
        return None
    return _minor(text, currency or account.currency, account, _("%(p)s, balance", p=place))


def _minor(text: str, currency: str, account: DesignatedAccount, place: str) -> int:
    if currency != account.currency:
        raise RefusedStatement(
            _(
                "%(place)s: the amount is in %(found)s, but the account is in %(wanted)s.",
                place=place,
                found=currency,
                wanted=account.currency,
            )
        )
    try:
        minor = Money.from_decimal(Decimal(text), currency).minor
    except ValueError as too_fine:
        raise RefusedStatement(
            _(
                "%(place)s: %(amount)s has more than the %(digits)d decimals of %(currency)s.",
                place=place,
                amount=text,
                digits=minor_digits(currency),
                currency=currency,
            )
        ) from too_fine
    if abs(minor) >= _LARGEST_MINOR:
        raise RefusedStatement(
            _("%(place)s: %(amount)s is too large.", place=place, amount=text[:60])
        )
    return minor


def _check_entry(entry: Entry, account: DesignatedAccount, where: str) -> None:
    _minor(entry.amount, entry.currency, account, where)
    if entry.status is None:
        raise RefusedStatement(_("%(place)s does not say whether it is booked.", place=where))
    if entry.status == BOOKED and not (entry.booked or entry.value):
        raise RefusedStatement(_("%(place)s has no date.", place=where))
    for transaction in entry.transactions:
        _check_iban(_compact(transaction.iban), where)


def _check_iban(text: str, place: str, *, everything: bool = False) -> None:
    """Refuse an IBAN with false check digits; other numbers of accounts have no rule to break.

    With ``everything`` also what merely looks like an IBAN must be one.
    """
    if not (text[:2].isalpha() and text[2:4].isdigit() and len(text) >= 15):
        return
    try:
        IBAN(text)
    except SchwiftyException as error:
        if everything or isinstance(error, InvalidChecksumDigits):
            raise RefusedStatement(
                _("%(place)s: %(iban)s is not a valid IBAN.", place=place, iban=text[:40])
            ) from error


def _lines(
    entry: Entry,
    account: DesignatedAccount,
    statement: Statement,
    seen: Counter[tuple[int, str | None, str]],
    where: str,
) -> Iterator[PreparedLine]:
    """The lines of a booked entry: one, or one for each transaction of a batch that adds up.

    An entry of nothing tells something, but moves no money.
    """
    minor = _minor(entry.amount, entry.currency, account, where)
    if minor == 0:
        return
    fingerprint = _fingerprint(entry, minor)
    seen[account.id, statement.id, fingerprint] += 1
    ordinal = seen[account.id, statement.id, fingerprint]
    parts = _split(entry, minor, account)
    if not parts:
        yield _line(entry, entry.transactions, fingerprint, ordinal, minor)
    for index, (transaction, amount) in enumerate(parts):
        of_part = hashlib.sha256(f"{fingerprint}:{index}".encode()).hexdigest()
        yield _line(entry, (transaction,), of_part, ordinal, amount)


def _split(entry: Entry, minor: int, account: DesignatedAccount) -> list[tuple[Transaction, int]]:
    """The transactions of a batch with their amounts, if they make up the entry exactly."""
    if len(entry.transactions) < 2:
        return []
    parts = []
    for transaction in entry.transactions:
        if transaction.amount is None or transaction.currency != account.currency:
            return []
        try:
            part = Money.from_decimal(Decimal(transaction.amount), account.currency).minor
        except ValueError:
            return []
        if part * minor <= 0:
            return []
        parts.append((transaction, part))
    return parts if sum(part for _transaction, part in parts) == minor else []


def _line(
    entry: Entry, transactions: Sequence[Transaction], fingerprint: str, ordinal: int, minor: int
) -> PreparedLine:
    """With several transactions that can't be told apart, only their texts are kept."""
    alone = transactions[0] if len(transactions) == 1 else None
    texts = [
        text
        for transaction in transactions
        for text in (
            transaction.remittance,
            None if alone else transaction.structured,
            None if alone else transaction.end_to_end_id,
        )
        if text and text != _NOT_PROVIDED
    ]
    end_to_end_id = (alone.end_to_end_id if alone else None) or ""
    booked = entry.booked or entry.value or ""
    return PreparedLine(
        fingerprint=fingerprint,
        ordinal=ordinal,
        amount_minor=minor,
        booked_on=date.fromisoformat(booked),
        value_on=date.fromisoformat(entry.value) if entry.value else None,
        bank_reference=(entry.reference or "")[:70],
        end_to_end_id="" if end_to_end_id == _NOT_PROVIDED else end_to_end_id[:70],
        structured=((alone.structured if alone else None) or "")[:140],
        remittance=" ".join(texts or [entry.additional or ""]),
        counterparty=((alone.name if alone else None) or "")[:200],
        counterparty_account=_compact(alone.iban if alone else None)[:40],
    )


def _fingerprint(entry: Entry, minor: int) -> str:
    """SHA-256 of all that the bank says of an entry; the digits of amounts don't matter."""
    told = [
        entry.booked,
        entry.value,
        minor,
        entry.reference,
        entry.reversal,
        entry.additional,
        [
            [
                str(Decimal(transaction.amount).normalize()) if transaction.amount else None,
                transaction.end_to_end_id,
                transaction.structured,
                transaction.remittance,
                transaction.name,
                transaction.iban,
            ]
            for transaction in entry.transactions
        ],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _check_sum(
    opening: int | None,
    closing: int | None,
    lines: Sequence[PreparedLine],
    currency: str,
    place: str,
) -> None:
    if opening is None or closing is None:
        return
    booked = sum(line.amount_minor for line in lines)
    if opening + booked != closing:
        raise RefusedStatement(
            _(
                "%(place)s does not add up: it opens with %(opening)s and books %(booked)s, but "
                "closes with %(closing)s.",
                place=place,
                opening=str(Money(opening, currency)),
                booked=str(Money(booked, currency)),
                closing=str(Money(closing, currency)),
            )
        )


def _closed_on(statement: Statement, lines: Sequence[PreparedLine], today: date) -> date:
    if statement.to_date:
        return date.fromisoformat(statement.to_date)
    if lines:
        return max(line.booked_on for line in lines)
    try:
        return date.fromisoformat((statement.created or "")[:10])
    except ValueError:
        return today


def _compact(text: str | None) -> str:
    return "".join((text or "").split()).upper()
