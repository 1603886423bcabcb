"""Holding recorded auctions again, from their records alone, and comparing with what was shown."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from hub.ads.ranking.auction import Entrant, Placed, hold
from hub.ads.ranking.models import Auction, Impression
from hub.core.db.base import db

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Report:
    """How many auctions were held again, the places they gave, and a sentence a difference."""

    auctions: int
    places: int
    differences: tuple[str, ...]


def replay(since: datetime | None = None) -> Report:
    """Hold every auction recorded at or after ``since`` (all of them without it) again."""
    auctions, places, differences = 0, 0, []
    for rows, shown in _batches(since):
        for row in rows:
            auctions += 1
            places += len(shown[row.id])
            differences += difference(row, shown[row.id])
    return Report(auctions, places, tuple(differences))


def difference(auction: Row[Any] | Auction, shown: Sequence[Placed]) -> list[str]:
    """What the record of an auction gives that differs from the impressions, as sentences."""
    name = f"Auction {auction.public_id}"
    entrants = [
        Entrant(campaign_id, campaign_id, bid, quality)
        for campaign_id, bid, quality in auction.entrants
    ]
    try:
        outcome = hold(entrants, auction.places, auction.reserve_minor)
    except ValueError as error:
        return [f"{name} can't be held again: {error}"]
    found = []
    if list(outcome.ranked) != entrants:
        found.append(f"{name} is recorded in another order than its bids and qualities give.")
    if auction.eligible < len(entrants):
        found.append(f"{name} tells of {auction.eligible} bidders, but names {len(entrants)}.")
    if list(outcome.placed) != list(shown):
        found.append(f"{name} gives {_told(outcome.placed)}, but shown was {_told(shown)}.")
    return found


def _told(placed: Sequence[Placed]) -> str:
    places = ", ".join(
        f"{each.place}: campaign {each.campaign_id} at {each.price}" for each in placed
    )
    return places or "no places"


def _batches(
    since: datetime | None,
) -> Iterator[tuple[Sequence[Row[Any]], dict[int, list[Placed]]]]:
    """The auctions in the order of their ids, with their impressions in the order of places."""
    last = 0
    while True:
        wanted = select(
            Auction.id,
            Auction.public_id,
            Auction.entrants,
            Auction.places,
            Auction.reserve_minor,
            Auction.eligible,
        ).where(Auction.id > last)
        if since is not None:
            wanted = wanted.where(Auction.at >= since)
        rows = db.session.execute(wanted.order_by(Auction.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        shown: dict[int, list[Placed]] = defaultdict(list)
        for auction_id, *placed in db.session.execute(
            select(
                Impression.auction_id,
                Impression.place,
                Impression.campaign_id,
                Impression.price_minor,
            )
            .where(Impression.auction_id.in_([row.id for row in rows]))
            .order_by(Impression.auction_id, Impression.place)
        ):
            shown[auction_id].append(Placed(*placed))
        yield rows, shown
        last = rows[-1].id
