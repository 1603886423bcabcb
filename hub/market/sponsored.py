"""Sponsored places beside the natural list: the lines of what an auction placed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement

from hub.ads.ranking.models import Surface
from hub.ads.services import SponsoredPlace, aim, click_token, sponsored
from hub.ads.visits import Viewer
from hub.core import paths
from hub.core.db.base import db
from hub.core.db.paging import SortKey
from hub.core.words import Search
from hub.market.filters import Filter
from hub.market.labels import CommodityLabel, labels
from hub.market.lines import Line, lines
from hub.market.queries import OPEN, conditions, lines_statement
from hub.posting.models import Listing


@dataclass(frozen=True)
class Reader:
    """Who is shown sponsored places, and in which language."""

    viewer: Viewer
    language: str


def beside_list(wanted: Filter, surface: Surface, reader: Reader) -> tuple[Line, ...]:
    """The sponsored among the listings that ``wanted`` lets through, best place first.

    It writes the record of the auction, in a transaction that begins here.
    """
    known = labels()
    chosen = [known.by_code[code].id for code in wanted.commodities if code in known.by_code]
    fits = conditions(db.engine.dialect.name, wanted, known)
    return _placed(wanted.search, chosen, fits, surface, reader)


def beside_commodity(commodity: CommodityLabel, reader: Reader) -> tuple[Line, ...]:
    """The sponsored among the listings of a commodity or of a group's parts, as above."""
    leaves = [leaf.id for leaf in labels().leaves(commodity)]
    fits = [OPEN, Listing.commodity_id.in_(leaves)]
    return _placed(Search(()), [commodity.id], fits, Surface.CATEGORY, reader)


def _placed(
    search: Search,
    chosen: Iterable[int],
    fits: Sequence[ColumnElement[bool]],
    surface: Surface,
    reader: Reader,
) -> tuple[Line, ...]:
    subject = aim(search, chosen, labels().commodities)
    if not subject:
        return ()
    found = sponsored(surface, subject, fits=fits, viewer=reader.viewer)
    if found.auction_public_id is None:
        return ()
    by_listing = _lines_by_listing(found.placed, reader.language)
    secret, auction = reader.viewer.secret, found.auction_public_id
    return tuple(
        replace(
            by_listing[place.listing_id],
            url=paths.sponsored_click(click_token(secret, auction, place.campaign_id)),
        )
        for place in found.placed
        if place.listing_id in by_listing
    )


def _lines_by_listing(placed: Sequence[SponsoredPlace], language: str) -> dict[int, Line]:
    ids = [place.listing_id for place in placed]
    rows = db.session.execute(
        lines_statement([OPEN, Listing.id.in_(ids)], [SortKey(Listing.id)], len(ids))
    ).all()
    return {line.listing.id: line for line in lines(rows, language)[1]}
