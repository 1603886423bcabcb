"""Sponsored listings for a place of a page that nobody has booked: who bids for its commodity."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hub.accounts.models import Company
from hub.ads.ranking.clicks import click_token
from hub.ads.ranking.models import Surface
from hub.ads.ranking.page_auction import sponsored
from hub.ads.ranking.targeting import Aim
from hub.ads.visits import Viewer
from hub.catalogue.models import Commodity, Unit
from hub.core import paths
from hub.core.db.base import db
from hub.posting.models import Listing, Side


@dataclass(frozen=True)
class SponsoredListing:
    """A sponsored listing under its company's alias, and the link that counts its click."""

    url: str
    name: str
    names: Mapping[str, str]
    grade: str
    side: Side
    unit_price: Decimal
    currency: str
    unit: str
    alias: str


def beside_listing(listing_public_id: str, viewer: Viewer) -> tuple[SponsoredListing, ...]:
    """What the auction places beside a listing: others of the same commodity, best place first.

    Holds and records the auction as :func:`hub.ads.ranking.page_auction.sponsored` does.
    """
    listing = db.session.execute(
        select(Listing.id, Listing.commodity_id, Commodity.parent_id)
        .join(Commodity, Commodity.id == Listing.commodity_id)
        .where(Listing.public_id == listing_public_id)
    ).one()
    found = sponsored(
        Surface.CATEGORY,
        Aim(
            commodities=frozenset({listing.commodity_id}),
            groups=_groups_above(listing.parent_id),
        ),
        fits=[Listing.commodity_id == listing.commodity_id, Listing.id != listing.id],
        viewer=viewer,
    )
    if found.auction_public_id is None:
        return ()
    rows = _rows([each.listing_id for each in found.placed])
    return tuple(
        SponsoredListing(
            paths.sponsored_click(
                click_token(viewer.secret, found.auction_public_id, each.campaign_id)
            ),
            *rows[each.listing_id],
        )
        for each in found.placed
    )


def _groups_above(parent_id: int | None) -> frozenset[int]:
    groups: set[int] = set()
    while parent_id is not None and parent_id not in groups:
        groups.add(parent_id)
        parent_id = db.session.scalar(select(Commodity.parent_id).where(Commodity.id == parent_id))
    return frozenset(groups)


def _rows(listing_ids: list[int]) -> dict[int, tuple[Any, ...]]:
    rows = db.session.execute(
        select(
            Listing.id,
            Commodity.name,
            Commodity.names,
            Listing.grade,
            Listing.side,
            Listing.unit_price,
            Listing.currency,
            Unit.code,
            Company.alias,
        )
        .join(Commodity, Commodity.id == Listing.commodity_id)
        .join(Unit, Unit.id == Commodity.unit_id)
        .join(Company, Company.id == Listing.company_id)
        .where(Listing.id.in_(listing_ids))
    )
    return {row[0]: tuple(row[1:]) for row in rows}
