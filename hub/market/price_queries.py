"""What a commodity asks and bids today: ranges over open listings, never prices of contracts."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select

from hub.catalogue.models import UNIT_PRICE, CommodityAttribute
from hub.core.db.base import db
from hub.market.kept import Kept
from hub.market.queries import OPEN
from hub.posting.models import Listing, Side

#: The ranges of a commodity with more open listings than this are kept for a minute.
SMALL_COMMODITY = 500


@dataclass(frozen=True)
class PriceRange:
    """Unit prices of the open listings of one side, in one currency. An even number of listings
    has two middle ones; ``median`` is the lower, so that it is a price somebody named."""

    side: Side
    currency: str
    listings: int
    lowest: Decimal
    median: Decimal
    highest: Decimal


def _ranges_statement() -> Select[Any]:
    corner = (Listing.side, Listing.currency)
    ranked = (
        select(
            *corner,
            Listing.unit_price,
            func.row_number().over(partition_by=corner, order_by=Listing.unit_price).label("rank"),
            func.count().over(partition_by=corner).label("listings"),
        )
        .where(OPEN, Listing.commodity_id == bindparam("commodity_id"))
        .subquery()
    )
    is_middle = ranked.c.rank * 2 - ranked.c.listings
    middle = case((is_middle.in_((0, 1)), ranked.c.unit_price))
    return (
        select(
            ranked.c.side,
            ranked.c.currency,
            func.count(),
            func.min(ranked.c.unit_price, type_=UNIT_PRICE),
            func.max(middle, type_=UNIT_PRICE),
            func.max(ranked.c.unit_price, type_=UNIT_PRICE),
        )
        .group_by(ranked.c.side, ranked.c.currency)
        .order_by(ranked.c.currency, ranked.c.side.desc())
    )


_RANGES = _ranges_statement()


def _ranges(commodity_id: Hashable) -> tuple[PriceRange, ...]:
    rows = db.session.execute(_RANGES, {"commodity_id": commodity_id})
    return tuple(PriceRange(*row) for row in rows)


_kept_ranges: Kept[tuple[PriceRange, ...]] = Kept(
    _ranges, worth_keeping=lambda found: sum(each.listings for each in found) > SMALL_COMMODITY
)


def price_ranges(commodity_id: int) -> tuple[PriceRange, ...]:
    """The range of each side and currency: supply before demand, a minute old at most."""
    return _kept_ranges.get(commodity_id)


def attributes_of(commodity_id: int) -> list[CommodityAttribute]:
    """What listings of the commodity state, in the order of the catalogue."""
    return list(
        db.session.scalars(
            select(CommodityAttribute)
            .where(CommodityAttribute.commodity_id == commodity_id)
            .order_by(CommodityAttribute.position, CommodityAttribute.id)
        )
    )
