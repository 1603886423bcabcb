"""The sum behind other prices for plans: exact, and never flattering."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.money import Money
from hub.membership.plans.price_change import Outcome, outcomes
from tests.examples import examples


@dataclass(frozen=True)
class Group:
    members: int
    yearly: Money
    new_yearly: Money


def group(members: int, now: int, then: int, currency: str = "INR") -> Group:
    return Group(members, Money(now, currency), Money(then, currency))


def test_the_sums_of_a_currency_are_told_together() -> None:
    found = outcomes([group(10, 1_200_000, 1_440_000), group(4, 800_000, 960_000)])
    assert found == [
        Outcome("INR", 14, Money(2_000_000, "INR"), Money(2_400_000, "INR"), Decimal("0.1666"))
    ]
    assert found[0].difference == Money(400_000, "INR")


def test_currencies_are_never_netted() -> None:
    found = outcomes([group(1, 100, 200), group(2, 300, 150, "CNY")])
    assert [(each.currency, each.now.minor, each.then.minor) for each in found] == [
        ("CNY", 300, 150),
        ("INR", 100, 200),
    ]
    assert [each.may_leave for each in found] == [None, Decimal("0.5")]


def test_prices_that_bring_no_more_may_cost_nobody() -> None:
    assert [each.may_leave for each in outcomes([group(3, 500, 500)])] == [None]
    assert outcomes([group(3, 500, 400)])[0].difference == Money(-100, "INR")


def test_from_nothing_all_but_everybody_may_leave() -> None:
    assert outcomes([group(3, 0, 500)])[0].may_leave == Decimal(1)


def test_without_members_there_is_nothing_to_tell() -> None:
    assert outcomes([]) == []


@settings(max_examples=examples(60))
@given(now=st.integers(0, 10**12), more=st.integers(1, 10**12))
def test_at_the_share_told_the_income_is_not_below_the_present_one(now: int, more: int) -> None:
    then = now + more
    share = outcomes([group(1, now, then)])[0].may_leave
    assert share is not None
    assert then * (1 - share) >= now
    assert then * (1 - (share + Decimal("0.0001"))) < now
