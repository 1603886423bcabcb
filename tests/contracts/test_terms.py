"""The frozen terms survive storage as JSON digit by digit, and refuse what can't be meant."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.contracts.terms import BankAccountDetails, ContractTerms
from tests.contracts.example_terms import TERMS, uncomfortable_terms

IBAN_ACCOUNT = BankAccountDetails(
    holder="Hub escrow", bank_name="Bank", bic="COBADEFFXXX", iban="DE89370400440532013000"
)


@pytest.mark.parametrize(
    "terms", [TERMS, uncomfortable_terms(), replace(TERMS, payment_account=IBAN_ACCOUNT)]
)
def test_json_gives_back_the_same_terms(terms: ContractTerms) -> None:
    stored = json.dumps(terms.to_json())
    read = ContractTerms.from_json(json.loads(stored))
    assert read == terms
    assert json.dumps(read.to_json()) == stored


def test_json_keeps_every_digit_that_was_written() -> None:
    stored = TERMS.to_json()
    assert stored["quantity"] == "40.000"
    assert stored["unit_price"] == "2320.0000"
    assert stored["total_minor"] == 9_774_400
    assert stored["delivery_from"] == "2026-12-05"
    assert str(ContractTerms.from_json(stored).quantity) == "40.000"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("quantity", 40.0),
        ("quantity", "forty"),
        ("quantity", "NaN"),
        ("total_minor", "9774400"),
        ("total_minor", True),
        ("drawn_on", "1.12.2026"),
        ("attributes", [["one", "two"]]),
        ("attributes", "none"),
        ("supplier", {"legal_name": "only a name"}),
        ("hs_code", None),
    ],
)
def test_refuses_stored_values_of_another_shape(key: str, value: Any) -> None:
    with pytest.raises(ValueError):
        ContractTerms.from_json({**TERMS.to_json(), key: value})


def test_refuses_missing_and_unknown_keys() -> None:
    stored = TERMS.to_json()
    with pytest.raises(ValueError, match="exactly the fields"):
        ContractTerms.from_json({**stored, "discount": 1})
    del stored["grade"]
    with pytest.raises(ValueError, match="exactly the fields"):
        ContractTerms.from_json(stored)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantity": Decimal("1.0001")}, "quantity"),
        ({"unit_price": Decimal("1.00001")}, "unit_price"),
        ({"unit_price": Decimal("Infinity")}, "unit_price"),
        ({"commission_rate": Decimal("NaN")}, "commission_rate"),
        ({"commission_minor": -1}, "commission_minor"),
        ({"total_minor": TERMS.total_minor + 1}, "goods_minor plus freight_minor"),
        ({"delivery_until": date(2026, 12, 4)}, "ends before it begins"),
    ],
)
def test_refuses_terms_that_contradict_themselves(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TERMS, **change)


@pytest.mark.parametrize(
    "change", [{"iban": "DE89370400440532013000"}, {"clearing_code": None}, {"country": ""}]
)
def test_an_account_is_either_an_iban_or_a_national_number(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="IBAN"):
        replace(TERMS.payment_account, **change)
