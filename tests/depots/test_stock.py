"""The verbs of the stock ledger: exact balances, and nothing changed by what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from hub.core.actor import Actor, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from hub.depots import invariants, queries, services
from hub.depots.models import (
    Bin,
    BinUse,
    Depot,
    Lot,
    LotState,
    Outside,
    ReservationState,
    StockMove,
)
from tests.factories import Factories

CAUSE = ("inbound", 7)


@pytest.fixture
def depot(make: Factories) -> Depot:
    return make.depot()


@pytest.fixture
def operator(make: Factories, depot: Depot) -> Actor:
    return make.staff(StaffRole.DEPOT, depots=(depot,))


def receive(
    make: Factories, actor: Actor, depot: Depot, quantity: str = "40", key: str = "k"
) -> Lot:
    return services.receive(
        actor,
        depot.id,
        make.company().id,
        make.commodity().id,
        "DTN",
        "FAQ",
        Decimal(quantity),
        ("contract", 3),
        key,
        CAUSE,
    )


def stored(make: Factories, actor: Actor, depot: Depot, quantity: str = "40") -> tuple[Lot, int]:
    """An available lot in the storage bin."""
    lot = receive(make, actor, depot, quantity)
    storage = queries.bin_for(depot.id, BinUse.STORAGE)
    receiving = queries.bin_for(depot.id, BinUse.RECEIVING)
    services.make_available(actor, lot.id, "sound")
    services.move(actor, lot.id, receiving.id, storage.id, Decimal(quantity), "m", CAUSE)
    return lot, storage.id


def balances(lot: Lot) -> dict[str, tuple[Decimal, Decimal]]:
    return {line.bin.code: (line.on_hand, line.reserved) for line in queries.stock_of_lot(lot.id)}


def assert_sound() -> None:
    assert [check() for check in invariants.CHECKS] == [[]] * len(invariants.CHECKS)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_receiving_makes_a_lot_in_quarantine_in_the_receiving_bin(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot = receive(make, operator, depot, "40.125")
    assert (lot.state, lot.depot_id, lot.number) == (
        LotState.QUARANTINE,
        depot.id,
        f"LOT-{lot.id:06d}",
    )
    assert balances(lot) == {"R-01": (Decimal("40.125"), Decimal(0))}
    (only,) = queries.moves_of_lot(lot.id)
    assert (only.from_outside, only.to_outside, only.quantity) == (
        Outside.SUPPLIER,
        None,
        Decimal("40.125"),
    )
    assert_sound()


def test_the_same_key_receives_once(make: Factories, operator: Actor, depot: Depot) -> None:
    lot = receive(make, operator, depot)
    assert receive(make, operator, depot).id == lot.id
    assert (count(StockMove), count(Lot)) == (1, 1)
    with pytest.raises(Conflict):
        receive(make, operator, depot, "41")
    assert balances(lot) == {"R-01": (Decimal(40), Decimal(0))}


def test_goods_go_from_bin_to_bin_to_the_carrier(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot, storage = stored(make, operator, depot)
    reservation = services.reserve(operator, lot.id, storage, Decimal(40), ("release_order", 1))
    assert balances(lot) == {"S-01": (Decimal(40), Decimal(40))}
    services.pick(operator, reservation.id, "p")
    assert balances(lot) == {"O-01": (Decimal(40), Decimal(40))}
    assert_sound()
    services.ship(operator, reservation.id, Outside.CARRIER, "s")
    assert balances(lot) == {}
    services.hand_over(
        operator, lot.id, Outside.CARRIER, Outside.PURCHASER, Decimal(40), "h", CAUSE
    )
    db.session.refresh(lot)
    db.session.refresh(reservation)
    assert (lot.state, reservation.state) == (LotState.SHIPPED, ReservationState.SHIPPED)
    assert count(StockMove) == 5
    assert_sound()


def test_steps_out_of_order_change_nothing(make: Factories, operator: Actor, depot: Depot) -> None:
    lot, storage = stored(make, operator, depot)
    reservation = services.reserve(operator, lot.id, storage, Decimal(10), ("release_order", 1))
    with pytest.raises(InvalidTransition):
        services.ship(operator, reservation.id, Outside.CARRIER, "s")
    services.pick(operator, reservation.id, "p")
    with pytest.raises(InvalidTransition):
        services.pick(operator, reservation.id, "p2")
    services.release_reservation(operator, reservation.id, "called off")
    with pytest.raises(InvalidTransition):
        services.release_reservation(operator, reservation.id, "again")
    assert balances(lot) == {
        "S-01": (Decimal(30), Decimal(0)),
        "O-01": (Decimal(10), Decimal(0)),
    }
    assert_sound()


def test_what_is_spoken_for_is_not_given_twice(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot, storage = stored(make, operator, depot)
    services.reserve(operator, lot.id, storage, Decimal(30), ("release_order", 1))
    quarantine = queries.bin_for(depot.id, BinUse.QUARANTINE).id
    with pytest.raises(Conflict):
        services.reserve(operator, lot.id, storage, Decimal("10.001"), ("release_order", 2))
    with pytest.raises(Conflict):
        services.move(operator, lot.id, storage, quarantine, Decimal(11), "x", CAUSE)
    with pytest.raises(Conflict):
        services.send_out(operator, lot.id, storage, Outside.LOSS, Decimal(11), "y", CAUSE)
    assert balances(lot) == {"S-01": (Decimal(40), Decimal(30))}
    assert_sound()


def test_only_available_goods_in_storage_are_reserved(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot = receive(make, operator, depot)
    receiving = queries.bin_for(depot.id, BinUse.RECEIVING).id
    with pytest.raises(Conflict):
        services.reserve(operator, lot.id, receiving, Decimal(1), CAUSE)
    services.make_available(operator, lot.id, "sound")
    with pytest.raises(Conflict):
        services.reserve(operator, lot.id, receiving, Decimal(1), CAUSE)
    assert balances(lot) == {"R-01": (Decimal(40), Decimal(0))}


def test_another_depots_operator_may_do_nothing(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot, storage = stored(make, operator, depot)
    hard, picked = (
        services.reserve(operator, lot.id, storage, Decimal(5), ("release_order", number)).id
        for number in (1, 2)
    )
    services.pick(operator, picked, "p")
    other = make.depot("DEL")
    stranger = make.staff(StaffRole.DEPOT, depots=(other,))
    place = db.session.get_one(Bin, storage).public_id
    quarantine = queries.bin_for(depot.id, BinUse.QUARANTINE).id
    one, before = Decimal(1), (count(StockMove), count(AuditEntry), balances(lot))
    for attempt in (
        lambda: receive(make, stranger, depot, key="z"),
        lambda: services.move(stranger, lot.id, storage, quarantine, one, "z", CAUSE),
        lambda: services.make_available(stranger, lot.id, "sound"),
        lambda: services.block(stranger, lot.id, "rotten"),
        lambda: services.reserve(stranger, lot.id, storage, one, CAUSE),
        lambda: services.pick(stranger, hard, "z"),
        lambda: services.ship(stranger, picked, Outside.CARRIER, "z"),
        lambda: services.release_reservation(stranger, hard, "called off"),
        lambda: services.send_out(stranger, lot.id, storage, Outside.SUPPLIER, one, "z", CAUSE),
        lambda: services.hand_over(
            stranger, lot.id, Outside.CARRIER, Outside.PURCHASER, one, "z", CAUSE
        ),
        lambda: services.write_off(stranger, lot.public_id, place, one, "rotten", "z"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    foreign = queries.bin_for(other.id, BinUse.STORAGE).id
    for origin, destination in ((storage, foreign), (foreign, storage)):
        with pytest.raises(Invalid):
            services.move(operator, lot.id, origin, destination, one, "f", CAUSE)
    db.session.refresh(lot)
    assert lot.state is LotState.AVAILABLE
    assert (count(StockMove), count(AuditEntry), balances(lot)) == before
    assert_sound()


def test_the_same_key_moves_once_and_never_something_else(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot, storage = stored(make, operator, depot)
    other = receive(make, operator, depot, key="other")
    receiving, quarantine, outbound = (
        queries.bin_for(depot.id, use).id
        for use in (BinUse.RECEIVING, BinUse.QUARANTINE, BinUse.OUTBOUND)
    )

    def move(
        lot_id: int = lot.id, origin: int = storage, to: int = quarantine, quantity: int = 10
    ) -> None:
        services.move(operator, lot_id, origin, to, Decimal(quantity), "once", CAUSE)

    move()
    move()
    expected = {"Q-01": (Decimal(10), Decimal(0)), "S-01": (Decimal(30), Decimal(0))}
    before = (count(StockMove), count(AuditEntry))
    for different in (
        lambda: move(lot_id=other.id),
        lambda: move(origin=receiving),
        lambda: move(to=outbound),
        lambda: move(quantity=9),
        lambda: services.send_out(
            operator, lot.id, storage, Outside.SUPPLIER, Decimal(10), "once", CAUSE
        ),
        lambda: services.hand_over(
            operator, lot.id, Outside.CARRIER, Outside.PURCHASER, Decimal(10), "once", CAUSE
        ),
    ):
        with pytest.raises(Conflict, match="already posted with other content"):
            different()
    assert balances(lot) == expected
    assert balances(other) == {"R-01": (Decimal(40), Decimal(0))}
    assert (count(StockMove), count(AuditEntry)) == before


def test_writing_off_needs_a_reason_and_leaves_a_trace(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    lot, storage = stored(make, operator, depot)
    bin_id = next(line.bin.public_id for line in queries.stock_of_lot(lot.id))
    with pytest.raises(Invalid):
        services.write_off(operator, lot.public_id, bin_id, Decimal(1), "  ", "w")
    services.write_off(operator, lot.public_id, bin_id, Decimal("1.5"), "rotten", "w")
    assert balances(lot) == {"S-01": (Decimal("38.5"), Decimal(0))}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "written_off")).one()
    assert (entry.reason, entry.user_id) == ("rotten", operator.user_id)
    assert_sound()


def test_moves_are_never_changed(make: Factories, operator: Actor, depot: Depot) -> None:
    receive(make, operator, depot)
    for statement in ("UPDATE stock_move SET quantity = 1", "DELETE FROM stock_move"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert count(StockMove) == 1


def test_the_database_refuses_impossible_stock(
    make: Factories, operator: Actor, depot: Depot
) -> None:
    receive(make, operator, depot)
    for change in ("on_hand = -1", "reserved = on_hand + 1", "reserved = -1"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE bin_stock SET {change}"))


def test_nobody_known_may_do_nothing(make: Factories, operator: Actor, depot: Depot) -> None:
    with pytest.raises(NotAllowed):
        receive(make, replace(operator, depot_ids=frozenset()), depot)
    assert count(Lot) == 0
