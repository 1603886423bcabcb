"""Matching of the real book beside a plain linear program on all feasible pairs, and of ten times
the book by itself.

    python -m bench.matching [FOLDER]

FOLDER (default ../shared/data beside the checkout) holds listings/supply.csv, listings/demand.csv
and regions/india_states.csv. Both sides run in one process, one after the other, on the same
listings. The linear program is given the feasible pairs and their surplus ready-made and only its
model and its solution are timed; the engine's time is the whole of `match`, from listings to priced
proposals. Minimum lots are a rule that the linear program cannot state, so the sides are compared
without them first.
"""

import argparse
import csv
import dataclasses
import math
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import highspy
import numpy as np
import ot  # noqa: F401  loaded beforehand, so that its import is in nobody's time

from hub.matching.engine.clearing import Demand, Freight, Match, Supply, match, open_market

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
EARTH_RADIUS_KM = 6371.0088  # the IUGG's mean radius
FREIGHT_RATE = 3000  # ten-thousandths of a rupee a decitonne and km
SURPLUS_SCALE = 10**7

Listing = TypeVar("Listing", Supply, Demand)


def read_book(folder: Path) -> tuple[list[Supply], list[Demand], Freight]:
    """The listings of `folder` and the freight between its regions, by great circle."""
    companies: dict[str, int] = {}
    commodities: dict[str, int] = {}
    with (folder / "regions" / "india_states.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    regions = {row["region"]: number for number, row in enumerate(rows)}
    points = [(float(row["latitude"]), float(row["longitude"])) for row in rows]
    freights = [
        [round(FREIGHT_RATE * _great_circle(origin, target)) for target in points]
        for origin in points
    ]

    def fields(row: dict[str, str]) -> dict[str, object]:
        return {
            "key": int(row["reference"][1:]),
            "company": companies.setdefault(row["company"], len(companies)),
            "commodity": commodities.setdefault(row["commodity"], len(commodities)),
            "currency": row["currency"],
            "region": regions[row["region"]],
            "quantity": int(Decimal(row["quantity"]) * 1000),
            "minimum_lot": int(Decimal(row["min_lot"]) * 1000),
            "price": int(Decimal(row["price"]) * 10_000),
            "ready_from": date.fromisoformat(row["ready_from"]).toordinal(),
            "ready_until": date.fromisoformat(row["ready_until"]).toordinal(),
        }

    with (folder / "listings" / "supply.csv").open(encoding="utf-8", newline="") as lines:
        supplies = [
            Supply(**fields(row), attributes={"grade": row["grade"]})  # type: ignore[arg-type]
            for row in csv.DictReader(lines)
        ]
    with (folder / "listings" / "demand.csv").open(encoding="utf-8", newline="") as lines:
        demands = [
            Demand(
                **fields(row),  # type: ignore[arg-type]
                attributes={"grade": frozenset([row["grade"]])} if row["grade"] else {},
            )
            for row in csv.DictReader(lines)
        ]
    return supplies, demands, lambda _commodity, _currency, one, other: freights[one][other]


def _great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    latitude, longitude, other_latitude, other_longitude = map(math.radians, (*one, *other))
    haversine = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude)
        * math.cos(other_latitude)
        * math.sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(haversine)))


def without_lots(listings: Sequence[Listing]) -> list[Listing]:
    return [dataclasses.replace(listing, minimum_lot=0) for listing in listings]


def ten_times(listings: Sequence[Listing], seed: int) -> list[Listing]:
    """Ten copies of each listing, prices within 10 % and quantities between half and double."""
    source = random.Random(seed)
    return [
        dataclasses.replace(
            listing,
            key=listing.key * 10 + copy,
            price=listing.price * source.randint(900, 1100) // 1000,
            quantity=max(listing.quantity * source.randint(50, 200) // 100, listing.minimum_lot),
        )
        for listing in listings
        for copy in range(10)
    ]


def linear_program(
    supplies: Sequence[Supply], demands: Sequence[Demand], freight: Freight
) -> tuple[float, int, float]:
    """Optimum (scale 7), number of pairs and seconds of HiGHS, all commodities in one model."""
    surplus, starts = _feasible_pairs(supplies, demands, freight)
    began = time.perf_counter()
    model = highspy.HighsLp()
    model.num_col_ = len(surplus)
    model.num_row_ = len(supplies) + len(demands)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = surplus
    model.col_lower_ = np.zeros(len(surplus))
    model.col_upper_ = np.full(len(surplus), highspy.kHighsInf)
    model.row_lower_ = np.full(model.num_row_, -highspy.kHighsInf)
    model.row_upper_ = np.array(
        [listing.quantity / 1000 for listing in (*supplies, *demands)], dtype=np.float64
    )
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(0, 2 * len(surplus) + 1, 2, dtype=np.int32)
    model.a_matrix_.index_ = starts
    model.a_matrix_.value_ = np.ones(2 * len(surplus))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    seconds = time.perf_counter() - began
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"HiGHS ended with {solver.getModelStatus()}")
    return solver.getInfo().objective_function_value * SURPLUS_SCALE, len(surplus), seconds


def _feasible_pairs(
    supplies: Sequence[Supply], demands: Sequence[Demand], freight: Freight
) -> tuple[np.ndarray, np.ndarray]:
    """Surplus a unit of each feasible pair, and its two rows: supplies first, then demands."""
    places: dict[tuple[int, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, supply in enumerate(supplies):
        places[supply.commodity, supply.currency][0].append(number)
    for number, demand in enumerate(demands):
        places[demand.commodity, demand.currency][1].append(number)
    gains, rows = [], []
    for ours, theirs in places.values():
        if not ours or not theirs:
            continue
        market = open_market(
            [supplies[number] for number in ours],
            [demands[number] for number in theirs],
            freight,
            {},
        )
        row, column = np.nonzero(market.eligible)
        gains.append(market.surplus[row, column] / 10_000)
        pair = (np.array(ours)[row], np.array(theirs)[column] + len(supplies))
        rows.append(np.stack(pair, axis=1).ravel())
    return np.concatenate(gains), np.concatenate(rows).astype(np.int32)


def timed(call: Callable[[], list[Match]]) -> tuple[int, int, float]:
    """Total surplus (scale 7), number of matches and seconds."""
    began = time.perf_counter()
    found = call()
    return sum(one.surplus for one in found), len(found), time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description="time the matching engine against HiGHS")
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    folder = parser.parse_args().folder
    if not (folder / "listings" / "supply.csv").exists():
        print(f"matching: no listings in {folder}: not measured")
        return 0
    supplies, demands, freight = read_book(folder)
    free_supplies, free_demands = without_lots(supplies), without_lots(demands)
    print(f"the real book: {len(supplies):,} supplies, {len(demands):,} demands")
    optimum, pairs, program_seconds = linear_program(supplies, demands, freight)
    engine, count, engine_seconds = timed(lambda: match(free_supplies, free_demands, freight))
    repaired, lots_count, lots_seconds = timed(lambda: match(supplies, demands, freight))
    for name, total, seconds, note in (
        ("HiGHS, no lots", optimum, program_seconds, f"{pairs:,} pairs, solution only"),
        ("engine, no lots", engine, engine_seconds, f"{count:,} matches, priced"),
        ("engine, with lots", repaired, lots_seconds, f"{lots_count:,} matches, priced"),
    ):
        print(f"  {name:<18}{seconds:8.2f} s{total / SURPLUS_SCALE:22,.4f} INR   {note}")
    print(
        f"  without lots: {_times(program_seconds, engine_seconds)} than the linear program, "
        f"{engine / optimum:.9f} of its optimum"
    )
    print(
        f"  with lots:    {_times(program_seconds, lots_seconds)} than the linear program, "
        f"{repaired / optimum:.6f} of the optimum that ignores lots"
    )
    many_supplies, many_demands = ten_times(supplies, 1), ten_times(demands, 2)
    print(f"ten times the book: {len(many_supplies):,} supplies, {len(many_demands):,} demands")
    free_supplies, free_demands = without_lots(many_supplies), without_lots(many_demands)
    large, count, large_seconds = timed(lambda: match(free_supplies, free_demands, freight))
    print(f"  engine, no lots   {large_seconds:8.2f} s   {count:,} matches")
    with_lots, count, lots_seconds = timed(lambda: match(many_supplies, many_demands, freight))
    print(
        f"  engine, with lots {lots_seconds:8.2f} s   {count:,} matches, "
        f"{with_lots / large:.6f} of the optimum without lots"
    )
    return 0


def _times(other: float, ours: float) -> str:
    return f"{other / ours:.1f}x faster" if ours < other else f"{ours / other:.1f}x SLOWER"


if __name__ == "__main__":
    sys.exit(main())
