"""Reading the terms of a listing: what is right is exact, what is wrong is told at its field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.models import AttributeKind, Commodity, CommodityAttribute
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.posting.models import Side
from hub.posting.terms import Terms, TermsReader
from tests.examples import examples
from tests.posting.posting_factories import texts


def test_right_terms_are_read_exactly(onion: Commodity) -> None:
    terms = TermsReader().read(texts(quantity="40.125", price="2150.0001", commodity="onion"))
    assert terms.side is Side.SUPPLY
    assert terms.commodity is onion
    assert (terms.columns["quantity"], terms.columns["minimum_lot"]) == (
        Decimal("40.125"),
        Decimal(5),
    )
    assert terms.columns["unit_price"] == Decimal("2150.0001")
    assert (terms.columns["ready_from"], terms.columns["ready_until"]) == (
        date(2026, 12, 5),
        date(2026, 12, 19),
    )
    assert terms.columns["given"] == {}


def test_another_unit_is_converted_exactly_and_kept_as_given(onion: Commodity) -> None:
    terms = TermsReader().read(texts(unit="tne", quantity="4", min_lot="0.5", price="21500"))
    assert (terms.columns["quantity"], terms.columns["minimum_lot"]) == (Decimal(40), Decimal(5))
    assert terms.columns["unit_price"] == Decimal(2150)
    assert terms.columns["given"] == {
        "unit": "TNE",
        "quantity": "4.000",
        "min_lot": "0.500",
        "price": "21500.0000",
    }


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"quantity": "NaN"}, "quantity", "not a plain number"),
        ({"quantity": "1e309"}, "quantity", "not a plain number"),
        ({"quantity": "-3"}, "quantity", "above zero"),
        ({"quantity": "0"}, "quantity", "above zero"),
        ({"quantity": "1.0001"}, "quantity", "more than 3 decimal places"),
        ({"quantity": "1,000"}, "quantity", "not a plain number"),
        ({"quantity": "1000000000000"}, "quantity", "too large"),
        ({"quantity": "４０"}, "quantity", "not a plain number"),
        ({"quantity": ""}, "quantity", "missing"),
        ({"price": "Infinity"}, "price", "not a plain number"),
        ({"price": "2150.00001"}, "price", "more than 4 decimal places"),
        ({"price": "90000000000"}, "price", "larger than the hub can handle"),
        ({"min_lot": "41"}, "min_lot", "larger than the quantity"),
        ({"unit": "XYZ"}, "unit", "not a unit code"),
        ({"unit": "quintal"}, "unit", "not a unit code"),
        ({"region": "Atlantis"}, "region", "no region"),
        ({"commodity": "Unobtainium"}, "commodity", "does not trade"),
        ({"side": "sell"}, "side", "supply or demand"),
        ({"currency": "RUPEE"}, "currency", "not a currency code"),
        ({"currency": "XQQ"}, "currency", "not a currency code"),
        ({"ready_from": "05/12/2026"}, "ready_from", "not a date"),
        ({"ready_from": "2026-02-30"}, "ready_from", "not a date"),
        ({"ready_from": "2026-12-20"}, "ready_until", "before it begins"),
        ({"grade": "A" * 41}, "grade", "longer than 40"),
        ({"packaging": "bags\x00"}, "packaging", "can't be printed"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    onion: Commodity, changes: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as caught:
        TermsReader().read(texts(**changes))
    assert list(caught.value.fields) == [field]
    assert words in caught.value.fields[field][0]


def test_every_wrong_field_is_told_at_once(onion: Commodity) -> None:
    with pytest.raises(Invalid) as caught:
        TermsReader().read(texts(quantity="x", price="y", region="z", unit="?"))
    assert set(caught.value.fields) == {"quantity", "price", "region", "unit"}


def test_a_quantity_that_does_not_convert_exactly_is_refused(onion: Commodity) -> None:
    with pytest.raises(Invalid) as caught:
        TermsReader().read(texts(unit="KGM", quantity="4000.001", min_lot="500", price="21.5"))
    assert "exactly" in caught.value.fields["quantity"][0]


def test_a_withdrawn_unit_is_refused_by_name(onion: Commodity) -> None:
    unit = onion.unit
    unit.withdrawn = True
    db.session.commit()
    with pytest.raises(Invalid) as caught:
        TermsReader().read(texts())
    assert "was withdrawn" in caught.value.fields["unit"][0]


@pytest.mark.parametrize(
    ("day", "words"), [("2026-11-30", "in the past"), ("2033-01-01", "five years ahead")]
)
def test_dates_must_be_near(onion: Commodity, day: str, words: str) -> None:
    terms = TermsReader().read(texts(valid_until=day))
    with pytest.raises(Invalid) as caught:
        terms.check_dates(date(2026, 12, 1))
    assert words in caught.value.fields["valid_until"][0]


@pytest.fixture
def moist_onion(onion: Commodity) -> Commodity:
    for position, (code, kind, choices, required) in enumerate(
        [
            ("grade", AttributeKind.CHOICE, ["FAQ", "A"], True),
            ("moisture", AttributeKind.NUMBER, [], True),
            ("colour", AttributeKind.CHOICE, ["red", "white"], False),
        ]
    ):
        onion.attributes.append(
            CommodityAttribute(
                code=code,
                name=code.title(),
                kind=kind,
                choices=choices,
                required=required,
                position=position,
            )
        )
    db.session.commit()
    return onion


def test_attributes_of_the_commodity_are_read(moist_onion: Commodity) -> None:
    terms = TermsReader().read(texts(attribute_moisture="12.50", attribute_colour=""))
    assert terms.columns["grade"] == "FAQ"
    assert terms.columns["attributes"] == {"moisture": "12.5"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "attribute_moisture"),
        ({"attribute_moisture": "wet"}, "attribute_moisture"),
        ({"attribute_moisture": "12", "attribute_colour": "blue"}, "attribute_colour"),
        ({"attribute_moisture": "12", "grade": "B"}, "grade"),
        ({"attribute_moisture": "12", "grade": ""}, "grade"),
    ],
)
def test_attributes_that_are_missing_or_wrong_are_refused(
    moist_onion: Commodity, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        TermsReader().read(texts(**changes))
    assert list(caught.value.fields) == [field]


def attempt(typed: dict[str, str]) -> tuple[Terms | None, dict[str, Any]]:
    """The terms, or the complaints by field."""
    try:
        return TermsReader().read(typed), {}
    except Invalid as error:
        return None, error.fields


@settings(
    max_examples=examples(80),
)
@given(
    quantity=st.text(max_size=20),
    price=st.text(max_size=20),
    unit=st.sampled_from(["KGM", "DTN", "TNE", "XXX"]),
    day=st.text(max_size=12),
)
def test_whatever_is_typed_is_read_exactly_or_refused(
    onion: Commodity, quantity: str, price: str, unit: str, day: str
) -> None:
    terms, fields = attempt(
        texts(quantity=quantity, min_lot="0.001", price=price, unit=unit, ready_from=day)
    )
    assert (terms is None) is bool(fields)
    if terms is not None:
        assert terms.columns["quantity"] * terms.columns["unit_price"] == Decimal(
            quantity
        ) * Decimal(price)


@settings(
    max_examples=examples(60),
)
@given(
    thousandths=st.integers(min_value=1, max_value=10**7),
    price=st.integers(min_value=1, max_value=10**6),
    unit=st.sampled_from(["KGM", "DTN", "TNE"]),
)
def test_conversion_keeps_the_value(
    onion: Commodity, thousandths: int, price: int, unit: str
) -> None:
    quantity = Decimal(thousandths).scaleb(-3)
    terms, fields = attempt(
        texts(quantity=str(quantity), min_lot=str(quantity), price=str(price), unit=unit)
    )
    exact = unit != "KGM" or thousandths % 100 == 0
    assert (terms is not None) is exact
    assert set(fields) <= {"quantity", "min_lot"}
    if terms is not None:
        assert terms.columns["quantity"] * terms.columns["unit_price"] == quantity * price
        assert terms.columns["minimum_lot"] == terms.columns["quantity"]
