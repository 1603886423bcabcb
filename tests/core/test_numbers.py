"""Typed numbers are read exactly as they stand, or refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.core.numbers import multiply, parse_decimal, plain, round_half_even

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("text", "places", "number"),
    [
        ("4120.50", 4, "4120.5000"),
        ("  1 ", 0, "1"),
        ("\t1\n", 2, "1.00"),
        ("+5", 0, "5"),
        ("007", 0, "7"),
        ("0.001", 3, "0.001"),
        ("1.500000000000", 1, "1.5"),
        ("999999999999", 0, "999999999999"),
        ("999999999999.999", 3, "999999999999.999"),
        ("000999999999999.5", 1, "999999999999.5"),
    ],
)
def test_a_plain_number_is_read_with_its_places(text: str, places: int, number: str) -> None:
    found = parse_decimal(text, places)
    assert str(found) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".5",
        "5.",
        "1,000",
        "1 000",
        "1_000",
        "1e3",
        "0x10",
        "--1",
        "+-1",
        "1.2.3",
        "NaN",
        "Infinity",
        "-Infinity",
        "²",
        "٣",
        "１２",
        "1\n2",
        "1" * 16,
        "1." + "0" * 13,
        "9" * 5000,
    ],
)
def test_anything_else_is_told_as_no_plain_number(app: Flask, text: str) -> None:
    with pytest.raises(Invalid, match="is not a plain number") as refused:
        parse_decimal(text, 3, positive=False)
    assert str(refused.value).startswith(f"“{text.strip()[:40]}”")


@pytest.mark.parametrize(
    ("text", "places", "sentence"),
    [
        ("1.005", 2, "1.005 has more than 2 decimal places."),
        ("0.5", 0, "0.5 has more than 0 decimal places."),
        ("1000000000000", 2, "1000000000000 is too large."),
        ("-1000000000000", 2, "-1000000000000 is too large."),
        ("0", 2, "0 must be above zero."),
        ("0.000", 2, "0.000 must be above zero."),
        ("-1", 2, "-1 must be above zero."),
    ],
)
def test_a_number_that_does_not_fit_is_told_why(
    app: Flask, text: str, places: int, sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_decimal(text, places)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("text", ["0", "-0.01", "-999999999999.99"])
def test_zero_and_less_are_read_where_they_may_be(text: str) -> None:
    assert parse_decimal(text, 2, positive=False) == Decimal(text)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("0.5", 0, "0"),
        ("1.5", 0, "2"),
        ("2.5", 0, "2"),
        ("-0.5", 0, "-0"),
        ("-1.5", 0, "-2"),
        ("2.500001", 0, "3"),
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        ("7", 3, "7.000"),
        ("15", -1, "2E+1"),
    ],
)
def test_halves_go_to_the_even_neighbour(value: str, places: int, rounded: str) -> None:
    assert str(round_half_even(Decimal(value), places)) == rounded


@given(st.integers(-(10**30), 10**30), st.integers(0, 12), st.integers(0, 12))
def test_rounding_is_exact_for_long_numbers(digits: int, scale: int, places: int) -> None:
    found = round_half_even(Decimal(f"{digits}e-{scale}"), places)
    assert Fraction(found) == Fraction(round(Fraction(digits, 10**scale) * 10**places), 10**places)


def test_products_are_exact() -> None:
    assert multiply() == 1
    assert multiply(3, Decimal("0.1")) == Decimal("0.3")
    seven = Decimal("1234567890123.4567")
    assert Fraction(multiply(seven, seven, 3)) == Fraction(seven) ** 2 * 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100", "100"),
        ("1E+3", "1000"),
        ("0.000", "0"),
        ("12.5000", "12.5"),
        ("0.000001", "0.000001"),
        ("-3.10", "-3.1"),
    ],
)
def test_a_plain_text_has_no_exponent_and_no_zeros_at_its_end(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert parse_decimal(text, 6, positive=False) == Decimal(value)
