"""Small books for the matching engine, and the plain search that its answers are held against."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from hub.matching.engine.clearing import Demand, Match, Supply

PRICE = 10_000  # one main unit of the currency, in the engine's ten-thousandths
QUANTITY = 1_000  # one unit of the commodity, in the engine's thousandths

_COMMON = {
    "commodity": 1,
    "currency": "INR",
    "region": 1,
    "quantity": 10 * QUANTITY,
    "minimum_lot": 0,
    "ready_from": 100,
    "ready_until": 110,
}


def offer(key: int, **changes: Any) -> Supply:
    """Ten units at an ask of 100, unless `changes` say otherwise."""
    return Supply(**{**_COMMON, "key": key, "company": key, "price": 100 * PRICE, **changes})


def request(key: int, **changes: Any) -> Demand:
    """Ten units at a bid of 200, unless `changes` say otherwise."""
    common = {**_COMMON, "key": key, "company": 1000 + key, "price": 200 * PRICE}
    return Demand(**{**common, **changes})


def no_freight(_commodity: int, _currency: str, _origin: int, _target: int) -> int:
    return 0


def total_surplus(matches: Sequence[Match]) -> int:
    return sum(found.surplus for found in matches)


def may_trade(supply: Supply, demand: Demand, blocked: frozenset[tuple[int, int]]) -> bool:
    """The rules, one by one, apart from the surplus."""
    return (
        supply.commodity == demand.commodity
        and supply.currency == demand.currency
        and supply.company != demand.company
        and (supply.company, demand.company) not in blocked
        and (demand.company, supply.company) not in blocked
        and supply.ready_from <= demand.ready_until
        and demand.ready_from <= supply.ready_until
        and all(supply.attributes.get(name) in values for name, values in demand.attributes.items())
    )


def best_total(
    supplies: Sequence[Supply],
    demands: Sequence[Demand],
    freight: Callable[[int, str, int, int], int],
    blocked: frozenset[tuple[int, int]] = frozenset(),
) -> int:
    """The greatest total surplus of all whole-number flows, by trying them all."""
    pairs = []
    for row, supply in enumerate(supplies):
        for column, demand in enumerate(demands):
            cost = freight(supply.commodity, supply.currency, supply.region, demand.region)
            gain = demand.price - supply.price - cost
            if gain > 0 and may_trade(supply, demand, blocked):
                lot = max(supply.minimum_lot, demand.minimum_lot, 1)
                pairs.append((row, column, gain, lot))

    @cache
    def best(index: int, offered: tuple[int, ...], wanted: tuple[int, ...]) -> int:
        if index == len(pairs):
            return 0
        row, column, gain, lot = pairs[index]
        found = best(index + 1, offered, wanted)
        for quantity in range(lot, min(offered[row], wanted[column]) + 1):
            rest = best(index + 1, _less(offered, row, quantity), _less(wanted, column, quantity))
            found = max(found, quantity * gain + rest)
        return found

    return best(
        0,
        tuple(supply.quantity for supply in supplies),
        tuple(demand.quantity for demand in demands),
    )


def _less(quantities: tuple[int, ...], place: int, quantity: int) -> tuple[int, ...]:
    return (*quantities[:place], quantities[place] - quantity, *quantities[place + 1 :])
