"""The page of a trade: whose turn it is, what is shown to whom, and what it costs to show it."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from hub.contracts import invariants
from hub.core import settings
from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.money import Money
from hub.desk.trade_page import TradePage, trade_page
from hub.membership.commission import services as commission
from tests.desk.conftest import Trade
from tests.factories import Factories
from tests.signing_in import sign_in
from tests.statement_counter import counted

DELIVERY = ("sign", "pay", "announce", "bring_in", "send_out", "deliver")


def _states(page: TradePage) -> list[str]:
    return [step["state"] for step in page.steps]


#: After which step: whose turn it is, for what, and how many of the five steps are done.
TURNS = (
    (None, "Nashik Growers Cooperative Ltd. and Yamuna Fresh Foods Pvt. Ltd.", "sign", 1),
    ("sign", "Yamuna Fresh Foods Pvt. Ltd.", "pay 108,061.14 INR", 2),
    ("pay", "Nashik Growers Cooperative Ltd.", "announce the delivery", 3),
    ("announce", "Nashik Growers Cooperative Ltd.", "bring the goods to Delhi Regional Depot", 3),
    ("bring_in", "Delhi Regional Depot", "pick the goods", 3),
    ("send_out", "Delhi Regional Depot", "deliver the goods", 3),
    ("deliver", "Yamuna Fresh Foods Pvt. Ltd.", "accept the delivery", 3),
    ("accept", "the hub's finance", "request the payout", 4),
)


def test_it_says_after_each_step_whose_turn_it_is(trade: Trade) -> None:
    contract = trade.play()
    for step, who, what, reached in TURNS:
        if step is not None:
            contract = trade.go_on(contract, step)
        page = trade_page(trade.staff.broker, contract.public_id)
        assert page.turn is not None, step
        assert (step, page.turn.who) == (step, who)
        assert page.turn.text.startswith(what), step
        left = 4 - reached
        assert _states(page) == ["done"] * reached + ["current"] + ["todo"] * left, step


def test_the_button_is_only_for_whose_turn_it_is(trade: Trade) -> None:
    contract = trade.play("sign")
    own = trade_page(trade.purchaser, contract.public_id).turn
    other = trade_page(trade.supplier, contract.public_id).turn
    assert own is not None
    assert other is not None
    assert own.url.startswith("/invoices/")
    assert other.url == ""


def test_others_learn_nothing_of_it(trade: Trade) -> None:
    contract = trade.play("sign")
    with pytest.raises(NotFound):
        trade_page(trade.stranger, contract.public_id)


def test_a_finished_trade_waits_for_nobody(trade: Trade) -> None:
    contract = trade.play(*DELIVERY, "accept")
    trade.player.request_payouts()
    trade.player.approve_payouts()
    trade.player.settle(trade.story.bank, trade.player.export_payouts("INR"), "OUT")
    page = trade_page(trade.supplier, contract.public_id)
    assert page.turn is None
    assert _states(page) == ["done"] * 5
    assert page.escrow is not None
    assert page.escrow.paid == page.escrow.released == Money(10_806_114, "INR")
    assert [payout.amount for payout in page.performance.payouts] == [Money(9_504_000, "INR")]


def test_the_purchaser_does_not_read_the_suppliers_listing_history(trade: Trade) -> None:
    contract = trade.play()
    supplier = trade_page(trade.supplier, contract.public_id).history
    purchaser = trade_page(trade.purchaser, contract.public_id).history
    drafted = [line for line in supplier if line.what == "Draft written"]
    assert [line.who for line in drafted] == [trade.supplier.name]
    assert [line.who for line in purchaser if line.what == "Draft written"] == [
        trade.purchaser.name
    ]


def test_the_page_is_one_page_for_all_who_take_part(trade: Trade, client: FlaskClient) -> None:
    contract = trade.play(*DELIVERY)
    path = f"/trades/{contract.public_id}"
    for actor in (trade.supplier, trade.purchaser, trade.staff.broker, trade.staff.operator):
        sign_in(client, actor)
        with counted(db.engine) as statements:
            answer = client.get(path)
        assert answer.status_code == 200
        assert contract.number in answer.text
        assert len(statements) <= 25
    sign_in(client, trade.stranger)
    assert client.get(path).status_code == 404


def test_the_rate_of_a_rule_goes_into_the_contract_and_is_explained(
    trade: Trade, make: Factories, client: FlaskClient
) -> None:
    admin = make.staff(StaffRole.ADMINISTRATOR)
    commission.add_rule(
        admin, rate=Decimal("0.0075"), valid_from=settings.today(), commodity_code="onion"
    )
    contract = trade.play(*DELIVERY, "accept")
    assert contract.commission_rate == Decimal("0.0075")
    assert contract.commission == Money(72_000, "INR")
    assert [check() for _number, _rule, check in invariants.CHECKS] == [
        [] for _check in invariants.CHECKS
    ]
    why = "Of the rules that fit this sale, the closest holds: 0.75% for sales of Onion."
    for reader, sees in (
        (trade.supplier, True),
        (trade.purchaser, False),
        (trade.staff.broker, True),
    ):
        sign_in(client, reader)
        page = client.get(f"/trades/{contract.public_id}").text
        assert "720.00 INR" in page
        assert (why in page) is sees
        assert ("Why this commission" in page) is sees
