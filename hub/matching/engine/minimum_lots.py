"""The transportation problem when a pair that trades must trade at least a minimum lot.

With lots the problem is a mixed-integer one. It is taken in three steps:

1. round: solve without lots; of the pairs below their lot the larger are raised to it, the smaller
   dropped; solve again with those lots set aside; do so once more, and then let only the pairs
   that trade their lot by now share what is left;
2. refill: give what is left to dropped pairs that would now reach their lot;
3. search: branch on "drop it" and "raise it to its lot", with the relaxed problem as the bound,
   until nothing can be better by more than a thousandth, or the effort set for it is spent.

Source of step 3: A. H. Land, A. G. Doig, "An automatic method of solving discrete programming
problems", Econometrica 28 (1960).
"""

from dataclasses import dataclass

import numpy as np

from hub.matching.engine.transport import BooleanArray, IntegerArray, solve

SEARCH_GAP = 1000  # a branch is left when it promises less than 1/1000 above the best found
SEARCH_BRANCHES = 400
SEARCH_CELLS = 2_000_000  # cells of all relaxed problems together: large books get few branches


@dataclass(frozen=True, slots=True)
class LotProblem:
    """As in `transport.solve`, with `lots` (rows, columns): what a pair trades is 0 or >= its lot.

    `allowed` holds only pairs whose two quantities both reach the lot.
    """

    supply: IntegerArray
    demand: IntegerArray
    surplus: IntegerArray
    allowed: BooleanArray
    lots: IntegerArray

    def relaxed(self, raised: BooleanArray, dropped: BooleanArray) -> IntegerArray:
        """The optimum where `raised` pairs trade at least their lot, `dropped` ones nothing, and
        all others any quantity."""
        set_aside = np.where(raised, self.lots, 0)
        return set_aside + solve(
            self.supply - set_aside.sum(axis=1),
            self.demand - set_aside.sum(axis=0),
            self.surplus,
            self.allowed & ~dropped,
        )

    def too_small(self, flow: IntegerArray) -> BooleanArray:
        small: BooleanArray = (flow > 0) & (flow < self.lots)
        return small

    def fits(self, raised: BooleanArray, row: int, column: int) -> bool:
        """Whether the lot of one more pair can be set aside beside those of `raised`."""
        lot = self.lots[row, column]
        taken_by_row = self.lots[row][raised[row]].sum()
        taken_by_column = self.lots[:, column][raised[:, column]].sum()
        return bool(
            taken_by_row + lot <= self.supply[row] and taken_by_column + lot <= self.demand[column]
        )

    def total(self, flow: IntegerArray) -> int:
        """Total surplus, as a Python integer: it may exceed 64 bits."""
        pairs = np.nonzero(flow)
        return sum(
            quantity * gain
            for quantity, gain in zip(
                flow[pairs].tolist(), self.surplus[pairs].tolist(), strict=True
            )
        )


def solve_with_lots(problem: LotProblem, relaxed: IntegerArray) -> IntegerArray:
    """A flow without any pair below its lot; `relaxed` is the optimum that ignores lots, which is
    returned as it is when it respects them."""
    if not problem.too_small(relaxed).any():
        return relaxed
    return _search(problem, relaxed, _refill(problem, _round(problem, relaxed)))


def _round(problem: LotProblem, relaxed: IntegerArray) -> IntegerArray:
    raised = np.zeros_like(problem.allowed)
    dropped = np.zeros_like(problem.allowed)
    _settle(problem, relaxed, raised, dropped)
    flow = problem.relaxed(raised, dropped)
    _settle(problem, flow, raised, dropped)
    raised |= (flow > 0) & ~dropped
    return problem.relaxed(raised, ~raised)


def _settle(
    problem: LotProblem, flow: IntegerArray, raised: BooleanArray, dropped: BooleanArray
) -> None:
    """Sort each pair below its lot into `raised` or `dropped`, those nearest to their lot first.

    A raised lot fits beside the lots of all pairs that trade enough, so these may be raised later.
    """
    rows, columns = np.nonzero(problem.too_small(flow))
    sufficient = (flow > 0) & (flow >= problem.lots)
    nearness = flow[rows, columns] / problem.lots[rows, columns]
    for index in np.argsort(-nearness, kind="stable"):
        row, column = int(rows[index]), int(columns[index])
        near = 2 * flow[row, column] >= problem.lots[row, column]
        if near and problem.fits(sufficient, row, column):
            raised[row, column] = sufficient[row, column] = True
        else:
            dropped[row, column] = True


def _refill(problem: LotProblem, flow: IntegerArray) -> IntegerArray:
    """Add what is left to the pairs that can take it, the greatest surplus a unit first."""
    flow = flow.copy()
    supply_left = problem.supply - flow.sum(axis=1)
    demand_left = problem.demand - flow.sum(axis=0)
    spare = np.minimum(supply_left[:, None], demand_left)
    rows, columns = np.nonzero(problem.allowed & (spare > 0) & (flow + spare >= problem.lots))
    for index in np.argsort(-problem.surplus[rows, columns], kind="stable"):
        pair = rows[index], columns[index]
        quantity = min(supply_left[pair[0]], demand_left[pair[1]])
        if quantity > 0 and flow[pair] + quantity >= problem.lots[pair]:
            flow[pair] += quantity
            supply_left[pair[0]] -= quantity
            demand_left[pair[1]] -= quantity
    return flow


def _search(problem: LotProblem, relaxed: IntegerArray, best: IntegerArray) -> IntegerArray:
    best_total = problem.total(best)
    nothing = np.zeros_like(problem.allowed)
    open_branches = [(relaxed, nothing, nothing)]
    remaining = min(SEARCH_BRANCHES, SEARCH_CELLS // problem.surplus.size)
    while open_branches:
        flow, raised, dropped = open_branches.pop()
        bound = problem.total(flow)
        if bound * SEARCH_GAP <= best_total * (SEARCH_GAP + 1):
            continue
        small = problem.too_small(flow)
        if not small.any():
            best, best_total = flow, bound
            continue
        if remaining <= 0:
            break
        remaining -= 2
        shortfall = np.where(small, np.minimum(flow, problem.lots - flow), -1)
        row, column = divmod(int(shortfall.argmax()), flow.shape[1])
        without = dropped.copy()
        without[row, column] = True
        open_branches.append((problem.relaxed(raised, without), raised, without))
        if problem.fits(raised, row, column):
            with_lot = raised.copy()
            with_lot[row, column] = True
            open_branches.append((problem.relaxed(with_lot, dropped), with_lot, dropped))
    return best
