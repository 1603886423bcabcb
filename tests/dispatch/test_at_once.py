"""Two people at the same goods at the same moment, on a database where commits are real."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.depots import queries as depots
from hub.depots import services as stock
from hub.depots.models import BinStock
from hub.dispatch import queries, services
from hub.dispatch.models.release import ReleaseOrder
from tests.dispatch import dispatch_factories as goods
from tests.factories import Factories
from tests.threads import refusals


def lost(app: Flask, steps: list[Callable[[], object]]) -> int:
    """Take the steps at once; how many were refused, each as a conflict."""
    refused = [error for error in refusals(app, steps) if error is not None]
    assert all(isinstance(error, Conflict) for error in refused)
    return len(refused)


def test_goods_are_put_away_once(committed_app: Flask) -> None:
    with committed_app.app_context():
        trade = goods.inspected(Factories())
        operator, inbound = trade.operator, trade.inbound.public_id
    step = lambda: services.put_away(operator, inbound, "S-01")  # noqa: E731
    assert lost(committed_app, [step] * 4) == 3
    with committed_app.app_context():
        assert len(db.session.scalars(select(ReleaseOrder.id)).all()) == 1
        (line,) = depots.stock_of_lot(queries.inbound_now(trade.inbound.id).lot_id or 0)
        assert (line.on_hand, line.reserved) == (Decimal(40), Decimal(40))
        goods.assert_stock_sound()


def test_a_delivery_is_accepted_or_refused_but_not_both(committed_app: Flask) -> None:
    with committed_app.app_context():
        trade = goods.delivered(Factories())
        purchaser, release = trade.purchaser, trade.release.public_id
    steps: list[Callable[[], object]] = [
        lambda: services.accept(purchaser, release),
        lambda: services.refuse(purchaser, release, Decimal(1), "wet"),
        lambda: services.accept(purchaser, release),
    ]
    assert lost(committed_app, steps) == 2
    with committed_app.app_context():
        contract, found = trade.fresh_contract(), trade.release
        assert (contract.accepted_quantity is None) == (found.refused_quantity is not None)


def test_the_last_room_of_a_depot_is_given_once(committed_app: Flask) -> None:
    with committed_app.app_context():
        make = Factories()
        contracts = [goods.paid(make)[1].id for _number in range(3)]
        # Without a depot all three wait; then there is room for one.
        waiting = [services.open_inbound(SYSTEM, contract).id for contract in contracts]
        make.depot(capacity=Decimal(4))
    steps: list[Callable[[], object]] = [lambda: services.retry_waiting(SYSTEM)] * 3
    assert lost(committed_app, steps) == 0
    with committed_app.app_context():
        placed = [queries.inbound_now(found).depot_id is not None for found in waiting]
        assert sorted(placed) == [False, False, True]


@pytest.mark.parametrize("quantity", ["15"])
def test_reservations_never_exceed_what_lies_there(committed_app: Flask, quantity: str) -> None:
    with committed_app.app_context():
        trade = goods.inspected(Factories())
        lot = trade.fresh().lot_id or 0
        receiving, storage = (
            place.id for place in depots.bins(trade.depot.id) if place.code in ("R-01", "S-01")
        )
        stock.make_available(SYSTEM, lot, "sound")
        stock.move(SYSTEM, lot, receiving, storage, Decimal(40), "m", ("test", 1))
    step = lambda: stock.reserve(  # noqa: E731
        SYSTEM, lot, storage, Decimal(quantity), ("test", 1)
    )
    assert lost(committed_app, [step] * 4) == 2
    with committed_app.app_context():
        reserved = db.session.scalar(select(BinStock.reserved).where(BinStock.bin_id == storage))
        assert reserved == Decimal(30)
        goods.assert_stock_sound()
