"""Finding a depot, waiting for one, deadlines, and trades that end early."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.contracts import services as contracts
from hub.contracts.events import ContractEnded
from hub.contracts.models import ContractState
from hub.core import clock, settings
from hub.core.actor import SYSTEM, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.depots import queries as depots
from hub.depots.models import LotState, Outside, StockMove
from hub.dispatch import queries, services
from hub.dispatch.models.inbound import InboundState
from hub.dispatch.models.release import ReleaseState
from hub.dispatch.reactions import on_contract_ended
from hub.messaging.models import Notice, StaffTask
from tests.dispatch import dispatch_factories as goods
from tests.dispatch.test_pages import get, post
from tests.factories import Factories

pytestmark = pytest.mark.state("expected")


def tasks() -> list[str]:
    """The kinds of open tasks, in the order they were opened."""
    statement = select(StaffTask.kind).where(StaffTask.closed_at.is_(None))
    return list(db.session.scalars(statement.order_by(StaffTask.id)))


def noticed(user_id: int | None) -> int:
    return len(db.session.scalars(select(Notice).where(Notice.user_id == user_id)).all())


def terminate(trade: goods.Trade) -> None:
    """End the trade, and let dispatch hear of it exactly once."""
    contract = contracts.terminate(trade.broker, trade.contract.public_id, "it stalls")
    services.cancel_for_contract(SYSTEM, contract.id, "it stalls")


def at_noon(trade_day: object, days: int) -> datetime:
    return datetime.combine(trade_day, time(12), UTC) + timedelta(days=days)  # type: ignore[arg-type]


def test_opening_twice_gives_the_same_inbound(make: Factories) -> None:
    trade = goods.expected(make)
    assert services.open_inbound(SYSTEM, trade.contract.id).id == trade.inbound.id
    inbound = trade.fresh()
    assert (inbound.number, inbound.state, inbound.depot_id) == (
        f"INB-{trade.contract.number}",
        InboundState.EXPECTED,
        trade.depot.id,
    )
    assert inbound.deliver_until == settings.today() + timedelta(days=14)


@pytest.mark.state(None)
def test_what_is_expected_takes_room(make: Factories) -> None:
    depot = make.depot(capacity=Decimal("7.9"))
    _first, contract = goods.paid(make)
    assert services.open_inbound(SYSTEM, contract.id).depot_id == depot.id
    _second, other = goods.paid(make)
    waiting = services.open_inbound(SYSTEM, other.id)
    assert (waiting.state, waiting.depot_id) == (InboundState.WAITING_FOR_DEPOT, None)
    assert tasks() == ["no_depot"]
    assert services.retry_waiting(SYSTEM) == 0
    depot.capacity = Decimal(8)
    db.session.commit()
    assert services.retry_waiting(SYSTEM) == 1
    found = queries.inbound_now(waiting.id)
    assert (found.state, found.depot_id) == (InboundState.EXPECTED, depot.id)
    assert tasks() == []


def test_a_broker_chooses_a_depot_by_hand(client: FlaskClient, make: Factories) -> None:
    trade = goods.expected(make)
    other = make.depot("DEL", capacity=Decimal(1))
    path = f"/depot/inbounds/{trade.inbound.public_id}"
    assert post(client, trade.operator, f"{path}/depot", depot=other.public_id) == 403
    assert post(client, trade.broker, f"{path}/depot", depot="nonsense") == 422
    assert trade.fresh().depot_id == trade.depot.id
    assert post(client, trade.broker, f"{path}/depot", depot=other.public_id) == 302
    assert trade.fresh().depot_id == other.id
    assert get(client, trade.operator, path)[0] == 404
    other.active = False
    db.session.commit()
    with pytest.raises(Invalid):
        services.choose_depot(trade.broker, trade.inbound.public_id, other.public_id)


def test_an_announced_delivery_keeps_its_depot(make: Factories) -> None:
    trade = goods.announced(make)
    other = make.depot("DEL")
    with pytest.raises(Conflict):
        services.choose_depot(trade.broker, trade.inbound.public_id, other.public_id)
    assert trade.fresh().depot_id == trade.depot.id


def test_suppliers_are_reminded_once_and_brokers_told_once(make: Factories) -> None:
    trade = goods.expected(make)
    until = trade.inbound.announce_until
    before = noticed(trade.supplier.user_id)
    clock.set_to(at_noon(until, -2))
    assert services.remind(SYSTEM) == 0
    clock.set_to(at_noon(until, -1))
    assert (services.remind(SYSTEM), services.remind(SYSTEM)) == (1, 0)
    assert noticed(trade.supplier.user_id) == before + 1
    clock.set_to(at_noon(until, 1))
    assert (services.remind(SYSTEM), services.remind(SYSTEM)) == (1, 0)
    assert tasks() == ["late_announcement"]
    assert trade.fresh().state is InboundState.EXPECTED
    services.announce(
        trade.supplier,
        trade.inbound.public_id,
        arrives_on=settings.today(),
        carrier="C",
        vehicle="V",
        packages=1,
    )
    assert tasks() == []
    clock.set_to(at_noon(trade.inbound.deliver_until, 1))
    assert services.remind(SYSTEM) == 2
    assert tasks() == ["late_arrival"]
    services.arrive(trade.operator, trade.inbound.public_id)
    assert tasks() == []


def test_purchasers_are_reminded_to_answer(make: Factories) -> None:
    trade = goods.delivered(make)
    until = trade.release.accept_until
    assert until is not None
    before = noticed(trade.purchaser.user_id)
    clock.set_to(until - timedelta(hours=23))
    assert (services.remind(SYSTEM), services.remind(SYSTEM)) == (1, 0)
    assert noticed(trade.purchaser.user_id) == before + 1


def test_a_late_delivery_becomes_a_task_and_ends_nothing(make: Factories) -> None:
    trade = goods.departed(make)
    clock.set_to(at_noon(trade.release.deliver_until, 1))
    assert services.remind(SYSTEM) == 2
    assert tasks() == ["late_delivery"]
    assert trade.release.state is ReleaseState.DEPARTED


@pytest.mark.parametrize("reach", [goods.expected, goods.announced, goods.arrived])
def test_ended_before_the_count_nothing_lies_in_the_depot(make: Factories, reach: object) -> None:
    trade = reach(make)  # type: ignore[operator]
    terminate(trade)
    assert trade.fresh().state is InboundState.CANCELLED
    assert (goods.moves(), tasks()) == (0, [])
    with pytest.raises(Conflict):
        services.send_back(trade.operator, trade.inbound.public_id)


@pytest.mark.parametrize("reach", [goods.counted, goods.inspected, goods.released, goods.loaded])
def test_ended_in_the_depot_the_goods_go_back(make: Factories, reach: object) -> None:
    trade = reach(make)  # type: ignore[operator]
    terminate(trade)
    inbound = trade.fresh()
    assert inbound.lot is not None
    assert inbound.lot.state is LotState.BLOCKED
    assert sum(line.reserved for line in depots.stock_of_lot(inbound.lot.id)) == 0
    assert queries.to_send_back(trade.depot.id) == [inbound]
    release = queries.release_of(trade.contract.id)
    assert release is None or release.state is ReleaseState.CANCELLED
    goods.assert_stock_sound()
    services.send_back(trade.operator, inbound.public_id)
    assert depots.stock_of_lot(trade.fresh().lot_id or 0) == []
    last = db.session.scalars(select(StockMove).order_by(StockMove.id.desc())).first()
    assert last is not None
    assert (last.to_outside, last.quantity) == (Outside.SUPPLIER, Decimal(40))
    goods.assert_stock_sound()


@pytest.mark.parametrize(
    ("reach", "origin"), [(goods.departed, Outside.CARRIER), (goods.delivered, Outside.PURCHASER)]
)
def test_ended_on_the_road_a_broker_says_where_the_goods_went(
    client: FlaskClient, make: Factories, reach: object, origin: Outside
) -> None:
    trade = reach(make)  # type: ignore[operator]
    terminate(trade)
    assert (trade.release.state, tasks()) == (ReleaseState.CANCELLED, ["goods_outside"])
    path = f"/depot/releases/{trade.release.public_id}"
    assert get(client, trade.broker, path)[0] == 200
    given = {"outcome": "supplier", "reason": "came back"}
    assert post(client, trade.operator, f"{path}/return", **given) == 403
    assert post(client, trade.broker, f"{path}/return", **given) == 302
    assert tasks() == []
    assert post(client, trade.broker, f"{path}/return", **given) == 409
    last = db.session.scalars(select(StockMove).order_by(StockMove.id.desc())).first()
    assert last is not None
    assert (last.from_outside, last.to_outside) == (origin, Outside.SUPPLIER)


def test_a_final_outcome_is_not_touched_by_an_end(make: Factories) -> None:
    trade = goods.delivered(make)
    services.accept(trade.purchaser, trade.release.public_id)
    with pytest.raises(Conflict):
        contracts.terminate(trade.broker, trade.contract.public_id, "too late")
    services.cancel_for_contract(SYSTEM, trade.contract.id, "too late")
    assert trade.release.state is ReleaseState.ACCEPTED
    assert trade.fresh_contract().state is ContractState.PERFORMING


def test_a_completed_trade_closes_its_release_order(make: Factories) -> None:
    trade = goods.delivered(make)
    services.accept(trade.purchaser, trade.release.public_id)
    on_contract_ended(ContractEnded(trade.contract.id, "completed", ""))
    assert trade.release.state is ReleaseState.CLOSED
    on_contract_ended(ContractEnded(trade.contract.id, "completed", ""))
    on_contract_ended(ContractEnded(trade.contract.id, "voided", ""))
    assert trade.release.state is ReleaseState.CLOSED


def test_only_brokers_decide_and_choose(make: Factories) -> None:
    trade = goods.refused(make)
    for actor in (
        trade.supplier,
        trade.purchaser,
        trade.operator,
        make.staff(StaffRole.ADMINISTRATOR),
    ):
        with pytest.raises(NotAllowed):
            services.decide_refusal(actor, trade.release.public_id, uphold=True, reason="mine")
    assert trade.release.state is ReleaseState.REFUSED
