"""Clicks: each recorded once, a valid one charged exactly once and never beyond what there is."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from hub.accounts.models import Company
from hub.ads.ranking import campaigns, clicks
from hub.ads.ranking.click_queries import invalid_click_report
from hub.ads.ranking.clicks import FreeReason
from hub.ads.ranking.invariants import CHECKS
from hub.ads.ranking.models import Auction, Campaign, CampaignDay, Click, Impression, Surface
from hub.ads.ranking.page_auction import SponsoredPlace, sponsored
from hub.ads.states import CampaignState
from hub.ads.visits import Visit, viewer_hash
from hub.core import clock, settings
from hub.core.actor import ANONYMOUS, SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed, NotFound
from hub.messaging.models import Notice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.wallets.queries import wallet_balance
from hub.posting import services as posting
from tests.ads.campaign_factories import NOON, AdDesk, searching
from tests.factories import Factories
from tests.payments.money_factories import rupees
from tests.signing_in import sign_in
from tests.threads import at_once

SECRET = "a secret of tests"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
A_MOMENT = timedelta(seconds=5)


def place() -> SponsoredPlace:
    """The first place of an auction for onions, held now; time then goes on a little."""
    found = sponsored(Surface.SEARCH, searching("onion"))
    clock.advance(A_MOMENT)
    return found.placed[0]


def token_of(shown: SponsoredPlace, secret: str = SECRET) -> str:
    auction = db.session.get_one(Auction, shown.auction_id)
    return clicks.click_token(secret, auction.public_id, shown.campaign_id)


def visit(viewer: str = "reader", agent: str = BROWSER, *, prefetching: bool = False) -> Visit:
    return Visit(viewer, agent, prefetching)


def recorded() -> list[tuple[int, str]]:
    """What each click was charged and why not, in their order."""
    rows = db.session.execute(select(Click.charged_minor, Click.reason).order_by(Click.id))
    return [(row.charged_minor, row.reason) for row in rows]


def balance(campaign: Campaign) -> str:
    return str(wallet_balance(campaign.company_id, "INR"))


def spent(campaign_id: int) -> tuple[int, dict[date, int]]:
    """What a campaign has spent, in all and by day."""
    days = db.session.execute(
        select(CampaignDay.day, CampaignDay.spent_minor).where(
            CampaignDay.campaign_id == campaign_id
        )
    )
    total = db.session.scalar(select(Campaign.spent_minor).where(Campaign.id == campaign_id))
    return total or 0, {row.day: row.spent_minor for row in days}


def test_a_valid_click_is_charged_exactly_and_leads_to_the_listing(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running(max_bid=rupees("4.00"))
    ad_desk.running(max_bid=rupees("3.00"))
    shown = place()
    path = clicks.click(ANONYMOUS, SECRET, token_of(shown), visit())
    assert path == f"/market/listings/{campaign.listing.public_id}"
    price = shown.price_minor
    assert rupees("1.00").minor < price < rupees("4.00").minor
    assert recorded() == [(price, "")]
    today = settings.today()
    assert spent(campaign.id) == (price, {today: price})
    assert wallet_balance(campaign.company_id, "INR").minor == rupees("1000.00").minor - price
    earned = ledger.owed(chart.ADVERTISING_INCOME, "INR")
    assert earned.minor == price
    click = db.session.scalars(select(Click)).one()
    assert (click.campaign_id, click.at, click.currency) == (campaign.id, clock.now(), "INR")
    assert click.viewer == viewer_hash(SECRET, "reader", today)
    assert "reader" not in click.viewer


def test_the_same_link_is_charged_once(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running()
    token = token_of(place())
    for viewer in ("reader", "reader", "somebody else"):
        clicks.click(ANONYMOUS, SECRET, token, visit(viewer))
    assert recorded() == [(100, ""), (0, "repeated"), (0, "repeated")]
    assert spent(campaign.id)[0] == 100
    assert balance(campaign) == "999.00 INR"


@pytest.mark.parametrize(
    ("later", "reason"),
    [(timedelta(hours=23), FreeReason.REPEATED), (timedelta(hours=24), "")],
)
def test_a_reader_is_charged_for_once_in_a_day_and_night(
    ad_desk: AdDesk, later: timedelta, reason: str
) -> None:
    """The hash of a reader changes at midnight; the click of the evening before is still known."""
    ad_desk.running()
    clicks.click(ANONYMOUS, SECRET, token_of(place()), visit())
    clock.advance(later - A_MOMENT)
    clicks.click(ANONYMOUS, SECRET, token_of(place()), visit())
    clicks.click(ANONYMOUS, SECRET, token_of(place()), visit("another"))
    assert [found for _charged, found in recorded()] == ["", reason, ""]


def test_readers_without_a_session_count_as_one(ad_desk: AdDesk) -> None:
    ad_desk.running()
    for _number in range(2):
        clicks.click(ANONYMOUS, SECRET, token_of(place()), visit(""))
    assert recorded() == [(100, ""), (0, "repeated")]


@pytest.mark.parametrize(
    "found",
    [
        visit(agent=""),
        visit(agent="curl/8.5.0"),
        visit(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        visit(agent="Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0.0.0 Safari/537.36"),
        visit(prefetching=True),
    ],
)
def test_a_robot_costs_nothing_and_takes_nothing_from_who_comes_after(
    ad_desk: AdDesk, found: Visit
) -> None:
    campaign = ad_desk.running()
    token = token_of(place())
    assert clicks.click(ANONYMOUS, SECRET, token, found).startswith("/market/listings/")
    assert recorded() == [(0, "robot")]
    assert (spent(campaign.id), balance(campaign)) == ((0, {}), "1000.00 INR")
    clicks.click(ANONYMOUS, SECRET, token, visit())
    assert recorded()[1] == (100, "")


def test_a_telephone_named_cubot_is_no_robot() -> None:
    agent = "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/130.0 Safari"
    assert not visit(agent=agent).is_robot


def test_own_clicks_and_those_of_the_hub_cost_nothing(ad_desk: AdDesk, make: Factories) -> None:
    owner = ad_desk.member()
    ad_desk.running(owner)
    company = db.session.get_one(Company, owner.company_id)
    colleague = make.trader(company, role=CompanyRole.VIEWER)
    for actor in (owner, colleague, make.staff(StaffRole.BROKER)):
        clicks.click(actor, SECRET, token_of(place()), visit())
    assert recorded() == [(0, "own")] * 3
    clicks.click(make.trader(), SECRET, token_of(place()), visit())
    assert recorded()[3] == (100, "")


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(milliseconds=999), (0, "too_fast")),
        (timedelta(seconds=1), (100, "")),
        (timedelta(minutes=30), (100, "")),
        (timedelta(minutes=30, milliseconds=1), (0, "expired")),
    ],
)
def test_a_link_counts_from_a_second_to_half_an_hour(
    ad_desk: AdDesk, age: timedelta, expected: tuple[int, str]
) -> None:
    ad_desk.running()
    token = token_of(place())
    clock.set_to(NOON + age)
    assert clicks.click(ANONYMOUS, SECRET, token, visit()).startswith("/market/listings/")
    assert recorded() == [expected]


def pause_campaign(ad_desk: AdDesk, campaign: Campaign) -> None:
    owner = ad_desk.make.trader(campaign.company)
    campaigns.pause(owner, campaign.public_id)


def cancel_campaign(ad_desk: AdDesk, campaign: Campaign) -> None:
    campaigns.cancel(ad_desk.clerk, campaign.public_id, "Not about onions.")


def pause_listing(ad_desk: AdDesk, campaign: Campaign) -> None:
    posting.pause(ad_desk.make.trader(campaign.company), campaign.listing.public_id)


@pytest.mark.parametrize("stop", [pause_campaign, cancel_campaign, pause_listing])
def test_nothing_is_charged_once_it_has_stopped(
    ad_desk: AdDesk, stop: Callable[[AdDesk, Campaign], None]
) -> None:
    campaign = ad_desk.running()
    token = token_of(place())
    stop(ad_desk, campaign)
    clicks.click(ANONYMOUS, SECRET, token, visit())
    assert recorded() == [(0, "not_running")]
    assert balance(campaign) == "1000.00 INR"


@pytest.mark.parametrize(
    ("budgets", "held"),
    [
        ({"daily_budget": rupees("2.50")}, "1000.00"),
        ({"total_budget": rupees("2.50"), "daily_budget": rupees("2.50")}, "1000.00"),
        ({}, "2.50"),
    ],
)
def test_what_the_money_does_not_carry_is_free(
    ad_desk: AdDesk, budgets: dict[str, object], held: str
) -> None:
    """Budget of the day, budget in all, account: two clicks at 1.00 fit into 2.50, no third."""
    campaign = ad_desk.running(ad_desk.member(held), max_bid=rupees("1.00"), **budgets)
    clock.set_to(NOON + timedelta(hours=11))
    tokens = [token_of(place()) for _number in range(3)]
    for number, token in enumerate(tokens):
        clicks.click(ANONYMOUS, SECRET, token, visit(f"reader {number}"))
    free = "not_running" if "total_budget" in budgets else "unfunded"
    assert recorded() == [(100, ""), (100, ""), (0, free)]
    assert spent(campaign.id) == (200, {settings.today(): 200})
    assert wallet_balance(campaign.company_id, "INR") == rupees(held) - rupees("2.00")


@pytest.mark.parametrize(
    ("budgets", "passed", "second"),
    [
        ({"total_budget": rupees("6.00"), "daily_budget": rupees("6.00")}, 20, (300, "")),
        ({"total_budget": rupees("5.99"), "daily_budget": rupees("5.99")}, 20, (0, "unfunded")),
        ({"daily_budget": rupees("6.00")}, 9, (300, "")),
        ({"daily_budget": rupees("5.99")}, 9, (0, "unfunded")),
        ({"daily_budget": rupees("5.99")}, 20, (300, "")),
    ],
)
def test_a_budget_is_spent_to_its_last_unit_and_no_further(
    ad_desk: AdDesk, budgets: dict[str, object], passed: int, second: tuple[int, str]
) -> None:
    """Two links of 3.00 from ten minutes before midnight, the second followed before or after."""
    campaign = ad_desk.running(max_bid=rupees("4.00"), **budgets)
    ad_desk.running(max_bid=rupees("3.00"))
    clock.set_to(NOON + timedelta(hours=11, minutes=50))
    first_day = settings.today()
    tokens = []
    for _number in range(2):
        shown = place()
        assert (shown.campaign_id, shown.price_minor) == (campaign.id, 300)
        tokens.append(token_of(shown))
    clicks.click(ANONYMOUS, SECRET, tokens[0], visit("one"))
    clock.advance(timedelta(minutes=passed))
    clicks.click(ANONYMOUS, SECRET, tokens[1], visit("another"))
    assert recorded() == [(300, ""), second]
    assert balance(campaign) == f"{1000 - 3 - second[0] // 100}.00 INR"
    total, days = spent(campaign.id)
    assert total == 300 + second[0]
    assert days.pop(first_day) + days.pop(settings.today(), 0) == total
    assert days == {}


def test_what_one_campaign_spends_is_not_another_ones(ad_desk: AdDesk) -> None:
    made = [ad_desk.running(max_bid=rupees("1.00")) for _number in range(2)]
    shown = sponsored(Surface.SEARCH, searching("onion")).placed
    clock.advance(A_MOMENT)
    assert [each.campaign_id for each in shown] == [each.id for each in made]
    for each in shown:
        clicks.click(ANONYMOUS, SECRET, token_of(each), visit())
    assert recorded() == [(100, ""), (100, "")]
    for campaign in made:
        assert spent(campaign.id) == (100, {settings.today(): 100})
        assert balance(campaign) == "999.00 INR"


def test_a_campaign_whose_budget_is_used_up_stops_and_its_member_is_told(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running(
        max_bid=rupees("1.00"), daily_budget=rupees("1.50"), total_budget=rupees("1.50")
    )
    before = db.session.scalar(select(func.count()).select_from(Notice)) or 0
    clicks.click(ANONYMOUS, SECRET, token_of(place()), visit())
    db.session.refresh(campaign)
    assert (campaign.state, campaign.spent_minor) == (CampaignState.EXHAUSTED, 100)
    notices = db.session.scalars(select(Notice).order_by(Notice.id)).all()[before:]
    assert [notice.path for notice in notices] == [f"/advertising/campaigns/{campaign.public_id}"]
    assert not sponsored(Surface.SEARCH, searching("onion"))


@pytest.mark.parametrize("damage", ["forged", "cut", "nonsense"])
def test_a_forged_link_leads_nowhere(ad_desk: AdDesk, damage: str) -> None:
    ad_desk.running()
    shown = place()
    token = {
        "forged": token_of(shown, "another secret"),
        "cut": token_of(shown)[:-1],
        "nonsense": "x",
    }[damage]
    with pytest.raises(NotFound):
        clicks.click(ANONYMOUS, SECRET, token, visit())
    assert recorded() == []


def test_a_click_can_not_name_a_campaign_that_was_not_shown(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running()
    shown = place()
    auction = db.session.get_one(Auction, shown.auction_id)
    token = clicks.click_token(SECRET, auction.public_id, campaign.id + 1)
    with pytest.raises(NotFound):
        clicks.click(ANONYMOUS, SECRET, token, visit())


def over_http(client: FlaskClient, token: str, method: str = "GET", **headers: str) -> str:
    """Where the link leads; "" where it leads nowhere."""
    answer = client.open(f"/go/{token}", method=method, headers={"User-Agent": BROWSER} | headers)
    assert answer.status_code in (302, 404)
    return answer.headers.get("Location", "")


def test_links_over_http(ad_desk: AdDesk, app: Flask, client: FlaskClient) -> None:
    campaign = ad_desk.running()
    path = f"/market/listings/{campaign.listing.public_id}"
    token = token_of(place(), str(app.config["SECRET_KEY"]))
    assert over_http(client, token, "HEAD") == path
    assert recorded() == []
    assert over_http(client, token, **{"Sec-Purpose": "prefetch;prerender"}) == path
    assert over_http(client, f"{token}?next=//evil.example") == path
    assert over_http(client, token) == path
    assert recorded() == [(0, "robot"), (100, ""), (0, "repeated")]
    assert over_http(client, "https://evil.example") == ""
    assert over_http(client, f"{token}x") == ""
    owner = ad_desk.make.trader(campaign.company)
    sign_in(client, owner)
    own = token_of(place(), str(app.config["SECRET_KEY"]))
    assert over_http(client, own) == path
    assert recorded()[3] == (0, "own")


def test_the_report_of_invalid_clicks(ad_desk: AdDesk, make: Factories) -> None:
    campaign = ad_desk.running()
    token = token_of(place())
    clicks.click(ANONYMOUS, SECRET, token, visit())
    clicks.click(ANONYMOUS, SECRET, token, visit())
    clock.advance(timedelta(hours=1))
    last = clock.now()
    for _number in range(2):
        clicks.click(ANONYMOUS, SECRET, token, visit(agent="curl"))
    today = settings.today()
    report = invalid_click_report(ad_desk.clerk, today, today)
    assert (report.valid, report.invalid, report.charged) == (1, 3, rupees("1.00"))
    assert report.by_reason == {"robot": 2, "repeated": 1}
    assert [(line.reason, line.clicks, line.spared, line.last_at) for line in report.lines] == [
        ("robot", 2, rupees("2.00"), last),
        ("repeated", 1, rupees("1.00"), last - timedelta(hours=1)),
    ]
    assert {line.campaign_public_id for line in report.lines} == {campaign.public_id}
    yesterday = today - timedelta(days=1)
    empty = invalid_click_report(ad_desk.clerk, yesterday, yesterday)
    assert (empty.valid, empty.invalid, list(empty.lines)) == (0, 0, [])
    for actor in (make.trader(), make.staff(StaffRole.BROKER)):
        with pytest.raises(NotAllowed):
            invalid_click_report(actor, today, today)


def shown_to(viewers: int, **terms: object) -> tuple[int, list[str]]:
    """A campaign that bids 1.00, and a link of an auction of its own for each of the readers."""
    ad_desk = AdDesk(Factories())
    balance_of = str(terms.pop("balance", "1000.00"))
    usual = {"max_bid": rupees("1.00"), "daily_budget": rupees("100.00")}
    campaign = ad_desk.running(ad_desk.member(balance_of), **(usual | terms))
    clock.set_to(NOON + timedelta(hours=11))
    tokens = []
    for _number in range(viewers):
        found = sponsored(Surface.SEARCH, searching("onion"))
        tokens.append(token_of(found.placed[0]))
    clock.advance(A_MOMENT)
    return campaign.id, tokens


def click_all(app: Flask, tokens: list[str]) -> list[object]:
    steps = [
        partial(clicks.click, ANONYMOUS, SECRET, token, visit(f"reader {number}"))
        for number, token in enumerate(tokens)
    ]
    return at_once(app, steps)


@pytest.mark.xdist_group("threads")
@pytest.mark.parametrize(
    "limit",
    [
        {"balance": "7.50"},
        {"daily_budget": rupees("7.50"), "total_budget": rupees("400.00")},
        {"daily_budget": rupees("7.50"), "total_budget": rupees("7.50")},
    ],
)
def test_clicks_at_once_spend_no_more_than_there_is(
    committed_app: Flask, limit: dict[str, object]
) -> None:
    with committed_app.app_context():
        campaign_id, tokens = shown_to(20, **limit)
    outcomes = click_all(committed_app, tokens)
    with committed_app.app_context():
        charged = [found for found in recorded() if found[0]]
        assert charged == [(100, "")] * 7
        assert len(recorded()) == len(tokens)
        assert all(isinstance(outcome, str) for outcome in outcomes)
        assert spent(campaign_id) == (700, {settings.today(): 700})
        campaign = db.session.get_one(Campaign, campaign_id)
        held = rupees(str(limit.get("balance", "1000.00")))
        assert wallet_balance(campaign.company_id, "INR") == held - rupees("7.00")
        assert ledger.owed(chart.ADVERTISING_INCOME, "INR") == rupees("7.00")
        assert [each for _number, _rule, check in CHECKS for each in check()] == []


@pytest.mark.xdist_group("threads")
def test_one_link_clicked_by_many_at_once_is_charged_once(committed_app: Flask) -> None:
    with committed_app.app_context():
        campaign_id, tokens = shown_to(1)
    click_all(committed_app, tokens * 8)
    with committed_app.app_context():
        assert sorted(recorded()) == [(0, "repeated")] * 7 + [(100, "")]
        assert spent(campaign_id)[0] == 100


@pytest.mark.parametrize("model", [Auction, Impression, Click])
def test_the_records_of_advertising_are_never_changed(ad_desk: AdDesk, model: type) -> None:
    ad_desk.running()
    clicks.click(ANONYMOUS, SECRET, token_of(place()), visit())
    with pytest.raises(Exception, match="append-only"), db.session.begin_nested():
        db.session.execute(update(model).values(id=model.id + 1000))


def test_a_click_after_the_last_day_is_free(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running(ends_on=settings.today())
    midnight = datetime.combine(settings.today(), time(), ZoneInfo(settings.current().time_zone))
    clock.set_to(midnight + timedelta(days=1, seconds=-10))
    late = token_of(place())
    clock.set_to(midnight + timedelta(days=1, seconds=10))
    clicks.click(ANONYMOUS, SECRET, late, visit())
    assert recorded() == [(0, "not_running")]
    assert balance(campaign) == "1000.00 INR"


def test_a_campaign_in_another_currency_than_the_hub_s_rests_and_can_be_looked_at(
    ad_desk: AdDesk, client: FlaskClient
) -> None:
    campaign = ad_desk.running()
    token = token_of(place())
    settings.change(SYSTEM, fee_currency="EUR")
    db.session.commit()
    clicks.click(ANONYMOUS, SECRET, token, visit())
    assert [charged > 0 for charged, _reason in recorded()] == [True]
    owner = ad_desk.make.trader(campaign.company)
    sign_in(client, owner)
    page = client.get(f"/advertising/campaigns/{campaign.public_id}")
    assert page.status_code == 200
    campaigns.pause(owner, campaign.public_id)
    with pytest.raises(Conflict, match="EUR"):
        campaigns.resume(owner, campaign.public_id)
