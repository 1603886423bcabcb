"""Lines of lists: what a row of a query is called in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from hub.core import paths
from hub.core.i18n import _
from hub.market.labels import CommodityLabel, Labels, labels_with
from hub.posting.models import Side


@dataclass(frozen=True, slots=True)
class Line:
    """One listing in a list. ``listing`` is the row of the query."""

    listing: Row[Any]
    url: str
    title: str
    commodity: str
    picture: str
    side: str
    region: str
    unit: str
    unit_title: str


def title_of(commodity: CommodityLabel, grade: str, language: str) -> str:
    """``Onion, grade FAQ``."""
    name = commodity.text(language)
    return _("%(commodity)s, grade %(grade)s", commodity=name, grade=grade) if grade else name


def side_word(side: Side) -> str:
    """The side of a listing, for people."""
    return _("Supply") if side is Side.SUPPLY else _("Demand")


def lines(rows: Sequence[Row[Any]], language: str) -> tuple[Labels, list[Line]]:
    """The names in use and a line for each row."""
    known = labels_with({row.commodity_id for row in rows}, {row.region_id for row in rows})
    words = {side: side_word(side) for side in Side}
    titles: dict[tuple[int, str], str] = {}
    unit_titles: dict[int, str] = {}
    found = []
    for row in rows:
        commodity = known.commodities[row.commodity_id]
        key = (row.commodity_id, row.grade)
        if key not in titles:
            titles[key] = title_of(commodity, row.grade, language)
        unit = known.unit_of(commodity)
        if unit.id not in unit_titles:
            unit_titles[unit.id] = unit.title(language)
        found.append(
            Line(
                row,
                paths.market_listing(row.public_id),
                titles[key],
                commodity.text(language),
                commodity.picture,
                words[row.side],
                known.regions[row.region_id].text(language),
                unit.code,
                unit_titles[unit.id],
            )
        )
    return known, found
