"""Which supplies and demands should trade, how much, and at what price: pure computation.

Supplies i (quantity a, ask p, ex region) and demands j (quantity b, bid r, delivered) may trade
when commodity and currency are the same, the goods have what the demand requires, the delivery
windows share a day, the companies differ and neither blocks the other, and the surplus of a unit,
r - p - freight, is positive. The engine maximises the total surplus over quantities, commodity by
commodity; of equal optima it takes the one that serves who listed first.

Everything is an integer: quantities in thousandths of the commodity's unit, prices, freight and
surplus a unit in ten-thousandths of the currency's main unit, total surplus in their product
(scale 7). Nothing is rounded but the price of a pair whose range has no whole middle.

Without minimum lots the result is the exact optimum. With them a pair trades at least the larger of
its two lots, or nothing; a listing with less left than its lot therefore waits until it is changed.
The result is then the repaired optimum of `minimum_lots`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hub.matching.engine.goods import satisfies
from hub.matching.engine.minimum_lots import LotProblem, solve_with_lots
from hub.matching.engine.pricing import Gains, competitive_gains, midpoint, price_range
from hub.matching.engine.transport import BooleanArray, IntegerArray, solve

# commodity, currency, region from, region to -> freight of a unit, in ten-thousandths
Freight = Callable[[int, str, int, int], int]
Progress = Callable[[int, int], None]
Failed = Callable[[int, str, Exception], None]


@dataclass(frozen=True, slots=True)
class Supply:
    """An offer to sell. `key` is the listing's id: the lower, the earlier it was listed."""

    key: int
    company: int
    commodity: int
    currency: str
    region: int
    quantity: int  # still available, > 0
    minimum_lot: int  # >= 0
    price: int  # the ask, ex region
    ready_from: int  # ordinal days, both inclusive
    ready_until: int
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)  # grade among them


@dataclass(frozen=True, slots=True)
class Demand:
    """A request to buy. `attributes` names the values accepted; what it does not name is free."""

    key: int
    company: int
    commodity: int
    currency: str
    region: int
    quantity: int
    minimum_lot: int
    price: int  # the bid, delivered
    ready_from: int
    ready_until: int
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Match:
    """A trade to propose, with what explains it.

    `price` is what the supplier is paid a unit, ex region: ask <= price and price + freight <= bid.
    It lies half way between `price_low` and `price_high`: below the first the supplier, above the
    second the purchaser could do better with another partner, so the market of this commodity is in
    balance between the two. A supply has one price towards all its partners, unless minimum lots
    joined a pair that is not in the optimum without lots.

    `supply_dual` and `demand_dual` are what a unit of either listing is worth to the whole market,
    half way between what one more would add to the total surplus and one less would cost: what the
    supplier gains above the ask, and the purchaser below the bid. With unequal quantities the side
    that is short gains all. `supply_remaining` and `demand_remaining` are left after the whole run.
    """

    supply: int  # keys
    demand: int
    quantity: int
    price: int
    price_low: int
    price_high: int
    freight: int
    surplus: int  # quantity * (bid - ask - freight), scale 7
    supply_dual: int
    demand_dual: int
    supply_remaining: int
    demand_remaining: int


@dataclass(frozen=True, slots=True)
class Market:
    """All listings of one commodity in one currency, in the order of listing."""

    supplies: Sequence[Supply]
    demands: Sequence[Demand]
    freight: IntegerArray  # (supplies, demands)
    surplus: IntegerArray  # (supplies, demands), a unit
    eligible: BooleanArray  # (supplies, demands)


def match(
    supplies: Sequence[Supply],
    demands: Sequence[Demand],
    freight: Freight,
    blocked: Iterable[Collection[int]] = frozenset(),
    excluded: Iterable[tuple[int, int]] = frozenset(),
    progress: Progress | None = None,
    failed: Failed | None = None,
) -> list[Match]:
    """The trades of greatest total surplus, the greatest first.

    `blocked` holds pairs of companies that do not trade with each other, in either direction,
    `excluded` pairs of keys (supply, demand) of listings that are not to be brought together.
    `freight` is asked once for each pair of regions that meets in a commodity. `progress` hears how
    many commodities are done, of how many. The order of the arguments' listings changes nothing.

    A commodity that can't be computed (quantities beyond exact arithmetic, a solver that gives up)
    costs the others nothing: `failed` hears of the commodity, the currency and the error, and the
    rest is computed. Without `failed` the error is raised.

    Raises ValueError for a key that stands twice on one side, a quantity that is not positive or a
    lot that is negative.
    """
    _check(supplies)
    _check(demands)
    partners_blocked: dict[int, set[int]] = defaultdict(set)
    for one, other in blocked:
        partners_blocked[one].add(other)
        partners_blocked[other].add(one)
    unwanted = frozenset(excluded)
    books = _by_commodity(supplies, demands)
    matches: list[Match] = []
    for done, (book_supplies, book_demands) in enumerate(books, start=1):
        try:
            market = open_market(book_supplies, book_demands, freight, partners_blocked, unwanted)
            matches.extend(_clear(market))
        except Exception as error:
            if failed is None:
                raise
            failed(book_supplies[0].commodity, book_supplies[0].currency, error)
        if progress is not None:
            progress(done, len(books))
    return sorted(matches, key=lambda found: (-found.surplus, found.supply, found.demand))


def open_market(
    supplies: Sequence[Supply],
    demands: Sequence[Demand],
    freight: Freight,
    partners_blocked: Mapping[int, Collection[int]],
    excluded: Collection[tuple[int, int]] = frozenset(),
) -> Market:
    """Who may trade with whom among listings of one commodity and currency, and at what surplus."""
    freights = _freight_table(supplies, demands, freight)
    surplus = _column(demands, "price") - _column(supplies, "price")[:, None] - freights
    eligible = (
        (surplus > 0)
        & (_column(supplies, "ready_from")[:, None] <= _column(demands, "ready_until"))
        & (_column(supplies, "ready_until")[:, None] >= _column(demands, "ready_from"))
        & (_column(supplies, "company")[:, None] != _column(demands, "company"))
        & _attributes_satisfied(supplies, demands)
    )
    for row, supply in enumerate(supplies):
        strangers = partners_blocked.get(supply.company)
        if strangers:
            eligible[row] &= [demand.company not in strangers for demand in demands]
    rows = {supply.key: row for row, supply in enumerate(supplies)}
    columns = {demand.key: column for column, demand in enumerate(demands)}
    for one, other in excluded:
        if one in rows and other in columns:
            eligible[rows[one], columns[other]] = False
    return Market(supplies, demands, freights, surplus, eligible)


def _check(listings: Sequence[Supply] | Sequence[Demand]) -> None:
    keys: set[int] = set()
    for listing in listings:
        if listing.quantity <= 0:
            raise ValueError(f"listing {listing.key}: quantity {listing.quantity} is not positive")
        if listing.minimum_lot < 0:
            raise ValueError(f"listing {listing.key}: minimum lot {listing.minimum_lot} < 0")
        if listing.key in keys:
            raise ValueError(f"listing {listing.key} stands twice on one side")
        keys.add(listing.key)


def _by_commodity(
    supplies: Sequence[Supply], demands: Sequence[Demand]
) -> list[tuple[list[Supply], list[Demand]]]:
    """Listings by commodity and currency, where both sides are present, in the order of listing."""
    books: dict[tuple[int, str], tuple[list[Supply], list[Demand]]] = defaultdict(lambda: ([], []))
    for supply in sorted(supplies, key=lambda listing: listing.key):
        books[supply.commodity, supply.currency][0].append(supply)
    for demand in sorted(demands, key=lambda listing: listing.key):
        books[demand.commodity, demand.currency][1].append(demand)
    return [book for _, book in sorted(books.items()) if all(book)]


def _column(listings: Sequence[Supply] | Sequence[Demand], name: str) -> IntegerArray:
    return np.array([getattr(listing, name) for listing in listings], dtype=np.int64)


def _freight_table(
    supplies: Sequence[Supply], demands: Sequence[Demand], freight: Freight
) -> IntegerArray:
    origins, origin_of = np.unique(_column(supplies, "region"), return_inverse=True)
    targets, target_of = np.unique(_column(demands, "region"), return_inverse=True)
    commodity, currency = supplies[0].commodity, supplies[0].currency
    table = np.array(
        [
            [freight(commodity, currency, origin, target) for target in targets.tolist()]
            for origin in origins.tolist()
        ],
        dtype=np.int64,
    )
    return table[origin_of[:, None], target_of]


def _attributes_satisfied(supplies: Sequence[Supply], demands: Sequence[Demand]) -> BooleanArray:
    """Pairs whose goods are what is required, compared once for each distinct set of attributes."""
    goods = [tuple(sorted(supply.attributes.items())) for supply in supplies]
    wishes = [
        tuple(sorted((name, tuple(sorted(values))) for name, values in demand.attributes.items()))
        for demand in demands
    ]
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys(goods))}
    wanted = {wish: number for number, wish in enumerate(dict.fromkeys(wishes))}
    table = np.array([[satisfies(dict(kind), wish) for wish in wanted] for kind in kinds])
    rows = np.array([kinds[kind] for kind in goods])
    columns = np.array([wanted[wish] for wish in wishes])
    satisfied: BooleanArray = table[rows[:, None], columns]
    return satisfied


def _clear(market: Market) -> list[Match]:
    """Solve one market: quantities first, then prices from the optimum that ignores lots."""
    supply = _column(market.supplies, "quantity")
    demand = _column(market.demands, "quantity")
    lots = np.maximum(
        _column(market.supplies, "minimum_lot")[:, None], _column(market.demands, "minimum_lot")
    )
    allowed = market.eligible & (supply[:, None] >= lots) & (demand >= lots)
    relaxed = solve(supply, demand, market.surplus, allowed)
    flow = solve_with_lots(LotProblem(supply, demand, market.surplus, allowed, lots), relaxed)
    gains = competitive_gains(supply, demand, market.surplus, allowed, relaxed)
    supply_remaining = (supply - flow.sum(axis=1)).tolist()
    demand_remaining = (demand - flow.sum(axis=0)).tolist()
    return [
        _explained(
            market,
            gains,
            row,
            column,
            int(flow[row, column]),
            (supply_remaining[row], demand_remaining[column]),
        )
        for row, column in np.argwhere(flow).tolist()
    ]


def _explained(
    market: Market, gains: Gains, row: int, column: int, quantity: int, remaining: tuple[int, int]
) -> Match:
    supply, demand = market.supplies[row], market.demands[column]
    surplus = int(market.surplus[row, column])
    supply_least, supply_greatest = int(gains.supply_least[row]), int(gains.supply_greatest[row])
    demand_least, demand_greatest = (
        int(gains.demand_least[column]),
        int(gains.demand_greatest[column]),
    )
    low, high = price_range(surplus, supply_greatest, demand_greatest)
    return Match(
        supply=supply.key,
        demand=demand.key,
        quantity=quantity,
        price=supply.price + midpoint(low, high),
        price_low=supply.price + low,
        price_high=supply.price + high,
        freight=int(market.freight[row, column]),
        surplus=quantity * surplus,
        supply_dual=midpoint(supply_least, supply_greatest),
        demand_dual=midpoint(demand_least, demand_greatest),
        supply_remaining=remaining[0],
        demand_remaining=remaining[1],
    )
