"""What is checked of stock: each check tells what breaks its rule, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Insert, Update, delete, insert, update

from hub.core.actor import SYSTEM
from hub.depots import queries, services
from hub.depots.invariants import CHECKS
from hub.depots.models import BinStock, BinUse, Depot, Lot, Outside, Reservation, ReservationState
from tests.broken_books import broken, told, unchecked
from tests.factories import Factories
from tests.transactions import rolled_back

CAUSE = ("release_order", 1)


@dataclass
class Stock:
    """A lot of which much is spoken for, another one that lies where it came in, and bins."""

    lot: int
    number: str
    idle: int
    bins: dict[BinUse, int]
    elsewhere: int
    reservations: dict[ReservationState, int]


@pytest.fixture(scope="module")
def stock(schema_app: Flask) -> Iterator[Stock]:
    """40 came; of 20 in storage 8 are reserved, 5 picked, 4 shipped; 3 were given free again."""
    with rolled_back(schema_app):
        stock = _stock(Factories())
        assert broken(CHECKS) == {}
        yield stock


def _stock(make: Factories) -> Stock:
    depot = make.depot()
    bins = {use: queries.bin_for(depot.id, use).id for use in BinUse}
    lot, idle = (_received(make, depot, key) for key in ("first", "second"))
    services.make_available(SYSTEM, lot.id, "sound")
    places = (bins[BinUse.RECEIVING], bins[BinUse.STORAGE])
    services.move(SYSTEM, lot.id, *places, Decimal(20), "move", ("inbound", 1))
    made = {}
    for state, quantity in (("hard", 8), ("picked", 5), ("shipped", 4), ("released", 3)):
        quantities = (Decimal(quantity), CAUSE)
        reserved = services.reserve(SYSTEM, lot.id, bins[BinUse.STORAGE], *quantities).id
        made[ReservationState(state)] = reserved
        if state in ("picked", "shipped"):
            services.pick(SYSTEM, reserved, f"pick:{state}")
    services.ship(SYSTEM, made[ReservationState.SHIPPED], Outside.CARRIER, "ship")
    services.release_reservation(SYSTEM, made[ReservationState.RELEASED], "called off")
    other = queries.bin_for(make.depot("DEL").id, BinUse.STORAGE).id
    return Stock(lot.id, lot.number, idle.id, bins, other, made)


def _received(make: Factories, depot: Depot, key: str) -> Lot:
    owner, goods = make.company().id, make.commodity().id
    came = (Decimal(40), ("contract", 3), key, ("inbound", 7))
    return services.receive(SYSTEM, depot.id, owner, goods, "DTN", "FAQ", *came)


def balance(lot: int, place: int) -> Update:
    """What lies of a lot in a bin, to be changed."""
    return update(BinStock).where(BinStock.lot_id == lot, BinStock.bin_id == place)


def lies(lot: int, place: int, on_hand: str = "0") -> Insert:
    """More of a lot lies in a bin where nothing of it was."""
    values = {"lot_id": lot, "bin_id": place, "on_hand": on_hand, "reserved": 0}
    return insert(BinStock).values(values)


def test_what_lies_in_a_bin_is_what_the_moves_add_up_to(stock: Stock) -> None:
    def sums(lot: int, place: int, moved: str, stored: str) -> dict[str, list[str]]:
        sentence = f"the moves add up to {moved}, stored is {stored}."
        return {"balances_follow_from_moves": [f"Lot {lot} in bin {place}: {sentence}"]}

    storage, receiving = stock.bins[BinUse.STORAGE], stock.bins[BinUse.RECEIVING]
    for stored in ("10.999", "11.001"):
        damage = balance(stock.lot, storage).values(on_hand=stored)
        assert told(CHECKS, damage) == sums(stock.lot, storage, "11.000", stored)
    lost = delete(BinStock).where(BinStock.lot_id == stock.idle)
    assert told(CHECKS, lost) == sums(stock.idle, receiving, "40.000", "0")
    assert told(CHECKS, lies(stock.idle, storage, "0.001")) == sums(
        stock.idle, storage, "0", "0.001"
    )


def test_no_quantity_is_below_zero(stock: Stock) -> None:
    def negative(lot: int, place: int, **damage: str) -> list[str]:
        found = told(CHECKS, *unchecked("bin_stock", "stock"), balance(lot, place).values(**damage))
        assert found.pop("nothing_is_negative") == [
            f"Lot {lot} in bin {place}: a quantity is negative."
        ]
        return sorted(found)

    storage, receiving = stock.bins[BinUse.STORAGE], stock.bins[BinUse.RECEIVING]
    assert negative(stock.idle, receiving, on_hand="-0.001") == ["balances_follow_from_moves"]
    assert negative(stock.idle, receiving, reserved="-0.001") == ["reservations_add_up"]
    assert negative(stock.lot, storage, on_hand="7.999") == ["balances_follow_from_moves"]


def test_what_is_reserved_is_the_sum_of_the_living_reservations(stock: Stock) -> None:
    def sums(place: int, wanted: str, stored: str) -> str:
        sentence = f"reservations add up to {wanted}, stored is {stored}."
        return f"Lot {stock.lot} in bin {place}: {sentence}"

    def changed(which: str, **values: object) -> dict[str, list[str]]:
        found = stock.reservations[ReservationState(which)]
        return told(CHECKS, update(Reservation).where(Reservation.id == found).values(**values))

    name = "reservations_add_up"
    storage, outbound = stock.bins[BinUse.STORAGE], stock.bins[BinUse.OUTBOUND]
    for stored in ("7.999", "8.001"):
        damage = balance(stock.lot, storage).values(reserved=stored)
        assert told(CHECKS, damage) == {name: [sums(storage, "8.000", stored)]}
    released = ReservationState.RELEASED
    assert changed("hard", state=released) == {name: [sums(storage, "0", "8.000")]}
    assert changed("picked", state=released) == {name: [sums(outbound, "0", "5.000")]}
    nowhere = stock.bins[BinUse.QUARANTINE]
    assert changed("picked", bin_id=nowhere) == {
        name: sorted([sums(outbound, "0", "5.000"), sums(nowhere, "5.000", "0")])
    }


def test_a_lot_lies_only_in_bins_of_its_own_depot(stock: Stock) -> None:
    assert told(CHECKS, lies(stock.lot, stock.elsewhere)) == {
        "lots_stay_in_their_depot": [f"{stock.number} lies in bin S-01 of another depot."]
    }
