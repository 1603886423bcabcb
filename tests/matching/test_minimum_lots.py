"""Minimum lots on books small enough to follow by hand.

Each book stands beside a pair of its own that trades so much that the others bring less than a
thousandth of it: too little for the search to look further. So what rounding and refilling make
of the others can be seen.
"""

import numpy as np
import pytest

from hub.matching.engine.minimum_lots import LotProblem, solve_with_lots
from hub.matching.engine.transport import solve

MUCH = 10**6

Listed = list[tuple[int, int]]


def book(supplies: Listed, demands: Listed, gains: list[list[int]], much: int = MUCH) -> LotProblem:
    """Listings are a quantity and a minimum lot, gains are a unit's.

    Pairs without a gain may not trade, and neither may those that can't reach their lot.
    """
    lots = np.array([[max(1, lot, other) for _q, other in demands] for _q, lot in supplies])
    reach = [[min(one, other) for other, _lot in demands] for one, _lot in supplies]
    return LotProblem(
        supply=np.array([much, *(quantity for quantity, _lot in supplies)]),
        demand=np.array([much, *(quantity for quantity, _lot in demands)]),
        surplus=_beside(gains, 100),
        allowed=_beside((np.array(gains) > 0) & (lots <= np.array(reach)), True),
        lots=_beside(lots, 1),
    )


def without_lots(problem: LotProblem) -> np.ndarray:
    return solve(problem.supply, problem.demand, problem.surplus, problem.allowed)


def traded(problem: LotProblem) -> list[list[int]]:
    """What each pair trades, but for the one that trades so much."""
    flow = solve_with_lots(problem, without_lots(problem))
    assert flow[0, 0] == problem.supply[0]
    assert not problem.too_small(flow).any()
    return flow[1:, 1:].tolist()


def _beside(values: object, first: int) -> np.ndarray:
    """The values with a row and a column before them, empty but for their corner."""
    given = np.array(values)
    whole = np.zeros((given.shape[0] + 1, given.shape[1] + 1), dtype=given.dtype)
    whole[0, 0], whole[1:, 1:] = first, given
    return whole


def test_what_dropped_pairs_leave_goes_to_one_that_reaches_its_lot_after_all() -> None:
    """Without lots the second supply serves both demands and leaves the first one 2 of the 8 that
    are its least: both pairs with the second demand are dropped, and 8 can be had of the first."""
    supplies, demands = [(8, 6), (11, 2)], [(5, 5), (8, 8)]
    assert traded(book(supplies, demands, [[30, 10], [40, 20]])) == [[0, 8], [5, 0]]


def test_nothing_is_left_to_a_pair_that_would_stay_below_its_lot() -> None:
    supplies, demands = [(8, 6), (11, 2)], [(5, 5), (9, 9)]
    assert traded(book(supplies, demands, [[30, 10], [40, 20]])) == [[0, 0], [5, 0]]


def test_nothing_is_left_to_a_pair_that_may_not_trade() -> None:
    supplies, demands = [(11, 2), (7, 3)], [(4, 4), (10, 8)]
    assert traded(book(supplies, demands, [[10, 36], [0, 0]])) == [[0, 10], [0, 0]]


def test_what_is_left_goes_to_the_greatest_gain_first_and_only_once() -> None:
    supplies, demands = [(6, 5), (6, 6), (2, 2)], [(11, 4), (6, 2), (6, 4)]
    gains = [[23, 37, 23], [7, 24, 0], [34, 26, 34]]
    assert traded(book(supplies, demands, gains)) == [[6, 0, 0], [0, 0, 0], [0, 2, 0]]
    supplies, demands = [(12, 8), (5, 3), (6, 0)], [(8, 3), (8, 4), (10, 7)]
    gains = [[7, 34, 7], [36, 18, 1], [6, 30, 9]]
    assert traded(book(supplies, demands, gains)) == [[0, 0, 10], [5, 0, 0], [0, 6, 0]]


@pytest.mark.parametrize(("lot", "expected"), [(6, [[6], [6]]), (8, [[4], [8]]), (9, [[8], [0]])])
def test_a_pair_that_trades_half_its_lot_is_raised_to_it_and_one_below_is_dropped(
    lot: int, expected: list[list[int]]
) -> None:
    """Without lots the second pair trades 4."""
    assert traded(book([(8, 2), (9, lot)], [(12, 0)], [[10], [9]])) == expected


def test_what_is_worth_a_thousandth_of_the_whole_is_looked_for() -> None:
    """Raised to its lot the second pair brings 31 more than without it, of 10,111."""
    little = book([(8, 2), (9, 9)], [(12, 0)], [[10], [9]], much=100)
    assert traded(little) == [[3], [9]]


def test_an_optimum_that_keeps_the_lots_stays_as_it_is() -> None:
    sound = book([(8, 6), (9, 4)], [(12, 0)], [[10], [9]])
    optimum = without_lots(sound)
    assert solve_with_lots(sound, optimum) is optimum
