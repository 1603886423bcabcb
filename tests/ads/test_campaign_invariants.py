"""What is checked of campaigns, clicks and the ledger, and that a breach is told."""

from datetime import timedelta

import pytest

from hub.ads.ranking.clicks import click, click_token
from hub.ads.ranking.invariants import CHECKS
from hub.ads.ranking.models import Campaign, CampaignDay, Click, Surface
from hub.ads.ranking.page_auction import sponsored
from hub.ads.visits import Visit
from hub.core import clock
from hub.core.actor import ANONYMOUS
from hub.core.db.base import db
from tests.ads.campaign_factories import AdDesk, searching
from tests.ads.recorded import auction

SECRET = "a secret of tests"


@pytest.fixture
def clicked(ad_desk: AdDesk) -> Campaign:
    """A campaign with a click that cost 1.00."""
    campaign = ad_desk.running()
    found = sponsored(Surface.SEARCH, searching("onion"))
    clock.advance(timedelta(seconds=5))
    token = click_token(SECRET, found.auction_public_id or "", campaign.id)
    click(ANONYMOUS, SECRET, token, Visit("a reader", "Mozilla/5.0 (X11; Linux x86_64)"))
    return campaign


def breaches() -> list[str]:
    return [sentence for _group, _rule, check in CHECKS for sentence in check()]


def test_a_charged_click_breaks_nothing(clicked: Campaign) -> None:
    assert clicked.spent_minor == 100
    assert breaches() == []


def test_spending_that_no_click_explains_is_told(clicked: Campaign) -> None:
    clicked.spent_minor = 101
    db.session.commit()
    name = f"Campaign {clicked.public_id}"
    assert breaches() == [
        f"{name} spent 101, but its {source} say 100." for source in ("clicks", "days", "ledger")
    ]


def test_a_day_that_adds_up_to_something_else_is_told(clicked: Campaign) -> None:
    db.session.query(CampaignDay).one().spent_minor = 99
    db.session.commit()
    assert breaches() == [f"Campaign {clicked.public_id} spent 100, but its days say 99."]


def test_a_click_beyond_its_price_is_told(clicked: Campaign) -> None:
    unseen = auction((clicked.id, 400, 5000))
    dearer = Click(
        auction_id=unseen.id,
        campaign_id=clicked.id,
        at=clock.now(),
        charged_minor=100,
        currency="INR",
    )
    db.session.add(dearer)
    db.session.commit()
    assert f"Click {dearer.id} cost 100, but its place was priced at None." in breaches()
