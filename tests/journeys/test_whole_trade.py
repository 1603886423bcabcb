"""The whole trade in a real browser: six people, from two listings to the payout."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hub.cli.check import run_checks
from hub.core import clock
from hub.demo import data, people
from tests.browser import LiveServer
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

QUANTITY = "40"


@pytest.fixture
def hub(demo_server: LiveServer) -> LiveServer:
    """A hub with its companies and people, and nothing traded yet."""
    with demo_server.app.app_context():
        people.found_hub()
        people.found_companies()
        people.hire_staff()
    return demo_server


def _day(days: int) -> str:
    return (clock.today("Asia/Kolkata") + timedelta(days=days)).isoformat()


def _post(person: Person, side: str, price: str, region: str) -> None:
    person.go(f"/listings/new?side={side}&commodity=onion")
    person.fill(quantity=QUANTITY, min_lot="5", price=price, currency="INR", grade="FAQ")
    person.choose(unit="DTN", region=region)
    person.fill(ready_from=_day(3), ready_until=_day(20), valid_until=_day(20))
    person.press("Save and send to the broker")
    person.look()
    person.reads("Waiting for the hub’s broker to review it.")


def _open_listings(broker: Person) -> None:
    broker.go("/review")
    boxes = broker.page.locator("main input[type=checkbox]")
    assert boxes.count() == 2
    for box in boxes.all():
        box.check()
    broker.press("Approve the ticked listings")
    broker.look()


def _propose(broker: Person) -> None:
    broker.go("/broker")
    broker.press("Match now")
    broker.look()
    broker.follow("/broker/proposals/")
    broker.reads("1,005")
    broker.press("Ask consent for 40 DTN")


def _consent(person: Person) -> None:
    person.go("/")
    person.follow("/proposals/")
    person.press("Consent to 40 DTN")
    person.look()


def _sign(person: Person) -> None:
    person.go("/")
    person.follow("/contracts/")
    person.fill(password=data.PASSWORD)
    person.press("Sign contract")
    person.look()


def _upload_statement(clerk: Person, statement: Path) -> None:
    clerk.go("/finance/files")
    clerk.upload("file", statement)
    clerk.press("Read and post the statement")
    clerk.look()


def _receive(operator: Person) -> None:
    operator.go("/")
    operator.follow("/depot/inbounds/")
    operator.press("The goods are here")
    operator.look()
    operator.fill(quantity=QUANTITY)
    operator.press("Write this count down")
    operator.look()
    operator.fill(accepted=QUANTITY)
    operator.press("Write the inspection down")
    operator.look()
    operator.fill(bin="S-01")
    operator.press("Put 40 DTN into this bin")
    operator.look()


def _deliver(operator: Person) -> None:
    operator.go("/")
    operator.follow("/depot/releases/")
    operator.press("Start picking")
    operator.look()
    lot = operator.page.get_by_text("LOT-").first.inner_text()
    operator.fill(scan=re.search(r"LOT-[\w-]+", lot).group())  # type: ignore[union-attr]
    operator.press("Bring it to the outbound bin")
    operator.look()
    operator.fill(carrier="Hub Fleet", vehicle="DL 01 CX 2040", driver="R. Thakur", packages="20")
    operator.press("Loaded")
    operator.look()
    operator.press("The vehicle leaves")
    operator.look()
    operator.fill(quantity=QUANTITY, receiver_name="S. Chauhan")
    operator.press("Record the delivery")
    operator.look()


def _pay(purchaser: Person, clerk: Person, folder: Path) -> None:
    purchaser.go("/")
    purchaser.follow("/invoices/")
    purchaser.reads("110,030.57 INR")
    purchaser.go("/demo/bank")
    purchaser.press("Pay")
    purchaser.look()
    statement = purchaser.page.locator("main a[href^='/demo/bank/statements/']").first
    with purchaser.page.expect_download() as waiting:
        statement.click()
    waiting.value.save_as(folder / "paid.xml")
    _upload_statement(clerk, folder / "paid.xml")


def _pay_out(first: Person, second: Person, folder: Path) -> None:
    first.go("/finance/payouts")
    first.page.locator("main input[type=checkbox]").first.check()
    first.press("Request the chosen payouts")
    first.look()
    second.go("/finance/payouts?state=requested")
    second.follow("/finance/payouts/")
    second.press("Approve")
    second.look()
    first.go("/finance/payouts?state=approved")
    first.press("Export all approved payouts in INR")
    first.look()
    first.go("/demo/bank")
    first.press("Carry out")
    first.look()
    with first.page.expect_download() as waiting:
        first.page.locator("main a[href^='/demo/bank/statements/statement-DB']").first.click()
    waiting.value.save_as(folder / "debited.xml")
    _upload_statement(first, folder / "debited.xml")


def test_a_trade_from_the_listings_to_the_payout(
    hub: LiveServer, enter: Callable[..., Person], tmp_path: Path
) -> None:
    supplier, purchaser, broker = enter("Supplier"), enter("Purchaser"), enter("Broker")
    first, second = enter("Finance clerk"), enter("Second finance clerk")
    operator = enter("Depot operator", phone=True)
    _post(supplier, "supply", "2150", "Maharashtra")
    _post(purchaser, "demand", "3050", "NCT of Delhi")
    _open_listings(broker)
    _propose(broker)
    _consent(supplier)
    _consent(purchaser)
    _sign(supplier)
    _sign(purchaser)
    _pay(purchaser, first, tmp_path)
    supplier.go("/")
    supplier.follow("/deliveries/")
    supplier.fill(arrives_on=_day(1), carrier="Bharat Road Lines", vehicle="MH 12 AB 4711")
    supplier.fill(packages="20")
    supplier.press("Announce the delivery")
    _receive(operator)
    _deliver(operator)
    purchaser.go("/trades")
    purchaser.follow("/trades/")
    purchaser.press("Look at the delivery")
    purchaser.look()
    purchaser.press("Accept 40 DTN")
    purchaser.look()
    _pay_out(first, second, tmp_path)
    supplier.go("/trades?show=ended")
    supplier.follow("/trades/")
    supplier.reads("This trade is completed.")
    with hub.app.app_context():
        assert {number: finding["broken"] for number, finding in run_checks().items()} == {
            number: [] for number in run_checks()
        }
