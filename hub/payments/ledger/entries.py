"""Posting to the double-entry ledger, inside the caller's use case.

Debits are positive and credits negative, in whole minor units. An entry balances in each currency
within client money and within the hub's own books, so the two never mix.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, update

from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.statements import changed_one, insert_or_update
from hub.core.errors import Conflict, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.payments.ledger.chart import CHART, EntryKind, Kind, Pool
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine


@dataclass(frozen=True)
class Line:
    """``amount`` on an account of the chart: above zero a debit, below zero a credit."""

    account: int
    holder: str
    amount: Money


def debit(account: int, holder: str, amount: Money) -> Line:
    """A debit of ``amount`` (not negative)."""
    return Line(account, holder, amount)


def credit(account: int, holder: str, amount: Money) -> Line:
    """A credit of ``amount`` (not negative)."""
    return Line(account, holder, -amount)


@dataclass(frozen=True)
class Draft:
    """An entry to be posted. ``key`` names it once and for all; lines of nothing are left out.

    Raises ValueError where the lines don't balance, or mix client money with the hub's own (a
    defect).
    """

    key: str
    kind: EntryKind
    subject: tuple[str, int]
    booked_on: date
    lines: Sequence[Line]
    description: str = ""
    reverses_id: int | None = None
    amounts: tuple[tuple[int, str, str, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        amounts = tuple(
            (line.account, line.amount.currency, line.holder, line.amount.minor)
            for line in self.lines
            if line.amount
        )
        object.__setattr__(self, "amounts", amounts)
        _refuse_imbalance(self.key, amounts)


def post(actor: Actor, draft: Draft) -> LedgerEntry:
    """Post one entry; the same key with the same lines gives the first entry back.

    Raises:
        Conflict: the key stands for other lines, or a liability would fall below zero.
    """
    return post_all(actor, [draft])[0]


def post_all(actor: Actor, drafts: Sequence[Draft]) -> list[LedgerEntry]:
    """Post several entries at once, each as :func:`post` would; balances are touched once."""
    known = _entries_by_key([draft.key for draft in drafts])
    fresh: list[LedgerEntry] = []
    changes: dict[tuple[int, str, str], int] = defaultdict(int)
    for draft in drafts:
        if draft.key in known:
            _refuse_other_lines(known[draft.key], draft)
            continue
        entry = known[draft.key] = _entry(actor, draft)
        fresh.append(entry)
        for account, currency, holder, minor in draft.amounts:
            changes[account, currency, holder] += minor
    db.session.add_all(fresh)
    db.session.flush()
    # One order for all, so that two transactions never wait for each other.
    for (account, currency, holder), minor in sorted(changes.items()):
        _change_balance(account, currency, holder, minor)
    return [known[draft.key] for draft in drafts]


def reverse(actor: Actor, entry_id: int, reason: str) -> LedgerEntry:
    """Undo an entry by its opposite, which keeps the kind; a mistake is never changed in place.

    Raises:
        NotFound: there is no such entry.
        Conflict: it was reversed before, or a liability would fall below zero.
    """
    entry = db.session.get(LedgerEntry, entry_id)
    if entry is None:
        raise NotFound(_("There is no such entry in the ledger."))
    reversed_before = db.session.scalar(
        select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry_id)
    )
    if reversed_before is not None:
        raise Conflict(_("This entry was reversed before. Nothing was posted."))
    draft = Draft(
        key=f"reversal:{entry.id}",
        kind=EntryKind(entry.kind),
        subject=(entry.subject_kind, entry.subject_id),
        booked_on=entry.booked_on,
        lines=[
            Line(line.account, line.holder, Money(-line.amount_minor, line.currency))
            for line in entry.lines
        ],
        description=reason,
        reverses_id=entry.id,
    )
    opposite = post_all(actor, [draft])[0]
    audit.record(actor, entry, "reversed", reason=reason, by=opposite.id)
    return opposite


def balance(account: int, currency: str, holder: str | None = None) -> Money:
    """The stored balance, of one holder or of all: debits positive, credits negative."""
    statement = select(LedgerBalance.balance_minor).where(
        LedgerBalance.account == account, LedgerBalance.currency == currency
    )
    if holder is not None:
        statement = statement.where(LedgerBalance.holder == holder)
    return Money(sum(int(minor) for minor in db.session.scalars(statement)), currency)


def owed(account: int, currency: str, holder: str | None = None) -> Money:
    """What the hub owes on a liability account, as a positive amount."""
    return -balance(account, currency, holder)


def _refuse_imbalance(key: str, amounts: Sequence[tuple[int, str, str, int]]) -> None:
    if not amounts:
        raise ValueError(f"Entry {key} has no lines.")
    sums: dict[tuple[Pool, str], int] = defaultdict(int)
    for account, currency, _holder, minor in amounts:
        sums[CHART[account].pool, currency] += minor
    if any(sums.values()):
        raise ValueError(f"Entry {key} doesn't balance within each pool: {dict(sums)}.")


def _entries_by_key(keys: Sequence[str]) -> dict[str, LedgerEntry]:
    found: dict[str, LedgerEntry] = {}
    for start in range(0, len(keys), 500):
        statement = select(LedgerEntry).where(LedgerEntry.key.in_(keys[start : start + 500]))
        found.update((entry.key, entry) for entry in db.session.scalars(statement))
    return found


def _refuse_other_lines(entry: LedgerEntry, draft: Draft) -> None:
    posted = sorted(
        (line.account, line.currency, line.holder, line.amount_minor) for line in entry.lines
    )
    if posted != sorted(draft.amounts):
        raise Conflict(
            _("The ledger has this entry already, with other amounts. Nothing was posted.")
        )


def _entry(actor: Actor, draft: Draft) -> LedgerEntry:
    return LedgerEntry(
        key=draft.key,
        kind=draft.kind,
        booked_on=draft.booked_on,
        posted_at=clock.now(),
        posted_by=actor.user_id,
        subject_kind=draft.subject[0],
        subject_id=draft.subject[1],
        description=draft.description,
        reverses_id=draft.reverses_id,
        lines=[
            LedgerLine(account=account, currency=currency, holder=holder, amount_minor=minor)
            for account, currency, holder, minor in draft.amounts
        ],
    )


def _change_balance(account: int, currency: str, holder: str, minor: int) -> None:
    """Add to a stored balance in one statement, so that two postings never lose each other's."""
    if minor == 0:
        return
    if CHART[account].kind is Kind.LIABILITY and minor > 0:
        _reduce_liability(account, currency, holder, minor)
        return
    insert_or_update(
        LedgerBalance,
        ["account", "currency", "holder"],
        lambda more: {"balance_minor": LedgerBalance.balance_minor + more.balance_minor},
        account=account,
        currency=currency,
        holder=holder,
        balance_minor=minor,
    )


def _reduce_liability(account: int, currency: str, holder: str, minor: int) -> None:
    reduced = changed_one(
        update(LedgerBalance)
        .where(
            LedgerBalance.account == account,
            LedgerBalance.currency == currency,
            LedgerBalance.holder == holder,
            LedgerBalance.balance_minor <= -minor,
        )
        .values(balance_minor=LedgerBalance.balance_minor + minor)
    )
    if not reduced:
        raise Conflict(
            _(
                "There is not that much money on %(account)s any more: %(amount)s was asked for. "
                "Nothing was posted.",
                account=f"{account} {CHART[account].name}",
                amount=str(Money(minor, currency)),
            )
        )
