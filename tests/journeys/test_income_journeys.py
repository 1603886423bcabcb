"""How the hub earns its living, in a real browser: members, bids and inquiries, and the money."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from hub.accounts.models import Company
from hub.ads.ranking.models import Click
from hub.cli.check import run_checks
from hub.core import clock, settings
from hub.core.db.base import db
from hub.core.money import Money
from hub.demo import advertising, data, income, people
from hub.demo.loading import bank_folder
from hub.membership import jobs as memberships
from hub.membership.models.plans import Plan
from hub.membership.services import PlanDraft, change_plan
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.queries import payment_account
from hub.payments.wallets.queries import wallet_balance
from hub.posting import services as posting
from hub.posting.models import Listing, Side
from hub.rehearsal.bank import PretendBank, Transfer
from tests.browser import LiveServer
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"


@pytest.fixture
def hub(demo_server: LiveServer) -> LiveServer:
    """A hub with companies, people, plans and places for advertising; nobody is a member yet."""
    with demo_server.app.app_context():
        people.found_hub()
        people.found_companies()
        people.hire_staff()
        income.open_offers()
        advertising.offer_places()
    return demo_server


def company_id(number: int) -> int:
    """The id of a company of the demo: 0 is the supplier, 1 the purchaser."""
    wanted = select(Company.id).where(Company.legal_name == data.COMPANIES[number].name)
    return int(db.session.scalars(wanted).one())


def fund(number: int, amount: str) -> None:
    """A transfer reaches a company's account at the hub."""
    owner = people.owner_of(company_id(number))
    wallet = payments.open_wallet(owner, company_id(number), data.CURRENCY)
    bank = PretendBank(bank_folder(), payment_account(data.CURRENCY))
    transfer = Transfer(owner.company_name, "000000000001", amount, wallet.reference, "NOTPROVIDED")
    statement = bank.credit([transfer], f"TOP-{number}-{amount}", settings.today())
    payments.import_statement(people.staff().first_clerk, statement.read_bytes(), statement.name)


def open_listing(number: int, *, approve: bool = True) -> Listing:
    """An offer of onions by a company; a draft unless the broker has approved it."""
    owner, today = people.owner_of(company_id(number)), settings.today()
    company = db.session.get_one(Company, owner.company_id)
    texts = {
        "side": Side.SUPPLY.value,
        "reference": f"S-{number}-{db.session.query(Listing).count()}",
        "commodity": "onion",
        "grade": "FAQ",
        "quantity": "40",
        "unit": "DTN",
        "min_lot": "5",
        "price": "2150",
        "currency": data.CURRENCY,
        "region": company.region.name,
        "ready_from": (today + timedelta(days=3)).isoformat(),
        "ready_until": (today + timedelta(days=90)).isoformat(),
        "valid_until": (today + timedelta(days=90)).isoformat(),
        "packaging": "50 kg jute bags",
    }
    draft = posting.create_draft(owner, texts)
    if not approve:
        return draft
    sent = posting.submit(owner, draft.public_id, draft.version)
    return posting.approve(people.staff().broker, sent.public_id)


def stand(account: int) -> Money:
    """What the hub owes or earned on an account of the ledger."""
    return ledger.owed(account, data.CURRENCY)


def nothing_is_broken(hub: LiveServer) -> None:
    """Every invariant of the database holds."""
    with hub.app.app_context():
        assert [each for finding in run_checks().values() for each in finding["broken"]] == []


def pay_at_the_bank(payer: Person, clerk: Person, folder: Path) -> None:
    """The payer pays what is due at the pretend bank; the clerk reads the statement."""
    payer.go("/demo/bank")
    payer.press("Pay")
    payer.look()
    statement = payer.page.locator("main a[href^='/demo/bank/statements/']").first
    with payer.page.expect_download() as waiting:
        statement.click()
    waiting.value.save_as(folder / "paid.xml")
    clerk.go("/finance/files")
    clerk.upload("file", folder / "paid.xml")
    clerk.press("Read and post the statement")
    clerk.look()


def test_a_company_joins_and_pays(
    hub: LiveServer, enter: Callable[..., Person], tmp_path: Path
) -> None:
    member, clerk = enter("Supplier", phone=True), enter("Finance clerk")
    member.go("/membership")
    member.press("Compare the plans")
    member.look()
    member.press("Paid by the month")
    member.press("Choose Trade")
    member.look()
    member.fill(coupon="harvest20")
    member.press("Show the discount")
    member.look()
    member.reads("1,920.00 INR")
    member.page.locator("main [name=trial]").uncheck()
    member.press("Choose Trade for 2,400.00 INR a month")
    member.look()
    pay_at_the_bank(member, clerk, tmp_path)
    member.go("/membership")
    member.reads("Nothing is to be paid now.")
    member.reads("0 of 80 used, 80 left")
    member.go("/membership/return")
    with hub.app.app_context():
        assert stand(chart.DEFERRED_MEMBERSHIP) == Money(192_000, data.CURRENCY)
        clock.set_to(clock.now() + timedelta(days=1))
        memberships.recognise_income()
        earned = stand(chart.MEMBERSHIP_INCOME)
        assert 192_000 // 31 <= earned.minor <= 192_000 // 28
    nothing_is_broken(hub)


def _limit_basic(hub: LiveServer, listings: int) -> None:
    """The plan that holds for everybody allows so many open listings."""
    with hub.app.app_context():
        plan = db.session.scalars(select(Plan).where(Plan.is_default)).one()
        draft = PlanDraft(
            name="Basic", rank=plan.rank, entitlements={"open_listings": Decimal(listings)}
        )
        administrator = people.member_of_staff("Administrator")
        change_plan(administrator, plan.public_id, draft, plan.version)


def test_a_member_runs_out_and_comes_back(hub: LiveServer, enter: Callable[..., Person]) -> None:
    _limit_basic(hub, 1)
    with hub.app.app_context():
        open_listing(0)
        draft = open_listing(0, approve=False).public_id
        fund(0, "5000.00")
    member = enter("Supplier")
    member.go(f"/listings/{draft}")
    member.press("Send to the broker")
    member.look()
    member.reads("includes 1 listings open or in review at a time, and 1 are.")
    member.go("/membership/plans?interval=month")
    member.press("Choose Trade")
    member.page.locator("main [name=trial]").uncheck()
    member.page.locator("main [name=payment][value=account]").check()
    member.press("Choose Trade for")
    member.look()
    member.go(f"/listings/{draft}")
    member.press("Send to the broker")
    member.look()
    member.reads("Waiting for the hub’s broker to review it.")
    with hub.app.app_context():
        assert wallet_balance(company_id(0), data.CURRENCY) == Money(260_000, data.CURRENCY)
        clock.set_to(clock.now() + timedelta(days=33))
        memberships.work_through_deadlines()
    member = enter("Supplier")
    member.go("/membership")
    member.reads("payment overdue")
    with hub.app.app_context():
        clock.set_to(clock.now() + timedelta(days=20))
        memberships.work_through_deadlines()
    member = enter("Supplier")
    member.go("/membership")
    member.reads("suspended")
    member.press("Pay invoice")
    member.look()
    member.press("Pay 2,400.00 INR from my account")
    member.look()
    member.go("/membership")
    member.reads("active")
    member.reads("2 of 80 used, 78 left")
    nothing_is_broken(hub)


def test_a_campaign_runs_and_is_charged(
    hub: LiveServer,
    enter: Callable[..., Person],
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
) -> None:
    with hub.app.app_context():
        open_listing(0)
        fund(0, "500.00")
    member, clerk = enter("Supplier"), enter("Advertising clerk")
    member.go("/advertising")
    member.press("New campaign")
    member.look()
    member.press("Lift this one")
    member.look()
    member.fill(name="Onions from Nashik", keywords="onion")
    member.fill(max_bid="900", daily_budget="900", total_budget="900")
    member.press("Save the draft and see the forecast")
    member.look()
    member.fill(max_bid="12.50", daily_budget="50", total_budget="400")
    member.press("Save the draft and see the forecast")
    member.look()
    member.press("Send it to the hub")
    member.look()
    clerk.go("/ad-desk")
    clerk.follow("/advertising/campaigns/")
    clerk.press("Approve: let it bid")
    clerk.look()
    visitor = Person(open_page(user_agent=BROWSER), hub, axe)
    visitor.go("/market?q=onion")
    visitor.reads("Advertising")
    clock.set_to(clock.now() + timedelta(seconds=20))
    visitor.follow("/go/")
    assert re.search(r"/market/listings/\w+$", visitor.page.url)
    visitor.page.go_back()
    clock.set_to(clock.now() + timedelta(seconds=20))
    visitor.follow("/go/")
    member.go("/advertising")
    member.reads("1.00 INR")
    member.follow("/advertising/campaigns/")
    clerk.go("/ad-desk/invalid-clicks")
    clerk.reads("repeated")
    with hub.app.app_context():
        clicks = db.session.execute(
            select(Click.charged_minor, Click.reason).order_by(Click.id)
        ).all()
        assert clicks == [(100, ""), (0, "repeated")]
        assert wallet_balance(company_id(0), data.CURRENCY) == Money(49_900, data.CURRENCY)
        assert stand(chart.ADVERTISING_INCOME) == Money(100, data.CURRENCY)
    nothing_is_broken(hub)


def test_an_inquiry_is_paid_for_and_contested(
    hub: LiveServer, enter: Callable[..., Person]
) -> None:
    with hub.app.app_context():
        listing = open_listing(0).public_id
        fund(0, "200.00")
    asker, supplier, broker = enter("Purchaser", phone=True), enter("Supplier"), enter("Broker")
    asker.go(f"/market/listings/{listing}")
    asker.follow(f"/market/listings/{listing}/inquire")
    asker.fill(text="Do you have a forklift to sell?")
    asker.press("Send the question")
    asker.look()
    supplier.go("/")
    supplier.follow("/inquiries/")
    assert "forklift" not in supplier.page.content()
    supplier.press("Open it for 120.00 INR")
    supplier.look()
    supplier.reads("Do you have a forklift to sell?")
    with hub.app.app_context():
        assert wallet_balance(company_id(0), data.CURRENCY) == Money(8_000, data.CURRENCY)
        assert stand(chart.INQUIRY_INCOME) == Money(12_000, data.CURRENCY)
    supplier.page.get_by_text("Contest it or report spam").click()
    supplier.choose(ground="other_goods")
    contest = supplier.page.locator("main form[action$='/contest']")
    contest.locator("[name=reason]").fill("They want a forklift; we sell onions.")
    supplier.press("Ask the staff to decide")
    supplier.look()
    broker.go("/broker/inquiries")
    broker.follow("/broker/inquiries/")
    broker.page.get_by_text("Uphold it", exact=True).click()
    uphold = broker.page.locator("main form[action$='/uphold']")
    uphold.locator("[name=reason]").fill("It has nothing to do with the listing.")
    broker.press("Uphold it and give back 120.00 INR")
    broker.look()
    supplier.go("/wallet")
    supplier.reads("200.00 INR")
    with hub.app.app_context():
        assert wallet_balance(company_id(0), data.CURRENCY) == Money(20_000, data.CURRENCY)
        assert stand(chart.INQUIRY_INCOME) == Money(0, data.CURRENCY)
    nothing_is_broken(hub)
