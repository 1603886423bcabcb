"""Auctions for the pages of the market: who may take part, who is placed, and the record of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    and_,
    func,
    insert,
    or_,
    select,
)

from hub.accounts.models import AccountState, Company, Verification
from hub.ads.ranking import pacing, quality
from hub.ads.ranking.auction import Entrant, Outcome, hold
from hub.ads.ranking.models import (
    Auction,
    Campaign,
    CampaignDay,
    CampaignTarget,
    Impression,
    Surface,
)
from hub.ads.ranking.targeting import Aim
from hub.ads.ranking.terms import reserve
from hub.ads.states import CampaignState
from hub.ads.visits import Viewer
from hub.core import clock, settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Conflict
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance
from hub.payments.ledger.queries import company_holder
from hub.posting.models import Listing, ListingState

_CAMPAIGN: Any = Campaign.__table__
_TARGET: Any = CampaignTarget.__table__
_DAY: Any = CampaignDay.__table__
_LISTING: Any = Listing.__table__
_COMPANY: Any = Company.__table__

#: Above so many companies all accounts are read instead of naming each.
_NAMED_COMPANIES = 5_000


@dataclass(frozen=True)
class SponsoredPlace:
    """A listing on a sponsored place (counted from 1); a valid click costs ``price_minor``."""

    auction_id: int
    campaign_id: int
    company_id: int
    listing_id: int
    place: int
    price_minor: int


@dataclass(frozen=True)
class Sponsored:
    """The sponsored places of a page, in order; ``auction_id`` is None where there are none."""

    auction_id: int | None
    auction_public_id: str | None
    currency: str
    placed: tuple[SponsoredPlace, ...]

    NONE: ClassVar["Sponsored"]

    def __bool__(self) -> bool:
        return bool(self.placed)


Sponsored.NONE = Sponsored(None, None, "", ())


@dataclass(frozen=True)
class Candidate:
    """A campaign that may take part in an auction, with its effective bid."""

    entrant: Entrant
    listing_id: int


def sponsored(
    surface: Surface,
    aim: Aim,
    *,
    fits: Sequence[ColumnElement[bool]] = (),
    viewer: Viewer = Viewer(),  # noqa: B008 - frozen
) -> Sponsored:
    """Hold the auction of a page, record it, and give its places.

    ``fits`` are the page's own conditions on :class:`Listing`: a sponsored listing is one that the
    page could show anyway. Reads in the transaction of the caller and records in one of its own,
    so call it before loading what belongs to the session. Nothing is written where nobody is
    eligible, and nothing is shown that could not be recorded.
    """
    places, least = settings.current().sponsored_places, reserve()
    if not aim or places < 1:
        return Sponsored.NONE
    candidates = eligible(aim, fits, least)
    if not candidates:
        return Sponsored.NONE
    outcome = hold([each.entrant for each in candidates], places, least.minor)
    listings = {each.entrant.campaign_id: each.listing_id for each in candidates}
    facts = {
        "surface": surface,
        "words": " ".join(aim.words),
        "commodity_id": min(aim.commodities) if len(aim.commodities) == 1 else None,
        "currency": least.currency,
        "reserve_minor": least.minor,
        "places": places,
        "viewer": viewer.mark,
        "viewer_company_id": viewer.company_id,
    }
    try:
        return _record(SYSTEM, facts, outcome, listings)
    except Conflict:
        return Sponsored.NONE


@use_case
def _record(
    actor: Actor, facts: Mapping[str, Any], outcome: Outcome, listings: Mapping[int, int]
) -> Sponsored:
    """Write an auction and its impressions; both are records that nobody changes."""
    now, public_id = clock.now(), new_public_id()
    ranked = [[each.campaign_id, each.bid, each.quality] for each in outcome.ranked]
    auction_id = db.session.execute(
        insert(Auction)
        .values(**facts, public_id=public_id, at=now, eligible=outcome.eligible, entrants=ranked)
        .returning(Auction.id)
    ).scalar_one()
    impressions = [
        {
            "auction_id": auction_id,
            "campaign_id": each.campaign_id,
            "place": each.place,
            "price_minor": each.price,
            "at": now,
        }
        for each in outcome.placed
    ]
    db.session.execute(insert(Impression), impressions)
    companies = {each.campaign_id: each.company_id for each in outcome.ranked}
    placed = tuple(
        SponsoredPlace(
            auction_id,
            each.campaign_id,
            companies[each.campaign_id],
            listings[each.campaign_id],
            each.place,
            each.price,
        )
        for each in outcome.placed
    )
    return Sponsored(auction_id, public_id, facts["currency"], placed)


def eligible(aim: Aim, fits: Sequence[ColumnElement[bool]], least: Money) -> list[Candidate]:
    """The campaigns that may take part now, in two statements.

    Running today, with a target that fits, for a listing that is open and has something left, of
    a company that is verified and active, ahead of neither its share of the day nor its money:
    the effective bid is the least of the highest bid, what is left of both budgets and what the
    account holds, and must reach ``least``.
    """
    rows = db.session.execute(_statement(aim, fits, least.currency)).all()
    if not rows:
        return []
    accounts = _accounts({company_id for _id, company_id, *_rest in rows}, least.currency)
    fit: dict[tuple[str | None, int | None], int] = {}
    found: dict[int, Candidate] = {}
    for campaign_id, company_id, listing_id, bid, day, total, kept, keyword, commodity_id in rows:
        effective = min(bid, day, total, accounts.get(company_id, 0))
        if effective < least.minor:
            continue
        target = (keyword, commodity_id)
        if target not in fit:
            fit[target] = aim.fit(keyword, commodity_id)
        score = quality.with_relevance(kept, fit[target])
        known = found.get(campaign_id)
        if known is None or known.entrant.quality < score:
            entrant = Entrant(campaign_id, company_id, effective, score)
            found[campaign_id] = Candidate(entrant, listing_id)
    return list(found.values())


def _statement(aim: Aim, fits: Sequence[ColumnElement[bool]], currency: str) -> Any:
    """A row for each target that fits, of campaigns that run and listings that can be bought.

    Plain columns of the tables: as objects thousands of rows would take several times as long.
    """
    campaign, target, day = _CAMPAIGN.c, _TARGET.c, _DAY.c
    today = settings.today()
    share = pacing.day_share(clock.now(), settings.current().time_zone)
    spent_today = func.coalesce(day.spent_minor, 0)
    targeted = []
    if aim.words:
        targeted.append(target.keyword.in_(aim.keywords))
    if aim.commodities:
        targeted.append(target.commodity_id.in_(sorted(aim.commodities | aim.groups)))
    return (
        select(
            campaign.id,
            campaign.company_id,
            campaign.listing_id,
            campaign.max_bid_minor,
            campaign.daily_budget_minor - spent_today,
            campaign.total_budget_minor - campaign.spent_minor,
            quality.KEPT,
            target.keyword,
            target.commodity_id,
        )
        .join_from(_TARGET, _CAMPAIGN, campaign.id == target.campaign_id)
        .join(_LISTING, Listing.id == campaign.listing_id)
        .join(_COMPANY, Company.id == campaign.company_id)
        .outerjoin(_DAY, and_(day.campaign_id == campaign.id, day.day == today))
        .where(
            or_(*targeted),
            campaign.state == CampaignState.RUNNING,
            campaign.currency == currency,
            campaign.starts_on <= today,
            or_(campaign.ends_on.is_(None), campaign.ends_on >= today),
            pacing.may_bid(spent_today, campaign.daily_budget_minor, campaign.max_bid_minor, share),
            Listing.state == ListingState.OPEN,
            Listing.quantity - Listing.reserved - Listing.filled > 0,
            Company.state == Verification.VERIFIED,
            Company.account_state == AccountState.ACTIVE,
            *fits,
        )
    )


def _accounts(company_ids: Collection[int], currency: str) -> dict[int, int]:
    """What these companies' accounts hold, in minor units."""
    holders = {company_holder(each): each for each in company_ids}
    wanted = select(LedgerBalance.holder, LedgerBalance.balance_minor).where(
        LedgerBalance.account == chart.MEMBER_WALLET, LedgerBalance.currency == currency
    )
    if len(holders) <= _NAMED_COMPANIES:
        wanted = wanted.where(LedgerBalance.holder.in_(sorted(holders)))
    return {
        holders[holder]: -int(minor)
        for holder, minor in db.session.execute(wanted)
        if holder in holders
    }
