"""Goods from the paid contract to the settled trade, with nothing skipped and nothing invented."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from hub.contracts.models import ContractState
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.audit import history
from hub.core.db.base import db
from hub.core.errors import Conflict, HubError, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.depots import queries as depots
from hub.depots.models import LotState, Outside, StockMove
from hub.dispatch import queries, services
from hub.dispatch.models.inbound import InboundState
from hub.dispatch.models.release import ReleaseState
from hub.messaging.models import Notice, StaffTask
from hub.payments.services import Escrow
from hub.payments.services import escrow_of as found_escrow
from tests.dispatch import dispatch_factories as goods
from tests.factories import Factories

pytestmark = pytest.mark.state("expected")


def lies(trade: goods.Trade) -> dict[str, Decimal]:
    """Bin codes and quantities of the trade's lot."""
    lot_id = trade.fresh().lot_id
    return {line.bin.code: line.on_hand for line in depots.stock_of_lot(lot_id or 0)}


def ends() -> list[tuple[Outside | None, Outside | None, Decimal]]:
    """The outside ends of all moves, in order."""
    rows = db.session.scalars(select(StockMove).order_by(StockMove.id))
    return [(row.from_outside, row.to_outside, row.quantity) for row in rows]


def escrow_of(subject: tuple[str, int]) -> Escrow:
    """The money of a contract, which is there."""
    escrow = found_escrow(subject)
    assert escrow is not None
    return escrow


def open_tasks() -> list[str]:
    return list(
        db.session.scalars(
            select(StaffTask.kind).where(StaffTask.closed_at.is_(None)).order_by(StaffTask.id)
        )
    )


def test_all_goods_go_to_the_purchaser_and_the_supplier_is_paid(make: Factories) -> None:
    trade = goods.delivered(make)
    release = trade.release
    services.accept(trade.purchaser, release.public_id)
    release = trade.release
    assert (release.state, release.accepted_quantity) == (ReleaseState.ACCEPTED, Decimal(40))
    contract = trade.fresh_contract()
    assert (contract.state, contract.accepted_quantity) == (ContractState.PERFORMING, Decimal(40))
    escrow = escrow_of(contract.subject)
    zero = Money.zero("INR")
    assert (escrow.held, escrow.released, escrow.refunded) == (zero, contract.total, zero)
    assert ends() == [
        (Outside.SUPPLIER, None, Decimal(40)),
        (None, None, Decimal(40)),
        (None, None, Decimal(40)),
        (None, Outside.CARRIER, Decimal(40)),
        (Outside.CARRIER, Outside.PURCHASER, Decimal(40)),
    ]
    assert lies(trade) == {}
    assert open_tasks() == []
    goods.assert_stock_sound()
    steps = [entry.action for entry in history([("release_order", release.id)])]
    assert steps == [
        "accepted",
        "delivered",
        "departed",
        "loaded",
        "picked",
        "picking_started",
        "opened",
    ]


def test_short_rejected_and_refused_goods_are_refunded_once(make: Factories) -> None:
    trade = goods.inspected(make, accepted="30", count="38")
    inbound = trade.fresh()
    assert inbound.state is InboundState.PART_ACCEPTED
    assert lies(trade) == {"R-01": Decimal(30), "Q-01": Decimal(8)}
    services.put_away(trade.operator, inbound.public_id, "s-01")
    assert lies(trade) == {"S-01": Decimal(30), "Q-01": Decimal(8)}
    services.send_back(trade.operator, inbound.public_id)
    assert lies(trade) == {"S-01": Decimal(30)}
    with pytest.raises(Conflict):
        services.send_back(trade.operator, inbound.public_id)
    release_id = trade.release.public_id
    services.start_picking(trade.operator, release_id)
    services.pick(trade.operator, release_id, "S-01")
    services.load(trade.operator, release_id, carrier="C", vehicle="V", driver="D", packages=60)
    services.depart(trade.operator, release_id)
    services.deliver(
        trade.operator, release_id, services.ProofOfDelivery(Decimal(29), "Lakshmi Rao")
    )
    services.refuse(trade.purchaser, release_id, Decimal(5), "wet")
    services.decide_refusal(trade.broker, release_id, uphold=True, reason="pictures show it")
    release = trade.release
    assert (release.state, release.accepted_quantity) == (ReleaseState.PART_ACCEPTED, Decimal(24))
    contract = trade.fresh_contract()
    assert contract.accepted_quantity == Decimal(24)
    escrow = escrow_of(contract.subject)
    expected = Money.from_decimal(Decimal(24) * (Decimal(2600) + Decimal("123.6")), "INR")
    assert (escrow.released, escrow.refunded) == (expected, contract.total - expected)
    assert escrow.held == Money.zero("INR")
    assert ends()[-3:] == [
        (Outside.CARRIER, Outside.PURCHASER, Decimal(29)),
        (Outside.CARRIER, Outside.LOSS, Decimal(1)),
        (Outside.PURCHASER, Outside.SUPPLIER, Decimal(5)),
    ]
    goods.assert_stock_sound()


def test_rejected_goods_settle_the_trade_with_nothing(make: Factories) -> None:
    trade = goods.inspected(make, accepted="0")
    inbound = trade.fresh()
    assert inbound.state is InboundState.REJECTED
    assert lies(trade) == {"Q-01": Decimal(40)}
    contract = trade.fresh_contract()
    assert contract.accepted_quantity == Decimal(0)
    assert escrow_of(contract.subject).refunded == contract.total
    with pytest.raises(InvalidTransition):
        services.put_away(trade.operator, inbound.public_id, "S-01")
    assert queries.release_of(contract.id) is None
    services.send_back(trade.operator, inbound.public_id)
    inbound = trade.fresh()
    assert inbound.lot is not None
    assert (inbound.lot.state, lies(trade)) == (LotState.SHIPPED, {})
    assert inbound.returned_at is not None
    goods.assert_stock_sound()


def test_an_empty_vehicle_is_rejected_without_a_lot(make: Factories) -> None:
    trade = goods.counted(make, "0")
    services.inspect(trade.operator, trade.inbound.public_id, Decimal(0), "nothing came")
    assert (trade.fresh().state, trade.fresh().lot_id) == (InboundState.REJECTED, None)
    assert goods.moves() == 0
    assert trade.fresh_contract().accepted_quantity == Decimal(0)


def test_a_surplus_is_not_received(make: Factories) -> None:
    trade = goods.counted(make, "45.5")
    inbound = trade.fresh()
    assert (inbound.received_quantity, inbound.surplus_quantity) == (Decimal(40), Decimal("5.5"))
    assert lies(trade) == {"R-01": Decimal(40)}
    with pytest.raises(Invalid):
        services.inspect(trade.operator, inbound.public_id, Decimal("40.001"), "")
    services.inspect(trade.operator, inbound.public_id, Decimal(40), "")
    assert trade.fresh().state is InboundState.ACCEPTED


def test_who_has_refused_does_not_accept_after_all(make: Factories) -> None:
    trade = goods.refused(make)
    before = trade.release.version
    with pytest.raises(InvalidTransition, match="broker decides"):
        services.accept(trade.purchaser, trade.release.public_id)
    release = trade.release
    assert (release.state, release.accepted_quantity) == (ReleaseState.REFUSED, None)
    assert (release.version, trade.fresh_contract().accepted_quantity) == (before, None)


@use_case
def give_days_to_accept(days: int) -> None:
    settings.change(SYSTEM, acceptance_days=days)


@pytest.mark.state(None)
def test_silence_is_acceptance_after_the_days_of_the_contract(make: Factories) -> None:
    """Those of the day on which it was drawn up, counted from the record of the delivery."""
    clock.set_to(clock.now())
    give_days_to_accept(4)
    trade = goods.departed(make)
    give_days_to_accept(9)
    left = clock.now()
    clock.advance(timedelta(hours=30))
    recorded = clock.now()
    proof = services.ProofOfDelivery(Decimal(40), "Lakshmi Rao", left + timedelta(hours=20))
    services.deliver(trade.operator, trade.release.public_id, proof)
    assert trade.release.accept_until == recorded + timedelta(days=4)
    clock.set_to(recorded + timedelta(days=4, seconds=-1))
    assert services.accept_due(SYSTEM) == 0
    assert trade.release.state is ReleaseState.DELIVERED
    clock.set_to(recorded + timedelta(days=4))
    assert services.accept_due(SYSTEM) == 1
    assert services.accept_due(SYSTEM) == 0
    release = trade.release
    assert (release.state, release.accepted_by) == (ReleaseState.AUTO_ACCEPTED, None)
    assert trade.fresh_contract().accepted_quantity == Decimal(40)
    with pytest.raises(InvalidTransition):
        services.refuse(trade.purchaser, release.public_id, Decimal(1), "too late")


@pytest.mark.parametrize(
    ("uphold", "asked", "accepted", "state"),
    [
        (False, None, "40", ReleaseState.ACCEPTED),
        (True, None, "30", ReleaseState.PART_ACCEPTED),
        (True, "35.5", "35.5", ReleaseState.PART_ACCEPTED),
    ],
)
def test_a_broker_decides_on_a_refusal(
    make: Factories, uphold: bool, asked: str | None, accepted: str, state: ReleaseState
) -> None:
    trade = goods.refused(make)
    assert open_tasks() == ["refusal"]
    assert trade.fresh_contract().accepted_quantity is None
    services.decide_refusal(
        trade.broker,
        trade.release.public_id,
        uphold=uphold,
        accepted_quantity=Decimal(asked) if asked else None,
        reason="seen",
    )
    assert (trade.release.state, trade.release.accepted_quantity) == (state, Decimal(accepted))
    assert trade.fresh_contract().accepted_quantity == Decimal(accepted)
    assert open_tasks() == []


def test_a_refusal_of_everything_closes_the_order(make: Factories) -> None:
    trade = goods.refused(make, "40")
    services.decide_refusal(trade.broker, trade.release.public_id, uphold=True, reason="rotten")
    assert (trade.release.state, trade.release.accepted_quantity) == (
        ReleaseState.CLOSED,
        Decimal(0),
    )
    assert escrow_of(trade.contract.subject).refunded == trade.contract.total


@pytest.mark.parametrize("quantity", ["29.999", "40", "-1"])
def test_a_decision_keeps_between_both_sides(make: Factories, quantity: str) -> None:
    trade = goods.refused(make)
    with pytest.raises(Invalid):
        services.decide_refusal(
            trade.broker,
            trade.release.public_id,
            uphold=True,
            accepted_quantity=Decimal(quantity),
            reason="seen",
        )
    assert trade.release.state is ReleaseState.REFUSED
    assert trade.fresh_contract().accepted_quantity is None


def test_the_proof_of_delivery_is_kept_and_written_afresh(make: Factories) -> None:
    trade = goods.departed(make)
    sent = goods.picture(3000, 1000)
    proof = services.ProofOfDelivery(
        Decimal("39.5"), "  Lakshmi Rao ", None, sent, goods.drawn_signature()
    )
    services.deliver(trade.operator, trade.release.public_id, proof)
    release = trade.release
    assert (release.receiver_name, release.delivered_quantity) == ("Lakshmi Rao", Decimal("39.5"))
    assert release.picture_file is not None
    assert release.signature_file is not None
    assert release.picture_file.media_type == "image/jpeg"
    assert release.picture_file.read() != sent
    assert release.signature_file.media_type == "image/png"
    assert release.waybill_file is not None
    assert release.waybill_file.read().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": Decimal("40.001")}, "quantity"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"receiver_name": " "}, "receiver_name"),
        ({"picture": b"<svg/>"}, "picture"),
        ({"signature": "data:text/html;base64,PHA+"}, "signature"),
        ({"signature": "data:image/png;base64,%%%"}, "signature"),
        ({"signature": "drawn"}, "signature"),
    ],
)
def test_a_bad_proof_changes_nothing(
    make: Factories, change: dict[str, object], field: str
) -> None:
    trade = goods.departed(make)
    before = goods.moves()
    proof = replace(services.ProofOfDelivery(Decimal(40), "Lakshmi Rao"), **change)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as caught:
        services.deliver(trade.operator, trade.release.public_id, proof)
    assert field in caught.value.fields
    assert (trade.release.state, goods.moves()) == (ReleaseState.DEPARTED, before)


def test_a_wrong_scan_moves_nothing_and_says_what_is_wanted(make: Factories) -> None:
    trade = goods.released(make)
    release_id, lot = trade.release.public_id, trade.release.lot.number
    services.start_picking(trade.operator, release_id)
    before = goods.moves()
    for scanned in ("S-02", "LOT-999999", "", lot + "X"):
        with pytest.raises(Invalid) as caught:
            services.pick(trade.operator, release_id, scanned)
        assert lot in caught.value.fields["scan"][0]
    assert (trade.release.state, goods.moves()) == (ReleaseState.PICKING, before)
    services.pick(trade.operator, release_id, f" {lot.lower()} ")
    assert trade.release.state is ReleaseState.PICKED


@pytest.mark.parametrize("code", ["", "R-01", "Q-01", "S-99"])
def test_goods_are_put_into_storage_bins_only(make: Factories, code: str) -> None:
    trade = goods.inspected(make)
    with pytest.raises(Invalid) as caught:
        services.put_away(trade.operator, trade.inbound.public_id, code)
    assert list(caught.value.fields) == ["bin"]
    assert lies(trade) == {"R-01": Decimal(40)}
    assert trade.fresh().state is InboundState.ACCEPTED


def test_putting_away_twice_reserves_once(make: Factories) -> None:
    trade = goods.released(make)
    with pytest.raises(InvalidTransition):
        services.put_away(trade.operator, trade.inbound.public_id, "S-01")
    (line,) = depots.stock_of_lot(trade.fresh().lot_id or 0)
    assert (line.on_hand, line.reserved) == (Decimal(40), Decimal(40))
    goods.assert_stock_sound()


def test_inspection_keeps_pictures_and_reasons(make: Factories) -> None:
    trade = goods.counted(make)
    inbound_id = trade.inbound.public_id
    with pytest.raises(Invalid) as caught:
        services.inspect(trade.operator, inbound_id, Decimal(30), " ")
    assert list(caught.value.fields) == ["reason"]
    many = [("p.jpg", goods.picture())] * 7
    with pytest.raises(Invalid) as caught:
        services.inspect(trade.operator, inbound_id, Decimal(30), "wet", many)
    assert list(caught.value.fields) == ["pictures"]
    with pytest.raises(Invalid):
        services.inspect(trade.operator, inbound_id, Decimal(30), "wet", [("p", b"GIF89a")])
    assert trade.fresh().state is InboundState.COUNTED
    services.inspect(trade.operator, inbound_id, Decimal(30), "wet", many[:6])
    assert [found.file.file_name for found in queries.pictures_of(trade.inbound.id)] == [
        f"{trade.inbound.number}-{number}.jpeg" for number in range(1, 7)
    ]


def verbs(trade: goods.Trade, operator: Actor) -> dict[str, object]:
    """Every operator's step on the inbound, to be called out of order."""
    number = trade.inbound.public_id
    return {
        "arrive": lambda: services.arrive(operator, number),
        "count": lambda: services.count(operator, number, Decimal(40)),
        "inspect": lambda: services.inspect(operator, number, Decimal(40), "fine"),
        "put_away": lambda: services.put_away(operator, number, "S-01"),
    }


@pytest.mark.parametrize(
    ("reach", "possible"),
    [
        (goods.announced, "arrive"),
        (goods.arrived, "count"),
        (goods.counted, "inspect"),
        (goods.inspected, "put_away"),
        (goods.released, ""),
    ],
)
def test_steps_out_of_order_are_refused(make: Factories, reach: object, possible: str) -> None:
    trade = reach(make)  # type: ignore[operator]
    before, moves = trade.fresh().state, goods.moves()
    for name, verb in verbs(trade, trade.operator).items():
        if name != possible:
            with pytest.raises(InvalidTransition):
                verb()  # type: ignore[operator]
    assert (trade.fresh().state, goods.moves()) == (before, moves)


def test_nobody_takes_another_depots_steps(make: Factories) -> None:
    trade = goods.announced(make)
    stranger = make.staff(StaffRole.DEPOT, depots=(make.depot("DEL"),))
    for verb in verbs(trade, stranger).values():
        with pytest.raises(NotFound):
            verb()  # type: ignore[operator]
    for known in (trade.broker, trade.supplier, trade.purchaser):
        for verb in verbs(trade, known).values():
            with pytest.raises(NotAllowed):
                verb()  # type: ignore[operator]
    assert trade.fresh().state is InboundState.ANNOUNCED


def test_only_the_purchaser_answers_and_only_the_supplier_announces(make: Factories) -> None:
    trade = goods.delivered(make)
    release_id = trade.release.public_id
    outsider = make.trader()
    attempts: list[tuple[Actor, type[HubError]]] = [
        (outsider, NotFound),
        (trade.supplier, NotAllowed),
        (trade.operator, NotAllowed),
        (trade.broker, NotAllowed),
    ]
    for actor, error in attempts:
        with pytest.raises(error):
            services.accept(actor, release_id)
        with pytest.raises(error):
            services.refuse(actor, release_id, Decimal(1), "no")
    with pytest.raises(NotAllowed):
        services.announce(
            trade.purchaser,
            trade.inbound.public_id,
            arrives_on=settings.today(),
            carrier="C",
            vehicle="V",
            packages=1,
        )
    assert trade.release.state is ReleaseState.DELIVERED


def test_an_announcement_may_be_corrected_until_the_goods_arrive(make: Factories) -> None:
    trade = goods.announced(make)
    values = {"carrier": "Other", "vehicle": "V", "packages": 70}
    later = settings.today() + timedelta(days=3)
    services.announce(trade.supplier, trade.inbound.public_id, arrives_on=later, **values)  # type: ignore[arg-type]
    assert (trade.fresh().arrives_on, trade.fresh().carrier) == (later, "Other")
    with pytest.raises(Invalid):
        services.announce(
            trade.supplier,
            trade.inbound.public_id,
            arrives_on=settings.today() - timedelta(days=1),
            **values,  # type: ignore[arg-type]
        )
    services.arrive(trade.operator, trade.inbound.public_id)
    with pytest.raises(Conflict):
        services.announce(trade.supplier, trade.inbound.public_id, arrives_on=later, **values)  # type: ignore[arg-type]
    assert trade.fresh_contract().state is ContractState.PERFORMING


def test_the_depot_is_told_without_the_quantity(make: Factories) -> None:
    trade = goods.announced(make)
    seen = db.session.scalars(select(Notice).where(Notice.user_id == trade.operator.user_id)).all()
    assert len(seen) == 1
    assert "%(expected)s" not in seen[0].message
