"""Everything the page of one listing shows, in one value: pages of equal values look the same."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from hub.core import formats
from hub.core.actor import Actor
from hub.market import listing_queries, price_queries
from hub.market.delivered_price import AtRegion, price_at
from hub.market.labels import CommodityLabel, Labels, NameLabel
from hub.market.lines import Line, lines, title_of
from hub.market.listing_queries import Picture
from hub.market.price_queries import PriceRange
from hub.posting.fields import facts


@dataclass(frozen=True)
class Offer:
    """A listing in the reader's words. ``offer`` is the row of the query, ``to`` the region whose
    price is told in ``at_region`` (None: no rate), ``ranges`` are of the listing's currency."""

    offer: Row[Any]
    is_open: bool
    is_own: bool
    pictures: tuple[Picture, ...]
    title: str
    commodity: CommodityLabel
    commodity_name: str
    unit: str
    unit_words: str
    region: str
    company_region: str
    ends_in: str
    attributes: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    regions: tuple[tuple[str, str], ...]
    to: NameLabel | None
    to_name: str
    at_region: AtRegion | None
    ranges: tuple[PriceRange, ...]
    other_side: tuple[Line, ...]
    same_side: tuple[Line, ...]


def offer_page(actor: Actor, public_id: str, asked_region: str | None, language: str) -> Offer:
    """The listing for ``actor``, with its price at the region asked for or the actor's own.

    Raises:
        NotFound: there is no such listing, or the actor may not see it.
    """
    page = listing_queries.listing_page(actor, public_id)
    offer = page.listing
    around = listing_queries.neighbours(offer)
    known, others = lines([*around.other_side, *around.same_side, offer], language)
    commodity = known.commodities[offer.commodity_id]
    unit = known.unit_of(commodity)
    to = (
        known.by_region_name.get(asked_region)
        if asked_region
        else known.regions.get(offer.viewer_region_id)
    )
    price = (offer.side, offer.unit_price, offer.currency, unit.id, offer.region_id)
    ranges = price_queries.price_ranges(offer.commodity_id)
    return Offer(
        offer=offer,
        is_open=page.is_open,
        is_own=actor.company_id is not None and actor.company_id == offer.company_id,
        pictures=page.pictures,
        title=title_of(commodity, offer.grade, language),
        commodity=commodity,
        commodity_name=commodity.text(language),
        unit=unit.code,
        unit_words=unit.title(language),
        region=known.regions[offer.region_id].text(language),
        company_region=known.regions[offer.company_region_id].text(language),
        ends_in=formats.relative(offer.valid_until),
        attributes=_attributes(offer, known, language),
        facts=tuple(facts(offer)),
        regions=tuple(sorted((each.text(language), each.name) for each in known.regions.values())),
        to=to,
        to_name=to.text(language) if to else "",
        at_region=price_at(*price, to.id) if to else None,
        ranges=tuple(each for each in ranges if each.currency == offer.currency),
        other_side=tuple(others[: len(around.other_side)]),
        same_side=tuple(others[len(around.other_side) : -1]),
    )


def _attributes(offer: Row[Any], known: Labels, language: str) -> tuple[tuple[str, str], ...]:
    """What the listing states about the goods, by the attributes' names."""
    found = []
    for code, value in json.loads(offer.attributes or "{}").items():
        label = known.attributes.get((offer.commodity_id, code))
        if value not in (None, "", []):
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            found.append((label.text(language) if label else code.replace("_", " "), text))
    return tuple(found)
