"""The tree of commodities with its counts, and what the page of one of them shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from hub.core import paths
from hub.core.db.base import db
from hub.core.db.paging import SortKey
from hub.market.filters import Filter
from hub.market.labels import CommodityLabel, labels
from hub.market.queries import OPEN, counts, lines_statement
from hub.posting.models import Listing, Side

#: So many listings of each side stand on a commodity's page.
SHOWN = 8


@dataclass(frozen=True)
class Branch:
    """A commodity or a group with the open listings in it."""

    commodity: CommodityLabel
    name: str
    supplies: int
    demands: int
    parts: tuple["Branch", ...] = ()


@dataclass(frozen=True)
class Best:
    """The cheapest supplies and the highest bids, newest first of equal ones."""

    supplies: Sequence[Row[Any]]
    demands: Sequence[Row[Any]]


def is_group(commodity: CommodityLabel) -> bool:
    return bool(labels().children.get(commodity.id))


def tree(language: str) -> list[Branch]:
    """The whole catalogue by name; groups before single commodities."""
    return _branches(None, _tally(), language)


def parts(commodity: CommodityLabel, language: str) -> list[Branch]:
    """What a group consists of."""
    return _branches(commodity.id, _tally(), language) if is_group(commodity) else []


def ancestors(commodity: CommodityLabel, language: str) -> list[tuple[str, str]]:
    """Name and address of the groups above, the widest first."""
    found: list[tuple[str, str]] = []
    known = labels()
    parent_id = commodity.parent_id
    while parent_id is not None:
        parent = known.commodities[parent_id]
        found.insert(0, (parent.text(language), paths.market_commodity(parent.code)))
        parent_id = parent.parent_id
    return found


def best_listings(commodity: CommodityLabel) -> Best:
    """The best open listings of the commodity, or of a group's parts."""
    leaves = [leaf.id for leaf in labels().leaves(commodity)]
    found = {
        side: db.session.execute(
            lines_statement(
                [OPEN, Listing.commodity_id.in_(leaves), Listing.side == side],
                [SortKey(Listing.unit_price, side is Side.DEMAND), SortKey(Listing.id, True)],
                SHOWN,
            )
        ).all()
        for side in Side
    }
    return Best(found[Side.SUPPLY], found[Side.DEMAND])


def _tally() -> Counter[tuple[int, Side]]:
    tally: Counter[tuple[int, Side]] = Counter()
    for cell in counts(Filter()).cells:
        tally[cell.commodity_id, cell.side] += cell.count
    return tally


def _branches(
    parent_id: int | None, tally: Counter[tuple[int, Side]], language: str
) -> list[Branch]:
    found = []
    for commodity in labels().children.get(parent_id, []):
        below = tuple(_branches(commodity.id, tally, language))
        found.append(
            Branch(
                commodity,
                commodity.text(language),
                tally[commodity.id, Side.SUPPLY] + sum(part.supplies for part in below),
                tally[commodity.id, Side.DEMAND] + sum(part.demands for part in below),
                below,
            )
        )
    return sorted(found, key=lambda branch: (not branch.parts, branch.name))
