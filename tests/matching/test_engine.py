"""Worked examples of the matching engine, with the numbers a broker would check by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.matching import read_book, without_lots
from hub.matching.engine.clearing import Match, match
from tests.matching.books import PRICE, QUANTITY, no_freight, offer, request, total_surplus


def test_two_equal_sides_share_the_surplus_after_freight() -> None:
    supply = offer(1, region=7)
    demand = request(2, region=9)

    def freight(commodity: int, currency: str, origin: int, target: int) -> int:
        assert (commodity, currency, origin, target) == (1, "INR", 7, 9)
        return 20 * PRICE

    assert match([supply], [demand], freight) == [
        Match(
            supply=1,
            demand=2,
            quantity=10 * QUANTITY,
            price=140 * PRICE,
            price_low=100 * PRICE,
            price_high=180 * PRICE,
            freight=20 * PRICE,
            surplus=10 * QUANTITY * 80 * PRICE,
            supply_dual=40 * PRICE,
            demand_dual=40 * PRICE,
            supply_remaining=0,
            demand_remaining=0,
        )
    ]


def test_a_cheaper_competitor_caps_the_price() -> None:
    found = match([offer(1), offer(2, price=120 * PRICE)], [request(3)], no_freight)
    assert [(one.supply, one.demand) for one in found] == [(1, 3)]
    assert (found[0].price_low, found[0].price, found[0].price_high) == (
        100 * PRICE,
        110 * PRICE,
        120 * PRICE,
    )
    assert found[0].demand_dual == 90 * PRICE


def test_the_short_side_gains_all() -> None:
    short_of_goods = match([offer(1, quantity=6 * QUANTITY)], [request(2)], no_freight)
    assert [(one.price, one.demand_remaining) for one in short_of_goods] == [
        (200 * PRICE, 4 * QUANTITY)
    ]
    short_of_wishes = match([offer(1)], [request(2, quantity=6 * QUANTITY)], no_freight)
    assert [(one.price, one.supply_remaining) for one in short_of_wishes] == [
        (100 * PRICE, 4 * QUANTITY)
    ]


def test_a_range_without_a_whole_middle_rounds_half_even() -> None:
    for bid, price in ((101, 100), (103, 102)):
        found = match([offer(1, price=100)], [request(2, price=bid)], no_freight)
        assert [one.price for one in found] == [price]


def test_of_equal_optima_the_earlier_listings_trade() -> None:
    supplies = [offer(key) for key in (30, 10, 20)]
    assert [one.supply for one in match(supplies, [request(5)], no_freight)] == [10]
    demands = [request(key) for key in (60, 40, 50)]
    assert [one.demand for one in match([offer(1)], demands, no_freight)] == [40]


@pytest.mark.parametrize(
    "changes",
    [
        {"commodity": 2},
        {"currency": "EUR"},
        {"company": 1},
        {"price": 100 * PRICE},
        {"ready_from": 111, "ready_until": 120},
        {"ready_from": 90, "ready_until": 99},
        {"attributes": {"grade": frozenset({"A", "B"})}},
        {"attributes": {"origin": frozenset({"Kerala"})}},
    ],
)
def test_a_pair_that_breaks_a_rule_does_not_trade(changes: dict[str, object]) -> None:
    supply = offer(1, attributes={"grade": "FAQ"})
    assert len(match([supply], [request(2)], no_freight)) == 1
    assert match([supply], [request(2, **changes)], no_freight) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"ready_from": 110, "ready_until": 120},
        {"ready_from": 90, "ready_until": 100},
        {"attributes": {"grade": frozenset({"A", "FAQ"})}},
    ],
)
def test_a_pair_that_just_keeps_the_rules_trades(changes: dict[str, object]) -> None:
    supply = offer(1, attributes={"grade": "FAQ", "origin": "Kerala"})
    assert len(match([supply], [request(2, **changes)], no_freight)) == 1


@pytest.mark.parametrize("pair", [(1, 1002), (1002, 1), frozenset({1, 1002})])
def test_blocked_companies_trade_with_others_only(pair: tuple[int, int]) -> None:
    found = match([offer(1)], [request(2), request(3, price=150 * PRICE)], no_freight, {pair})
    assert [one.demand for one in found] == [3]


def test_a_lot_that_cannot_be_reached_is_not_traded() -> None:
    demand = request(2, quantity=3 * QUANTITY)
    assert match([offer(1, minimum_lot=4 * QUANTITY)], [demand], no_freight) == []
    assert len(match([offer(1, minimum_lot=3 * QUANTITY)], [demand], no_freight)) == 1


def test_a_pair_below_its_lot_is_raised_where_that_pays() -> None:
    supply = offer(1, quantity=12 * QUANTITY, minimum_lot=5 * QUANTITY)
    found = match([supply], [request(2), request(3, price=190 * PRICE)], no_freight)
    assert [(one.demand, one.quantity) for one in found] == [
        (2, 7 * QUANTITY),
        (3, 5 * QUANTITY),
    ]
    assert [one.demand_remaining for one in found] == [3 * QUANTITY, 5 * QUANTITY]


def test_a_pair_below_its_lot_is_dropped_where_raising_does_not_pay() -> None:
    demands = [
        request(2, quantity=7 * QUANTITY),
        request(3, quantity=6 * QUANTITY, price=190 * PRICE),
    ]
    found = match([offer(1, minimum_lot=6 * QUANTITY)], demands, no_freight)
    assert [(one.demand, one.quantity, one.supply_remaining) for one in found] == [
        (2, 7 * QUANTITY, 3 * QUANTITY)
    ]


def test_the_greatest_surplus_comes_first_and_progress_counts_commodities() -> None:
    heard: list[tuple[int, int]] = []
    found = match(
        [offer(1), offer(2, commodity=2), offer(3, commodity=3)],
        [request(1), request(2, commodity=2, price=300 * PRICE)],
        no_freight,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert [one.supply for one in found] == [2, 1]
    assert heard == [(1, 2), (2, 2)]


def test_an_empty_side_gives_nothing() -> None:
    assert match([], [request(1)], no_freight) == []
    assert match([offer(1)], [], no_freight) == []


def test_unusable_listings_are_named() -> None:
    with pytest.raises(ValueError, match="listing 4 stands twice"):
        match([offer(4), offer(4)], [request(1)], no_freight)
    with pytest.raises(ValueError, match="listing 4: quantity 0"):
        match([offer(1)], [request(4, quantity=0)], no_freight)
    with pytest.raises(ValueError, match="listing 4: minimum lot -1"):
        match([offer(4, minimum_lot=-1)], [request(1)], no_freight)


def test_absurd_numbers_of_one_listing_leave_the_others_exact() -> None:
    found = match([offer(1, quantity=1 << 60), offer(2)], [request(3)], no_freight)
    assert [(one.supply, one.quantity) for one in found] == [(1, 10 * QUANTITY)]
    rich = request(4, price=1 << 55)
    found = match([offer(1), offer(2)], [rich, request(3)], no_freight)
    assert sum(one.quantity for one in found) == 20 * QUANTITY
    assert total_surplus(found) == 10 * QUANTITY * ((1 << 55) - 100 * PRICE + 100 * PRICE)
    with pytest.raises(OverflowError):
        match([offer(1, quantity=1 << 60)], [request(2, quantity=1 << 60)], no_freight)


@pytest.mark.shared_data
def test_the_real_book_reaches_its_known_optimum(shared_data: Path) -> None:
    supplies, demands, freight = read_book(shared_data)
    free = match(without_lots(supplies), without_lots(demands), freight)
    optimum = total_surplus(free)
    assert optimum // 10**7 == 865_070_093
    found = match(supplies, demands, freight)
    assert total_surplus(found) * 1000 >= optimum * 995
    offers = {supply.key: supply for supply in supplies}
    requests = {demand.key: demand for demand in demands}
    for one in found:
        supply, demand = offers[one.supply], requests[one.demand]
        assert one.quantity >= max(supply.minimum_lot, demand.minimum_lot)
        assert supply.price <= one.price <= demand.price - one.freight
    shuffled = match(
        [replace(supply) for supply in reversed(supplies)], list(reversed(demands)), freight
    )
    assert shuffled == found
