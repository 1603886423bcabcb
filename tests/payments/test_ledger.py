"""Entries are posted once, and undone once by their opposite."""

from datetime import timedelta

import pytest

from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, NotFound
from hub.core.use_case import use_case
from hub.payments.invariants import check
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.models import LedgerEntry
from tests.payments.money_factories import FinanceDesk, euros, rupees

FREE, CREDIT = (chart.UNALLOCATED, "account:1"), (chart.BUYER_CREDIT, "company:1")


@use_case
def post(desk: FinanceDesk, key: str, lines: list[ledger.Line]) -> LedgerEntry:
    day = desk.make.someday(-3)
    return ledger.post(
        desk.anna, ledger.Draft(key, "buyer_credit", ("company", 1), day, lines, "by hand")
    )


@use_case
def reverse(desk: FinanceDesk, entry_id: int) -> LedgerEntry:
    return ledger.reverse(desk.ben, entry_id, "a mistake")


def arrived(desk: FinanceDesk, amount: str = "10.00") -> LedgerEntry:
    """Money that nothing explains yet."""
    money = rupees(amount)
    lines = [ledger.debit(chart.ESCROW_BANK, "account:1", money), ledger.credit(*FREE, money)]
    return post(desk, "arrival", lines)


def given(desk: FinanceDesk, amount: str = "10.00", key: str = "given") -> LedgerEntry:
    money = rupees(amount)
    return post(desk, key, [ledger.debit(*FREE, money), ledger.credit(*CREDIT, money)])


def stand() -> list[int]:
    """Not yet allocated, and credit, in minor units."""
    return [ledger.balance(account, "INR", holder).minor for account, holder in (FREE, CREDIT)]


def reversals_in_the_log() -> list[tuple[int | None, int, str | None, dict]]:
    rows = db.session.query(AuditEntry).filter_by(thing_kind="ledger_entry", action="reversed")
    return [
        (row.user_id, row.thing_id, row.reason, row.details) for row in rows.order_by(AuditEntry.id)
    ]


def test_a_reversal_is_the_opposite_of_the_same_kind_and_day(desk: FinanceDesk) -> None:
    arrived(desk)
    entry = given(desk)
    assert stand() == [0, -1000]
    opposite = reverse(desk, entry.id)
    assert stand() == [-1000, 0]
    assert [(line.account, line.holder, line.amount) for line in opposite.lines] == [
        (*FREE, rupees("-10.00")),
        (*CREDIT, rupees("10.00")),
    ]
    assert (opposite.kind, opposite.booked_on, opposite.subject_kind, opposite.subject_id) == (
        "buyer_credit",
        desk.make.someday(0) - timedelta(days=3),
        "company",
        1,
    )
    assert (opposite.reverses_id, opposite.posted_by) == (entry.id, desk.ben.user_id)
    assert (opposite.description, entry.reverses_id) == ("a mistake", None)
    assert reversals_in_the_log() == [
        (desk.ben.user_id, entry.id, "a mistake", {"by": opposite.id})
    ]


def test_an_entry_is_reversed_once(desk: FinanceDesk) -> None:
    arrived(desk)
    entry = given(desk)
    reverse(desk, entry.id)
    with pytest.raises(Conflict, match="was reversed before"):
        reverse(desk, entry.id)
    assert stand() == [-1000, 0]
    assert db.session.query(LedgerEntry).count() == 3
    assert len(reversals_in_the_log()) == 1


def test_a_reversal_may_be_reversed_in_its_turn(desk: FinanceDesk) -> None:
    arrived(desk)
    entry = given(desk)
    reverse(desk, reverse(desk, entry.id).id)
    assert stand() == [0, -1000]
    with pytest.raises(Conflict, match="was reversed before"):
        reverse(desk, entry.id)


def test_another_entry_is_still_to_be_reversed(desk: FinanceDesk) -> None:
    arrived(desk)
    first, second = given(desk, "4.00", "first"), given(desk, "6.00", "second")
    reverse(desk, first.id)
    reverse(desk, second.id)
    assert stand() == [-1000, 0]


def test_what_was_spent_meanwhile_is_not_taken_back(desk: FinanceDesk) -> None:
    entry = arrived(desk)
    given(desk, "0.01")
    with pytest.raises(Conflict, match="There is not that much money"):
        reverse(desk, entry.id)
    assert stand() == [-999, -1]
    assert reversals_in_the_log() == []


def test_an_entry_that_is_not_there_is_not_reversed(desk: FinanceDesk) -> None:
    with pytest.raises(NotFound):
        reverse(desk, 1)


def test_a_key_stands_for_its_lines_in_their_currency(desk: FinanceDesk) -> None:
    first = arrived(desk)
    assert arrived(desk).id == first.id
    with pytest.raises(Conflict, match="with other amounts"):
        arrived(desk, "10.01")
    money = euros("10.00")
    with pytest.raises(Conflict, match="with other amounts"):
        post(
            desk,
            "arrival",
            [ledger.debit(chart.ESCROW_BANK, "account:1", money), ledger.credit(*FREE, money)],
        )
    assert stand() == [-1000, 0]
    assert ledger.balance(chart.UNALLOCATED, "EUR") == euros(0)


def test_a_liability_is_reduced_in_its_own_currency_and_for_its_own_holder(
    desk: FinanceDesk,
) -> None:
    arrived(desk)
    for holder, money in (("account:2", rupees(1)), ("account:1", euros(1))):
        with pytest.raises(Conflict, match="There is not that much money"):
            post(
                desk,
                "wrong",
                [ledger.debit(chart.UNALLOCATED, holder, money), ledger.credit(*CREDIT, money)],
            )
    with pytest.raises(Conflict, match="10.01 INR was asked for"):
        given(desk, "10.01")
    given(desk, "10.00")
    assert stand() == [0, -1000]


def test_two_currencies_do_not_balance_each_other(desk: FinanceDesk) -> None:
    lines = [ledger.debit(*FREE, rupees(1)), ledger.credit(*CREDIT, euros(1))]
    with pytest.raises(ValueError, match="doesn't balance"):
        post(desk, "mixed", lines)
    assert db.session.query(LedgerEntry).count() == 0
    assert check() == []
