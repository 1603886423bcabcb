"""What a bid would likely bring, and how little that may rest on."""

from datetime import timedelta
from decimal import Decimal

from hub.ads.ranking import quality
from hub.ads.ranking.auction import MOST_BID
from hub.ads.ranking.forecast import MOST_AUCTIONS, Basis, forecast, forecasts
from hub.ads.ranking.models import Click, Surface
from hub.ads.ranking.page_auction import sponsored
from hub.core import clock
from hub.core.db.base import db
from hub.core.money import Money
from tests.ads.campaign_factories import AdDesk, searching
from tests.ads.recorded import auction, impression, unsaved
from tests.payments.money_factories import rupees


def test_without_anybody_it_is_the_reserve_and_no_figures(ad_desk: AdDesk) -> None:
    found = forecast(ad_desk.draft(ad_desk.member()), rupees("4.00"))
    assert (found.basis, found.auctions, found.competitors) == (Basis.NOTHING, 0, 0)
    assert (found.position, found.shown_share, found.price) == (Decimal("1.0"), 1, rupees("1.00"))
    assert (found.impressions_a_day, found.clicks_a_day, found.cost_a_day) == (None, None, None)


def test_without_auctions_it_is_the_present_competition(ad_desk: AdDesk) -> None:
    for bid in ("6.00", "5.00", "3.00"):
        ad_desk.running(max_bid=rupees(bid), total_budget=rupees("400"))
    draft = ad_desk.draft(ad_desk.member())
    low, middle, high = forecasts(draft, [rupees("2.00"), rupees("4.00"), rupees("6.01")])
    assert (middle.basis, middle.competitors, middle.auctions) == (Basis.COMPETITORS, 3, 0)
    assert [each.position for each in (low, middle, high)] == [None, 3, 1]
    assert [each.price for each in (low, middle, high)] == [None, rupees("3.00"), rupees("6.00")]
    assert low.shown_share == 0


def test_ones_own_campaigns_are_no_competition(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    ad_desk.running(owner, max_bid=rupees("9.00"))
    draft = ad_desk.draft(owner)
    assert forecast(draft, rupees("4.00")).basis is Basis.NOTHING
    sponsored(Surface.SEARCH, searching("onion"))
    found = forecast(draft, rupees("4.00"))
    assert (found.basis, found.auctions, found.competitors) == (Basis.AUCTIONS, 1, 0)
    assert found.price == rupees("1.00")


def test_recorded_auctions_are_held_again_with_the_bid(ad_desk: AdDesk) -> None:
    """On two days 4 searches, of which 2 are lost to a bid of 5.00; one view in four is clicked."""
    draft = ad_desk.draft(ad_desk.member(), total_budget=rupees("400"))
    rival = ad_desk.running(max_bid=rupees("5.00"))
    score = 10_000
    for number in range(4):
        held = auction((rival.id, 500 if number % 2 else 100, score), places=1)
        shown = impression(held, rival, 1, 100)
        clock.advance(timedelta(hours=12))
    db.session.add(
        Click(
            auction_id=shown.auction_id,
            campaign_id=rival.id,
            at=clock.now(),
            charged_minor=100,
            currency="INR",
        )
    )
    db.session.commit()
    own = quality.score(quality.shares_of(draft))
    weak, strong = forecasts(draft, [rupees("4.00"), rupees("20.00")])
    assert (weak.basis, weak.auctions, weak.competitors, weak.days) == (Basis.AUCTIONS, 4, 1, 2)
    assert (weak.position, weak.shown_share) == (Decimal("1.0"), Decimal("0.5"))
    assert weak.price == Money(-(-100 * score // own), "INR")
    assert (weak.impressions_a_day, weak.clicks_a_day) == (Decimal("1.0"), Decimal("0.2"))
    assert strong.shown_share == 1
    assert (strong.impressions_a_day, strong.clicks_a_day) == (Decimal("2.0"), Decimal("0.5"))
    assert strong.cost_a_day is not None
    assert weak.cost_a_day is not None
    assert rupees("0") < weak.cost_a_day < strong.cost_a_day < draft.daily_budget
    assert strong.price is not None
    assert weak.price < strong.price < rupees("20.00")


def test_only_auctions_count_that_the_targets_fit(ad_desk: AdDesk) -> None:
    draft = ad_desk.draft(ad_desk.member(), keywords=("red onion",))
    rival = ad_desk.running()
    for words in ("onion", "onion reddish", "nashik onion red", "red", "onion red"):
        auction((rival.id, 400, 5000), words=words)
    assert forecast(draft, rupees("4.00")).auctions == 2
    clock.advance(timedelta(days=15))
    assert forecast(draft, rupees("4.00")).auctions == 0


def test_commodities_fit_auctions_of_their_parts(ad_desk: AdDesk) -> None:
    make = ad_desk.make
    vegetables = make.commodity("Vegetables", hs_code=None)
    onion = make.commodity("Onion", parent=vegetables)
    owner = ad_desk.member()
    ad_desk.running()
    for commodity in (onion, vegetables):
        sponsored(Surface.CATEGORY, searching("", commodity.id))
    listing = ad_desk.listing(owner, commodity=onion)
    rival = ad_desk.running(keywords=(), commodities=("onion", "vegetables"))
    assert rival.targets[0].commodity_id == onion.id
    for commodity in (onion, vegetables):
        assert sponsored(Surface.CATEGORY, searching("", commodity.id))
    counts = [
        forecast(
            ad_desk.draft(owner, listing, keywords=(), commodities=codes), rupees("4")
        ).auctions
        for codes in (("onion",), ("vegetables",))
    ]
    assert counts == [1, 2]


def test_a_foolish_bid_is_forecast_too(ad_desk: AdDesk) -> None:
    draft = ad_desk.draft(ad_desk.member())
    ad_desk.running()
    enormous, nothing = forecasts(draft, [Money(MOST_BID * 100, "INR"), rupees("0.01")])
    assert (enormous.position, nothing.position) == (1, None)


def test_a_busy_word_is_told_from_its_latest_auctions(ad_desk: AdDesk) -> None:
    draft = ad_desk.draft(ad_desk.member())
    rival = ad_desk.running()
    for _ in range(MOST_AUCTIONS + 20):
        clock.advance(timedelta(seconds=60))
        db.session.add(unsaved((rival.id, 400, 5000)))
    db.session.commit()
    found = forecast(draft, rupees("4.00"))
    assert found.auctions == MOST_AUCTIONS
    assert found.days == Decimal("0.3")
    assert found.impressions_a_day == Decimal("1442.9")
