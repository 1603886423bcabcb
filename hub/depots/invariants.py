"""What must hold in every depot at every commit, read afresh from the tables.

Each check gives one sentence for each thing that is wrong; none when all is well.
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select

from hub.core.db.base import db
from hub.depots.models import Bin, BinStock, Lot, Reservation, ReservationState, StockMove


def balances_follow_from_moves() -> list[str]:
    """What is stored as on hand is what the moves add up to."""
    rebuilt: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    total = func.sum(StockMove.quantity, type_=StockMove.quantity.type)
    ends: tuple[tuple[Any, int], ...] = ((StockMove.to_bin_id, 1), (StockMove.from_bin_id, -1))
    for column, sign in ends:
        statement = (
            select(StockMove.lot_id, column, total)
            .where(column.is_not(None))
            .group_by(StockMove.lot_id, column)
        )
        for lot_id, bin_id, quantity in db.session.execute(statement):
            rebuilt[lot_id, bin_id] += sign * quantity
    columns = select(BinStock.lot_id, BinStock.bin_id, BinStock.on_hand)
    stored = {(lot, place): on_hand for lot, place, on_hand in db.session.execute(columns)}
    return [
        f"Lot {lot} in bin {place}: the moves add up to {rebuilt.get((lot, place), 0)}, "
        f"stored is {stored.get((lot, place), 0)}."
        for lot, place in sorted(rebuilt.keys() | stored.keys())
        if rebuilt.get((lot, place), 0) != stored.get((lot, place), 0)
    ]


def nothing_is_negative() -> list[str]:
    """On hand, reserved and what is free are never below zero."""
    statement = select(BinStock.lot_id, BinStock.bin_id).where(
        or_(
            BinStock.on_hand < 0,
            BinStock.reserved < 0,
            BinStock.on_hand - BinStock.reserved < 0,
        )
    )
    return [
        f"Lot {lot} in bin {place}: a quantity is negative."
        for lot, place in db.session.execute(statement)
    ]


def reservations_add_up() -> list[str]:
    """What is stored as reserved is the sum of the living reservations."""
    living = (ReservationState.HARD, ReservationState.PICKED)
    summed = (
        select(
            Reservation.lot_id,
            Reservation.bin_id,
            func.sum(Reservation.quantity, type_=Reservation.quantity.type),
        )
        .where(Reservation.state.in_(living))
        .group_by(Reservation.lot_id, Reservation.bin_id)
    )
    wanted = {(lot, place): quantity for lot, place, quantity in db.session.execute(summed)}
    columns = select(BinStock.lot_id, BinStock.bin_id, BinStock.reserved)
    stored = {(lot, place): reserved for lot, place, reserved in db.session.execute(columns)}
    return [
        f"Lot {lot} in bin {place}: reservations add up to {wanted.get((lot, place), 0)}, "
        f"stored is {stored.get((lot, place), 0)}."
        for lot, place in sorted(wanted.keys() | stored.keys())
        if wanted.get((lot, place), 0) != stored.get((lot, place), 0)
    ]


def lots_stay_in_their_depot() -> list[str]:
    """A lot lies only in bins of its own depot."""
    statement = (
        select(Lot.number, Bin.code)
        .select_from(BinStock)
        .join(Lot, Lot.id == BinStock.lot_id)
        .join(Bin, Bin.id == BinStock.bin_id)
        .where(Lot.depot_id != Bin.depot_id)
    )
    return [
        f"{number} lies in bin {code} of another depot."
        for number, code in db.session.execute(statement)
    ]


CHECKS: tuple[Callable[[], list[str]], ...] = (
    balances_follow_from_moves,
    nothing_is_negative,
    reservations_add_up,
    lots_stay_in_their_depot,
)
