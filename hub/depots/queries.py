"""What lies where, and which depot serves a trade best."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from hub.accounts.models import Company
from hub.catalogue.freight import kilometres
from hub.catalogue.models import Region, Unit
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.depots.models import Bin, BinStock, BinUse, Depot, Lot, Reservation, StockMove

_KILOGRAMS_PER_TONNE = 1000


@dataclass(frozen=True, slots=True)
class StockLine:
    """What of one lot lies in one bin; ``reserved`` of ``on_hand`` is spoken for."""

    lot: Lot
    bin: Bin
    owner_name: str
    on_hand: Decimal
    reserved: Decimal


def tonnes(quantity: Decimal, unit: Unit) -> Fraction:
    """``quantity`` in tonnes, exactly; what isn't a mass takes no room and gives zero."""
    if unit.dimension != "mass":
        return Fraction(0)
    return Fraction(quantity) * unit.factor / _KILOGRAMS_PER_TONNE


def sum_tonnes(amounts: Iterable[tuple[int, str, Decimal]]) -> dict[int, Fraction]:
    """Tonnes per depot of ``(depot id, unit code, quantity)`` rows."""
    rows = list(amounts)
    codes = {code for _depot, code, _quantity in rows}
    units = {
        unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.code.in_(codes)))
    }
    found: dict[int, Fraction] = defaultdict(Fraction)
    for depot_id, code, quantity in rows:
        found[depot_id] += tonnes(quantity, units[code])
    return dict(found)


def occupied() -> dict[int, Fraction]:
    """Tonnes on hand per depot."""
    statement = (
        select(Lot.depot_id, Lot.unit_code, func.sum(BinStock.on_hand, type_=BinStock.on_hand.type))
        .join(Lot, Lot.id == BinStock.lot_id)
        .where(BinStock.on_hand > 0)
        .group_by(Lot.depot_id, Lot.unit_code)
    )
    return sum_tonnes((depot, code, total) for depot, code, total in db.session.execute(statement))


def choose_depot(
    region_from: Region,
    region_to: Region,
    quantity: Decimal,
    unit: Unit,
    expected: Mapping[int, Fraction],
) -> Depot | None:
    """The active depot with room on the shortest way from region to region through it.

    Freight is proportional to distance, so the shortest way is the cheapest; a tie goes to the
    depot set up first. ``expected`` is what is already on its way to each depot, in tonnes.
    Depots are locked until the transaction ends, so that two trades can't take the same room.
    """
    lying = occupied()
    wanted = tonnes(quantity, unit)
    active = select(Depot).where(Depot.active).order_by(Depot.id)
    locked = active.with_for_update(of=Depot, key_share=True)
    with_room = [
        depot
        for depot in db.session.scalars(locked).unique()
        if lying.get(depot.id, 0) + expected.get(depot.id, 0) + wanted <= Fraction(depot.capacity)
    ]
    return min(
        with_room,
        key=lambda depot: (distance_through(depot, region_from, region_to), depot.id),
        default=None,
    )


def distance_through(depot: Depot, region_from: Region, region_to: Region) -> Decimal:
    """Kilometres from ``region_from`` to the depot and on to ``region_to``, great circles."""
    return kilometres(
        region_from.latitude, region_from.longitude, depot.latitude, depot.longitude
    ) + kilometres(depot.latitude, depot.longitude, region_to.latitude, region_to.longitude)


def depots(active_only: bool = False) -> list[Depot]:
    """All depots by code, with their bins."""
    statement = select(Depot).options(selectinload(Depot.bins)).order_by(Depot.code)
    if active_only:
        statement = statement.where(Depot.active)
    return list(db.session.scalars(statement).unique())


def depot_by_code(code: str) -> Depot | None:
    """The depot with this code, whatever the case of its letters."""
    return db.session.scalars(select(Depot).where(Depot.code == code.upper())).one_or_none()


def depot_by_public_id(public_id: str) -> Depot:
    """The depot behind a URL (NotFound if there is none)."""
    found = db.session.scalars(select(Depot).where(Depot.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such depot."))
    return found


def depots_of(actor: Actor) -> list[Depot]:
    """The depots the actor works in; brokers and administrators see all."""
    statement = select(Depot).order_by(Depot.code)
    if not actor.has(StaffRole.BROKER, StaffRole.ADMINISTRATOR):
        statement = statement.where(Depot.id.in_(actor.depot_ids))
    return list(db.session.scalars(statement))


def depot_for(actor: Actor, code: str) -> Depot:
    """The depot with this code, if the actor may see into it (NotFound otherwise)."""
    found = next((depot for depot in depots_of(actor) if depot.code == code.upper()), None)
    if found is None:
        raise NotFound(_("There is no such depot, or it isn't yours to see."))
    return found


def bins(depot_id: int, use: BinUse | None = None) -> list[Bin]:
    """The bins of a depot by code, all or those of one use."""
    statement = select(Bin).where(Bin.depot_id == depot_id).order_by(Bin.code)
    if use is not None:
        statement = statement.where(Bin.use == use)
    return list(db.session.scalars(statement))


def bin_for(depot_id: int, use: BinUse) -> Bin:
    """The first bin of that use (NotFound if the depot has none)."""
    found = bins(depot_id, use)
    if not found:
        raise NotFound(_("This depot has no bin for that. An administrator can add one."))
    return found[0]


def bin_by_code(depot_id: int, code: str) -> Bin | None:
    """The bin of the depot with this code, as scanned or typed."""
    statement = select(Bin).where(Bin.depot_id == depot_id, Bin.code == code.strip().upper())
    return db.session.scalars(statement).one_or_none()


def stock_of(depot_id: int) -> list[StockLine]:
    """Everything on hand in a depot, by bin and lot."""
    return _stock(BinStock.on_hand > 0, Lot.depot_id == depot_id)


def stock_of_lot(lot_id: int) -> list[StockLine]:
    """Where the lot lies now, by bin."""
    return _stock(BinStock.on_hand > 0, Lot.id == lot_id)


def _stock(*conditions: object) -> list[StockLine]:
    statement = (
        select(Lot, Bin, Company.legal_name, BinStock.on_hand, BinStock.reserved)
        .select_from(BinStock)
        .join(Lot, Lot.id == BinStock.lot_id)
        .join(Bin, Bin.id == BinStock.bin_id)
        .join(Company, Company.id == Lot.owner_id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(Bin.code, Lot.id)
    )
    return [StockLine(*row) for row in db.session.execute(statement)]


def lot_by_number(number: str) -> Lot | None:
    """The lot with this number, as scanned or typed."""
    return db.session.scalars(select(Lot).where(Lot.number == number.strip().upper())).one_or_none()


def moves_of_lot(lot_id: int) -> Sequence[StockMove]:
    """The whole way of a lot, newest first."""
    statement = select(StockMove).where(StockMove.lot_id == lot_id).order_by(StockMove.id.desc())
    return db.session.scalars(statement).all()


def moves_of_depot(depot_id: int, limit: int = 50) -> list[tuple[StockMove, Lot]]:
    """The newest moves of the depot's lots."""
    statement = (
        select(StockMove, Lot)
        .join(Lot, Lot.id == StockMove.lot_id)
        .where(Lot.depot_id == depot_id)
        .order_by(StockMove.id.desc())
        .limit(limit)
    )
    return [(move, lot) for move, lot in db.session.execute(statement)]


def reservation(reservation_id: int) -> Reservation:
    """The reservation with this id (NotFound if there is none)."""
    found = db.session.get(Reservation, reservation_id)
    if found is None:
        raise NotFound(_("There is no such reservation."))
    return found


def reserved_bin(reservation_id: int) -> Bin:
    """Where the reserved goods lie."""
    return db.session.get_one(Bin, reservation(reservation_id).bin_id)


def bin_codes(depot_id: int) -> dict[int, str]:
    """The codes of the depot's bins by id."""
    return {found.id: found.code for found in bins(depot_id)}
