"""The first page: everybody finds what waits for them, and nobody finds others' work."""

from collections.abc import Sequence

from flask.testing import FlaskClient

from hub.accounts.queries import actor_of, user_by_email
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.desk.rooms import rooms, waiting
from hub.desk.worklist import worklist
from hub.matching import services as matching
from hub.matching.models import Proposal
from tests.desk.conftest import Trade
from tests.signing_in import sign_in


def _titles(actor: Actor) -> Sequence[str]:
    return [group.title for group in worklist(actor)]


def test_each_step_appears_with_whoever_has_to_take_it(trade: Trade) -> None:
    proposal = db.session.get_one(Proposal, trade.propose())
    assert _titles(trade.staff.broker) == ["Proposals to look at"]
    matching.ask_consent(trade.staff.broker, proposal.public_id, proposal.version)
    for actor in (trade.supplier, trade.purchaser):
        assert _titles(actor) == ["Proposals that wait for your consent"]
    assert _titles(trade.stranger) == []


def test_a_signed_trade_waits_for_the_purchasers_money(trade: Trade) -> None:
    trade.play("sign")
    (group,) = worklist(trade.purchaser)
    assert group.title == "Invoices to pay"
    assert [item.title for item in group.items] == ["Pay 108,061.14 INR"]
    assert _titles(trade.supplier) == []


def test_goods_appear_at_the_depot_and_the_payout_with_finance(trade: Trade) -> None:
    trade.play("sign", "pay", "announce")
    assert _titles(trade.staff.operator) == ["Goods coming in"]
    assert waiting(trade.staff.operator)["inbounds"] == 1
    assert _titles(trade.staff.first_clerk) == []


def test_the_requester_of_a_payout_is_not_asked_to_approve_it(trade: Trade) -> None:
    trade.play("sign", "pay", "announce", "bring_in", "send_out", "deliver", "accept")
    assert _titles(trade.staff.first_clerk) == ["Payouts"]
    trade.player.request_payouts()
    assert _titles(trade.staff.first_clerk) == []
    assert _titles(trade.staff.second_clerk) == ["Payouts"]


def test_the_verifier_finds_the_company_that_waits(trade: Trade) -> None:
    user = user_by_email("verifier@hub.example")
    assert user is not None
    (group,) = worklist(actor_of(user))
    assert [item.title for item in group.items] == ["Bundelkhand Pulses Collective"]


def test_the_rail_holds_only_the_rooms_one_may_enter(trade: Trade) -> None:
    broker = trade.staff.broker
    labels = [room.label for room in rooms(broker, "/broker", waiting(broker))]
    assert labels == [
        "Home",
        "Market",
        "Review",
        "Broker's desk",
        "Contested inquiries",
        "Trades",
    ]
    assert [room.label for room in rooms(Actor(), "/market", {})] == ["Market"]


def test_the_first_page_answers_everybody(trade: Trade, client: FlaskClient) -> None:
    assert "Register your company" in client.get("/").text
    sign_in(client, trade.supplier)
    assert "Nothing waits for you" in client.get("/").text
