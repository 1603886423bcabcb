"""Who takes part in the auction of a page, with which bid, and what is recorded of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from hub.accounts.models import AccountState, Verification
from hub.ads.ranking import campaigns, pacing
from hub.ads.ranking.models import Auction, Campaign, CampaignDay, Impression, Surface
from hub.ads.ranking.page_auction import Sponsored, sponsored
from hub.ads.visits import Viewer
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.posting import services as posting
from hub.posting.models import Listing, Side
from tests.ads.campaign_factories import AdDesk, searching
from tests.payments.money_factories import rupees
from tests.statement_counter import counted


def shown(text: str = "onion", *commodity_ids: int) -> list[int]:
    """The campaigns placed on the page of a search, in order."""
    found = sponsored(Surface.SEARCH, searching(text, *commodity_ids))
    return [each.campaign_id for each in found.placed]


@use_case
def change_settings(actor: Actor, **values: object) -> None:
    settings.change(actor, **values)


def test_the_auction_is_recorded_with_what_its_prices_follow_from(ad_desk: AdDesk) -> None:
    first = ad_desk.running(max_bid=rupees("4.00"))
    second = ad_desk.running(max_bid=rupees("3.00"))
    found = sponsored(
        Surface.SEARCH, searching("Onion"), viewer=Viewer("key", "a" * 32, first.company_id)
    )
    auction = db.session.query(Auction).one()
    assert (found.auction_id, found.auction_public_id, found.currency) == (
        auction.id,
        auction.public_id,
        "INR",
    )
    quality = auction.entrants[0][2]
    assert auction.entrants == [[first.id, 400, quality], [second.id, 300, quality]]
    assert (auction.at, auction.surface, auction.words, auction.commodity_id) == (
        clock.now(),
        Surface.SEARCH,
        "onion",
        first.listing.commodity_id,
    )
    assert (auction.reserve_minor, auction.places, auction.eligible) == (100, 3, 2)
    assert (auction.viewer, auction.viewer_company_id) == ("a" * 32, first.company_id)
    assert [
        (each.campaign_id, each.listing_id, each.place, each.price_minor) for each in found.placed
    ] == [
        (first.id, first.listing_id, 1, 300),
        (second.id, second.listing_id, 2, 100),
    ]
    rows = db.session.query(Impression).order_by(Impression.place).all()
    assert [(row.auction_id, row.campaign_id, row.place, row.price_minor) for row in rows] == [
        (auction.id, first.id, 1, 300),
        (auction.id, second.id, 2, 100),
    ]


def test_nothing_is_written_where_nobody_takes_part(ad_desk: AdDesk) -> None:
    ad_desk.running()
    assert sponsored(Surface.SEARCH, searching("garlic")) is Sponsored.NONE
    assert sponsored(Surface.SEARCH, searching("")) is Sponsored.NONE
    assert not sponsored(Surface.SEARCH, searching("onion"), fits=[Listing.side == Side.DEMAND])
    assert db.session.query(Auction).count() == 0


def test_so_many_places_as_are_set(ad_desk: AdDesk) -> None:
    expected = [ad_desk.running().id for _ in range(4)]
    assert shown() == expected[:3]
    change_settings(SYSTEM, sponsored_places=1)
    assert shown() == expected[:1]
    change_settings(SYSTEM, sponsored_places=0)
    assert shown() == []


def test_few_statements(ad_desk: AdDesk, app: Flask) -> None:
    for _ in range(5):
        ad_desk.running()
    aim = searching("onion")
    settings.forget(db.session())
    with counted(db.engine) as sent:
        assert sponsored(Surface.SEARCH, aim)
    assert [each.split()[0] for each in sent] == ["SELECT"] * 3 + ["INSERT"] * 2
    with counted(db.engine) as sent:
        assert not sponsored(Surface.SEARCH, searching("garlic"))
    assert [each.split()[0] for each in sent] == ["SELECT"] * 2


@pytest.mark.parametrize(
    ("keyword", "search", "fits"),
    [
        ("onion", "onion", True),
        ("onion", "Fresh ONION Nashik", True),
        ("red onion", "onion red", True),
        ("red onion", "onion", False),
        ("onion", "onions", False),
        ("onion", "oni", False),
        ("洋葱", "红洋葱", True),
        ("红洋葱", "洋葱", False),
    ],
)
def test_all_words_of_a_keyword_are_in_the_search(
    ad_desk: AdDesk, keyword: str, search: str, fits: bool
) -> None:
    campaign = ad_desk.running(keywords=(keyword,))
    assert shown(search) == ([campaign.id] if fits else [])


def test_commodities_fit_their_pages_and_searches_that_name_them(ad_desk: AdDesk) -> None:
    make = ad_desk.make
    vegetables = make.commodity("Vegetables", hs_code=None)
    onion = make.commodity("Onion", parent=vegetables, names={"zh_Hans": "洋葱"})
    potato = make.commodity("Potato", parent=vegetables)
    owner, other = ad_desk.member(), ad_desk.member()
    exact = ad_desk.running(
        owner, ad_desk.listing(owner, commodity=onion), keywords=(), commodities=("onion",)
    )
    group = ad_desk.running(
        other, ad_desk.listing(other, commodity=onion), keywords=(), commodities=("vegetables",)
    )
    both = [exact.id, group.id]
    assert shown("", onion.id) == both
    assert shown("fresh onion") == both
    assert shown("洋葱") == both
    assert shown("", vegetables.id) == [group.id]
    of_potatoes = [Listing.commodity_id == potato.id]
    assert shown("", potato.id) == [group.id]
    assert not sponsored(Surface.CATEGORY, searching("", potato.id), fits=of_potatoes)


def test_the_very_words_count_more_than_some_of_them_and_these_more_than_the_category(
    ad_desk: AdDesk,
) -> None:
    by_category = ad_desk.running(keywords=(), commodities=("onion",))
    by_some = ad_desk.running(keywords=("fresh",))
    by_all = ad_desk.running(keywords=("fresh onion",))
    twice = ad_desk.running(keywords=("fresh onion", "onion"), commodities=("onion",))
    assert shown("fresh onion") == [by_all.id, twice.id, by_some.id]
    assert by_category.id in [row[0] for row in db.session.query(Auction).one().entrants]


def _pause_listing(campaign: Campaign, owner: Actor) -> None:
    posting.pause(owner, campaign.listing.public_id)


def _sell_all(campaign: Campaign, owner: Actor) -> None:
    campaign.listing.reserved = campaign.listing.quantity
    db.session.commit()


def _unverify(campaign: Campaign, owner: Actor) -> None:
    campaign.company.state = Verification.REVOKED
    db.session.commit()


def _suspend(campaign: Campaign, owner: Actor) -> None:
    campaign.company.account_state = AccountState.SUSPENDED
    db.session.commit()


def _pause(campaign: Campaign, owner: Actor) -> None:
    campaigns.pause(owner, campaign.public_id)


def _empty_account(campaign: Campaign, owner: Actor) -> None:
    payments.charge_wallet(
        SYSTEM,
        key="all",
        kind="ad_click",
        company_id=campaign.company_id,
        amount=rupees("999.01"),
        income=chart.ADVERTISING_INCOME,
        subject=("test", 1),
    )


def _raise_reserve(campaign: Campaign, owner: Actor) -> None:
    change_settings(SYSTEM, reserve_bid=rupees("4.01").decimal)


def _change_currency(campaign: Campaign, owner: Actor) -> None:
    change_settings(SYSTEM, fee_currency="EUR")


def _pass_the_end(campaign: Campaign, owner: Actor) -> None:
    clock.advance(timedelta(days=2))


@pytest.mark.parametrize(
    "happens",
    [
        _pause_listing,
        _sell_all,
        _unverify,
        _suspend,
        _pause,
        _empty_account,
        _raise_reserve,
        _change_currency,
        _pass_the_end,
    ],
)
def test_who_is_not_eligible(ad_desk: AdDesk, happens: Callable[[Campaign, Actor], None]) -> None:
    owner = ad_desk.member("1000.00")
    campaign = ad_desk.running(owner, ends_on=settings.today() + timedelta(days=1))
    assert shown() == [campaign.id]
    happens(campaign, owner)
    assert shown() == []


def test_a_scheduled_campaign_waits(ad_desk: AdDesk) -> None:
    ad_desk.running(starts_on=settings.today() + timedelta(days=1))
    assert shown() == []


def test_one_place_a_company(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    low = ad_desk.running(owner, max_bid=rupees("2.00"))
    high = ad_desk.running(owner, max_bid=rupees("3.00"))
    assert shown() == [high.id]
    assert db.session.query(Impression).one().price_minor == 100
    campaigns.pause(owner, high.public_id)
    assert shown() == [low.id]


def bid_of(campaign: Campaign) -> int:
    shown()
    entrants = db.session.query(Auction).order_by(Auction.id.desc()).first().entrants
    return {row[0]: row[1] for row in entrants}[campaign.id]


def test_nobody_bids_more_than_is_left(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running(ad_desk.member("7.50"), max_bid=rupees("7.00"))
    assert bid_of(campaign) == 700
    campaign.spent_minor = 40_000 - 650
    db.session.commit()
    assert bid_of(campaign) == 650
    db.session.add(CampaignDay(campaign_id=campaign.id, day=settings.today(), spent_minor=3_500))
    clock.set_to(clock.now() + timedelta(hours=11, minutes=59))
    db.session.commit()
    assert bid_of(campaign) == 500
    poor = ad_desk.running(ad_desk.member("4.00"))
    payments.charge_wallet(
        SYSTEM,
        key="some",
        kind="ad_click",
        company_id=poor.company_id,
        amount=rupees("2.50"),
        income=chart.ADVERTISING_INCOME,
        subject=("test", 1),
    )
    assert bid_of(poor) == 150


def test_the_budget_of_a_day_is_spread_over_it(ad_desk: AdDesk) -> None:
    """40.00 a day and 4.00 a click: at noon a campaign takes part that spent less than 24.00."""
    campaign = ad_desk.running()
    day = CampaignDay(campaign_id=campaign.id, day=settings.today(), spent_minor=2_399)
    db.session.add(day)
    db.session.commit()
    assert shown() == [campaign.id]
    day.spent_minor = 2_400
    db.session.commit()
    assert shown() == []
    clock.advance(timedelta(minutes=1))
    assert shown() == [campaign.id]
    clock.advance(timedelta(hours=12))
    assert shown() == [campaign.id], "the next day begins with nothing spent"


def test_a_day_on_which_clocks_change_has_other_seconds() -> None:
    spring = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert pacing.day_share(spring, "Europe/Berlin") == (13 * 3600, 23 * 3600)
    assert pacing.day_share(spring, "Asia/Kolkata") == (63_000, 86_400)
