"""The pages of campaigns over HTTP: a member's own, and the advertising staff's desk."""

import html
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.ads import visits
from hub.ads.ranking import clicks
from hub.ads.ranking.models import Auction, Campaign, Surface
from hub.ads.ranking.page_auction import sponsored
from hub.ads.states import CampaignState
from hub.core import clock, settings
from hub.core.actor import ANONYMOUS, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.payments import services as payments
from hub.posting.models import Listing
from tests.ads.campaign_factories import AdDesk, searching
from tests.factories import Factories
from tests.payments.money_factories import rupees
from tests.signing_in import sign_in

HOME = "/advertising"
SECRET = "a secret of tests"


def form_of(**changes: object) -> dict[str, object]:
    usual = {
        "name": "Onions first",
        "keywords": "onion\nred onion, onion",
        "commodities": ["onion"],
        "max_bid": "4.00",
        "daily_budget": "40.00",
        "total_budget": "400",
        "starts_on": settings.today().isoformat(),
        "ends_on": "",
    }
    return usual | changes


def text_of(answer: TestResponse) -> str:
    """The words of a page's content."""
    content = re.search(r"<main.*</main>", answer.text, re.S)
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", content[0] if content else "")
    return " ".join(html.unescape(plain).split())


def errors_at(answer: TestResponse) -> dict[str, str]:
    """The sentence at each field that is wrong."""
    found = re.findall(r'<p class="field-error" id="(.+?)-error">(.*?)</p>', answer.text, re.S)
    return {
        name: html.unescape(re.sub(r"<[^>]+>", "", text)).replace("Error:", "").strip()
        for name, text in found
    }


def at(campaign: Campaign, step: str = "") -> str:
    return f"{HOME}/campaigns/{campaign.public_id}" + (f"/{step}" if step else "")


def fresh(campaign: Campaign) -> Campaign:
    db.session.refresh(campaign)
    return campaign


@pytest.fixture
def owner(ad_desk: AdDesk) -> Actor:
    return ad_desk.member()


@pytest.fixture
def listing(ad_desk: AdDesk, owner: Actor) -> Listing:
    return ad_desk.listing(owner)


def count_of_campaigns() -> int:
    return db.session.scalar(select(func.count()).select_from(Campaign)) or 0


def test_a_member_drafts_a_campaign_sees_the_forecast_and_sends_it(
    ad_desk: AdDesk, owner: Actor, listing: Listing, client: FlaskClient
) -> None:
    sign_in(client, owner)
    assert "No campaign yet" in text_of(client.get(HOME))
    chosen = f"{HOME}/campaigns/new?listing={listing.public_id}"
    assert chosen in client.get(f"{HOME}/campaigns/new").text
    answer = client.post(chosen, data=form_of())
    campaign = db.session.scalars(select(Campaign)).one()
    assert (answer.status_code, answer.location) == (302, at(campaign))
    assert campaign.max_bid == rupees("4.00")
    assert {(each.typed, each.commodity_id) for each in campaign.targets} == {
        ("onion", None),
        ("red onion", None),
        ("", listing.commodity_id),
    }
    page = text_of(client.get(at(campaign)))
    assert "Your turn: look at the forecast below" in page
    assert "nobody else bids for it: the first place would cost the least bid" in page
    assert "4.00 INR your bid" in page
    assert "To begin with 1" in page
    assert "Give the listing three pictures" in page
    client.post(at(campaign, "submit"), data={"version": campaign.version})
    assert fresh(campaign).state is CampaignState.PENDING_REVIEW
    sign_in(client, ad_desk.clerk)
    assert "Onions first" in text_of(client.get("/ad-desk"))
    client.post(f"/ad-desk/campaigns/{campaign.public_id}/approve", data={"version": 2})
    assert fresh(campaign).state is CampaignState.RUNNING
    assert "No campaign to review" in text_of(client.get("/ad-desk"))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"max_bid": "0"}, "max_bid", "above zero"),
        ({"max_bid": "-4"}, "max_bid", "above zero"),
        ({"max_bid": "NaN"}, "max_bid", "not a plain number"),
        ({"max_bid": "4.001"}, "max_bid", "more than 2 decimal places"),
        ({"max_bid": "0.99"}, "max_bid", "The least bid is 1.00 INR a click"),
        (
            {"max_bid": "1000.01", "daily_budget": "2000", "total_budget": "2000"},
            "max_bid",
            "above what your account holds",
        ),
        ({"max_bid": ""}, "max_bid", "needed"),
        ({"daily_budget": "3.99"}, "daily_budget", "at least one click"),
        ({"total_budget": "39.99"}, "total_budget", "below the budget of one day"),
        ({"starts_on": "2026-11-30"}, "starts_on", "in the past"),
        ({"starts_on": "soon"}, "starts_on", "Not a valid date"),
        ({"ends_on": "2026-11-30"}, "ends_on", "before the first"),
        ({"name": " "}, "name", "Give the campaign a name"),
        ({"keywords": "", "commodities": []}, "keywords", "at least one keyword or commodity"),
        ({"keywords": "!?"}, "keywords", "holds no word"),
        ({"commodities": ["rice"]}, "commodities", "the commodity of its listing"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    owner: Actor,
    listing: Listing,
    client: FlaskClient,
    changes: dict[str, object],
    field: str,
    sentence: str,
) -> None:
    sign_in(client, owner)
    answer = client.post(
        f"{HOME}/campaigns/new?listing={listing.public_id}", data=form_of(**changes)
    )
    found = errors_at(answer)
    assert (answer.status_code, list(found)) == (422, [field])
    assert sentence in found[field]
    assert count_of_campaigns() == 0
    typed = changes.get(field, "")
    if isinstance(typed, str) and typed.strip():
        assert html.escape(typed) in answer.text


def test_only_ones_own_open_listings_can_be_lifted(
    ad_desk: AdDesk, owner: Actor, make: Factories, client: FlaskClient
) -> None:
    foreign = make.listing()
    sign_in(client, owner)
    path = f"{HOME}/campaigns/new?listing={foreign.public_id}"
    assert "You have no open listing" in text_of(client.get(path))
    client.post(path, data=form_of())
    assert count_of_campaigns() == 0


def test_a_draft_is_changed_and_an_old_page_is_refused(
    ad_desk: AdDesk, owner: Actor, listing: Listing, client: FlaskClient
) -> None:
    draft = ad_desk.draft(owner, listing)
    sign_in(client, owner)
    page = client.get(at(draft, "edit"))
    assert 'value="Onions first"' in page.text
    version = draft.version
    changed = form_of(name="Better onions", version=str(version))
    assert client.post(at(draft, "edit"), data=changed).status_code == 302
    assert fresh(draft).name == "Better onions"
    again = client.post(at(draft, "edit"), data=changed | {"name": "Other onions"})
    assert again.status_code == 409
    assert fresh(draft).name == "Better onions"


def test_a_member_pauses_resumes_raises_and_cancels(
    ad_desk: AdDesk, owner: Actor, client: FlaskClient
) -> None:
    campaign = ad_desk.running(owner)
    sign_in(client, owner)
    client.post(at(campaign, "pause"))
    assert fresh(campaign).state is CampaignState.PAUSED
    client.post(at(campaign, "resume"))
    assert fresh(campaign).state is CampaignState.RUNNING
    assert client.get(at(campaign, "edit")).status_code == 409
    budget = {
        "version": str(campaign.version),
        "max_bid": "5",
        "daily_budget": "50",
        "total_budget": "500",
        "ends_on": "2026-12-31",
    }
    refused = client.post(at(campaign, "budget"), data=budget | {"total_budget": "10"})
    assert (refused.status_code, list(errors_at(refused))) == (422, ["total_budget"])
    assert client.post(at(campaign, "budget"), data=budget).status_code == 302
    assert fresh(campaign).total_budget == rupees("500.00")
    client.post(at(campaign, "cancel"))
    assert fresh(campaign).state is CampaignState.CANCELLED
    assert client.post(at(campaign, "resume")).status_code == 409
    assert client.get(at(campaign, "budget")).status_code == 409


def test_a_campaign_in_review_is_taken_back(
    ad_desk: AdDesk, owner: Actor, client: FlaskClient
) -> None:
    campaign = ad_desk.submitted(owner)
    sign_in(client, owner)
    assert "Take it back to change it" in client.get(at(campaign)).text
    client.post(at(campaign, "withdraw"))
    assert fresh(campaign).state is CampaignState.DRAFT


@pytest.mark.parametrize(
    ("step", "state"), [("return", CampaignState.DRAFT), ("reject", CampaignState.REJECTED)]
)
def test_staff_decide_with_a_reason_that_the_member_reads(
    ad_desk: AdDesk, owner: Actor, client: FlaskClient, step: str, state: CampaignState
) -> None:
    campaign = ad_desk.submitted(owner)
    path = f"/ad-desk/campaigns/{campaign.public_id}/{step}"
    sign_in(client, ad_desk.clerk)
    page = text_of(client.get(at(campaign)))
    assert campaign.company.legal_name in page
    refused = client.post(path, data={f"{step}-reason": " ", "version": campaign.version})
    assert (refused.status_code, errors_at(refused)) == (
        422,
        {f"{step}-reason": "Say why, in a sentence."},
    )
    reason = {f"{step}-reason": "Names a rival <b>brand</b>.", "version": campaign.version}
    assert client.post(path, data=reason).status_code == 302
    assert fresh(campaign).state is state
    sign_in(client, owner)
    shown = client.get(at(campaign)).text
    assert "Names a rival &lt;b&gt;brand&lt;/b&gt;." in shown


def test_staff_end_a_running_campaign(ad_desk: AdDesk, owner: Actor, client: FlaskClient) -> None:
    campaign = ad_desk.running(owner)
    sign_in(client, ad_desk.clerk)
    path = f"/ad-desk/campaigns/{campaign.public_id}/end"
    assert client.post(path, data={"end-reason": ""}).status_code == 422
    client.post(path, data={"end-reason": "The goods are gone."})
    assert fresh(campaign).state is CampaignState.CANCELLED


def test_figures_stand_on_both_pages(ad_desk: AdDesk, owner: Actor, client: FlaskClient) -> None:
    campaign = ad_desk.running(owner)
    for number in range(4):
        auction_id = sponsored(Surface.SEARCH, searching("onion")).auction_id
        auction = db.session.get_one(Auction, auction_id)
        clock.advance(timedelta(minutes=1))
        token = clicks.click_token(SECRET, auction.public_id, campaign.id)
        agent = "Mozilla/5.0" if number == 0 else "curl/8"
        if number < 2:
            clicks.click(ANONYMOUS, SECRET, token, visits.Visit("reader", agent))
    sign_in(client, owner)
    overview = text_of(client.get(HOME))
    assert "1.00 INR of 40.00 INR today 1.00 INR of 400.00 INR in all 4 1 25% 1.00 INR" in overview
    assert "999.00 INR" in overview
    page = text_of(client.get(at(campaign)))
    assert "1 Dec 2026 4 1 25% 1 1.00 INR" in page


def test_a_forecast_is_shown_for_the_bid_asked_for(
    ad_desk: AdDesk, owner: Actor, client: FlaskClient
) -> None:
    campaign = ad_desk.running(owner)
    sign_in(client, owner)
    assert "7.50 INR" in text_of(client.get(at(campaign) + "?bid=7.5"))
    for wrong in ("0", "1e9", "x", "-1", "0.001"):
        page = client.get(at(campaign), query_string={"bid": wrong})
        assert page.status_code == 200
        assert 'id="bid-error"' in page.text


def test_the_report_of_invalid_clicks_over_http(ad_desk: AdDesk, client: FlaskClient) -> None:
    campaign = ad_desk.running()
    auction = db.session.get_one(Auction, sponsored(Surface.SEARCH, searching("onion")).auction_id)
    token = clicks.click_token(SECRET, auction.public_id, campaign.id)
    clicks.click(ANONYMOUS, SECRET, token, visits.Visit("reader", "curl/8"))
    sign_in(client, ad_desk.clerk)
    page = text_of(client.get("/ad-desk/invalid-clicks"))
    assert f"Onions first {campaign.company.legal_name} robot or prefetch 1 1.00 INR" in page
    old = "/ad-desk/invalid-clicks?from=2026-01-01&until=2026-01-31"
    assert "No invalid click" in text_of(client.get(old))
    for query in ("from=x", "from=2026-02-02&until=2026-02-01", "from=2020-01-01"):
        assert client.get(f"/ad-desk/invalid-clicks?{query}").status_code == 422


def test_who_may_see_and_do_what(
    ad_desk: AdDesk, owner: Actor, make: Factories, client: FlaskClient
) -> None:
    campaign = ad_desk.running(owner)
    colleague = make.trader(campaign.company, role=CompanyRole.VIEWER)
    stranger, broker = make.trader(), make.staff(StaffRole.BROKER)
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    expected = {
        "overview": (HOME, {owner: 200, colleague: 200, stranger: 200, broker: 403}),
        "new": (f"{HOME}/campaigns/new", {owner: 200, colleague: 403, broker: 403}),
        "page": (
            at(campaign),
            {owner: 200, colleague: 200, stranger: 404, broker: 404, ad_desk.clerk: 200},
        ),
        "budget": (
            at(campaign, "budget"),
            {owner: 200, colleague: 403, stranger: 404, ad_desk.clerk: 403},
        ),
        "desk": (
            "/ad-desk",
            {owner: 403, broker: 403, ad_desk.clerk: 200, administrator: 200},
        ),
        "report": (
            "/ad-desk/invalid-clicks",
            {owner: 403, broker: 403, ad_desk.clerk: 200, administrator: 200},
        ),
    }
    for path, outcomes in expected.values():
        for who, status in outcomes.items():
            sign_in(client, who)
            assert client.get(path).status_code == status, (path, who)
    for step, outcomes in {
        at(campaign, "pause"): {colleague: 403, stranger: 404, broker: 404},
        at(campaign, "cancel"): {colleague: 403, stranger: 404},
        f"/ad-desk/campaigns/{campaign.public_id}/end": {owner: 403, administrator: 403},
    }.items():
        for who, status in outcomes.items():
            sign_in(client, who)
            assert client.post(step).status_code == status, (step, who)
    assert fresh(campaign).state is CampaignState.RUNNING
    with client.session_transaction() as cookie:
        cookie.clear()
    for path in (HOME, "/ad-desk", at(campaign)):
        assert client.get(path).location.startswith("/sign-in")
    assert client.get("/ranking").status_code == 200


def test_a_campaign_whose_account_ran_dry_says_so(ad_desk: AdDesk, client: FlaskClient) -> None:
    owner = ad_desk.member("4.50")
    campaign = ad_desk.running(owner, max_bid=rupees("4.00"), daily_budget=rupees("4.00"))
    sign_in(client, owner)
    assert "hold the price of a click" not in text_of(client.get(HOME))
    payments.withdraw(owner, rupees("4.00"))
    for path in (HOME, at(campaign)):
        assert "hold the price of a click" in text_of(client.get(path))
