"""The auction: the worked example, ties, and what holds for any bids."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.ads.ranking.auction import (
    FEW,
    MOST_BID,
    MOST_QUALITY,
    Columns,
    Entrant,
    Placed,
    hold,
    rank_plainly,
)
from tests.examples import examples

bids = st.integers(1, 2000) | st.integers(1, MOST_BID)
qualities = st.integers(1000, 10_000) | st.sampled_from((1000, 2000, 4000))


@st.composite
def entrants(draw: st.DrawFn, most: int = 25, companies: int | None = None) -> list[Entrant]:
    size = draw(st.integers(1, most))
    return [
        Entrant(
            number,
            number if companies is None else draw(st.integers(1, companies)),
            draw(bids),
            draw(qualities),
        )
        for number in draw(st.permutations(range(1, size + 1)))
    ]


def test_the_worked_example() -> None:
    """Bids 4.00, 3.00, 2.00, 1.00 with quality 1, 3, 6, 8; three places, reserve 0.10."""
    outcome = hold(
        [
            Entrant(1, 1, 400, 1000),
            Entrant(2, 2, 300, 3000),
            Entrant(3, 3, 200, 6000),
            Entrant(4, 4, 100, 8000),
        ],
        places=3,
        reserve=10,
    )
    assert outcome.placed == (Placed(1, 3, 150), Placed(2, 2, 267), Placed(3, 4, 50))
    assert [each.campaign_id for each in outcome.ranked] == [3, 2, 4, 1]
    assert outcome.eligible == 4


def test_the_last_one_pays_the_reserve() -> None:
    outcome = hold([Entrant(1, 1, 400, 1000), Entrant(2, 2, 300, 1000)], 3, 10)
    assert outcome.placed == (Placed(1, 1, 300), Placed(2, 2, 10))


def test_below_the_reserve_nobody_takes_part_or_raises_a_price() -> None:
    outcome = hold([Entrant(1, 1, 400, 1000), Entrant(2, 2, 99, 10_000)], 3, 100)
    assert outcome.placed == (Placed(1, 1, 100),)
    assert outcome.eligible == 1


def test_equal_scores_go_to_the_earlier_campaign() -> None:
    tied = [Entrant(3, 3, 100, 4000), Entrant(1, 1, 400, 1000), Entrant(2, 2, 200, 2000)]
    outcome = hold(tied, 2, 1)
    assert outcome.placed == (Placed(1, 1, 400), Placed(2, 2, 200))


def test_a_company_has_one_place_and_does_not_raise_its_own_price() -> None:
    outcome = hold(
        [Entrant(1, 7, 400, 1000), Entrant(2, 7, 390, 1000), Entrant(3, 8, 100, 1000)], 3, 10
    )
    assert outcome.placed == (Placed(1, 1, 100), Placed(2, 3, 10))


@pytest.mark.parametrize("size", [1, FEW + 1])
@pytest.mark.parametrize(
    "wrong",
    [
        {"bid": MOST_BID + 1},
        {"bid": 10**30},
        {"quality": 0},
        {"quality": MOST_QUALITY + 1},
    ],
)
def test_numbers_beyond_the_limits_are_refused(size: int, wrong: dict[str, int]) -> None:
    many = [Entrant(number, number, 100, 1000) for number in range(1, size + 1)]
    many[-1] = many[-1]._replace(**wrong)
    with pytest.raises(ValueError, match="beyond what an auction takes"):
        hold(many, 3, 10)


@pytest.mark.parametrize(("places", "reserve"), [(0, 10), (3, 0)])
def test_an_auction_needs_a_place_and_a_reserve(places: int, reserve: int) -> None:
    with pytest.raises(ValueError, match="needs a place"):
        hold([Entrant(1, 1, 100, 1000)], places, reserve)


@settings(max_examples=examples(60))
@given(entrants(), st.integers(1, 5), st.integers(1, 1000))
def test_a_price_is_between_reserve_and_bid_and_keeps_the_place(
    found: list[Entrant], places: int, reserve: int
) -> None:
    outcome = hold(found, places, reserve)
    by_id = {each.campaign_id: each for each in found}
    for placed, following in zip(outcome.placed, (*outcome.ranked[1:], None), strict=False):
        entrant = by_id[placed.campaign_id]
        assert reserve <= placed.price <= entrant.bid
        if following is not None:
            assert placed.price * entrant.quality >= following.score
            cheaper = placed.price - 1
            assert cheaper < reserve or cheaper * entrant.quality < following.score
        else:
            assert placed.price == reserve
    assert len(outcome.placed) == min(places, outcome.eligible)


@settings(max_examples=examples(60))
@given(entrants(companies=6), st.integers(1, 5), st.integers(1, 2000), st.data())
def test_raising_ones_own_bid_never_lowers_ones_rank(
    found: list[Entrant], places: int, more: int, data: st.DataObject
) -> None:
    raised = data.draw(st.sampled_from(found))
    after = [
        each._replace(bid=min(each.bid + more, MOST_BID)) if each is raised else each
        for each in found
    ]

    def place(of: list[Entrant]) -> int:
        ranked = [each.campaign_id for each in hold(of, places, 1).ranked]
        return ranked.index(raised.campaign_id) if raised.campaign_id in ranked else places + 1

    assert place(after) <= place(found)


@settings(max_examples=examples(60))
@given(entrants(), st.integers(1, 5), st.integers(1, 1000), st.integers(2, 100))
def test_scaling_all_qualities_alike_changes_no_price(
    found: list[Entrant], places: int, reserve: int, factor: int
) -> None:
    scaled = [each._replace(quality=each.quality * factor) for each in found]
    assert hold(scaled, places, reserve).placed == hold(found, places, reserve).placed


@settings(max_examples=examples(60))
@given(entrants(most=60, companies=9), st.integers(1, 12))
def test_arrays_rank_as_a_plain_sort(found: list[Entrant], count: int) -> None:
    assert Columns.of(found).rank(count) == rank_plainly(found, count)


@settings(max_examples=examples(60))
@given(entrants(most=60), st.integers(1, 5), st.integers(1, 1000), st.randoms())
def test_the_order_in_which_bids_come_does_not_matter(
    found: list[Entrant], places: int, reserve: int, source: random.Random
) -> None:
    shuffled = list(found)
    source.shuffle(shuffled)
    assert hold(shuffled, places, reserve) == hold(found, places, reserve)


def test_many_bids_are_ranked_exactly_up_to_the_last_unit() -> None:
    """Scores that binary floating point could not tell apart, and long runs of equal ones."""
    close = [Entrant(number, number, MOST_BID - number % 3, 9_999) for number in range(1, 2001)]
    outcome = hold(close, 3, 10)
    assert [each.campaign_id for each in outcome.ranked] == [3, 6, 9, 12]
    assert {each.price for each in outcome.placed} == {MOST_BID}
    assert outcome.eligible == 2000
    plain = rank_plainly(close, 800)
    assert Columns.of(close).rank(800) == plain
