"""The quality score: how useful a sponsored listing is for whoever looks at the page.

It is a number from 1 to 10, kept in thousandths: 1 plus 9 times the weighted sum of its parts.
Relevance depends on the search; the other parts are rated by a job and kept with the campaign, as
shares from 0 to 1 in ten-thousandths. Nobody can buy any of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, literal_column, select, type_coerce, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from hub.accounts.models import CompanyBankAccount
from hub.ads.ranking.models import Campaign, Click, Impression
from hub.ads.ranking.targeting import EXACT
from hub.ads.states import CampaignState
from hub.catalogue import queries as catalogue
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.i18n import _l
from hub.core.use_case import use_case
from hub.negotiation import queries as negotiation
from hub.posting.models import Listing

LEAST = 1_000
MOST = 10_000
#: A share of all, in ten-thousandths.
WHOLE = 10_000
#: What is not known yet counts as half.
NEUTRAL = WHOLE // 2

CLICK_DAYS = 90
#: A young campaign counts as if the hub's average click rate had been seen so many times.
PRIOR_IMPRESSIONS = 100

GOOD_DESCRIPTION = 80
GOOD_PICTURES = 3
_RATED_AT_ONCE = 500


@dataclass(frozen=True)
class Rule:
    """A part of the score: its weight in thousandths, and how to raise it (lazy texts)."""

    code: str
    weight: int
    label: Any
    advice: Any


RULES = (
    Rule(
        "relevance",
        350,
        _l("Relevance"),
        _l(
            "Bid on the very words that purchasers type, and on the commodity of the listing "
            "rather than on a group above it."
        ),
    ),
    Rule(
        "click_rate",
        250,
        _l("Past click rate"),
        _l(
            "It grows when more of those who see the listing open it: show a clear picture and a "
            "price in line with the market."
        ),
    ),
    Rule(
        "completeness",
        150,
        _l("Completeness of the listing"),
        _l(
            "Give the listing three pictures, a description of some sentences, its grade, its "
            "packaging and every attribute of the commodity."
        ),
    ),
    Rule(
        "answer_rate",
        150,
        _l("Answers to inquiries"),
        _l("Answer every inquiry in time; a company without inquiries counts as average."),
    ),
    Rule(
        "verification",
        100,
        _l("Verification"),
        _l("Have your company and its bank account verified by the hub."),
    ),
)


@dataclass(frozen=True)
class Part:
    """A part of one campaign's score. ``share`` is in ten-thousandths; ``points`` of at most
    ``most`` are thousandths of the score; ``advice`` is empty where nothing is left to gain."""

    code: str
    label: Any
    weight: int
    share: int
    points: int
    most: int
    advice: Any


def score(shares: Mapping[str, int]) -> int:
    """The quality in thousandths, from 1,000 to 10,000, of shares by the code of their rule."""
    kept = sum(rule.weight * shares[rule.code] for rule in RULES if rule.code != "relevance")
    return with_relevance(kept, shares["relevance"])


def with_relevance(kept: int, relevance: int) -> int:
    """The quality of a weighted sum of the kept shares (:data:`KEPT`) and a relevance."""
    weighted = kept + _RELEVANCE_WEIGHT * relevance
    return LEAST + (MOST - LEAST) * weighted // (1000 * WHOLE)


_RELEVANCE_WEIGHT = next(rule.weight for rule in RULES if rule.code == "relevance")
#: The shares that are kept with a campaign, weighted and added up by the database.
KEPT: Any = sum(
    (
        type_coerce(getattr(Campaign, rule.code), BigInteger) * rule.weight
        for rule in RULES
        if rule.code != "relevance"
    ),
    literal_column("0", BigInteger),
)


def _in_ten_thousandths(share: Decimal) -> int:
    return int(share * WHOLE)


def shares_of(campaign: Campaign, relevance: int = EXACT) -> dict[str, int]:
    """The shares of a campaign by the code of their rule, at this relevance."""
    return {
        "relevance": relevance,
        "click_rate": _in_ten_thousandths(campaign.click_rate),
        "completeness": _in_ten_thousandths(campaign.completeness),
        "answer_rate": _in_ten_thousandths(campaign.answer_rate),
        "verification": _in_ten_thousandths(campaign.verification),
    }


def parts_of(campaign: Campaign, relevance: int = EXACT) -> list[Part]:
    """The parts of a campaign's score, as last rated, in the order of weight.

    Relevance is that of a search for the very words, unless given.
    """
    shares = shares_of(campaign, relevance)
    parts = []
    for rule in RULES:
        share, most = shares[rule.code], (MOST - LEAST) * rule.weight // 1000
        advice = rule.advice if share < WHOLE else ""
        parts.append(
            Part(rule.code, rule.label, rule.weight, share, most * share // WHOLE, most, advice)
        )
    return parts


def completeness(listing: Listing, attribute_codes: Collection[str]) -> int:
    """How much of what a purchaser wants to know the listing tells, in ten-thousandths.

    ``attribute_codes`` are those of its commodity. Needs the pictures loaded.
    """
    filled = sum(1 for code in attribute_codes if (listing.attributes or {}).get(code))
    attributes = WHOLE * filled // len(attribute_codes) if attribute_codes else WHOLE
    description = min(len(listing.description.strip()), GOOD_DESCRIPTION)
    told = (
        (3, WHOLE * min(len(listing.pictures), GOOD_PICTURES) // GOOD_PICTURES),
        (2, WHOLE * description // GOOD_DESCRIPTION),
        (2, attributes),
        (2, WHOLE if listing.grade else 0),
        (1, WHOLE if listing.packaging else 0),
    )
    return sum(weight * share for weight, share in told) // sum(weight for weight, _share in told)


def click_share(impressions: int, clicks: int, all_impressions: int, all_clicks: int) -> int:
    """The click rate beside the hub's average, in ten-thousandths: the average is a half, twice
    the average or more is all. Smoothed, so that a few views say little."""
    if not all_clicks or not all_impressions:
        return NEUTRAL
    # (clicks + prior x average) / (impressions + prior), over twice the average.
    numerator = clicks * all_impressions + PRIOR_IMPRESSIONS * all_clicks
    denominator = (impressions + PRIOR_IMPRESSIONS) * 2 * all_clicks
    return min(WHOLE, WHOLE * numerator // denominator)


def click_rate(campaign: Campaign) -> Decimal | None:
    """The clicks that one view likely brings, smoothed by the hub's average; None if the hub has
    shown nothing yet."""
    all_impressions, all_clicks = _counts_of_all()
    if not all_impressions:
        return None
    clicks = _counts(Click, [campaign.id])[campaign.id]
    impressions = _counts(Impression, [campaign.id])[campaign.id]
    average = Decimal(all_clicks) / all_impressions
    return (clicks + PRIOR_IMPRESSIONS * average) / (impressions + PRIOR_IMPRESSIONS)


@use_case
def rate(actor: Actor, campaign_ids: Collection[int]) -> int:
    """Rate the parts that don't depend on a search afresh; returns how many were rated.

    The rating is derived from other records, so it leaves no trace of its own in the audit log,
    and a form that a member has open stays good.
    """
    wanted = sorted(campaign_ids)
    average = _counts_of_all()
    for start in range(0, len(wanted), _RATED_AT_ONCE):
        _rate_some(wanted[start : start + _RATED_AT_ONCE], average)
    return len(wanted)


def rate_all(actor: Actor) -> int:
    """Rate every campaign that runs or may run again, some at a time; returns how many."""
    alive = (
        CampaignState.SCHEDULED,
        CampaignState.RUNNING,
        CampaignState.PAUSED,
        CampaignState.EXHAUSTED,
    )
    found = db.session.scalars(
        select(Campaign.id).where(Campaign.state.in_(alive)).order_by(Campaign.id)
    ).all()
    return sum(
        rate(actor, found[start : start + _RATED_AT_ONCE])
        for start in range(0, len(found), _RATED_AT_ONCE)
    )


def _rate_some(campaign_ids: list[int], average: tuple[int, int]) -> None:
    campaigns = db.session.scalars(
        select(Campaign)
        .where(Campaign.id.in_(campaign_ids))
        .order_by(Campaign.id)
        .options(
            joinedload(Campaign.company),
            joinedload(Campaign.listing).selectinload(Listing.pictures),
        )
    ).all()
    attributes = catalogue.attributes_of({each.listing.commodity_id for each in campaigns})
    shown, clicked = _counts(Impression, campaign_ids), _counts(Click, campaign_ids)
    paid = _with_verified_account({each.company_id for each in campaigns})
    for campaign in campaigns:
        codes = [attribute.code for attribute in attributes[campaign.listing.commodity_id]]
        verified = (campaign.company.can_trade, campaign.company_id in paid)
        shares = {
            "verification": WHOLE * sum(verified) // len(verified),
            "completeness": completeness(campaign.listing, codes),
            "answer_rate": _answer_share(campaign.company_id),
            "click_rate": click_share(shown[campaign.id], clicked[campaign.id], *average),
        }
        _store(campaign, shares)


def _store(campaign: Campaign, shares: Mapping[str, int]) -> None:
    """Keep the shares without counting it as a change that somebody made."""
    values: dict[str, Any] = {name: Decimal(share).scaleb(-4) for name, share in shares.items()} | {
        "rated_at": clock.now()
    }
    table: Any = Campaign.__table__
    db.session.execute(update(table).where(table.c.id == campaign.id).values(values))
    for name, value in values.items():
        set_committed_value(campaign, name, value)


def _answer_share(company_id: int) -> int:
    rate = negotiation.answer_rate(company_id)
    return NEUTRAL if rate is None else _in_ten_thousandths(rate)


def _recent(model: type[Impression] | type[Click]) -> list[Any]:
    conditions: list[Any] = [model.at >= clock.now() - timedelta(days=CLICK_DAYS)]
    return [*conditions, Click.charged_minor > 0] if model is Click else conditions


def _counts(model: type[Impression] | type[Click], campaign_ids: list[int]) -> dict[int, int]:
    """The impressions, or the valid clicks, of each campaign in the last days."""
    rows = db.session.execute(
        select(model.campaign_id, func.count())
        .where(model.campaign_id.in_(campaign_ids), *_recent(model))
        .group_by(model.campaign_id)
    )
    return defaultdict(int, {campaign_id: int(number) for campaign_id, number in rows})


def _counts_of_all() -> tuple[int, int]:
    """The impressions and the valid clicks of all campaigns in the last days."""
    shown, clicked = (
        int(db.session.scalar(select(func.count()).select_from(model).where(*_recent(model))) or 0)
        for model in (Impression, Click)
    )
    return shown, clicked


def _with_verified_account(company_ids: Iterable[int]) -> set[int]:
    """Those of the companies that have a bank account which the hub has verified."""
    return set(
        db.session.scalars(
            select(CompanyBankAccount.company_id).where(
                CompanyBankAccount.company_id.in_(list(company_ids)),
                CompanyBankAccount.verified_at.is_not(None),
                CompanyBankAccount.retired_at.is_(None),
            )
        )
    )
