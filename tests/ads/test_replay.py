"""Recorded auctions held again: the same places and prices, from the record alone."""

import json
from datetime import timedelta

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.ads.ranking.auction import Entrant, Placed, hold
from hub.ads.ranking.models import Auction, Surface
from hub.ads.ranking.page_auction import sponsored
from hub.ads.ranking.replaying import difference, replay
from hub.cli.ads import ads
from hub.core import clock
from tests.ads.campaign_factories import NOON, AdDesk, searching
from tests.ads.recorded import auction, impression
from tests.examples import examples
from tests.payments.money_factories import rupees


def three_auctions(ad_desk: AdDesk) -> None:
    for bid in ("4.00", "3.00", "2.00", "1.00"):
        ad_desk.running(max_bid=rupees(bid))
    for _ in range(3):
        sponsored(Surface.SEARCH, searching("onion"))
        clock.advance(timedelta(days=1))


def test_what_was_shown_is_reached_again(ad_desk: AdDesk) -> None:
    three_auctions(ad_desk)
    report = replay()
    assert (report.auctions, report.places, report.differences) == (3, 9, ())
    assert replay(NOON + timedelta(days=1)).auctions == 2


def test_a_record_that_gives_something_else_is_told(ad_desk: AdDesk) -> None:
    campaign, other = ad_desk.running(), ad_desk.running()
    dearer = auction((campaign.id, 400, 5000))
    impression(dearer, campaign, 1, 101)
    missing = auction((campaign.id, 400, 5000))
    turned = auction((other.id, 200, 5000), (campaign.id, 400, 5000), places=1)
    impression(turned, campaign, 1, 200)
    broken = auction((campaign.id, 400, 0))
    told = f"campaign {campaign.id} at"
    beyond = f"{Entrant(campaign.id, campaign.id, 400, 0)} is beyond what an auction takes."
    assert [each.split(" ", 2) for each in replay().differences] == [
        ["Auction", dearer.public_id, f"gives 1: {told} 100, but shown was 1: {told} 101."],
        ["Auction", missing.public_id, f"gives 1: {told} 100, but shown was no places."],
        [
            "Auction",
            turned.public_id,
            "is recorded in another order than its bids and qualities give.",
        ],
        ["Auction", broken.public_id, f"can't be held again: {beyond}"],
    ]


def test_the_command_counts_and_fails_on_a_difference(ad_desk: AdDesk, app: Flask) -> None:
    three_auctions(ad_desk)
    run = app.test_cli_runner().invoke
    good = run(ads, ["replay"])
    assert (good.exit_code, good.output) == (
        0,
        "3 auctions with 9 places were held again, 0 differences.\n",
    )
    since = run(ads, ["replay", "--since", "2026-12-03", "--json"])
    assert json.loads(since.output) == {"auctions": 1, "places": 3, "differences": []}
    missing = auction((1, 400, 5000))
    bad = run(ads, ["replay", "--json"])
    assert bad.exit_code == 1
    assert missing.public_id in json.loads(bad.output)["differences"][0]


def test_nothing_recorded_is_no_difference(app: Flask) -> None:
    assert replay().auctions == 0


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.integers(1, 10**6), st.integers(1000, 10_000)),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 5),
    st.integers(1, 1000),
)
def test_any_record_gives_what_was_shown(
    bids: list[tuple[int, int, int]], places: int, reserve: int
) -> None:
    """Of many campaigns a company the record names only those that mattered."""
    outcome = hold([Entrant(number, *bid) for number, bid in enumerate(bids)], places, reserve)
    record = Auction(
        public_id="any",
        reserve_minor=reserve,
        places=places,
        eligible=outcome.eligible,
        entrants=[[each.campaign_id, each.bid, each.quality] for each in outcome.ranked],
    )
    assert difference(record, outcome.placed) == []
    if outcome.placed:
        first = outcome.placed[0]
        wrong = (Placed(1, first.campaign_id, first.price + 1), *outcome.placed[1:])
        assert len(difference(record, wrong)) == 1
