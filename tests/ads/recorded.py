"""Auctions as if pages had been shown."""

from hub.ads.ranking.models import Auction, Campaign, Impression, Surface
from hub.core import clock
from hub.core.db.base import db


def auction(*entrants: tuple[int, int, int], words: str = "onion", places: int = 3) -> Auction:
    """A recorded auction of (campaign id, bid, quality), in the order of rank, without places."""
    made = unsaved(*entrants, words=words, places=places)
    db.session.add(made)
    db.session.commit()
    return made


def unsaved(*entrants: tuple[int, int, int], words: str = "onion", places: int = 3) -> Auction:
    """The same, for whoever adds many at once."""
    return Auction(
        at=clock.now(),
        surface=Surface.SEARCH,
        words=words,
        commodity_id=None,
        currency="INR",
        reserve_minor=100,
        places=places,
        eligible=len(entrants),
        entrants=[list(each) for each in entrants],
    )


def impression(held: Auction, campaign: Campaign, place: int, price: int) -> Impression:
    """A place of an auction."""
    shown = Impression(
        auction_id=held.id, campaign_id=campaign.id, place=place, price_minor=price, at=held.at
    )
    db.session.add(shown)
    db.session.commit()
    return shown


def impressions(campaign: Campaign, number: int) -> list[Impression]:
    """So many auctions that the campaign won alone."""
    return [impression(auction((campaign.id, 400, 5000)), campaign, 1, 100) for _ in range(number)]
