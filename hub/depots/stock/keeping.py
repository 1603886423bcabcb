"""Goods come in, move, are spoken for and go out: one verb each."""

from decimal import Decimal

from hub.core import audit, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.depots import queries
from hub.depots.models import (
    Bin,
    BinUse,
    Lot,
    LotState,
    Outside,
    Reservation,
    ReservationState,
    StockMove,
)
from hub.depots.places.administration import add_bin, change_depot, create_depot, ensure_depot
from hub.depots.stock.ledger import Movement, change_reserved, post

__all__ = [
    "add_bin",
    "block",
    "change_depot",
    "create_depot",
    "ensure_depot",
    "hand_over",
    "make_available",
    "move",
    "pick",
    "receive",
    "release_reservation",
    "reserve",
    "send_out",
    "ship",
    "write_off",
]


def require_keeper(actor: Actor, depot_id: int | None) -> None:
    """Raise NotAllowed unless the actor works in this depot."""
    if not actor.is_system and depot_id not in actor.depot_ids:
        raise NotAllowed(_("This is done by the operator of the depot where the goods are."))


def _lot(lot_id: int) -> Lot:
    found = db.session.get(Lot, lot_id)
    if found is None:
        raise NotFound(_("There is no such lot."))
    return found


def _bin_of(lot: Lot, bin_id: int) -> Bin:
    found = db.session.get(Bin, bin_id)
    if found is None or found.depot_id != lot.depot_id:
        raise Invalid(_("This bin is not in the depot where the lot is."))
    return found


@use_case
def receive(
    actor: Actor,
    depot_id: int,
    owner_id: int,
    commodity_id: int,
    unit_code: str,
    grade: str,
    quantity: Decimal,
    subject: tuple[str, int],
    key: str,
    cause: tuple[str, int],
) -> Lot:
    """Take goods in: a new lot, in quarantine, in the depot's receiving bin.

    ``subject`` is the kind and id of what the goods came for. The same ``key`` again gives the
    lot that was made the first time.

    Raises:
        NotAllowed: the actor doesn't work in the depot.
        Invalid: the quantity is not above zero.
    """
    require_keeper(actor, depot_id)
    known = db.session.query(StockMove).filter_by(key=key).one_or_none()
    if known is not None:
        lot = _lot(known.lot_id)
        if (lot.depot_id, known.quantity, lot.subject_id) != (depot_id, quantity, subject[1]):
            raise Conflict(_("This move was already posted with other content."))
        return lot
    lot = Lot(
        number=new_public_id(),
        depot_id=depot_id,
        owner_id=owner_id,
        commodity_id=commodity_id,
        unit_code=unit_code,
        grade=grade,
        subject_kind=subject[0],
        subject_id=subject[1],
        received_on=settings.today(),
    )
    db.session.add(lot)
    db.session.flush()
    lot.number = f"LOT-{lot.id:06d}"
    receiving = queries.bin_for(depot_id, BinUse.RECEIVING)
    post(actor, Movement(lot.id, Outside.SUPPLIER, receiving.id, quantity, key, cause))
    audit.record(actor, lot, "received", quantity=str(quantity), bin=receiving.code)
    return lot


@use_case
def move(
    actor: Actor,
    lot_id: int,
    from_bin_id: int,
    to_bin_id: int,
    quantity: Decimal,
    key: str,
    cause: tuple[str, int],
) -> None:
    """Bring unreserved goods from one bin to another of the same depot.

    Raises:
        NotAllowed, Invalid (another depot's bin), Conflict (not as much is there and free).
    """
    lot = _lot(lot_id)
    require_keeper(actor, lot.depot_id)
    origin, destination = _bin_of(lot, from_bin_id), _bin_of(lot, to_bin_id)
    if origin.id == destination.id:
        raise Invalid(_("The goods lie in this bin already."))
    if post(actor, Movement(lot_id, origin.id, destination.id, quantity, key, cause)):
        audit.record(
            actor,
            lot,
            "moved",
            quantity=str(quantity),
            from_bin=origin.code,
            to_bin=destination.code,
        )


@use_case
def make_available(actor: Actor, lot_id: int, reason: str) -> None:
    """Free a lot from quarantine after its inspection."""
    lot = _lot(lot_id)
    require_keeper(actor, lot.depot_id)
    lot.make_available(actor, reason)


@use_case
def block(actor: Actor, lot_id: int, reason: str) -> None:
    """Keep a lot from use after its inspection."""
    lot = _lot(lot_id)
    require_keeper(actor, lot.depot_id)
    lot.block(actor, reason)


@use_case
def reserve(
    actor: Actor, lot_id: int, bin_id: int, quantity: Decimal, cause: tuple[str, int]
) -> Reservation:
    """Speak for goods that lie in a storage bin.

    Raises:
        Conflict: the lot isn't available, or less of it is free in this bin.
    """
    lot = _lot(lot_id)
    require_keeper(actor, lot.depot_id)
    if lot.state is not LotState.AVAILABLE or _bin_of(lot, bin_id).use is not BinUse.STORAGE:
        raise Conflict(_("Only available goods in a storage bin can be reserved."))
    if quantity <= 0:
        raise Invalid(_("The quantity to reserve must be above zero."))
    change_reserved(lot_id, bin_id, quantity)
    made = Reservation(
        state=ReservationState.HARD,
        lot_id=lot_id,
        bin_id=bin_id,
        quantity=quantity,
        cause_kind=cause[0],
        cause_id=cause[1],
    )
    db.session.add(made)
    audit.record(actor, made, "reserved", quantity=str(quantity), lot=lot.number)
    return made


@use_case
def pick(actor: Actor, reservation_id: int, key: str) -> None:
    """Bring reserved goods from their storage bin to the outbound bin; they stay reserved.

    Raises:
        InvalidTransition: they were picked, shipped or released before.
    """
    reservation = queries.reservation(reservation_id)
    lot = _lot(reservation.lot_id)
    require_keeper(actor, lot.depot_id)
    outbound = queries.bin_for(lot.depot_id, BinUse.OUTBOUND)
    reservation.pick(actor)
    movement = Movement(
        lot.id,
        reservation.bin_id,
        outbound.id,
        reservation.quantity,
        key,
        (reservation.cause_kind, reservation.cause_id),
    )
    post(actor, movement, reserved=True)
    reservation.bin_id = outbound.id


@use_case
def ship(actor: Actor, reservation_id: int, destination: Outside, key: str) -> None:
    """Let picked goods leave the depot.

    Raises:
        InvalidTransition: they weren't picked, or left before.
    """
    reservation = queries.reservation(reservation_id)
    lot = _lot(reservation.lot_id)
    require_keeper(actor, lot.depot_id)
    reservation.ship(actor)
    movement = Movement(
        lot.id,
        reservation.bin_id,
        destination,
        reservation.quantity,
        key,
        (reservation.cause_kind, reservation.cause_id),
    )
    post(actor, movement, reserved=True)
    _close_when_empty(actor, lot)


@use_case
def release_reservation(actor: Actor, reservation_id: int, reason: str) -> None:
    """Give reserved or picked goods free again, where they lie.

    Raises:
        InvalidTransition: they left, or were released before.
    """
    reservation = queries.reservation(reservation_id)
    require_keeper(actor, _lot(reservation.lot_id).depot_id)
    reservation.release(actor, reason)
    change_reserved(reservation.lot_id, reservation.bin_id, -reservation.quantity)


@use_case
def send_out(
    actor: Actor,
    lot_id: int,
    bin_id: int,
    destination: Outside,
    quantity: Decimal,
    key: str,
    cause: tuple[str, int],
) -> None:
    """Let unreserved goods leave a bin, for instance back to the supplier."""
    lot = _lot(lot_id)
    require_keeper(actor, lot.depot_id)
    origin = _bin_of(lot, bin_id)
    if post(actor, Movement(lot_id, origin.id, destination, quantity, key, cause)):
        audit.record(
            actor, lot, "sent_out", quantity=str(quantity), bin=origin.code, to=destination.value
        )
        _close_when_empty(actor, lot)


@use_case
def hand_over(
    actor: Actor,
    lot_id: int,
    origin: Outside,
    destination: Outside,
    quantity: Decimal,
    key: str,
    cause: tuple[str, int],
) -> None:
    """Record that goods outside the depot changed hands, for instance from carrier to purchaser.

    Raises:
        NotAllowed: neither the depot's operator nor a broker.
    """
    lot = _lot(lot_id)
    if not actor.has(StaffRole.BROKER):
        require_keeper(actor, lot.depot_id)
    if post(actor, Movement(lot_id, origin, destination, quantity, key, cause)):
        audit.record(
            actor,
            lot,
            "handed_over",
            quantity=str(quantity),
            origin=origin.value,
            to=destination.value,
        )


@use_case
def write_off(
    actor: Actor,
    lot_public_id: str,
    bin_public_id: str,
    quantity: Decimal,
    reason: str,
    key: str,
) -> None:
    """Book unreserved goods as lost or spoilt.

    Raises:
        Invalid: no reason is given.
        Conflict: less than that lies free in the bin.
    """
    lot = db.session.query(Lot).filter_by(public_id=lot_public_id).one_or_none()
    origin = db.session.query(Bin).filter_by(public_id=bin_public_id).one_or_none()
    if lot is None or origin is None or origin.depot_id != lot.depot_id:
        raise NotFound(_("There is no such lot in this depot."))
    require_keeper(actor, lot.depot_id)
    why = required_reason(reason, _("Say why the goods are written off."))
    movement = Movement(lot.id, origin.id, Outside.LOSS, quantity, key, (Lot.THING, lot.id))
    if post(actor, movement):
        audit.record(actor, lot, "written_off", reason=why, quantity=str(quantity), bin=origin.code)
        _close_when_empty(actor, lot)


def _close_when_empty(actor: Actor, lot: Lot) -> None:
    if not queries.stock_of_lot(lot.id):
        lot.leave(actor)
