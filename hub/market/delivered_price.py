"""What the page of one listing tells beyond its columns: the price at another region."""

from dataclasses import dataclass
from decimal import Decimal

from hub.market.labels import freight
from hub.posting.models import Side


@dataclass(frozen=True)
class AtRegion:
    """The price of one unit at another region: ``price + freight`` of a supply delivered there,
    ``price - freight`` of a demand for who sends from there. Before commission."""

    kilometres: Decimal
    rate: Decimal
    freight: Decimal
    total: Decimal


def price_at(
    side: Side, price: Decimal, currency: str, unit_id: int, own_region_id: int, region_id: int
) -> AtRegion | None:
    """The price of one unit at ``region_id`` (None where the hub has set no freight rate)."""
    supply = side is Side.SUPPLY
    start, end = (own_region_id, region_id) if supply else (region_id, own_region_id)
    quote = freight(currency, unit_id, start, end)
    if quote is None:
        return None
    total = price + quote.per_unit if supply else price - quote.per_unit
    return AtRegion(quote.kilometres, quote.rate, quote.per_unit, total)
