"""Bank files are posted whole or not at all, once, and say why when they are refused."""

from collections.abc import Callable

import pytest

from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotAllowed
from hub.payments import services
from hub.payments.bank.models import BankFile, BankStatement, StatementLine
from hub.payments.ledger.models import LedgerEntry
from tests.payments.money_factories import Entry, FinanceDesk, statement
from tests.statement_counter import counted


def counts() -> tuple[int, int, int]:
    """Statements, lines and ledger entries in the database."""
    kinds = (BankStatement, StatementLine, LedgerEntry)
    return tuple(db.session.query(kind).count() for kind in kinds)  # type: ignore[return-value]


def read(desk: FinanceDesk, data: bytes) -> BankFile:
    return services.import_statement(desk.anna, data, "file.xml")


REFUSED: dict[str, tuple[bytes, str]] = {
    "another account": (
        statement([Entry("1.00")], account="99999999"),
        "Statement S-1 is of account 99999999, which is not a designated account of the hub.",
    ),
    "a false IBAN": (
        statement([Entry("1.00")], account="DE89370400440532013001"),
        "Statement S-1: DE89370400440532013001 is not a valid IBAN.",
    ),
    "a false IBAN of a payer": (
        statement([Entry("1.00", account="DE89370400440532013001")]),
        "Statement S-1, entry 1: DE89370400440532013001 is not a valid IBAN.",
    ),
    "another currency": (
        statement([Entry("1.00", currency="EUR")], currency="EUR"),
        "Statement S-1 is in EUR, but the hub's account 00000042 is in INR.",
    ),
    "an entry in another currency": (
        statement([Entry("1.00"), Entry("1.00", currency="EUR")], opening=None),
        "Statement S-1, entry 2: the amount is in EUR, but the account is in INR.",
    ),
    "too fine an amount": (
        statement([Entry("1.00"), Entry("1.005")], opening=None),
        "Statement S-1, entry 2: 1.005 has more than the 2 decimals of INR.",
    ),
    "too large an amount": (
        statement([Entry("9" * 40)], opening=None),
        f"Statement S-1, entry 1: {'9' * 40} is too large.",
    ),
    "balances that don't add up": (
        statement([Entry("1.00")], opening="5.00", closing="7.00"),
        (
            "Statement S-1 does not add up: it opens with 5.00 INR and books 1.00 INR, but closes "
            "with 7.00 INR."
        ),
    ),
    "no XML": (b"\x00\x01 PDF", "This is not an XML file."),
    "nothing": (b"", "This is not an XML file."),
    "entities": (
        b'<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>',
        "The file has a document type or entities, which bank files never need.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_in_order_is_kept_and_not_posted(desk: FinanceDesk, case: str) -> None:
    data, sentence = REFUSED[case]
    refused = read(desk, data)
    assert refused.error == sentence
    assert refused.file.read() == data
    assert counts() == (0, 0, 0)


def test_a_good_statement_beside_a_bad_one_is_not_posted(desk: FinanceDesk) -> None:
    good = statement([Entry("1.00")]).decode()
    bad = statement([Entry("1.00")], account="1").decode()
    second = bad[bad.index("<Stmt>") : bad.index("</BkToCstmrStmt>")]
    both = good.replace("</BkToCstmrStmt>", second + "</BkToCstmrStmt>")
    assert read(desk, both.encode()).error is not None
    assert counts() == (0, 0, 0)


def test_a_refused_file_is_read_again_when_the_reason_is_gone(desk: FinanceDesk) -> None:
    data = statement([Entry("1.00")], account="00000043")
    assert read(desk, data).error is not None
    desk.account.account_number = "00000043"
    db.session.commit()
    assert read(desk, data).error is None
    assert counts() == (1, 1, 1)


def test_a_file_too_large_is_not_kept(desk: FinanceDesk) -> None:
    with pytest.raises(Invalid, match="larger than 15 MB"):
        read(desk, b"x" * (15 * 1024 * 1024 + 1))
    assert db.session.query(BankFile).count() == 0


def test_only_finance_clerks_import(desk: FinanceDesk) -> None:
    for actor in (desk.make.trader(), desk.make.staff(StaffRole.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            services.import_statement(actor, statement([Entry("1.00")]), "file.xml")
    assert counts() == (0, 0, 0)


def test_the_same_bytes_give_the_first_file_back(desk: FinanceDesk) -> None:
    data = statement([Entry("1.00")])
    first = read(desk, data)
    assert services.import_statement(desk.ben, data, "another name.xml").id == first.id
    assert counts() == (1, 1, 1)


def _other_bytes(data: bytes) -> bytes:
    return data + b"\n"


def _other_id(data: bytes) -> bytes:
    return data.replace(b"<Id>S-1</Id>", b"<Id>S-9</Id>")


@pytest.mark.parametrize("change", [_other_bytes, _other_id])
def test_lines_known_from_another_file_are_not_posted_again(
    desk: FinanceDesk, change: Callable[[bytes], bytes]
) -> None:
    data = statement([Entry("1.00"), Entry("1.00"), Entry("2.00")])
    assert read(desk, data).new_lines == 3
    again = read(desk, change(data))
    assert (again.new_lines, again.known_lines) == (0, 3)
    assert counts()[1:] == (3, 3)


def test_a_reused_id_and_pages_of_one_statement_lose_nothing(desk: FinanceDesk) -> None:
    read(desk, statement([Entry("1.00")], number="1", date="2025-01-01"))
    read(desk, statement([Entry("2.00")], number="1", opening="1.00"))
    read(desk, statement([Entry("4.00")], number="1", opening="3.00"))
    assert [
        line.amount_minor for line in db.session.query(StatementLine).order_by(StatementLine.id)
    ] == [100, 200, 400]


def test_one_more_of_identical_entries_is_new(desk: FinanceDesk) -> None:
    read(desk, statement([Entry("1.00", reference="R")]))
    longer = read(desk, statement([Entry("1.00", reference="R")] * 2))
    assert (longer.new_lines, longer.known_lines) == (1, 1)


def test_pending_entries_are_counted_and_posted_only_when_booked(desk: FinanceDesk) -> None:
    first = read(desk, statement([Entry("1.00", status="PDNG"), Entry("2.00")]))
    assert (first.new_lines, first.pending_lines) == (1, 1)
    second = read(desk, statement([Entry("1.00")], number="S-2", opening="2.00"))
    assert second.new_lines == 1
    assert [
        line.amount_minor for line in db.session.query(StatementLine).order_by(StatementLine.id)
    ] == [200, 100]


def test_a_batch_that_adds_up_is_taken_apart(desk: FinanceDesk) -> None:
    first, second = desk.invoice("10.00"), desk.invoice("5.00")
    one = Entry("10.00", structured=first.reference).xml()
    other = Entry("5.00", structured=second.reference).xml()
    details = other[other.index("<TxDtls>") : other.index("</NtryDtls>")]
    batch = one.replace("</NtryDtls>", details + "</NtryDtls>").replace(
        '<Ntry><Amt Ccy="INR">10.00', '<Ntry><Amt Ccy="INR">15.00'
    )
    whole = statement([Entry("15.00")]).decode()
    start, end = whole.index("<Ntry>"), whole.index("</Stmt>")
    assert read(desk, (whole[:start] + batch + whole[end:]).encode()).new_lines == 2
    assert (first.due.minor, second.due.minor) == (0, 0)


def test_lines_that_wait_for_a_clerk_cost_a_later_file_no_questions(desk: FinanceDesk) -> None:
    def questions(amount: str) -> int:
        with counted(db.session.connection()) as sent:
            desk.bank_sends(Entry(amount))
        return len(sent)

    desk.bank_sends(Entry("2.00", end_to_end_id="STRAY0"))
    before = questions("1.00")
    desk.bank_sends(*(Entry("3.00", end_to_end_id=f"STRAY{number}") for number in range(1, 30)))
    assert questions("4.00") == before
