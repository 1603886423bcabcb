"""Money is exact: rounded once, half to even, and split without a rest."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.money import Money, extend, minor_digits, part, share, total

pytestmark = pytest.mark.one_database

#: A currency without minor units, one with hundredths and one with thousandths.
CURRENCIES = ("JPY", "INR", "KWD")
MINORS = st.integers(-(10**15), 10**15)


def half_even(value: Fraction) -> int:
    """``value`` rounded as the language itself rounds fractions: half to even."""
    return round(value)


@pytest.mark.parametrize(
    ("currency", "digits", "text"),
    [("JPY", 0, "1234 "), ("INR", 2, "12.34 "), ("KWD", 3, "1.234 ")],
)
def test_each_currency_has_its_own_minor_unit(currency: str, digits: int, text: str) -> None:
    assert minor_digits(currency) == digits
    amount = Money(1234, currency)
    assert amount.decimal == Decimal(1234).scaleb(-digits)
    assert str(amount) == text + currency
    assert Money.from_decimal(amount.decimal, currency) == amount
    assert Money.from_decimal(-amount.decimal, currency) == -amount
    assert Money.from_decimal(Decimal("7"), currency) == Money(7 * 10**digits, currency)
    with pytest.raises(ValueError, match="finer than"):
        Money.from_decimal(Decimal(1).scaleb(-digits - 1), currency)


def test_the_largest_numbers_lose_nothing() -> None:
    """Binary floating point holds 15 digits, and a Decimal left to itself 28."""
    price, quantity = Decimal("966963038156.1238"), Decimal("954554154098.744")
    assert extend(price, quantity, "KWD") == Money(923018584931870272067953489, "KWD")
    assert part(Money(10**17 + 3, "INR"), Decimal(1), Decimal(2)) == Money(5 * 10**16 + 2, "INR")
    assert share(Money(10**15 + 1, "INR"), Decimal("0.5")) == Money(5 * 10**14, "INR")
    assert share(Money(10**15 + 3, "INR"), Decimal("0.5")) == Money(5 * 10**14 + 2, "INR")
    assert share(Money(10**17 + 1, "INR"), Decimal("0.500001")) == Money(
        half_even(Fraction(10**17 + 1) * Fraction("0.500001")), "INR"
    )


@given(MINORS, st.integers(0, 366), st.integers(1, 366), st.sampled_from(CURRENCIES))
def test_a_part_is_rounded_half_to_even(minor: int, days: int, of: int, currency: str) -> None:
    found = part(Money(minor, currency), Decimal(days), Decimal(of))
    assert found == Money(half_even(Fraction(minor * days, of)), currency)


@given(MINORS, st.lists(st.integers(1, 366), min_size=1, max_size=13), st.sampled_from(CURRENCIES))
def test_what_is_parted_day_by_day_reconciles_to_the_last_unit(
    minor: int, lengths: list[int], currency: str
) -> None:
    """Each step takes the part up to its last day, less what was taken before it."""
    whole, days, passed = Money(minor, currency), sum(lengths), 0
    taken: list[Money] = []
    for length in lengths:
        passed += length
        so_far = part(whole, Decimal(passed), Decimal(days))
        taken.append(so_far - total(taken, currency))
    assert total(taken, currency) == whole
    exact = [Fraction(minor * length, days) for length in lengths]
    assert all(abs(step.minor - wanted) <= 1 for step, wanted in zip(taken, exact, strict=True))
