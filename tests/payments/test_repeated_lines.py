"""The same entry again: of which account, statement and page it is says whether it is new."""

import pytest

from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.payments import services
from hub.payments.bank.models import BankFile, BankStatement, StatementLine
from hub.payments.ledger import entries as ledger
from tests.payments.money_factories import (
    FORMER_ACCOUNT,
    Entry,
    FinanceDesk,
    in_one_file,
    statement,
)

X = Entry("1.00", reference="X")


def read(desk: FinanceDesk, *files: bytes) -> tuple[int, int]:
    """How many lines of the statements, all in one file, were new, and how many known."""
    taken = services.import_statement(desk.anna, in_one_file(*files), "file.xml")
    assert taken.error is None, taken.error
    return taken.new_lines, taken.known_lines


def lines_of(account_id: int) -> list[tuple[int, int]]:
    """Amounts and ordinals of an account's lines."""
    rows = db.session.query(StatementLine).filter_by(account_id=account_id)
    return [(row.amount_minor, row.ordinal) for row in rows.order_by(StatementLine.id)]


def test_a_statement_line_in_two_accounts_is_two_lines(desk: FinanceDesk) -> None:
    assert read(desk, statement([X])) == (1, 0)
    assert read(desk, statement([X], account=FORMER_ACCOUNT)) == (1, 0)
    assert lines_of(desk.account.id) == lines_of(desk.former.id) == [(100, 1)]
    for account in (desk.account, desk.former):
        assert ledger.balance(1010, "INR", f"account:{account.id}").minor == 100


def test_statements_of_two_accounts_in_one_file_are_counted_by_themselves(
    desk: FinanceDesk,
) -> None:
    other = statement([X], account=FORMER_ACCOUNT)
    assert read(desk, statement([X]), other) == (2, 0)
    assert lines_of(desk.account.id) == lines_of(desk.former.id) == [(100, 1)]
    assert read(desk, other) == (0, 1)


def test_pages_of_one_statement_in_one_file_add_up(desk: FinanceDesk) -> None:
    """Two entries alike on two pages are two entries, as they would be on one."""
    pages = statement([X]), statement([X, X], opening="1.00")
    assert read(desk, *pages) == (3, 0)
    assert lines_of(desk.account.id) == [(100, 1), (100, 2), (100, 3)]
    assert read(desk, statement([X, X, X])) == (0, 3)


def test_two_statements_of_one_file_that_overlap_tell_one_entry(desk: FinanceDesk) -> None:
    day, month = statement([X], number="DAY"), statement([X, Entry("2.00")], number="MONTH")
    assert read(desk, day, month) == (2, 1)
    assert lines_of(desk.account.id) == [(100, 1), (200, 1)]


def test_a_statement_that_stands_in_the_file_twice_counts_once(desk: FinanceDesk) -> None:
    once = statement([X, X])
    assert read(desk, once, once) == (2, 0)
    assert db.session.query(BankStatement).count() == 1


def part(amount: str, currency: str = "INR") -> str:
    """The details of one transaction of a batch; a part without an amount is told by none."""
    xml = Entry(amount or "1.00", currency=currency, text=f"part of {amount}").xml()
    details = xml[xml.index("<TxDtls>") : xml.index("</NtryDtls>")]
    if amount:
        return details
    return details[: details.index("<Amt")] + details[details.index("</Amt>") + len("</Amt>") :]


def batch(amount: str, *parts: str) -> bytes:
    """A statement with one entry of several transactions."""
    xml = Entry(amount).xml()
    own = xml[xml.index("<TxDtls>") : xml.index("</NtryDtls>")]
    whole = statement([Entry(amount)], opening=None).decode()
    return whole.replace(xml, xml.replace(own, "".join(parts))).encode()


@pytest.mark.parametrize(
    ("amount", "parts", "minors"),
    [
        ("10.00", [part("6.00"), part("4.00")], [600, 400]),
        ("-10.00", [part("-6.00"), part("-4.00")], [-600, -400]),
        ("10.00", [part("15.00"), part("-5.00")], [1000]),
        ("10.00", [part("10.00"), part("0.00")], [1000]),
        ("-10.00", [part("-10.00"), part("0.00")], [-1000]),
        ("10.00", [part("6.00"), part("3.99")], [1000]),
        ("10.00", [part("6.00"), part("4.01")], [1000]),
        ("10.00", [part("6.00"), part("4.00", "EUR")], [1000]),
        ("10.00", [part("6.00"), part("")], [1000]),
        ("10.00", [part("6.00"), part("4.00"), part("0.001")], [1000]),
        ("10.00", [part("10.00")], [1000]),
    ],
    ids=[
        "parts of a credit",
        "parts of a debit",
        "parts of both signs",
        "a part of nothing",
        "a part of nothing of a debit",
        "a unit too little",
        "a unit too much",
        "a part in another currency",
        "a part without an amount",
        "a part too fine",
        "one part",
    ],
)
def test_a_batch_is_taken_apart_only_into_parts_that_make_it_up(
    desk: FinanceDesk, amount: str, parts: list[str], minors: list[int]
) -> None:
    assert read(desk, batch(amount, *parts)) == (len(minors), 0)
    assert [minor for minor, _ordinal in lines_of(desk.account.id)] == minors
    assert ledger.balance(1010, "INR").minor == sum(minors)


def audited(bank_file: BankFile) -> list[tuple[int | None, str, str | None, dict]]:
    """Who did what with the file, why, and the details."""
    rows = db.session.query(AuditEntry).filter_by(thing_kind="bank_file", thing_id=bank_file.id)
    return [
        (row.user_id, row.action, row.reason, row.details) for row in rows.order_by(AuditEntry.id)
    ]


def test_the_log_tells_who_imported_a_file_and_what_was_new(desk: FinanceDesk) -> None:
    data = statement([X, Entry("2.00", status="PDNG")])
    first = services.import_statement(desk.anna, data, "file.xml")
    again = services.import_statement(desk.ben, data + b"\n", "again.xml")
    assert services.import_statement(desk.ben, data, "same.xml").id == first.id
    assert audited(first) == [
        (
            desk.anna.user_id,
            "imported",
            None,
            {"sha256": first.sha256, "new_lines": 1, "known_lines": 0, "pending_lines": 1},
        )
    ]
    assert audited(again) == [
        (
            desk.ben.user_id,
            "imported",
            None,
            {"sha256": again.sha256, "new_lines": 0, "known_lines": 1, "pending_lines": 1},
        )
    ]


def test_the_log_tells_who_sent_a_file_that_was_refused(desk: FinanceDesk) -> None:
    refused = services.import_statement(desk.ben, b"nothing", "file.xml")
    assert audited(refused) == [
        (desk.ben.user_id, "refused", "This is not an XML file.", {"sha256": refused.sha256})
    ]
