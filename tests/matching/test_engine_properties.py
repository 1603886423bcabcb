"""The engine against a plain search of all flows, on small books of every shape."""

from collections import defaultdict
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.engine.clearing import Demand, Match, Supply, match
from hub.matching.engine.pricing import competitive_gains
from hub.matching.engine.transport import solve
from tests.examples import examples
from tests.matching.books import best_total, may_trade, offer, request, total_surplus

SMALL = settings(max_examples=examples(150), derandomize=True, database=None)

Book = tuple[list[Supply], list[Demand], frozenset[tuple[int, int]]]


def freight(_commodity: int, _currency: str, origin: int, target: int) -> int:
    return 3 * abs(origin - target)


@st.composite
def books(
    draw: st.DrawFn, lots: bool = False, plain: bool = False, most: tuple[int, int] = (3, 4)
) -> Book:
    """A few listings a side, few distinct values so that ties and conflicts are common.

    `most` says how many supplies and demands; a plain search copes with three and four. `plain`
    leaves out everything that keeps a pair apart but the price."""

    def changes(lowest: int, highest: int) -> dict[str, object]:
        start = 100 if plain else draw(st.integers(100, 104))
        return {
            "company": None if plain else draw(st.integers(1, 5)),
            "commodity": 1 if plain else draw(st.sampled_from([1, 1, 1, 2])),
            "region": draw(st.integers(1, 3)),
            "quantity": draw(st.integers(1, 5)),
            "minimum_lot": draw(st.integers(0, 5)) if lots else 0,
            "price": draw(st.integers(lowest, highest)),
            "ready_from": start,
            "ready_until": start + (0 if plain else draw(st.integers(0, 3))),
        }

    def listed(side: list[dict[str, object]], offset: int) -> list[tuple[int, dict[str, object]]]:
        return [
            (key, {**one, "company": one["company"] or offset + key})
            for key, one in enumerate(side, start=1)
        ]

    supplies = [
        offer(key, **one, attributes={"grade": "FAQ" if plain else draw(st.sampled_from("AB"))})
        for key, one in listed([changes(1, 20) for _ in range(draw(st.integers(1, most[0])))], 10)
    ]
    wishes = st.sampled_from([{}, {"grade": frozenset("A")}, {"grade": frozenset("AB")}])
    demands = [
        request(key, **one, attributes={} if plain else draw(wishes))
        for key, one in listed([changes(10, 40) for _ in range(draw(st.integers(1, most[1])))], 20)
    ]
    pairs = st.tuples(st.integers(1, 5), st.integers(1, 5))
    blocked = frozenset() if plain else draw(st.frozensets(pairs, max_size=3))
    return supplies, demands, blocked


def assert_proper(book: Book, found: list[Match]) -> None:
    """Every rule that a set of matches must keep, whatever its total."""
    offers = {supply.key: supply for supply in book[0]}
    requests = {demand.key: demand for demand in book[1]}
    sold: dict[int, int] = defaultdict(int)
    bought: dict[int, int] = defaultdict(int)
    for one in found:
        supply, demand = offers[one.supply], requests[one.demand]
        assert may_trade(supply, demand, book[2])
        assert one.freight == freight(1, "INR", supply.region, demand.region)
        surplus = demand.price - supply.price - one.freight
        assert surplus > 0
        assert one.surplus == surplus * one.quantity
        assert one.quantity >= max(1, supply.minimum_lot, demand.minimum_lot)
        assert supply.price <= one.price_low <= one.price <= one.price_high
        assert one.price_high + one.freight <= demand.price
        sold[one.supply] += one.quantity
        bought[one.demand] += one.quantity
    assert len({(one.supply, one.demand) for one in found}) == len(found)
    for one in found:
        assert one.supply_remaining == offers[one.supply].quantity - sold[one.supply] >= 0
        assert one.demand_remaining == requests[one.demand].quantity - bought[one.demand] >= 0


@SMALL
@given(books())
def test_without_lots_the_total_is_the_greatest_there_is(book: Book) -> None:
    found = match(book[0], book[1], freight, book[2])
    assert_proper(book, found)
    assert total_surplus(found) == best_total(book[0], book[1], freight, book[2])


@SMALL
@given(books(plain=True))
def test_without_lots_every_supply_has_one_price(book: Book) -> None:
    found = match(book[0], book[1], freight)
    assert_proper(book, found)
    assert total_surplus(found) == best_total(book[0], book[1], freight)
    prices = defaultdict(set)
    for one in found:
        prices[one.supply].add((one.price_low, one.price, one.price_high))
    assert all(len(of_one_supply) == 1 for of_one_supply in prices.values())


@SMALL
@given(books(lots=True))
def test_with_lots_every_pair_keeps_the_rules(book: Book) -> None:
    found = match(book[0], book[1], freight, book[2])
    assert_proper(book, found)
    best = best_total(book[0], book[1], freight, book[2])
    assert Fraction(total_surplus(found)) >= Fraction(999, 1000) * best


@settings(SMALL, max_examples=examples(400))
@given(books(lots=True, most=(5, 5)))
def test_with_lots_that_use_listings_up_every_book_is_computed(book: Book) -> None:
    assert_proper(book, match(book[0], book[1], freight, book[2]))


@SMALL
@given(books(lots=True, plain=True))
def test_with_lots_a_crowded_small_book_comes_within_a_thousandth(book: Book) -> None:
    found = match(book[0], book[1], freight)
    assert_proper(book, found)
    best = best_total(book[0], book[1], freight)
    assert Fraction(999, 1000) * best <= total_surplus(found) <= best


@SMALL
@given(books(lots=True), st.randoms(use_true_random=False))
def test_the_order_of_the_arguments_changes_nothing(book: Book, source: object) -> None:
    supplies, demands = list(book[0]), list(book[1])
    found = match(supplies, demands, freight, book[2])
    source.shuffle(supplies)  # type: ignore[attr-defined]
    source.shuffle(demands)  # type: ignore[attr-defined]
    swapped = {(other, one) for one, other in book[2]}
    assert match(supplies, demands, freight, swapped) == found


@st.composite
def transport_problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))

    def numbers(low: int, high: int, size: int) -> np.ndarray:
        drawn = st.lists(st.integers(low, high), min_size=size, max_size=size)
        return np.array(draw(drawn), dtype=np.int64)

    surplus = numbers(-3, 9, rows * columns).reshape(rows, columns)
    return numbers(0, 9, rows), numbers(0, 9, columns), surplus, surplus > 0


def test_listings_with_quantity_left_that_may_not_trade_get_nothing() -> None:
    """What two lots that use a row and a column up leave: only used-up pairs are allowed."""
    diagonal = np.eye(2, dtype=bool)
    flow = solve(np.array([5, 0]), np.array([0, 5]), np.array([[3, 0], [0, 3]]), diagonal)
    assert flow.tolist() == [[0, 0], [0, 0]]


@SMALL
@given(transport_problems())
def test_both_ends_of_the_gains_prove_the_flow_optimal(
    problem: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    supply, demand, surplus, allowed = problem
    flow = solve(supply, demand, surplus, allowed)
    gains = competitive_gains(supply, demand, surplus, allowed, flow)
    assert (gains.supply_least <= gains.supply_greatest).all()
    for of_supply, of_demand in (
        (gains.supply_least, gains.demand_greatest),
        (gains.supply_greatest, gains.demand_least),
    ):
        assert (of_supply >= 0).all()
        assert (of_demand >= 0).all()
        assert ((of_supply[:, None] + of_demand) >= surplus)[allowed].all()
        assert of_supply @ supply + of_demand @ demand == (flow * surplus).sum()


@SMALL
@given(transport_problems())
def test_of_equal_optima_who_listed_first_trades_more(
    problem: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    supply, demand, surplus, allowed = problem
    rows, columns = surplus.shape
    flow = solve(supply, demand, surplus, allowed)
    precedence = np.arange(rows, 0, -1)[:, None] + np.arange(columns, 0, -1)
    heavy = surplus * 10_000 + precedence
    assert (heavy * flow).sum() == (heavy * solve(supply, demand, heavy, allowed)).sum()
