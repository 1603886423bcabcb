"""Every check of the invariants of money finds the smallest damage of its kind, and names it.

Each damage is done to a sound and busy book, past the guards of the database where they stand in
the way, and is undone after the test. It is such that no other rule is broken unless the test
says so.
"""

import json
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from hub.cli.check import CHECKS as ALL_CHECKS
from hub.cli.check import check as check_command
from hub.core import clock, settings
from hub.core.db.base import db
from hub.payments import invariants
from hub.payments.bank.models import Allocation, BankStatement, StatementLine
from hub.payments.invoices.models import Invoice, InvoiceLine
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine
from hub.payments.payouts.models import Payout, PayoutState
from tests.damage import strike
from tests.factories import Factories
from tests.payments.busy_book import BusyBook
from tests.transactions import rolled_back, undone

Breaches = list[tuple[int, str]]
Damage = Callable[[BusyBook], Breaches]

_numbers = count(1)


@pytest.fixture(scope="module")
def sound_book(schema_app: Flask) -> Iterator[BusyBook]:
    """Made once; no test changes it for the next one."""
    with rolled_back(schema_app):
        book = BusyBook(Factories())
        assert found() == []
        yield book


@pytest.fixture
def book(sound_book: BusyBook) -> Iterator[BusyBook]:
    with undone():
        yield sound_book


def found() -> Breaches:
    return sorted((breach.number, breach.sentence) for breach in invariants.check())


def entry_of(key: str) -> int:
    return db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.key == key)).one()


def release_of(book: BusyBook, order: str) -> int:
    return entry_of(f"release:order:{book.orders[order]}")


def booking_of(book: BusyBook, line: str) -> int:
    return entry_of(f"line:{book.lines[line]}")


def invoice_of(book: BusyBook, order: str) -> int:
    number = book.invoices[order]
    return db.session.scalars(select(Invoice.id).where(Invoice.number == number)).one()


def change_line(entry: int, account: int, **values: object) -> None:
    """Change the entry's line on the account of the chart."""
    strike(
        update(LedgerLine)
        .where(LedgerLine.entry_id == entry, LedgerLine.account == account)
        .values(**values)
    )


def add_to_line(entry: int, account: int, minor: int) -> None:
    change_line(entry, account, amount_minor=LedgerLine.amount_minor + minor)


def add_to_balance(account: int, currency: str, holder: str, minor: int) -> None:
    row = (
        LedgerBalance.account == account,
        LedgerBalance.currency == currency,
        LedgerBalance.holder == holder,
    )
    if db.session.scalar(select(LedgerBalance.id).where(*row)) is None:
        insert_balance(account, currency, holder, minor)
    else:
        changed = LedgerBalance.balance_minor + minor
        strike(update(LedgerBalance).where(*row).values(balance_minor=changed))


def insert_balance(account: int, currency: str, holder: str, minor: int) -> None:
    strike(
        insert(LedgerBalance).values(
            account=account, currency=currency, holder=holder, balance_minor=minor
        )
    )


def post(kind: str, *lines: tuple[int, str, str, int]) -> int:
    """An entry with its balances, whatever the ledger would say to it."""
    entry = LedgerEntry(
        key=f"damage:{next(_numbers)}",
        kind=kind,
        booked_on=settings.today(),
        posted_at=clock.now(),
        subject_kind="damage",
        subject_id=1,
        lines=[
            LedgerLine(account=account, currency=currency, holder=holder, amount_minor=minor)
            for account, currency, holder, minor in lines
        ],
    )
    db.session.add(entry)
    db.session.flush()
    for line in lines:
        add_to_balance(*line)
    return entry.id


def allocate(line: int, minor: int, **target: int) -> None:
    """One more part of a statement line, which the line knows of."""
    strike(
        insert(Allocation).values(
            line_id=line, amount_minor=minor, matched_by="hand", allocated_at=clock.now(), **target
        )
    )
    add_to_allocated(line, minor)


def allocation_of(line: int) -> int:
    return db.session.scalars(select(Allocation.id).where(Allocation.line_id == line)).one()


def change_allocation(allocation: int, **values: object) -> None:
    strike(update(Allocation).where(Allocation.id == allocation).values(**values))


def add_to_allocated(line: int, minor: int) -> None:
    strike(
        update(StatementLine)
        .where(StatementLine.id == line)
        .values(allocated_minor=StatementLine.allocated_minor + minor)
    )


def change_payout(payout: int, **values: object) -> None:
    strike(update(Payout).where(Payout.id == payout).values(**values))


def test_every_check_has_its_test() -> None:
    assert [number for number, _rule, _check in invariants.CHECKS] == [
        1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13,
    ]  # fmt: skip


# 1: every entry sums to zero in each currency, and in each pool of it


def a_unit_moves_from_one_entry_to_another(book: BusyBook) -> Breaches:
    more, less = booking_of(book, "pays paid"), booking_of(book, "pays overpaid")
    add_to_line(more, 1010, 1)
    add_to_line(less, 1010, -1)
    return [
        (1, f"Entry {more} is out of balance by 1 INR."),
        (1, f"Entry {less} is out of balance by -1 INR."),
    ]


def a_unit_moves_between_the_hubs_own_accounts_of_two_entries(book: BusyBook) -> Breaches:
    more, less = release_of(book, "paid"), release_of(book, "overpaid")
    add_to_line(more, 4100, 1)
    add_to_line(less, 4100, -1)
    return [
        (1, f"Entry {more} is out of balance by 1 INR."),
        (1, f"Entry {less} is out of balance by -1 INR."),
    ]


def a_unit_moves_from_the_hubs_own_money_to_its_clients(book: BusyBook) -> Breaches:
    """The sum of each entry stays nothing, and so does that of each account."""
    entries = release_of(book, "paid"), release_of(book, "overpaid")
    for entry, minor in zip(entries, (1, -1), strict=True):
        add_to_line(entry, 2150, minor)
        add_to_line(entry, 1150, -minor)
    return [
        (1, f"Entry {entry} is out of balance by {minor} INR.")
        for entry in entries
        for minor in (1, -1)
    ]


def two_lines_swap_their_currencies(book: BusyBook) -> Breaches:
    """The amounts are the same, so no sum over both currencies changes, nor any balance."""
    rupees, euros = release_of(book, "paid"), release_of(book, "euros")
    change_line(rupees, 1150, currency="EUR")
    change_line(euros, 1150, currency="INR")
    return [
        *(
            (1, f"Entry {entry} is out of balance by {minor} {currency}.")
            for entry, gained, lost in ((rupees, "EUR", "INR"), (euros, "INR", "EUR"))
            for minor, currency in ((580, gained), (-580, lost))
        ),
        *((13, f"Entry {entry} has lines in several currencies.") for entry in (rupees, euros)),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        a_unit_moves_from_one_entry_to_another,
        a_unit_moves_between_the_hubs_own_accounts_of_two_entries,
        a_unit_moves_from_the_hubs_own_money_to_its_clients,
        two_lines_swap_their_currencies,
    ],
)
def test_an_entry_out_of_balance_is_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


# 2: liabilities of the client pool = 1010 + 1090, and 1010 = what the bank says


def what_is_owed_changes_in_two_currencies(book: BusyBook) -> Breaches:
    """Together the changes make nothing, but currencies are never netted."""
    holder = f"company:{book.asha}"
    add_to_balance(2110, "INR", holder, 1)
    add_to_balance(2500, "EUR", holder, -1)
    return [
        (2, "Client money in INR is off by 1: 1010 + 1090 is not what is owed."),
        (2, "Client money in EUR is off by -1: 1010 + 1090 is not what is owed."),
        (9, f"2110 {holder} is stored as -999 INR, its lines make -1000."),
        (9, f"2500 {holder} is stored as -301 EUR, its lines make -300."),
    ]


def an_unexplained_debit_shrinks(book: BusyBook) -> Breaches:
    holder = f"account:{book.account}"
    add_to_balance(1090, "INR", holder, -1)
    return [
        (2, "Client money in INR is off by -1: 1010 + 1090 is not what is owed."),
        (9, f"1090 {holder} is stored as 8369 INR, its lines make 8370."),
    ]


def what_an_account_holds_is_lost(book: BusyBook) -> Breaches:
    """Other balances of the same account are still there."""
    holder = f"account:{book.former}"
    strike(
        delete(LedgerBalance).where(LedgerBalance.account == 1010, LedgerBalance.holder == holder)
    )
    lines = "1010 holds 0.00 INR, but the bank's lines add up to 53.00 INR."
    return [
        (2, "Client money in INR is off by -5300: 1010 + 1090 is not what is owed."),
        (2, f"Account 00000041: {lines}"),
        (9, f"1010 {holder} is stored as 0 INR, its lines make 5300."),
    ]


def money_is_booked_on_the_other_account(book: BusyBook) -> Breaches:
    """Of the former account no balances are told, so only the bank's lines show it."""
    former, present = f"account:{book.former}", f"account:{book.account}"
    change_line(booking_of(book, "unknown to the former"), 1010, holder=present)
    add_to_balance(1010, "INR", former, -300)
    add_to_balance(1010, "INR", present, 300)
    lines = "but the bank's lines add up to"
    off = "the bank closed with 734.20 INR, which is -3.00 INR off the ledger."
    return [
        (2, f"Account 00000041: 1010 holds 50.00 INR, {lines} 53.00 INR."),
        (2, f"Account 00000042: 1010 holds 237.20 INR, {lines} 234.20 INR."),
        (2, f"Account 00000042: {off}"),
    ]


def money_is_booked_in_another_currency(book: BusyBook) -> Breaches:
    holder = f"account:{book.former}"
    for account, minor in ((1010, 300), (2900, -300)):
        change_line(booking_of(book, "unknown to the former"), account, currency="EUR")
        add_to_balance(account, "INR", holder, -minor)
        add_to_balance(account, "EUR", holder, minor)
    lines = "1010 holds 50.00 INR, but the bank's lines add up to 53.00 INR."
    return [(2, f"Account 00000041: {lines}")]


def a_line_of_the_bank_grows(book: BusyBook) -> Breaches:
    line = book.lines["unknown euros"]
    strike(update(StatementLine).where(StatementLine.id == line).values(amount_minor=901))
    lines = "1010 holds 47.80 EUR, but the bank's lines add up to 47.81 EUR."
    return [(2, f"Account DE89370400440532013000: {lines}")]


def statements(account: int) -> list[int]:
    rows = select(BankStatement.id).where(BankStatement.account_id == account)
    return list(db.session.scalars(rows.order_by(BankStatement.id)))


def change_statement(statement: int, **values: object) -> None:
    strike(update(BankStatement).where(BankStatement.id == statement).values(**values))


def the_bank_closes_with_more(book: BusyBook) -> Breaches:
    change_statement(statements(book.account)[-1], closing_minor=734_21)
    off = "the bank closed with 734.21 INR, which is 0.01 INR off the ledger."
    return [(2, f"Account 00000042: {off}")]


def the_bank_opened_with_more(book: BusyBook) -> Breaches:
    change_statement(statements(book.euro_account)[0], opening_minor=1)
    off = "the bank closed with 47.80 EUR, which is -0.01 EUR off the ledger."
    return [(2, f"Account DE89370400440532013000: {off}")]


@pytest.mark.parametrize(
    "damage",
    [
        what_is_owed_changes_in_two_currencies,
        money_is_booked_on_the_other_account,
        money_is_booked_in_another_currency,
        the_bank_closes_with_more,
        an_unexplained_debit_shrinks,
        what_an_account_holds_is_lost,
        a_line_of_the_bank_grows,
        the_bank_opened_with_more,
    ],
)
def test_a_hole_in_client_money_is_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


def test_a_statement_that_is_missing_in_between_is_no_hole(book: BusyBook) -> None:
    last = statements(book.account)[-1]
    change_statement(
        last,
        opening_minor=BankStatement.opening_minor + 1,
        closing_minor=BankStatement.closing_minor + 1,
    )
    assert found() == []


# 3: the hub never owes less than nothing


@pytest.mark.parametrize(
    ("account", "currency", "holder", "owed", "other"),
    [
        (2110, "INR", "company:{book.asha}", 1000, 2710),
        (2500, "EUR", "company:{book.asha}", 300, 2710),
        (2300, "INR", "payout:{book.payouts[paid][0]}", 0, 2710),
        (2600, "INR", "", 0, 4200),
    ],
)
def test_a_liability_below_nothing_is_found(
    book: BusyBook, account: int, currency: str, holder: str, owed: int, other: int
) -> None:
    """The table of balances refuses this; the check is for a database without that guard."""
    holder = holder.format(book=book)
    if owed:
        post("test", (account, currency, holder, owed), (other, currency, "someone", -owed))
    assert found() == []
    post("test", (account, currency, holder, 1), (other, currency, "someone", -1))
    assert found() == [(3, f"{account} {holder} owes less than nothing: -1 {currency}.")]


# 4: of each contract, paid = held + released + refunded + disputed


def held_money_moves_as_something_else(book: BusyBook) -> Breaches:
    entry = entry_of(f"refund:order:{book.orders['paid']}:1")
    strike(update(LedgerEntry).where(LedgerEntry.id == entry).values(kind="gift"))
    return [(4, f"Entry {entry} moves held money as “gift”.")]


def an_invoice_counts_too_little(book: BusyBook) -> Breaches:
    number = book.invoices["credited"]
    strike(update(Invoice).where(Invoice.number == number).values(paid_minor=2999))
    return [(4, f"{number} counts 2999 as paid, the ledger 3000.")]


def an_invoice_counts_too_much(book: BusyBook) -> Breaches:
    number = book.invoices["part of euros"]
    strike(update(Invoice).where(Invoice.number == number).values(paid_minor=2501))
    return [(4, f"{number} counts 2501 as paid, the ledger 2500.")]


def a_payment_is_held_for_another_order(book: BusyBook) -> Breaches:
    allocation = allocation_of(book.lines["pays part of euros"])
    change_line(entry_of(f"allocation:{allocation}"), 2100, holder="order:999")
    add_to_balance(2100, "EUR", f"order:{book.orders['part of euros']}", 2500)
    add_to_balance(2100, "EUR", "order:999", -2500)
    return [
        (4, f"{book.invoices['part of euros']} counts 2500 as paid, the ledger 0."),
        (4, "order:999 was paid 2500 EUR without an invoice."),
    ]


def an_invoice_changes_its_currency(book: BusyBook) -> Breaches:
    number = book.invoices["credited"]
    strike(update(Invoice).where(Invoice.number == number).values(currency="EUR"))
    return [
        (4, f"{number} counts 3000 as paid, the ledger 0."),
        (4, f"order:{book.orders['credited']} was paid 3000 INR without an invoice."),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        held_money_moves_as_something_else,
        an_invoice_counts_too_little,
        a_payment_is_held_for_another_order,
        an_invoice_changes_its_currency,
        an_invoice_counts_too_much,
    ],
)
def test_held_money_that_does_not_reconcile_is_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


def test_what_was_paid_without_an_invoice_and_taken_back_is_no_breach(book: BusyBook) -> None:
    held, free = (2100, "INR", "order:999"), (2900, "INR", f"account:{book.account}")
    post("payment", (*free, 1), (*held, -1))
    assert found() == [(4, "order:999 was paid 1 INR without an invoice.")]
    post("payment", (*held, 1), (*free, -1))
    assert found() == []


# 5: never more is released than was paid


@pytest.mark.parametrize(
    "kind", ["release", "refund", "fee_earned", "credited_back", "held_to_wallet"]
)
def test_more_given_out_than_was_paid_is_found(book: BusyBook, kind: str) -> None:
    """The unit is taken from what another order has in dispute, so that every balance is sound."""
    held = (2100, "INR", f"order:{book.orders['paid']}")
    disputed = (2950, "INR", f"order:{book.orders['by wallet']}")
    post("dispute", (*disputed, 1), (*held, -1))
    assert found() == []
    post(kind, (*held, 1), (2500, "INR", f"company:{book.asha}", -1))
    assert found() == [(5, f"{held[2]} gave out 10001 INR, but only 10000 was paid.")]


def test_money_paid_in_one_currency_is_not_given_out_in_another(book: BusyBook) -> None:
    """Of this order some rupees are still held."""
    held = (2100, "EUR", f"order:{book.orders['overpaid']}")
    post("dispute", (2900, "EUR", f"account:{book.euro_account}", 1), (*held, -1))
    post("refund", (*held, 1), (2500, "EUR", f"company:{book.bram}", -1))
    assert found() == [(5, f"{held[2]} gave out 1 EUR, but only 0 was paid.")]


# 6: one payout has at most one debit and one return, of exactly its amount


def said(book: BusyBook, name: str, rest: str) -> Breaches:
    return [(6, f"Payout {book.payouts[name][1]} {rest}")]


def a_debit_is_of_no_payout(book: BusyBook) -> Breaches:
    allocation = allocation_of(book.lines["paid leaves"])
    change_allocation(allocation, payout_id=None, company_id=book.asha)
    return said(book, "paid", "is settled with 0 debits and 0 returns.")


def a_payout_is_debited_twice(book: BusyBook) -> Breaches:
    allocate(book.lines["like a payout"], 7920, payout_id=book.payouts["paid"][0])
    return said(book, "paid", "is settled with 2 debits and 0 returns.")


def a_settled_payout_has_a_return(book: BusyBook) -> Breaches:
    allocate(book.lines["like a return"], 7920, payout_id=book.payouts["paid"][0])
    return said(book, "paid", "is settled with 1 debits and 1 returns.")


def a_payout_comes_back_twice(book: BusyBook) -> Breaches:
    allocate(book.lines["like a return"], 7920, payout_id=book.payouts["overpaid"][0])
    return said(book, "overpaid", "is returned with 1 debits and 2 returns.")


def a_return_is_of_no_payout(book: BusyBook) -> Breaches:
    allocation = allocation_of(book.lines["overpaid comes back"])
    change_allocation(allocation, payout_id=None, company_id=book.dora)
    return said(book, "overpaid", "is returned with 1 debits and 0 returns.")


def a_debited_payout_waits_for_its_debit(book: BusyBook) -> Breaches:
    change_payout(book.payouts["euros"][0], state=PayoutState.EXPORTED)
    return said(book, "euros", "is exported with 1 debits and 0 returns.")


def a_returned_payout_is_settled(book: BusyBook) -> Breaches:
    change_payout(book.payouts["overpaid"][0], state=PayoutState.SETTLED)
    return said(book, "overpaid", "is settled with 1 debits and 1 returns.")


def a_debit_is_of_another_amount(book: BusyBook) -> Breaches:
    line = book.lines["refund leaves"]
    change_allocation(allocation_of(line), amount_minor=1499)
    add_to_allocated(line, -1)
    return said(book, "refund", "was debited with another amount.")


def a_payout_is_of_another_amount(book: BusyBook) -> Breaches:
    change_payout(book.payouts["euros"][0], amount_minor=7921)
    return said(book, "euros", "was debited with another amount.")


@pytest.mark.parametrize(
    "damage",
    [
        a_debit_is_of_no_payout,
        a_payout_is_debited_twice,
        a_payout_comes_back_twice,
        a_debit_is_of_another_amount,
        a_settled_payout_has_a_return,
        a_return_is_of_no_payout,
        a_debited_payout_waits_for_its_debit,
        a_returned_payout_is_settled,
        a_payout_is_of_another_amount,
    ],
)
def test_a_payout_that_does_not_settle_once_is_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


@pytest.mark.parametrize(
    ("name", "state", "minor", "line"),
    [
        ("credit", "exported", 3000, "like a payout"),
        ("refund of euros 1", "requested", 100, "unexplained euros"),
        ("refund of euros 2", "approved", 200, "unexplained euros"),
        ("refund of euros 3", "rejected", 300, "unexplained euros"),
    ],
)
def test_a_debit_of_a_payout_that_did_not_settle_is_found(
    book: BusyBook, name: str, state: str, minor: int, line: str
) -> None:
    allocate(book.lines[line], minor, payout_id=book.payouts[name][0])
    assert found() == said(book, name, f"is {state} with 1 debits and 0 returns.")


# 7: every line of the bank was posted exactly once


def change_entry(entry: int, **values: object) -> None:
    strike(update(LedgerEntry).where(LedgerEntry.id == entry).values(**values))


def an_entry_names_another_line(book: BusyBook) -> Breaches:
    line = book.lines["unknown"]
    change_entry(entry_of(f"line:{line}"), key="line:999")
    return [(7, f"Statement line {line} was not posted.")]


def an_arrival_is_posted_as_something_else(book: BusyBook) -> Breaches:
    change_entry(booking_of(book, "unknown"), kind="gift")
    return [(7, "25 statement lines, but 24 entries of the bank.")]


def a_debit_is_posted_as_something_else(book: BusyBook) -> Breaches:
    change_entry(booking_of(book, "unexplained"), kind="gift")
    return [(7, "25 statement lines, but 24 entries of the bank.")]


def an_arrival_is_posted_twice(book: BusyBook) -> Breaches:
    post("bank_credit")
    return [(7, "25 statement lines, but 26 entries of the bank.")]


def a_debit_is_posted_twice(book: BusyBook) -> Breaches:
    post("bank_debit")
    return [(7, "25 statement lines, but 26 entries of the bank.")]


def a_line_is_not_posted(book: BusyBook) -> Breaches:
    """Then 1010 isn't what the bank says either."""
    known = db.session.get_one(StatementLine, book.lines["unknown to the former"])
    values = {
        column.key: getattr(known, column.key)
        for column in StatementLine.__table__.columns
        if column.key not in ("id", "public_id")
    }
    new = values | {"public_id": "x" * 13, "ordinal": 9, "amount_minor": 1}
    strike(insert(StatementLine).values(**new))
    line = db.session.scalars(select(func.max(StatementLine.id))).one()
    lines = "1010 holds 53.00 INR, but the bank's lines add up to 53.01 INR."
    return [
        (2, f"Account 00000041: {lines}"),
        (7, f"Statement line {line} was not posted."),
        (7, "26 statement lines, but 25 entries of the bank."),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        an_entry_names_another_line,
        an_arrival_is_posted_as_something_else,
        an_arrival_is_posted_twice,
        a_line_is_not_posted,
        a_debit_is_posted_as_something_else,
        a_debit_is_posted_twice,
    ],
)
def test_a_line_of_the_bank_that_is_not_posted_once_is_found(
    book: BusyBook, damage: Damage
) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


# 9: balances rebuilt from lines equal the stored ones


def change_income(**values: object) -> None:
    """Change the balance of what advertising earned."""
    strike(update(LedgerBalance).where(LedgerBalance.account == 4300).values(**values))


def two_balances_are_a_unit_off(book: BusyBook) -> Breaches:
    """Client money as a whole is right."""
    holder = f"company:{book.asha}"
    add_to_balance(2110, "INR", holder, 1)
    add_to_balance(2710, "INR", holder, -1)
    return [
        (9, f"2110 {holder} is stored as -999 INR, its lines make -1000."),
        (9, f"2710 {holder} is stored as -3601 INR, its lines make -3600."),
    ]


def a_balance_is_lost(book: BusyBook) -> Breaches:
    strike(delete(LedgerBalance).where(LedgerBalance.account == 4300))
    return [(9, "4300  is stored as 0 INR, its lines make -3400.")]


def a_balance_is_of_nothing(book: BusyBook) -> Breaches:
    insert_balance(4400, "INR", "", -1)
    return [(9, "4400  is stored as -1 INR, its lines make 0.")]


def a_balance_changes_its_currency(book: BusyBook) -> Breaches:
    change_income(currency="EUR")
    return [
        (9, "4300  is stored as 0 INR, its lines make -3400."),
        (9, "4300  is stored as -3400 EUR, its lines make 0."),
    ]


def a_balance_changes_its_holder(book: BusyBook) -> Breaches:
    change_income(holder="x")
    return [
        (9, "4300  is stored as 0 INR, its lines make -3400."),
        (9, "4300 x is stored as -3400 INR, its lines make 0."),
    ]


def a_balance_changes_its_account(book: BusyBook) -> Breaches:
    change_income(account=4400)
    return [
        (9, "4300  is stored as 0 INR, its lines make -3400."),
        (9, "4400  is stored as -3400 INR, its lines make 0."),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        two_balances_are_a_unit_off,
        a_balance_is_lost,
        a_balance_is_of_nothing,
        a_balance_changes_its_currency,
        a_balance_changes_its_holder,
        a_balance_changes_its_account,
    ],
)
def test_a_balance_that_its_lines_do_not_make_is_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


def test_a_stored_balance_of_nothing_is_no_breach(book: BusyBook) -> None:
    insert_balance(4400, "INR", "", 0)
    assert found() == []


# 10: the database itself refuses to change or delete entries and lines


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_line"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_missing_guard_of_the_ledger_is_found(book: BusyBook, table: str, verb: str) -> None:
    """PostgreSQL has one trigger for both verbs, which may be missing or switched off."""
    if db.engine.dialect.name == "postgresql":
        trigger = f"{table}_append_only"
        off = {
            "update": f"DROP TRIGGER {trigger} ON {table}",
            "delete": f"ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        }[verb]
    else:
        trigger = f"{table}_no_{verb}"
        off = f"DROP TRIGGER {trigger}"
    db.session.execute(text(off))
    assert found() == [(10, f"The trigger {trigger} is missing.")]


# 11: parts add up: of invoices, and of what each statement line paid


def parts_of(invoice: int) -> list[int]:
    rows = select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice)
    return list(db.session.scalars(rows.order_by(InvoiceLine.id)))


def a_unit_moves_from_one_invoice_to_another(book: BusyBook) -> Breaches:
    for name, minor in (("paid", 10001), ("overpaid", 9999)):
        (part,) = parts_of(invoice_of(book, name))
        strike(update(InvoiceLine).where(InvoiceLine.id == part).values(amount_minor=minor))
    return [
        (11, f"{book.invoices['paid']} is over 10000, but its lines make 10001."),
        (11, f"{book.invoices['overpaid']} is over 10000, but its lines make 9999."),
    ]


def an_invoice_loses_one_of_its_lines(book: BusyBook) -> Breaches:
    last = parts_of(invoice_of(book, "fee"))[-1]
    strike(delete(InvoiceLine).where(InvoiceLine.id == last))
    return [(11, f"{book.invoices['fee']} is over 3650, but its lines make 3600.")]


def an_invoice_loses_all_its_lines(book: BusyBook) -> Breaches:
    strike(delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice_of(book, "euros")))
    return [(11, f"{book.invoices['euros']} is over 10000, but its lines make 0.")]


def an_allocation_is_a_unit_less(book: BusyBook) -> Breaches:
    line = book.lines["pays part of euros"]
    change_allocation(allocation_of(line), amount_minor=2499)
    return [(11, f"Statement line {line} says 2500 is allocated, its parts make 2499.")]


def an_allocation_is_lost(book: BusyBook) -> Breaches:
    line = book.lines["by mistake"]
    strike(delete(Allocation).where(Allocation.line_id == line))
    return [(11, f"Statement line {line} says 3000 is allocated, its parts make 0.")]


def one_of_two_allocations_is_lost(book: BusyBook) -> Breaches:
    line = book.lines["pays overpaid"]
    strike(delete(Allocation).where(Allocation.line_id == line, Allocation.company_id == book.bram))
    return [(11, f"Statement line {line} says 13000 is allocated, its parts make 10000.")]


def a_unit_of_one_line_is_allocated_by_another(book: BusyBook) -> Breaches:
    more, less = book.lines["unknown"], book.lines["pays cancelled"]
    add_to_allocated(more, 1)
    add_to_allocated(less, -1)
    return [
        (11, f"Statement line {more} says 1 is allocated, its parts make 0."),
        (11, f"Statement line {less} says 999 is allocated, its parts make 1000."),
    ]


def a_debit_made_good_counts_a_unit_less(book: BusyBook) -> Breaches:
    line = book.lines["charge"]
    add_to_allocated(line, -1)
    return [(11, f"Statement line {line} says 99 is allocated, its parts make 100.")]


def what_made_a_debit_good_is_something_else(book: BusyBook) -> Breaches:
    allocation = allocation_of(book.lines["makes good"])
    change_allocation(allocation, debit_line_id=None, company_id=book.asha)
    line = book.lines["charge"]
    return [(11, f"Statement line {line} says 100 is allocated, its parts make 0.")]


@pytest.mark.parametrize(
    "damage",
    [
        a_unit_moves_from_one_invoice_to_another,
        an_invoice_loses_all_its_lines,
        an_allocation_is_lost,
        a_debit_made_good_counts_a_unit_less,
        an_invoice_loses_one_of_its_lines,
        an_allocation_is_a_unit_less,
        one_of_two_allocations_is_lost,
        a_unit_of_one_line_is_allocated_by_another,
        what_made_a_debit_good_is_something_else,
    ],
)
def test_parts_that_do_not_add_up_are_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


# 13: a line of one currency pays nothing of another


def rupees_pay_an_invoice_in_euros(book: BusyBook) -> Breaches:
    allocation = allocation_of(book.lines["pays paid"])
    change_allocation(allocation, invoice_id=invoice_of(book, "euros"))
    return [(13, f"Allocation {allocation} mixes currencies.")]


def rupees_are_the_debit_of_a_payout_in_euros(book: BusyBook) -> Breaches:
    change_payout(book.payouts["paid"][0], currency="EUR")
    allocation = allocation_of(book.lines["paid leaves"])
    return [(13, f"Allocation {allocation} mixes currencies.")]


def euros_arrive_on_an_account_of_rupees(book: BusyBook) -> Breaches:
    line = book.lines["by mistake"]
    strike(update(StatementLine).where(StatementLine.id == line).values(currency="EUR"))
    return [(13, f"Allocation {allocation_of(line)} mixes currencies.")]


def rupees_make_a_debit_of_euros_good(book: BusyBook) -> Breaches:
    allocation = allocation_of(book.lines["makes good"])
    change_allocation(allocation, debit_line_id=book.lines["unexplained euros"])
    add_to_allocated(book.lines["charge"], -100)
    add_to_allocated(book.lines["unexplained euros"], 100)
    return [(13, f"Allocation {allocation} mixes currencies.")]


def an_entry_has_lines_of_two_currencies(book: BusyBook) -> Breaches:
    """It balances in each of them."""
    entry = booking_of(book, "unknown")
    other = booking_of(book, "unknown euros")
    strike(update(LedgerLine).where(LedgerLine.entry_id == other).values(entry_id=entry))
    return [(13, f"Entry {entry} has lines in several currencies.")]


@pytest.mark.parametrize(
    "damage",
    [
        rupees_pay_an_invoice_in_euros,
        rupees_are_the_debit_of_a_payout_in_euros,
        rupees_make_a_debit_of_euros_good,
        an_entry_has_lines_of_two_currencies,
        euros_arrive_on_an_account_of_rupees,
    ],
)
def test_netting_across_currencies_is_found(book: BusyBook, damage: Damage) -> None:
    broken = damage(book)
    assert found() == sorted(broken)


# The command


def test_the_command_tells_which_rules_hold(book: BusyBook, schema_app: Flask) -> None:
    runner = schema_app.test_cli_runner()
    sound = runner.invoke(check_command)
    rules = {str(number): rule for number, rule, _check in ALL_CHECKS[::-1]}
    told = [f"holds   {number:>3}  {rule}" for number, rule in rules.items()]
    assert sorted(sound.stdout.splitlines()) == sorted(told)
    assert (sound.exit_code, sound.stderr) == (0, "")
    as_json = runner.invoke(check_command, ["--json"])
    assert json.loads(as_json.stdout) == {"checked": len(rules), "broken": []}
    assert as_json.exit_code == 0


def test_the_command_tells_what_is_broken_and_fails(book: BusyBook, schema_app: Flask) -> None:
    broken = a_unit_moves_from_one_entry_to_another(book)
    db.session.commit()
    sentences = [f"1: {sentence}" for _number, sentence in broken]
    runner = schema_app.test_cli_runner()
    result = runner.invoke(check_command)
    lines = result.stdout.splitlines()
    assert lines[0] == "BROKEN    1  every entry sums to zero per currency"
    assert [line for line in lines if line.startswith("BROKEN")] == lines[:1]
    assert sorted(result.stderr.splitlines()) == sorted(sentences)
    assert result.exit_code == 1
    as_json = runner.invoke(check_command, ["--json"])
    assert sorted(json.loads(as_json.stdout)["broken"]) == sorted(sentences)
    assert as_json.exit_code == 1
