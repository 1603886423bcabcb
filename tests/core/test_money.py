"""Money is whole minor units of one currency, rounded once and half to even."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.money import Money, extend, part, share, total
from tests.examples import examples


def paise(minor: int) -> Money:
    return Money(minor, "INR")


@pytest.mark.parametrize(
    ("minor", "numerator", "denominator", "expected"),
    [
        (5, 1, 2, 2),
        (7, 1, 2, 4),
        (-5, 1, 2, -2),
        (-7, 1, 2, -4),
        (10, 2, 3, 7),
        (10, 1, 3, 3),
        (100, 365, 365, 100),
        (100, 0, 365, 0),
    ],
)
def test_a_part_is_rounded_half_to_even(
    minor: int, numerator: int, denominator: int, expected: int
) -> None:
    assert part(paise(minor), Decimal(numerator), Decimal(denominator)) == paise(expected)


@settings(max_examples=examples(30))
@given(minor=st.integers(0, 10**15), days=st.integers(1, 400), data=st.data())
def test_a_part_is_never_more_than_half_a_unit_off(
    minor: int, days: int, data: st.DataObject
) -> None:
    of = data.draw(st.integers(0, days))
    made = part(paise(minor), Decimal(of), Decimal(days))
    assert abs(2 * (made.minor * days - minor * of)) <= days


@pytest.mark.parametrize(
    ("minor", "rate", "expected"),
    [(50, "0.01", 0), (150, "0.01", 2), (250, "0.01", 2), (-150, "0.01", -2), (99, "0.1", 10)],
)
def test_a_share_is_rounded_half_to_even(minor: int, rate: str, expected: int) -> None:
    assert share(paise(minor), Decimal(rate)) == paise(expected)


@pytest.mark.parametrize(
    ("price", "quantity", "currency", "minor"),
    [
        ("0.0050", "1.000", "INR", 0),
        ("0.0150", "1.000", "INR", 2),
        ("2150.1234", "40.000", "INR", 8600494),
        ("2150.5000", "1.000", "JPY", 2150),
        ("2151.5000", "1.000", "JPY", 2152),
        ("0.0005", "1.000", "KWD", 0),
        ("0.0015", "1.000", "KWD", 2),
    ],
)
def test_a_price_times_a_quantity_is_rounded_once_to_the_currencys_unit(
    price: str, quantity: str, currency: str, minor: int
) -> None:
    assert extend(Decimal(price), Decimal(quantity), currency) == Money(minor, currency)


def test_currencies_do_not_mix() -> None:
    rupees, euros = Money(100, "INR"), Money(100, "EUR")
    for wrong in (
        lambda: rupees + euros,
        lambda: rupees - euros,
        lambda: rupees < euros,
        lambda: rupees <= euros,
        lambda: total([rupees, euros], "INR"),
        lambda: total([euros], "INR"),
    ):
        with pytest.raises(ValueError, match="don't mix"):
            wrong()
    assert rupees != euros


def test_sums_of_one_currency() -> None:
    assert total([], "EUR") == Money(0, "EUR")
    assert total([paise(1), paise(-3)], "INR") == paise(-2) == -paise(2)
    assert paise(5) - paise(7) == paise(-2)
    assert paise(1) <= paise(1)
    assert not paise(1) < paise(1)
    assert (bool(paise(0)), bool(paise(-1))) == (False, True)


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "written"),
    [
        ("1.05", "INR", 105, "1.05 INR"),
        ("-0.10", "EUR", -10, "-0.10 EUR"),
        ("7", "JPY", 7, "7 JPY"),
        ("1.234", "KWD", 1234, "1.234 KWD"),
    ],
)
def test_main_units_are_taken_and_told_exactly(
    amount: str, currency: str, minor: int, written: str
) -> None:
    money = Money.from_decimal(Decimal(amount), currency)
    assert (money.minor, money.decimal, str(money)) == (minor, Decimal(amount), written)


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "INR"), ("1.5", "JPY")])
def test_what_is_finer_than_the_minor_unit_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="finer than"):
        Money.from_decimal(Decimal(amount), currency)
