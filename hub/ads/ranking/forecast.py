"""What a bid would likely bring: from the auctions of the last days, or from who bids now.

A forecast puts the campaign into recorded auctions that it would have fitted, holds them again,
and says on how many it rests. Where there are none it tells the present competition only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, literal, or_, select

from hub.ads.ranking import quality
from hub.ads.ranking.auction import MOST_BID, Entrant, Placed, hold
from hub.ads.ranking.models import Auction, Campaign
from hub.ads.ranking.page_auction import eligible
from hub.ads.ranking.targeting import COMMODITY, GROUP, Aim
from hub.ads.ranking.terms import reserve
from hub.catalogue.models import Commodity
from hub.core import clock, settings
from hub.core.db.base import db
from hub.core.money import Money
from hub.core.numbers import round_half_even

WINDOW = timedelta(days=14)
#: A forecast looks at so many of the latest auctions at most.
MOST_AUCTIONS = 500
_DAY = 86_400


class Basis(StrEnum):
    """What a forecast rests on."""

    AUCTIONS = "auctions"
    COMPETITORS = "competitors"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Forecast:
    """What ``bid`` would likely bring.

    ``auctions`` of the last ``days`` (or ``competitors`` who bid now) are what it rests on.
    ``position`` is the mean place where it is shown and ``shown_share`` how often that is;
    ``price`` is the mean of a click. What can't be known yet is None.
    """

    bid: Money
    basis: Basis
    auctions: int
    competitors: int
    days: Decimal
    position: Decimal | None
    shown_share: Decimal
    price: Money | None
    impressions_a_day: Decimal | None
    clicks_a_day: Decimal | None
    cost_a_day: Money | None


@dataclass(frozen=True)
class _Contest:
    """The others of one auction, and how well the campaign would have fitted it."""

    others: tuple[Entrant, ...]
    relevance: int
    places: int
    reserve: int


def forecasts(campaign: Campaign, bids: Sequence[Money]) -> list[Forecast]:
    """A forecast for each of the bids, all from the same auctions."""
    families = _families(campaign)
    rows = _recorded(campaign, families)
    if rows:
        own = _own_ids(campaign)
        contests = [_contest_of(row, campaign, own, families) for row in rows]
        seconds = _seconds_seen(rows)
        rate = quality.click_rate(campaign)
        return [_from_auctions(campaign, bid, contests, seconds, rate) for bid in bids]
    contests = _present(campaign)
    return [_from_competitors(campaign, bid, contests) for bid in bids]


def forecast(campaign: Campaign, bid: Money) -> Forecast:
    """The forecast for one bid."""
    return forecasts(campaign, [bid])[0]


def _placed(campaign: Campaign, bid: Money, contests: Iterable[_Contest]) -> list[Placed]:
    """The places that the campaign would have got with this bid."""
    found = []
    for contest in contests:
        score = quality.score(quality.shares_of(campaign, contest.relevance))
        entrant = Entrant(campaign.id, campaign.company_id, min(bid.minor, MOST_BID), score)
        outcome = hold((entrant, *contest.others), contest.places, contest.reserve)
        found += [each for each in outcome.placed if each.campaign_id == campaign.id]
    return found


def _means(placed: Sequence[Placed], currency: str) -> tuple[Decimal | None, Money | None]:
    """The mean place and the mean price."""
    if not placed:
        return None, None
    place = round_half_even(Decimal(sum(each.place for each in placed)) / len(placed), 1)
    price = round_half_even(Decimal(sum(each.price for each in placed)) / len(placed), 0)
    return place, Money(int(price), currency)


def _from_auctions(
    campaign: Campaign,
    bid: Money,
    contests: Sequence[_Contest],
    seconds: int,
    rate: Decimal | None,
) -> Forecast:
    placed = _placed(campaign, bid, contests)
    position, price = _means(placed, campaign.currency)
    impressions = Decimal(len(placed) * _DAY) / seconds
    clicks = None if rate is None else impressions * rate
    cost = None
    if clicks is not None:
        minor = int(round_half_even(clicks * (price.minor if price else 0), 0))
        cost = Money(min(minor, campaign.daily_budget_minor), campaign.currency)
    return Forecast(
        bid=bid,
        basis=Basis.AUCTIONS,
        auctions=len(contests),
        competitors=len({each.campaign_id for contest in contests for each in contest.others}),
        days=round_half_even(Decimal(seconds) / _DAY, 1),
        position=position,
        shown_share=Decimal(len(placed)) / len(contests),
        price=price,
        impressions_a_day=round_half_even(impressions, 1),
        clicks_a_day=None if clicks is None else round_half_even(clicks, 1),
        cost_a_day=cost,
    )


def _from_competitors(campaign: Campaign, bid: Money, contests: Sequence[_Contest]) -> Forecast:
    placed = _placed(campaign, bid, contests)
    position, price = _means(placed, campaign.currency)
    competitors = len({each.campaign_id for contest in contests for each in contest.others})
    return Forecast(
        bid=bid,
        basis=Basis.COMPETITORS if competitors else Basis.NOTHING,
        auctions=0,
        competitors=competitors,
        days=Decimal(WINDOW.days),
        position=position,
        shown_share=Decimal(len(placed)) / len(contests) if contests else Decimal(0),
        price=price,
        impressions_a_day=None,
        clicks_a_day=None,
        cost_a_day=None,
    )


def _families(campaign: Campaign) -> dict[int, int]:
    """The commodities whose pages the campaign's targets fit, with how well they do."""
    parents: dict[int | None, list[int]] = {}
    for child, parent in db.session.execute(select(Commodity.id, Commodity.parent_id)):
        parents.setdefault(parent, []).append(child)
    found: dict[int, int] = {}
    for target in campaign.targets:
        if target.commodity_id is None:
            continue
        found[target.commodity_id] = COMMODITY
        below = list(parents.get(target.commodity_id, ()))
        while below:
            each = below.pop()
            found.setdefault(each, GROUP)
            below += parents.get(each, ())
    return found


def _recorded(campaign: Campaign, families: Iterable[int]) -> Sequence[Row[Any]]:
    """The latest recorded auctions that the campaign's targets fit, newest first."""
    padded = literal(" ", String) + Auction.words + literal(" ", String)
    fitting: list[ColumnElement[bool]] = [
        and_(*(padded.contains(f" {word} ", autoescape=True) for word in target.keyword.split()))
        for target in campaign.targets
        if target.keyword
    ]
    fitting.append(Auction.commodity_id.in_(sorted(families)))
    return db.session.execute(
        select(
            Auction.at,
            Auction.words,
            Auction.commodity_id,
            Auction.places,
            Auction.reserve_minor,
            Auction.entrants,
        )
        .where(
            Auction.at >= clock.now() - WINDOW,
            Auction.currency == campaign.currency,
            or_(*fitting),
        )
        .order_by(Auction.at.desc(), Auction.id.desc())
        .limit(MOST_AUCTIONS)
    ).all()


def _contest_of(
    row: Row[Any], campaign: Campaign, own: Collection[int], families: Mapping[int, int]
) -> _Contest:
    """A recorded auction without the campaigns of the company itself."""
    others = tuple(
        Entrant(campaign_id, -campaign_id, bid, score)
        for campaign_id, bid, score in row.entrants
        if campaign_id not in own
    )
    searched = row.words.split()
    aim = Aim(tuple(searched))
    relevance = [families.get(row.commodity_id, 0)]
    relevance += [
        aim.fit(target.keyword, None)
        for target in campaign.targets
        if target.keyword and set(target.keyword.split()) <= set(searched)
    ]
    return _Contest(others, max(relevance), row.places, row.reserve_minor)


def _own_ids(campaign: Campaign) -> set[int]:
    return set(
        db.session.scalars(select(Campaign.id).where(Campaign.company_id == campaign.company_id))
    )


def _seconds_seen(rows: Sequence[Row[Any]]) -> int:
    """The time that the auctions are from: since the first one ever recorded in these days, or
    since the oldest of those looked at, if these aren't all."""
    now = clock.now()
    if len(rows) == MOST_AUCTIONS:
        first: datetime = rows[-1].at
    else:
        first = db.session.scalars(
            select(Auction.at).where(Auction.at >= now - WINDOW).order_by(Auction.at).limit(1)
        ).one()
    passed = int((now - first).total_seconds())
    return max(passed, 1 if len(rows) == MOST_AUCTIONS else _DAY)


def _present(campaign: Campaign) -> list[_Contest]:
    """The contests that there would be now, one for each target of the campaign."""
    least, places = reserve(), max(settings.current().sponsored_places, 1)
    contests = []
    for target in campaign.targets:
        if target.keyword:
            aim = Aim(tuple(target.keyword.split()))
        else:
            aim = Aim((), frozenset(filter(None, [target.commodity_id])))
        others = tuple(
            each.entrant
            for each in eligible(aim, (), least)
            if each.entrant.company_id != campaign.company_id
        )
        relevance = aim.fit(target.keyword, target.commodity_id)
        contests.append(_Contest(others, relevance, places, least.minor))
    return contests
