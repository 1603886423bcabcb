"""The quality score: its parts, how they are rated, and what they add up to."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.accounts.models import CompanyBankAccount
from hub.ads.ranking import jobs as campaign_jobs
from hub.ads.ranking import quality
from hub.ads.ranking.models import Campaign, Click
from hub.ads.ranking.quality import RULES, WHOLE
from hub.ads.ranking.targeting import COMMODITY, EXACT
from hub.catalogue.models import AttributeKind, CommodityAttribute
from hub.core import clock
from hub.core.db.base import db
from hub.posting.models import Listing, ListingPicture
from tests.ads.campaign_factories import AdDesk
from tests.ads.recorded import impressions
from tests.examples import examples

shares = st.integers(0, WHOLE)


def parts(campaign: Campaign) -> dict[str, int]:
    """The shares as last rated, by code."""
    return {each.code: each.share for each in quality.parts_of(campaign)}


def test_the_weights_add_up() -> None:
    assert sum(rule.weight for rule in RULES) == 1000
    assert quality.score({rule.code: 0 for rule in RULES}) == quality.LEAST
    assert quality.score({rule.code: WHOLE for rule in RULES}) == quality.MOST


@hypothesis_settings(max_examples=examples(50))
@given(st.fixed_dictionaries({rule.code: shares for rule in RULES}), st.sampled_from(RULES))
def test_more_of_any_part_never_lowers_the_score(found: dict[str, int], rule: Any) -> None:
    better = found | {rule.code: min(WHOLE, found[rule.code] + 500)}
    assert quality.LEAST <= quality.score(found) <= quality.score(better) <= quality.MOST


def test_the_parts_tell_points_and_what_to_do(ad_desk: AdDesk) -> None:
    campaign = ad_desk.draft(ad_desk.member())
    told = {each.code: each for each in quality.parts_of(campaign, COMMODITY)}
    assert list(told) == [rule.code for rule in RULES]
    assert (told["relevance"].points, told["relevance"].most) == (1890, 3150)
    assert str(told["relevance"].advice).startswith("Bid on the very words")
    assert (told["verification"].points, told["verification"].advice) == (900, "")
    assert quality.parts_of(campaign)[0].points == 3150
    assert quality.LEAST + sum(each.most for each in told.values()) == quality.MOST


def test_verification_counts_the_company_and_its_account(ad_desk: AdDesk) -> None:
    campaign = ad_desk.draft(ad_desk.member())
    assert parts(campaign)["verification"] == WHOLE
    db.session.query(CompanyBankAccount).filter_by(company_id=campaign.company_id).update(
        {"verified_at": None}
    )
    db.session.commit()
    quality.rate(ad_desk.clerk, [campaign.id])
    assert parts(campaign)["verification"] == WHOLE // 2


@pytest.mark.parametrize(
    ("values", "pictures", "share"),
    [
        ({"grade": "", "attributes": {}}, 0, 0),
        ({"grade": "FAQ", "attributes": {}}, 0, 2000),
        ({"grade": "", "attributes": {"size": "55 mm"}}, 0, 1000),
        ({"grade": "", "attributes": {"size": "55 mm", "colour": "red"}}, 0, 2000),
        ({"grade": "", "packaging": "bags", "attributes": {}}, 1, 1999),
        ({"grade": "", "description": "x" * 40, "attributes": {}}, 5, 4000),
    ],
)
def test_completeness_counts_what_a_purchaser_wants_to_know(
    values: dict[str, Any], pictures: int, share: int
) -> None:
    listing = Listing(
        **({"description": "", "packaging": ""} | values),
        pictures=[ListingPicture() for _ in range(pictures)],
    )
    assert quality.completeness(listing, ["size", "colour"]) == share


def test_completeness_is_whole_for_a_full_listing(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    onion = ad_desk.make.commodity("Onion")
    db.session.add(
        CommodityAttribute(commodity_id=onion.id, code="size", name="Size", kind=AttributeKind.TEXT)
    )
    db.session.commit()
    listing = ad_desk.listing(
        owner,
        commodity=onion,
        description="Graded by hand, stored dry, and loaded within a day of the order. " * 2,
        packaging="50 kg bags",
        attributes={"size": "55 mm"},
    )
    campaign = ad_desk.draft(owner, listing)
    assert parts(campaign)["completeness"] == 7000, "all but the pictures"


@pytest.mark.parametrize(
    ("seen", "share"),
    [
        ((0, 0, 0, 0), 5000),
        ((0, 0, 1000, 0), 5000),
        ((0, 0, 1000, 20), 5000),
        ((100, 2, 1000, 20), 5000),
        ((100, 0, 1000, 20), 2500),
        ((100, 6, 1000, 20), 10_000),
        ((900, 36, 1000, 20), 9500),
        ((10_000, 9_000, 100_000, 10_000), 10_000),
    ],
)
def test_the_click_rate_is_told_beside_the_average(
    seen: tuple[int, int, int, int], share: int
) -> None:
    assert quality.click_share(*seen) == share


def test_a_good_click_rate_raises_the_score_for_ninety_days(ad_desk: AdDesk) -> None:
    good, bad = ad_desk.running(), ad_desk.running()
    for campaign, clicks in ((good, 3), (bad, 0)):
        for number, shown in enumerate(impressions(campaign, 10)):
            if number < clicks:
                db.session.add(
                    Click(
                        auction_id=shown.auction_id,
                        campaign_id=campaign.id,
                        at=clock.now(),
                        charged_minor=100,
                        currency="INR",
                    )
                )
    db.session.commit()
    version = good.version
    assert campaign_jobs.rate_campaigns() == 2
    # 20 views and 3 clicks in all: (3 + 100 x 0.15) / 110 and 15 / 110, over twice 0.15.
    assert (parts(good)["click_rate"], parts(bad)["click_rate"]) == (5454, 4545)
    assert good.version == version, "a form that is open stays good"
    db.session.expire_all()
    assert good.click_rate == Decimal("0.5454")
    clock.advance(timedelta(days=91))
    campaign_jobs.rate_campaigns()
    assert parts(good)["click_rate"] == quality.NEUTRAL


def test_who_was_never_asked_counts_as_average(ad_desk: AdDesk) -> None:
    campaign = ad_desk.draft(ad_desk.member())
    assert parts(campaign)["answer_rate"] == quality.NEUTRAL
    assert parts(campaign)["relevance"] == EXACT
