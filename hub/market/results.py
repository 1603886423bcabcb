"""Everything the list page shows, in one value: pages of equal values look the same."""

from dataclasses import dataclass

from hub.core.i18n import _
from hub.market import queries
from hub.market.facets import Facet, Option, address, choices, pairs
from hub.market.filters import SORTS, Filter
from hub.market.lines import Line, lines

#: The fields that visitors type into.
TYPED = ("price_from", "price_to", "window_from", "window_until")


@dataclass(frozen=True)
class Results:
    """A page of the list with its facets and addresses; ``typed`` keeps what was typed wrongly."""

    wanted: Filter
    lines: tuple[Line, ...]
    total: int
    complete: bool
    sides: tuple[Option, ...]
    facets: tuple[Facet, ...]
    sorts: tuple[tuple[str, str], ...]
    sort_urls: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    typed: tuple[tuple[str, str], ...]
    clear_url: str
    everything_url: str
    next_url: str | None
    previous_url: str | None


def results(
    wanted: Filter,
    typed: tuple[tuple[str, str], ...],
    language: str,
    after: str = "",
    before: str = "",
    expanded: str = "",
) -> Results:
    """The page of the list that ``wanted`` asks for (Invalid if a cursor is broken)."""
    page = queries.listing_page(wanted, after, before)
    known, found = lines(page.rows, language)
    offered = choices(wanted, queries.counts(wanted), known, language, expanded)
    return Results(
        wanted=wanted,
        lines=tuple(found),
        total=offered.total,
        complete=offered.complete,
        sides=offered.sides,
        facets=offered.facets,
        sorts=_sort_words(),
        sort_urls=tuple((key, _sort_url(wanted, key)) for key in ("quantity", "price", "ends")),
        pairs=tuple((name, str(value)) for name, value in pairs(wanted)),
        typed=typed,
        clear_url=address(Filter(text=wanted.text, search=wanted.search)),
        everything_url=address(wanted, text=""),
        next_url=_page_url(wanted, "after", page.next_cursor),
        previous_url=_page_url(wanted, "before", page.previous_cursor),
    )


def _page_url(wanted: Filter, name: str, cursor: str | None) -> str | None:
    url = address(wanted)
    return f"{url}{'&' if '?' in url else '?'}{name}={cursor}" if cursor else None


def _sort_url(wanted: Filter, key: str) -> str:
    return address(wanted, sort=f"-{key}" if wanted.sort == key else key)


def _sort_words() -> tuple[tuple[str, str], ...]:
    words = {
        "-natural": _("Best match"),
        "-newest": _("Newest first"),
        "price": _("Price, lowest first"),
        "-price": _("Price, highest first"),
        "-quantity": _("Quantity, largest first"),
        "quantity": _("Quantity, smallest first"),
        "ends": _("Ends soonest"),
        "-ends": _("Ends latest"),
    }
    return tuple((sort, words[sort]) for sort in SORTS)
