"""What a page is about, and how well the targets of a campaign fit it.

A keyword fits when all of its words are in the search; a commodity fits when the page shows it, or
the search names it, or it is a group above one of those.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Protocol

from hub.core.words import Search, read_search

#: Words of one keyword, and words of a search that keywords are looked for in. Together they bound
#: how many keywords one search may fit.
MOST_KEYWORD_WORDS = 4
MOST_SEARCH_WORDS = 10

#: How well a target fits, in ten-thousandths: the very words; some of the words, more the larger
#: their share; the commodity; a group above it.
EXACT = 10_000
SOME_WORDS = 4_000
COMMODITY = 6_000
GROUP = 3_000


class Named(Protocol):
    """A commodity with its names, as the market keeps them."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def names(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Aim:
    """What a visitor looks for: words in order, commodities, and the groups above these."""

    words: tuple[str, ...] = ()
    commodities: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.words or self.commodities)

    @property
    def keywords(self) -> list[str]:
        """Every keyword that fits, as targets hold them."""
        sizes = range(1, min(MOST_KEYWORD_WORDS, len(self.words)) + 1)
        return [" ".join(few) for size in sizes for few in combinations(self.words, size)]

    def fit(self, keyword: str | None, commodity_id: int | None) -> int:
        """How well a target that fits does, in ten-thousandths."""
        if keyword is not None:
            share = keyword.count(" ") + 1
            return SOME_WORDS + (EXACT - SOME_WORDS) * share // len(self.words)
        return COMMODITY if commodity_id in self.commodities else GROUP


def search_words(search: Search) -> tuple[str, ...]:
    """All words of a search in order of the alphabet, the last one taken as a whole word."""
    words = dict.fromkeys((*search.words, *((search.prefix,) if search.prefix else ())))
    return tuple(sorted(list(words)[:MOST_SEARCH_WORDS]))


def keyword_of(typed: str) -> str:
    """A typed keyword as targets hold it: its words in order of the alphabet."""
    return " ".join(sorted(_words(typed)))


@lru_cache(maxsize=5000)
def _words(typed: str) -> frozenset[str]:
    search = read_search(typed)
    return frozenset((*search.words, *((search.prefix,) if search.prefix else ())))


def aim(search: Search, chosen: Iterable[int], commodities: Mapping[int, Named]) -> Aim:
    """What a page of the market is about.

    ``chosen`` are the ids of the commodities it is narrowed to, and ``commodities`` all there are:
    one counts as named when every word of one of its names is in the search.
    """
    words = search_words(search)
    shown = frozenset(chosen) & commodities.keys() or frozenset(_named(set(words), commodities))
    groups = {parent for each in shown for parent in _above(each, commodities)}
    return Aim(words, shown, frozenset(groups) - shown)


def _named(words: set[str], commodities: Mapping[int, Named]) -> Iterator[int]:
    if not words:
        return
    for commodity in commodities.values():
        for name in (commodity.name, *(commodity.names or {}).values()):
            parts = _words(name)
            if parts and parts <= words:
                yield commodity.id


def _above(commodity_id: int, commodities: Mapping[int, Named]) -> Iterator[int]:
    parent = commodities[commodity_id].parent_id
    while parent is not None and parent in commodities:
        yield parent
        parent = commodities[parent].parent_id
