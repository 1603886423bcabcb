"""The transportation problem of one commodity: who sends how much to whom.

    maximise    sum of surplus[i, j] * flow[i, j]  over the pairs allowed
    subject to  sum over j of flow[i, j] <= supply[i]
                sum over i of flow[i, j] <= demand[j],   flow >= 0

A dummy purchaser takes what no one buys and a dummy supplier delivers what no one sells, which
makes both sides equal, as a network simplex wants them. The simplex moves whole numbers only, so
its answer is a whole-number optimum without any rounding of its own.

Source: R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network Flows", 1993, chapters 9 and 11.
"""

import numpy as np
from numpy.typing import NDArray

IntegerArray = NDArray[np.int64]
BooleanArray = NDArray[np.bool_]

EXACT_FLOAT_LIMIT = 1 << 53
MAXIMUM_PIVOTS = 1 << 62


def solve(
    supply: IntegerArray, demand: IntegerArray, surplus: IntegerArray, allowed: BooleanArray
) -> IntegerArray:
    """The flow of greatest total surplus, in the unit of the quantities.

    `supply` has shape (rows,), `demand` (columns,), `surplus` and `allowed` (rows, columns).
    Rows and columns stand in the order of listing: of two optima, the one is taken that serves
    the earlier. Every allowed pair must have a positive surplus.

    Raises OverflowError where quantities are too great for exact arithmetic (in sum about
    4 * 10**15), and ArithmeticError where the solver fails.
    """
    flow = np.zeros(surplus.shape, dtype=np.int64)
    tradable = allowed & (supply > 0)[:, None] & (demand > 0)
    rows = np.flatnonzero(tradable.any(axis=1))
    columns = np.flatnonzero(tradable.any(axis=0))
    if len(rows) == 0:
        return flow
    cells = np.ix_(rows, columns)
    flow[cells] = _solve_dense(supply[rows], demand[columns], surplus[cells], allowed[cells])
    if (flow < 0).any() or (flow.sum(axis=1) > supply).any() or (flow.sum(axis=0) > demand).any():
        raise ArithmeticError("the network simplex returned a flow that is not feasible")
    return flow


def _solve_dense(
    supply: IntegerArray, demand: IntegerArray, surplus: IntegerArray, allowed: BooleanArray
) -> IntegerArray:
    # Importing POT takes over a second, which commands that match nothing need not pay.
    import ot

    supply, demand = _capped(supply, demand)
    offered, wanted = sum(supply.tolist()), sum(demand.tolist())
    # POT rescales one side by total / total; with a power of two this changes no bit.
    total = 1 << (offered + wanted).bit_length()
    if total > EXACT_FLOAT_LIMIT:
        raise OverflowError(f"quantities of {offered + wanted} thousandths cannot be matched")
    # A pair that may not trade costs what the two dummies in its stead would, nothing, and flow on
    # it is dropped: forbidding such pairs by a price of their own takes ten times as long. As no
    # cost is positive, the simplex prices its artificial arcs low; they stay empty nonetheless, for
    # the dummies offer every unit on them a way that costs nothing.
    cost = np.zeros((len(supply) + 1, len(demand) + 1))
    cost[:-1, :-1] = -_value_with_precedence(surplus, allowed)
    plan, log = ot.emd(
        np.append(supply, total - offered).astype(np.float64),
        np.append(demand, total - wanted).astype(np.float64),
        cost,
        numItermax=MAXIMUM_PIVOTS,
        log=True,
        center_dual=False,
        check_marginals=False,
    )
    if log["warning"] is not None:
        raise ArithmeticError(f"the network simplex failed: {log['warning']}")
    return np.where(allowed, np.rint(plan[:-1, :-1]).astype(np.int64), 0)


def _capped(supply: IntegerArray, demand: IntegerArray) -> tuple[IntegerArray, IntegerArray]:
    """Quantities beyond what the whole other side could take, cut: one absurd listing must not
    cost all others their exactness."""
    offered, wanted = sum(supply.tolist()), sum(demand.tolist())
    return (
        np.array([min(quantity, wanted) for quantity in supply.tolist()], dtype=np.int64),
        np.array([min(quantity, offered) for quantity in demand.tolist()], dtype=np.int64),
    )


def _value_with_precedence(surplus: IntegerArray, allowed: BooleanArray) -> IntegerArray:
    """The surplus with the order of listing below its last digit.

    The bonus of a pair is the sum of its two listings' precedence. A cycle that turns one optimal
    flow into another enters and leaves the dummies at most once each, where bonuses of at most two
    rows and two columns fail to cancel, so no sum of bonuses outweighs one unit of surplus when
    this is multiplied by 2 * (rows + columns) + 1. Where that leaves the range in which floats are
    exact, precedence gives way first, then the last digits of the surplus.
    """
    rows, columns = surplus.shape
    nodes = rows + columns + 2
    greatest = int(surplus[allowed].max())
    limit = EXACT_FLOAT_LIMIT // (2 * nodes)
    factor = 2 * nodes + 1
    if (greatest + 1) * factor > limit:
        return np.where(allowed, surplus, 0) // (greatest // limit + 1)
    bonus = np.arange(rows, 0, -1)[:, None] + np.arange(columns, 0, -1)[None, :]
    return np.where(allowed, surplus * factor + bonus, 0)
