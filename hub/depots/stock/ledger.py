"""Posting to the stock ledger: a move and both balances, at once or not at all."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Update, select, update

from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.statements import changed_one, insert_or_update
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.depots.models import BinStock, Outside, StockMove

Place = int | Outside


@dataclass(frozen=True, slots=True)
class Movement:
    """A quantity of a lot to bring from one place (a bin's id or the outside) to another.

    ``key`` makes it happen once; ``cause`` is the kind and id of what it is done for.
    """

    lot_id: int
    origin: Place
    destination: Place
    quantity: Decimal
    key: str
    cause: tuple[str, int]


def post(actor: Actor, movement: Movement, *, reserved: bool = False) -> bool:
    """Write the move and change what lies in its bins; False if its key was posted before.

    ``reserved`` stock keeps its reservation where it comes to lie in another bin.

    Raises:
        Invalid: the quantity is not above zero.
        Conflict: the origin holds less than that of the (un)reserved lot, or the key was used
            for another move.
    """
    if movement.quantity <= 0:
        raise Invalid(_("The quantity to move must be above zero."))
    if _posted_before(movement):
        return False
    if not isinstance(movement.origin, Outside):
        _take(movement.lot_id, movement.origin, movement.quantity, reserved)
    if not isinstance(movement.destination, Outside):
        _put(movement.lot_id, movement.destination, movement.quantity, reserved)
    db.session.add(_row(actor, movement))
    db.session.flush()
    return True


def _row(actor: Actor, movement: Movement) -> StockMove:
    origin, destination = movement.origin, movement.destination
    return StockMove(
        key=movement.key,
        lot_id=movement.lot_id,
        from_bin_id=None if isinstance(origin, Outside) else origin,
        from_outside=origin if isinstance(origin, Outside) else None,
        to_bin_id=None if isinstance(destination, Outside) else destination,
        to_outside=destination if isinstance(destination, Outside) else None,
        quantity=movement.quantity,
        cause_kind=movement.cause[0],
        cause_id=movement.cause[1],
        moved_at=clock.now(),
        moved_by=actor.user_id,
    )


def _posted_before(movement: Movement) -> bool:
    found = db.session.scalars(select(StockMove).where(StockMove.key == movement.key)).one_or_none()
    if found is None:
        return False
    same = (
        found.lot_id == movement.lot_id
        and place_of(found.from_bin_id, found.from_outside) == movement.origin
        and place_of(found.to_bin_id, found.to_outside) == movement.destination
        and found.quantity == movement.quantity
    )
    if not same:
        raise Conflict(_("This move was already posted with other content. Nothing was changed."))
    return True


def place_of(bin_id: int | None, outside: Outside | None) -> Place:
    """One end of a move (ValueError when it has none)."""
    if bin_id is not None:
        return bin_id
    if outside is None:
        raise ValueError("A move needs an origin and a destination.")
    return outside


def _take(lot_id: int, bin_id: int, quantity: Decimal, reserved: bool) -> None:
    statement = update(BinStock).where(BinStock.lot_id == lot_id, BinStock.bin_id == bin_id)
    if reserved:
        statement = statement.where(BinStock.reserved >= quantity).values(
            on_hand=BinStock.on_hand - quantity, reserved=BinStock.reserved - quantity
        )
    else:
        statement = statement.where(BinStock.on_hand - BinStock.reserved >= quantity).values(
            on_hand=BinStock.on_hand - quantity
        )
    _change_one(statement)


def _put(lot_id: int, bin_id: int, quantity: Decimal, reserved: bool) -> None:
    insert_or_update(
        BinStock,
        ["lot_id", "bin_id"],
        lambda more: {
            "on_hand": BinStock.on_hand + more.on_hand,
            "reserved": BinStock.reserved + more.reserved,
        },
        lot_id=lot_id,
        bin_id=bin_id,
        on_hand=quantity,
        reserved=quantity if reserved else Decimal(0),
    )


def change_reserved(lot_id: int, bin_id: int, by: Decimal) -> None:
    """Speak for more (``by`` above zero) or less of what lies in a bin.

    Raises:
        Conflict: not as much is free, or reserved.
    """
    statement = update(BinStock).where(
        BinStock.lot_id == lot_id,
        BinStock.bin_id == bin_id,
        BinStock.reserved + by >= 0,
        BinStock.on_hand - BinStock.reserved >= by,
    )
    _change_one(statement.values(reserved=BinStock.reserved + by))


def _change_one(statement: Update) -> None:
    if not changed_one(statement):
        raise Conflict(
            _("There is less of the lot in this bin than that, or it is spoken for. Nothing moved.")
        )
