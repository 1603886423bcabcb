"""Inbounds and release orders, scoped to who asks."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from hub.contracts.models import Contract
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.depots import queries as depots
from hub.depots.models import Bin, BinStock, BinUse, Lot, LotState, StockMove
from hub.dispatch.models.inbound import Inbound, InboundPicture, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState

#: Goods in these states are on their way to a depot and will need room there.
COMING = (InboundState.EXPECTED, InboundState.ANNOUNCED, InboundState.ARRIVED)
#: What the operators of a depot still have to bring on its way.
IN_DEPOT = (
    ReleaseState.RELEASED,
    ReleaseState.PICKING,
    ReleaseState.PICKED,
    ReleaseState.LOADED,
)
#: The purchaser's answer is known or no longer asked for.
FINAL = (
    ReleaseState.ACCEPTED,
    ReleaseState.PART_ACCEPTED,
    ReleaseState.AUTO_ACCEPTED,
    ReleaseState.CLOSED,
    ReleaseState.CANCELLED,
)
_STAFF = (StaffRole.BROKER, StaffRole.ADMINISTRATOR)

_WITH_INBOUND: tuple[ORMOption, ...] = (
    joinedload(Inbound.contract).joinedload(Contract.supplier),
    joinedload(Inbound.contract).joinedload(Contract.purchaser),
    joinedload(Inbound.contract).joinedload(Contract.commodity),
    joinedload(Inbound.lot),
)
_WITH_RELEASE: tuple[ORMOption, ...] = (
    joinedload(ReleaseOrder.contract).joinedload(Contract.supplier),
    joinedload(ReleaseOrder.contract).joinedload(Contract.purchaser),
    joinedload(ReleaseOrder.contract).joinedload(Contract.commodity),
    joinedload(ReleaseOrder.lot),
    joinedload(ReleaseOrder.inbound),
    joinedload(ReleaseOrder.waybill_file),
    joinedload(ReleaseOrder.signature_file),
    joinedload(ReleaseOrder.picture_file),
)


def _visible(actor: Actor, depot_id: Any) -> ColumnElement[bool]:
    """Companies see their own contracts' goods, operators their depots', brokers everything."""
    if actor.has(*_STAFF):
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if actor.depot_ids:
        ways.append(depot_id.in_(actor.depot_ids))
    if actor.company_id is not None:
        ways += [
            Contract.supplier_id == actor.company_id,
            Contract.purchaser_id == actor.company_id,
        ]
    return or_(*ways)


def _inbounds(*conditions: Any) -> Select[Any]:
    return (
        select(Inbound)
        .join(Contract, Contract.id == Inbound.contract_id)
        .where(*conditions)
        .options(*_WITH_INBOUND)
    )


def _releases(*conditions: Any) -> Select[Any]:
    return (
        select(ReleaseOrder)
        .join(Contract, Contract.id == ReleaseOrder.contract_id)
        .where(*conditions)
        .options(*_WITH_RELEASE)
    )


def inbound_for(actor: Actor, public_id: str) -> Inbound:
    """The inbound behind a URL, if the actor may see it (NotFound otherwise)."""
    return _found(_inbounds(Inbound.public_id == public_id, _visible(actor, Inbound.depot_id)))


def release_for(actor: Actor, public_id: str) -> ReleaseOrder:
    """The release order behind a URL, if the actor may see it (NotFound otherwise)."""
    return _found(
        _releases(ReleaseOrder.public_id == public_id, _visible(actor, ReleaseOrder.depot_id))
    )


def _found(statement: Select[Any]) -> Any:
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound(_("There is no such delivery, or it isn't yours to see."))
    return found


def inbound_of(contract_id: int) -> Inbound | None:
    """The inbound of a contract; for callers who have checked who may see the contract."""
    return db.session.scalars(_inbounds(Inbound.contract_id == contract_id)).unique().one_or_none()


def release_of(contract_id: int) -> ReleaseOrder | None:
    """The release order of a contract; for callers who have checked who may see the contract."""
    statement = _releases(ReleaseOrder.contract_id == contract_id)
    return db.session.scalars(statement).unique().one_or_none()


def expected_tonnes() -> dict[int, Fraction]:
    """What is on its way to each depot and not yet counted in, in tonnes."""
    statement = (
        select(
            Inbound.depot_id,
            Contract.unit_code,
            func.sum(Inbound.expected_quantity, type_=Inbound.expected_quantity.type),
        )
        .join(Contract, Contract.id == Inbound.contract_id)
        .where(Inbound.state.in_(COMING), Inbound.depot_id.is_not(None))
        .group_by(Inbound.depot_id, Contract.unit_code)
    )
    rows = db.session.execute(statement)
    return depots.sum_tonnes((depot, code, total) for depot, code, total in rows if depot)


def waiting_for_depot() -> list[int]:
    """The ids of inbounds that no depot had room for, oldest first."""
    statement = select(Inbound.id).where(Inbound.state == InboundState.WAITING_FOR_DEPOT)
    return list(db.session.scalars(statement.order_by(Inbound.id)))


def open_inbounds(depot_id: int) -> list[Inbound]:
    """What a depot expects, receives or has to put away, the earliest arrival first."""
    states = (*COMING, InboundState.COUNTED, InboundState.ACCEPTED, InboundState.PART_ACCEPTED)
    statement = _inbounds(Inbound.depot_id == depot_id, Inbound.state.in_(states))
    order = func.coalesce(Inbound.arrives_on, Inbound.deliver_until)
    return list(db.session.scalars(statement.order_by(order, Inbound.id)).unique())


def to_send_back(depot_id: int) -> list[Inbound]:
    """Inbounds of which goods lie in quarantine, or blocked, to be fetched by the supplier."""
    lying = exists(
        select(BinStock.id)
        .join(Bin, Bin.id == BinStock.bin_id)
        .join(Lot, Lot.id == BinStock.lot_id)
        .where(
            BinStock.lot_id == Inbound.lot_id,
            BinStock.on_hand > 0,
            or_(Bin.use == BinUse.QUARANTINE, Lot.state == LotState.BLOCKED),
        )
    )
    statement = _inbounds(Inbound.depot_id == depot_id, lying).order_by(Inbound.id)
    return list(db.session.scalars(statement).unique())


def open_releases(depot_id: int) -> list[ReleaseOrder]:
    """Release orders of a depot that are not yet at the purchaser's, the most urgent first."""
    states = (*IN_DEPOT, ReleaseState.DEPARTED)
    statement = _releases(ReleaseOrder.depot_id == depot_id, ReleaseOrder.state.in_(states))
    ordered = statement.order_by(ReleaseOrder.deliver_until, ReleaseOrder.id)
    return list(db.session.scalars(ordered).unique())


def due_for_acceptance(now: datetime) -> list[int]:
    """The ids of deliveries whose time to answer is over."""
    statement = select(ReleaseOrder.id).where(
        ReleaseOrder.state == ReleaseState.DELIVERED, ReleaseOrder.accept_until <= now
    )
    return list(db.session.scalars(statement.order_by(ReleaseOrder.id)))


def inbounds_due(by: date, marker: InstrumentedAttribute[datetime | None]) -> list[int]:
    """The ids of inbounds whose supplier has to act until ``by`` and whose ``marker`` is unset."""
    statement = select(Inbound.id).where(
        or_(
            (Inbound.state == InboundState.EXPECTED) & (Inbound.announce_until <= by),
            (Inbound.state == InboundState.ANNOUNCED) & (Inbound.deliver_until <= by),
        ),
        marker.is_(None),
    )
    return list(db.session.scalars(statement.order_by(Inbound.id)))


def releases_due(by: date, marker: InstrumentedAttribute[datetime | None]) -> list[int]:
    """The ids of orders to be delivered until ``by`` that aren't and whose ``marker`` is unset."""
    statement = select(ReleaseOrder.id).where(
        ReleaseOrder.state.in_((*IN_DEPOT, ReleaseState.DEPARTED)),
        ReleaseOrder.deliver_until <= by,
        marker.is_(None),
    )
    return list(db.session.scalars(statement.order_by(ReleaseOrder.id)))


def answers_due(by: datetime) -> list[int]:
    """The ids of deliveries to be answered until ``by`` whose purchaser wasn't reminded."""
    statement = select(ReleaseOrder.id).where(
        ReleaseOrder.state == ReleaseState.DELIVERED,
        ReleaseOrder.accept_until <= by,
        ReleaseOrder.reminded_at.is_(None),
    )
    return list(db.session.scalars(statement.order_by(ReleaseOrder.id)))


def inbound_now(inbound_id: int) -> Inbound:
    """The inbound with this internal id, for jobs."""
    return _found(_inbounds(Inbound.id == inbound_id))


def release_now(release_id: int) -> ReleaseOrder:
    """The release order with this internal id, for jobs."""
    return _found(_releases(ReleaseOrder.id == release_id))


def waits_for_whereabouts(release: ReleaseOrder) -> bool:
    """Whether the order was called off with its goods outside the depot, and nobody said where."""
    if release.state is not ReleaseState.CANCELLED or release.departed_at is None:
        return False
    key = f"release:{release.id}:return"
    return not db.session.scalar(select(exists().where(StockMove.key == key)))


def pictures_of(inbound_id: int) -> list[InboundPicture]:
    """What the inspector saw, in the order it was sent."""
    statement = select(InboundPicture).where(InboundPicture.inbound_id == inbound_id)
    return list(db.session.scalars(statement.order_by(InboundPicture.id)))


def quantity_to_send_back(inbound: Inbound) -> Decimal:
    """What of the inbound's lot waits to be fetched by the supplier."""
    return sum((line.on_hand for line in lines_to_send_back(inbound)), Decimal(0))


def lines_to_send_back(inbound: Inbound) -> list[depots.StockLine]:
    """Where what the supplier is to fetch lies."""
    if inbound.lot_id is None:
        return []
    return [
        line
        for line in depots.stock_of_lot(inbound.lot_id)
        if line.bin.use is BinUse.QUARANTINE or line.lot.state is LotState.BLOCKED
    ]


def by_number(actor: Actor, number: str) -> tuple[str, str] | None:
    """What a scanned or typed number names among what the actor may see.

    Gives the kind ("inbound", "release" or "lot") and the public id, or None. A waybill leads to
    its release order.
    """
    wanted = number.strip().upper()
    if wanted.startswith("INB-"):
        statement = _inbounds(Inbound.number == wanted, _visible(actor, Inbound.depot_id))
        found: Any = db.session.scalars(statement).unique().one_or_none()
        return ("inbound", found.public_id) if found else None
    if wanted.startswith(("REL-", "WB-")):
        name = "REL-" + wanted.split("-", 1)[1]
        statement = _releases(ReleaseOrder.number == name, _visible(actor, ReleaseOrder.depot_id))
        found = db.session.scalars(statement).unique().one_or_none()
        return ("release", found.public_id) if found else None
    lot = depots.lot_by_number(wanted)
    if lot is None or lot.depot_id not in {depot.id for depot in depots.depots_of(actor)}:
        return None
    return ("lot", lot.public_id)
