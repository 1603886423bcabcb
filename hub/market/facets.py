"""The choices beside the list, each with its address and how many listings it leads to."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from hub.core import paths
from hub.core.i18n import _
from hub.market.filters import DEFAULT_SORT, Filter
from hub.market.labels import Labels
from hub.market.queries import Cell, Counts, cells_that_fit, total
from hub.posting.models import Side

#: Facets of the latest searches that are remembered.
REMEMBERED = 200
#: So many choices of a facet are shown at first.
FIRST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: its address takes it or, when ``selected``, drops it."""

    id: str
    label: str
    url: str
    count: int | None
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of choices; ``more_url`` shows all ``size`` of them where not all are shown."""

    title: str
    options: tuple[Option, ...]
    size: int
    more_url: str | None = None


def pairs(wanted: Filter) -> list[tuple[str, object]]:
    """The parameters of the list's address, always in this order, empty ones left out."""
    every: list[tuple[str, object]] = [
        ("q", wanted.text),
        ("side", wanted.side.value if wanted.side else ""),
        *(("commodity", code) for code in wanted.commodities),
        *(("region", name) for name in wanted.regions),
        ("currency", wanted.currency),
        ("price_from", wanted.price_from if wanted.price_from is not None else ""),
        ("price_to", wanted.price_to if wanted.price_to is not None else ""),
        ("window_from", wanted.window_from or ""),
        ("window_until", wanted.window_until or ""),
        ("sort", wanted.sort if wanted.sort != DEFAULT_SORT else ""),
    ]
    return [(name, value) for name, value in every if value != ""]


def address(wanted: Filter, **changes: Any) -> str:
    """The address of the list with ``changes`` to the filter; it begins at the first page."""
    kept = urlencode(pairs(replace(wanted, **changes)))
    return f"{paths.MARKET}?{kept}" if kept else paths.MARKET


@dataclass(frozen=True)
class Choices:
    """All that can be chosen beside the list, and how many listings the present choice has."""

    sides: tuple[Option, ...]
    facets: tuple[Facet, ...]
    total: int
    complete: bool


@lru_cache(maxsize=REMEMBERED)
def choices(wanted: Filter, found: Counts, known: Labels, language: str, expanded: str) -> Choices:
    """The facets over the cells ``found``."""
    left = total(wanted, found)
    return Choices(
        tuple(side_options(wanted, found)),
        tuple(facets(wanted, found, known, language, expanded)),
        left.total,
        left.complete,
    )


def side_options(wanted: Filter, found: Counts) -> list[Option]:
    """Both sides together, supply, demand."""
    by_side = Counter[Side]()
    for cell in cells_that_fit(found.cells, wanted, but="side"):
        by_side[cell.side] += cell.count
    told = found.complete
    return [
        Option("side-all", _("All"), address(wanted, side=None), None, wanted.side is None),
        *(
            Option(
                f"side-{side.value}",
                {Side.SUPPLY: _("Supply"), Side.DEMAND: _("Demand")}[side],
                address(wanted, side=side),
                by_side[side] if told else None,
                wanted.side is side,
            )
            for side in Side
        ),
    ]


def facets(
    wanted: Filter, found: Counts, known: Labels, language: str, expanded: str = ""
) -> list[Facet]:
    """Commodity, region and, where there are several, currency."""
    commodities = _facet(
        "commodity",
        _("Commodity"),
        wanted,
        wanted.commodities,
        found,
        lambda cell: known.commodities[cell.commodity_id].code,
        lambda code: known.by_code[code].text(language) if code in known.by_code else "",
        lambda chosen: address(wanted, commodities=chosen),
        expanded,
    )
    regions = _facet(
        "region",
        _("Region"),
        wanted,
        wanted.regions,
        found,
        lambda cell: known.regions[cell.region_id].name,
        lambda name: (
            known.by_region_name[name].text(language) if name in known.by_region_name else ""
        ),
        lambda chosen: address(wanted, regions=chosen),
        expanded,
    )
    currencies = _facet(
        "currency",
        _("Currency"),
        wanted,
        (wanted.currency,) if wanted.currency else (),
        found,
        lambda cell: cell.currency,
        lambda code: code,
        lambda chosen: address(wanted, currency=chosen[-1] if chosen else ""),
        expanded,
    )
    return [commodities, regions, *([currencies] if currencies.size > 1 else [])]


def _facet(
    name: str,
    title: str,
    wanted: Filter,
    chosen: tuple[str, ...],
    found: Counts,
    key_of: Callable[[Cell], str],
    label_of: Callable[[str], str],
    address_of: Callable[[tuple[str, ...]], str],
    expanded: str,
) -> Facet:
    by_key = Counter[str](dict.fromkeys(chosen, 0))
    for cell in cells_that_fit(found.cells, wanted, but=name):
        by_key[key_of(cell)] += cell.count
    keys = sorted(by_key, key=lambda key: (key not in chosen, -by_key[key], key))
    shown = keys if expanded == name else keys[: max(FIRST_CHOICES, len(chosen))]
    options = tuple(
        Option(
            _anchor(name, key),
            label,
            address_of(_without(chosen, key) if key in chosen else (*chosen, key)),
            by_key[key] if found.complete else None,
            key in chosen,
        )
        for key in shown
        if (label := label_of(key))
    )
    more = _expanded_address(address_of(chosen), name) if len(shown) < len(keys) else None
    return Facet(title, options, len(keys), more)


def _anchor(name: str, key: str) -> str:
    return f"{name}-" + "".join(letter if letter.isalnum() else "-" for letter in key)


def _without(chosen: Iterable[str], key: str) -> tuple[str, ...]:
    return tuple(each for each in chosen if each != key)


def _expanded_address(url: str, name: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}all={name}"
