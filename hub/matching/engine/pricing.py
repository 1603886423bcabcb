"""Prices from the duals of the transportation problem.

The dual of a listing is what one more unit of it would add to the total surplus. At an optimum the
duals split each traded pair's surplus between its two sides: gain[supply] + gain[demand] = surplus,
no gain is negative, a listing that is not used up gains nothing, and no two listings that trade
with others (or not at all) could both do better with each other. So the price "ask + gain of the
supply" is one at which nobody has a reason to leave: a competitive price.

Such prices are seldom unique. Of all of them one set is best for every supplier at once and one is
best for every purchaser at once; between these two the hub, which takes no side, goes half way.

Sources: L. S. Shapley, M. Shubik, "The assignment game I: the core", International Journal of Game
Theory 1 (1971), for the lattice and its two ends; G. L. Thompson, "Auctions and market games"
(1981), for the fair division point half way between them.
"""

from dataclasses import dataclass

import numpy as np

from hub.matching.engine.transport import BooleanArray, IntegerArray

UNREACHABLE = -(1 << 61)


@dataclass(frozen=True, slots=True)
class Gains:
    """Least and greatest competitive gain a unit of each listing, in the unit of the surplus.

    `supply_…` have shape (rows,), `demand_…` (columns,). The greatest gains of the supplies go with
    the least of the demands, and the other way round.
    """

    supply_least: IntegerArray
    supply_greatest: IntegerArray
    demand_least: IntegerArray
    demand_greatest: IntegerArray


def competitive_gains(
    supply: IntegerArray,
    demand: IntegerArray,
    surplus: IntegerArray,
    allowed: BooleanArray,
    flow: IntegerArray,
) -> Gains:
    """Both ends of the duals that prove `flow` optimal; arguments as in `transport.solve`."""
    unsold = flow.sum(axis=1) < supply
    unserved = flow.sum(axis=0) < demand
    reach = np.where(allowed, surplus, UNREACHABLE)
    supply_greatest, demand_least = _greatest(reach, flow, unsold)
    demand_greatest, supply_least = _greatest(
        np.ascontiguousarray(reach.T), np.ascontiguousarray(flow.T), unserved
    )
    return Gains(supply_least, supply_greatest, demand_least, demand_greatest)


def _greatest(
    reach: IntegerArray, flow: IntegerArray, unused: BooleanArray
) -> tuple[IntegerArray, IntegerArray]:
    """The greatest gains of the rows, with the least of the columns that go with them.

    Bellman and Ford's shortest paths over the conditions on the gains: a row gains at most what
    its partners leave it, a column at least what any row would lose by not trading with it. An
    optimal flow has no cycle that improves it, so this ends after at most rows + columns rounds.
    """
    rows, columns = np.nonzero(flow)
    traded = reach[rows, columns]
    gain = np.full(flow.shape[0], -UNREACHABLE, dtype=np.int64)
    np.minimum.at(gain, rows, traded)
    gain[unused] = 0
    cost = np.zeros(flow.shape[1], dtype=np.int64)
    changed = np.arange(flow.shape[0])
    for _ in range(sum(flow.shape) + 1):
        if len(changed) == 0:
            break
        cost = np.maximum(cost, (reach[changed] - gain[changed, None]).max(axis=0))
        improved = gain.copy()
        np.minimum.at(improved, rows, traded - cost[columns])
        changed = np.flatnonzero(improved < gain)
        gain = improved
    return gain, cost


def price_range(surplus: int, supply_greatest: int, demand_greatest: int) -> tuple[int, int]:
    """From the purchasers' best to the suppliers' best price of a pair, each as an addition to the
    ask, between 0 and `surplus`.

    For a pair of the optimum these are the two ends of its competitive prices. A pair that only
    minimum lots brought together has no competitive price: either side would gain more elsewhere,
    if the lots there were smaller; the ends are then what each side's gains would leave of this
    pair's surplus.
    """
    low = min(max(surplus - demand_greatest, 0), surplus)
    high = max(min(surplus, supply_greatest), low)
    return low, high


def midpoint(low: int, high: int) -> int:
    """Half way, rounded half-even to a whole number."""
    half, odd = divmod(low + high, 2)
    return half + (half & 1 if odd else 0)
