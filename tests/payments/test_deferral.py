"""Fees for a span of days are earned day by day, to the last minor unit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.money import Money
from hub.membership.subscriptions.deferral import earned_until, unused_from

START = date(2026, 1, 1)


def rupees_minor(minor: int) -> Money:
    return Money(minor, "INR")


def test_a_year_is_earned_in_equal_days() -> None:
    year = (START, date(2027, 1, 1))
    amount = rupees_minor(36500)
    assert earned_until(amount, *year, START) == rupees_minor(0)
    assert earned_until(amount, *year, date(2026, 1, 2)) == rupees_minor(100)
    assert earned_until(amount, *year, date(2026, 12, 31)) == rupees_minor(36400)
    assert earned_until(amount, *year, date(2027, 1, 1)) == amount


def test_before_and_after_the_span_nothing_moves() -> None:
    span = (START, START + timedelta(days=3))
    assert earned_until(rupees_minor(100), *span, START - timedelta(days=9)) == rupees_minor(0)
    assert unused_from(rupees_minor(100), *span, START + timedelta(days=9)) == rupees_minor(0)


def test_a_span_without_days_is_refused() -> None:
    with pytest.raises(ValueError, match="not a span"):
        earned_until(rupees_minor(100), START, START, START)


@given(
    minor=st.integers(0, 10**12),
    days=st.integers(1, 400),
    asked=st.lists(st.integers(-5, 420), max_size=12),
)
def test_the_parts_add_up_whenever_it_is_asked(minor: int, days: int, asked: list[int]) -> None:
    amount, end = rupees_minor(minor), START + timedelta(days=days)
    known = [
        earned_until(amount, START, end, START + timedelta(days=each)) for each in sorted(asked)
    ]
    known.append(earned_until(amount, START, end, max(end, START + timedelta(days=420))))
    assert known == sorted(known, key=lambda money: money.minor)
    assert known[-1] == amount
    for each in asked:
        day = START + timedelta(days=each)
        earned, unused = (rule(amount, START, end, day) for rule in (earned_until, unused_from))
        assert earned + unused == amount
