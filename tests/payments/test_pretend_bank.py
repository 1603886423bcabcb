"""The pretend bank: its statements are read by the hub's reader, and always add up."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.money import Money
from hub.payments.bank.reader import Statement, read
from hub.payments.payouts.payment_file import PartyAccount, Payment, build
from hub.payments.reference import create
from tools import pretend_bank

PROGRAM = Path(pretend_bank.__file__)
ACCOUNT = "NL91ABNA0417164300"
REFERENCE = create("202600042")
AMOUNTS = st.integers(1, 10**12).map(lambda minor: f"{Decimal(minor).scaleb(-2):f}")


def due(*items: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "account": ACCOUNT, "currency": "INR", "opening": "100.00", "statement_id": "S-1",
        "date": "2026-03-01", "due": list(items), **changes,
    }  # fmt: skip


def item(amount: str = "84460.00", **changes: str) -> dict[str, str]:
    return {"payer": "Buyer & Sons 粮", "amount": amount, **changes}


def pain(*amounts: int) -> bytes:
    payments = [
        Payment(
            f"PO-{number}",
            Money(amount, "INR"),
            PartyAccount("Deccan", account_number="777", country="IN", clearing_code="HDFC0000123"),
            reference=REFERENCE,
        )
        for number, amount in enumerate(amounts, start=1)
    ]
    created = datetime(2026, 3, 2, tzinfo=UTC)
    debtor = PartyAccount("Hub", iban=ACCOUNT)
    return build("PAY-1", created, "Hub", debtor, payments, date(2026, 3, 3))


def debited(data: bytes, **changes: Any) -> Statement:
    wanted = {"opening": "5000.00", "statement_id": "S-2", "date": "2026-03-03", **changes}
    (statement,) = read(pretend_bank.debit_statement(data, **wanted))
    return statement


def credited(record: dict[str, Any]) -> Statement:
    (statement,) = read(pretend_bank.credit_statement(record))
    return statement


def balance_after(statement: Statement) -> Decimal:
    return sum((Decimal(entry.amount) for entry in statement.entries), Decimal(statement.opening))


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The program by itself: without site-packages, and with no path on which the hub stands."""
    command = [sys.executable, "-I", "-S", str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_what_is_due_is_credited_with_payer_and_reference() -> None:
    statement = credited(
        due(item(payer_account="50100012345678", reference=REFERENCE, end_to_end_id="E2E-1"))
    )
    assert (statement.account, statement.currency, statement.id) == (ACCOUNT, "INR", "S-1")
    assert (statement.opening, statement.closing) == ("100.00", "84560.00")
    (entry,) = statement.entries
    assert (entry.amount, entry.currency, entry.status) == ("84460.00", "INR", "BOOK")
    assert (entry.booked, entry.value) == ("2026-03-01", "2026-03-01")
    (transaction,) = entry.transactions
    assert transaction.structured == REFERENCE
    assert transaction.end_to_end_id == "E2E-1"
    assert (transaction.name, transaction.iban) == ("Buyer & Sons 粮", "50100012345678")


def test_what_the_payer_leaves_out_is_left_out() -> None:
    (transaction,) = credited(due(item(text="for contract 17"))).entries[0].transactions
    assert transaction.structured is None
    assert transaction.iban is None
    assert transaction.end_to_end_id == "NOTPROVIDED"
    assert transaction.remittance == "for contract 17"


def test_each_entry_has_its_own_reference_of_the_bank() -> None:
    statement = credited(due(item(), item(), item("1.00")))
    assert [entry.reference for entry in statement.entries] == [
        "S-1-000001", "S-1-000002", "S-1-000003",
    ]  # fmt: skip


def test_the_same_request_gives_the_same_bytes() -> None:
    assert pretend_bank.credit_statement(due(item())) == pretend_bank.credit_statement(due(item()))


@given(st.lists(AMOUNTS, max_size=6), AMOUNTS, st.booleans())
def test_credits_add_up(amounts: list[str], opening: str, overdrawn: bool) -> None:
    opening = "-" + opening if overdrawn else opening
    statement = credited(due(*map(item, amounts), opening=opening))
    assert [entry.amount for entry in statement.entries] == amounts
    assert statement.opening == opening
    assert Decimal(statement.closing or "") == balance_after(statement)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=6), AMOUNTS, st.booleans())
def test_debits_and_returns_add_up(minors: list[int], opening: str, comes_back: bool) -> None:
    statement = debited(pain(*minors), opening=opening, returned=["PO-1"] if comes_back else [])
    lost = sum(minors[1:] if comes_back else minors)
    assert Decimal(statement.closing or "") == balance_after(statement)
    assert Decimal(statement.closing or "") == Decimal(opening) - Decimal(lost).scaleb(-2)


def test_orders_are_debited_with_end_to_end_id_and_creditor() -> None:
    statement = debited(pain(120050, 1))
    assert (statement.account, statement.currency) == (ACCOUNT, "INR")
    assert (statement.opening, statement.closing) == ("5000.00", "3799.49")
    assert [entry.amount for entry in statement.entries] == ["-1200.50", "-0.01"]
    assert [entry.reference for entry in statement.entries] == ["S-2-000001", "S-2-000002"]
    transaction = statement.entries[0].transactions[0]
    assert transaction.end_to_end_id == "PO-1"
    assert transaction.structured == REFERENCE
    assert (transaction.name, transaction.iban) == ("Deccan", "777")


def test_a_returned_payment_comes_back_as_a_credit_that_quotes_it() -> None:
    statement = debited(pain(120050, 1), returned=["PO-1"])
    assert [entry.amount for entry in statement.entries] == ["-1200.50", "-0.01", "1200.50"]
    assert statement.entries[2].transactions[0].end_to_end_id == "PO-1"
    assert statement.entries[2].reference == "S-2-000003"
    assert statement.closing == "4999.99"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (due(item("0.00")), "not an amount above zero"),
        (due(item("-1")), "not an amount above zero"),
        (due(item("1e5")), "not an amount above zero"),
        (due({"amount": "1.00"}), "“payer” is missing"),
        (due({"payer": "Buyer", "amount": 1}), "“amount” is missing, or not a text"),
        (due(opening="NaN"), "opening balance"),
        (due(date="2026-02-30"), "not a date"),
        (due(currency="rupees"), "not a currency"),
        (due(statement_id="x" * 36), "1 to 35 characters"),
        (due(due="all"), "must be a list"),
    ],
)
def test_what_is_not_in_order_is_refused(record: dict[str, Any], reason: str) -> None:
    with pytest.raises(pretend_bank.Refused, match=reason):
        pretend_bank.credit_statement(record)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!DOCTYPE d [<!ENTITY a 'aa'>]><Document>&a;</Document>", "document type"),
        (b"<Document>", "broken in line 1"),
        (b"<Document><BkToCstmrStmt/></Document>", "not a file of payment orders"),
        (pain(1, 2).replace(b'Ccy="INR">0.02', b'Ccy="EUR">0.02'), "one account"),
        (pain(1).replace(b">0.01</InstdAmt>", b">x</InstdAmt>"), "not an amount"),
    ],
)
def test_what_is_no_payment_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(pretend_bank.Refused, match=reason):
        debited(data)


def test_only_a_payment_of_the_file_can_come_back() -> None:
    with pytest.raises(pretend_bank.Refused, match="PO-9"):
        debited(pain(1), returned=["PO-9"])


def test_the_program_needs_nothing_but_files_and_carries_the_balance(tmp_path: Path) -> None:
    record = due(item("1000.00"))
    del record["opening"]
    (tmp_path / "due.json").write_text(json.dumps(record))
    (tmp_path / "pain.xml").write_bytes(pain(25000))
    first = run("credit", "due.json", "in.xml", "--state", "state.json", cwd=tmp_path)
    second = run(
        "debit", "pain.xml", "out.xml", "--state", "state.json", "--statement-id", "S-2",
        "--date", "2026-03-02", cwd=tmp_path,
    )  # fmt: skip
    assert (first.returncode, first.stderr, second.returncode, second.stderr) == (0, "", 0, "")
    (paid_in,) = read((tmp_path / "in.xml").read_bytes())
    (paid_out,) = read((tmp_path / "out.xml").read_bytes())
    assert (paid_in.opening, paid_in.closing) == ("0", "1000.00")
    assert (paid_out.opening, paid_out.closing) == ("1000.00", "750.00")
    assert json.loads((tmp_path / "state.json").read_text()) == {f"{ACCOUNT} INR": "750.00"}


def test_the_program_takes_a_given_balance_and_returns_payments(tmp_path: Path) -> None:
    (tmp_path / "pain.xml").write_bytes(pain(25000, 100))
    done = run(
        "debit", "pain.xml", "out.xml", "--opening", "300.00", "--statement-id", "S-2",
        "--date", "2026-03-02", "--return", "PO-1", cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    (statement,) = read((tmp_path / "out.xml").read_bytes())
    assert [entry.amount for entry in statement.entries] == ["-250.00", "-1.00", "250.00"]
    assert statement.closing == "299.00"


@pytest.mark.parametrize("content", ["{", "[]", json.dumps(due(item("0")))])
def test_the_program_says_why_it_refuses_and_writes_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "due.json").write_text(content)
    refused = run("credit", "due.json", "in.xml", "--state", "state.json", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.strip()
    assert "Traceback" not in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["due.json"]
