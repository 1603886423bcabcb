"""Real camt files by others, beside the checkout: each read as its own expectations say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.payments.bank.reader import Statement, describe, read

SHARED = Path(__file__).parents[3] / "shared" / "data" / "bank" / "camt"
ONLY = "Only the account statement, camt.053, posts money."


def shared_data(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test that needs the shared samples, and skips it where they aren't."""
    absent = pytest.mark.skipif(
        not SHARED.is_dir(), reason="no shared bank files beside the checkout"
    )
    return pytest.mark.shared_data(absent(test))


def minor(amount: str | None) -> int:
    return int((amount or "").replace(".", ""))


def as_expected(statement: Statement) -> dict[str, Any]:
    """A statement of one entry in the terms of the expectations beside the shared samples."""
    (entry,) = statement.entries
    (transaction,) = entry.transactions
    return {
        "account": statement.account,
        "balances": [minor(statement.opening), minor(statement.closing)],
        "amount": [minor(entry.amount), entry.currency],
        "dates": [entry.booked, entry.value],
        "status": entry.status,
        "references": [entry.reference, transaction.end_to_end_id, transaction.structured],
        "remittance": transaction.remittance,
    }


def expectation(entry: dict[str, Any]) -> dict[str, Any]:
    """The same from those expectations, which another reader's test suite published.

    They hold minor units, instants in UTC, and the creditor's reference a second time as the
    message; whom they call the related party is merely who stands first, so it isn't taken.
    """
    record, transaction = entry["getRecord"], entry["getTransactionDetail"]
    remittance = transaction["getRemittanceInformation"]
    balances = {
        balance["getType"]: int(balance["getAmount"]["getAmount"])
        for balance in record["getBalances"]
    }
    return {
        "account": record["getAccount"]["getIdentification"],
        "balances": [balances["opening"], balances["closing"]],
        "amount": [
            int(entry["getAmount"]["getAmount"]),
            entry["getAmount"]["getCurrency"]["getCode"],
        ],
        "dates": [entry["getBookingDate"]["0"][:10], entry["getValueDate"]["0"][:10]],
        "status": entry["getStatus"],
        "references": [
            entry["getAccountServicerReference"],
            transaction["getReference"]["getEndToEndId"],
            (remittance["getCreditorReferenceInformation"] or {}).get("getRef"),
        ],
        "remittance": (remittance["getUnstructuredBlock"] or {}).get("getMessage"),
    }


@shared_data
@pytest.mark.parametrize(
    ("name", "expected_ids"),
    [
        ("v2.minimal", ["253EURNL26VAYB8060476890"]),
        # Their list of entries holds the last statement's alone.
        ("v2.multi.statement", ["254EURNL26VAYB8060476890"]),
        ("v4", ["253EURNL26VAYB8060476890"]),
        ("v8", ["253EURNL26VAYB8060476890"]),
    ],
)
def test_real_samples_read_as_their_expectations_say(name: str, expected_ids: list[str]) -> None:
    statements = {
        statement.id: statement for statement in read((SHARED / f"camt053.{name}.xml").read_bytes())
    }
    entries = json.loads((SHARED / f"camt053.{name}.json").read_text())["getEntries"]
    assert [entry["getRecord"]["getId"] for entry in entries] == expected_ids
    for entry in entries:
        assert as_expected(statements[entry["getRecord"]["getId"]]) == expectation(entry)


@shared_data
def test_each_statement_of_a_file_is_read_with_its_own_entries() -> None:
    first, second = read((SHARED / "camt053.v2.multi.statement.xml").read_bytes())
    assert [first.opening, first.closing, first.entries[0].amount] == ["18.15", "27.00", "8.85"]
    assert [second.opening, second.closing, second.entries[0].amount] == ["27.00", "20.00", "-7.00"]
    assert second.entries[0].transactions[0].name == "Company Name 2"


@shared_data
def test_real_samples_with_odd_digits_keep_them() -> None:
    (third,) = describe("v3", (SHARED / "camt053.v3.xml").read_bytes())["statements"]
    assert third["entries"][0]["transactions"][0]["amount"] == "105.750"
    assert (third["opening"], third["closing"]) == ("18.15", "-27.00")
    data = (SHARED / "camt053.v2.all-balance-types.xml").read_bytes()
    (balances,) = describe("balances", data)["statements"]
    assert (balances["opening"], balances["closing"]) == ("1.01", "4.04")
    assert balances["entries"][0]["amount"] == "8.850"


@shared_data
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("camt053.v2.wrong.xml", "There is no statement in this file."),
        ("camt054.v4.xml", f"This is a camt.054 file. {ONLY}"),
        ("camt054.v8.xml", f"This is a camt.054 file. {ONLY}"),
    ],
)
def test_real_files_that_are_no_statement_are_refused(name: str, error: str) -> None:
    assert describe(name, (SHARED / name).read_bytes())["error"] == f"Line 3: {error}"
