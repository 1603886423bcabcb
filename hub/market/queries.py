"""The lists of the market: open listings only, companies by alias, region and badge only.

Rows come as plain columns. The LIMIT stands in a subselect before any join, and nothing counts
more than :data:`COUNTED` rows for one page.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from hub.accounts.models import AccountState, Company, Verification
from hub.ads.services import aim
from hub.core.db.base import db
from hub.core.db.paging import SortKey, decode_cursor, encode_cursor
from hub.core.words import Search
from hub.market.filters import Filter
from hub.market.kept import Kept
from hub.market.labels import Labels, labels
from hub.market.models import POSTGRESQL_INDEX, SQLITE_INDEX
from hub.posting.models import Listing, Side

PAGE_SIZE = 25
#: A filtered list is counted up to here, then told as "1,000+".
COUNTED = 1000
#: Above this many open listings the counts of the unfiltered market are kept for a minute.
SMALL_MARKET = 3000

#: The counts of a search with more results than this are kept for a minute as well.
SMALL_SEARCH = 300
#: Statements of the latest searches: building one takes as long as running it.
REMEMBERED = 500

#: The state as a literal: a parameter would hide from the planner which partial index serves.
OPEN: ColumnElement[bool] = Listing.state == literal_column("'open'")
AVAILABLE = Listing.quantity - Listing.reserved - Listing.filled
IS_VERIFIED = and_(
    Company.state == Verification.VERIFIED, Company.account_state == AccountState.ACTIVE
)

_LINE: tuple[Any, ...] = (
    Listing.id,
    Listing.public_id,
    Listing.side,
    Listing.company_id,
    Listing.commodity_id,
    Listing.region_id,
    Listing.grade,
    Listing.unit_price,
    Listing.currency,
    Listing.ready_from,
    Listing.ready_until,
    Listing.valid_until,
    Listing.natural_position,
    Listing.plan_badge,
    AVAILABLE.label("available"),
)

#: Whether the words of a search name the listing's commodity (1) or not (0). A list is read in a
#: part for each: sorted as a whole, it would have to be found as a whole first.
_RELEVANCE: ColumnClause[int] = literal_column("relevance", Integer)

#: The column that each order goes by, and how a cursor writes it; ties go by id. The natural order
#: is by relevance, then by what the company's plan gives it, and then by freshness.
_ORDERS: dict[str, tuple[Any, type]] = {
    "natural": (Listing.natural_position, int),
    "newest": (Listing.id, int),
    "price": (Listing.unit_price, Decimal),
    "quantity": (AVAILABLE.label("available"), Decimal),
    "ends": (Listing.valid_until, date),
}


@dataclass(frozen=True)
class ListingPage:
    """One page of rows and the cursors of its neighbours."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class Cell:
    """How many listings stand in one corner of the market."""

    side: Side
    commodity_id: int
    region_id: int
    currency: str
    count: int


@dataclass(frozen=True, eq=False)
class Counts:
    """The market in cells; ``complete`` is False where counting stopped at :data:`COUNTED`.

    Compared by identity: what is kept for a minute also keeps what was worked out from it.
    """

    cells: tuple[Cell, ...]
    complete: bool = True

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)


def matches(dialect: str, search: Search, *, collected: bool = False) -> ColumnElement[bool]:
    """Whether the words of a listing hold all words of ``search``.

    ``collected``: all such listings are found first, and not looked for one by one in the order
    of the list, where PostgreSQL expects more of them than there are.
    """
    if dialect == "sqlite":
        terms = [f'"{word}"' for word in search.words]
        terms += [f'"{search.prefix}" *'] if search.prefix else []
        found = SQLITE_INDEX.c.search_index.op("MATCH")(" AND ".join(terms))
        return Listing.id.in_(select(SQLITE_INDEX.c.rowid).where(found))
    terms = [f"'{word}'" for word in search.words]
    terms += [f"'{search.prefix}':*"] if search.prefix else []
    query = cast(bindparam(None, " & ".join(terms)), TSQUERY)
    found = POSTGRESQL_INDEX.c.search_vector.op("@@")(query)
    ids = select(POSTGRESQL_INDEX.c.listing_id).where(found)
    # OFFSET keeps the planner from taking the subselect apart.
    return Listing.id.in_(ids.offset(0) if collected else ids)


def _chosen_commodities(codes: Sequence[str], known: Labels) -> list[int]:
    """The ids of the chosen commodities, groups resolved into what listings are posted on."""
    return [
        leaf.id
        for code in codes
        if code in known.by_code
        for leaf in known.leaves(known.by_code[code])
    ]


def conditions(
    dialect: str, wanted: Filter, known: Labels, *, collected: bool = False
) -> list[ColumnElement[bool]]:
    """What a listing must fulfil to be in the list (``collected`` as for :func:`matches`)."""
    found = [OPEN]
    if wanted.text:
        words = wanted.search
        found.append(matches(dialect, words, collected=collected) if words else false())
    if wanted.side:
        found.append(Listing.side == wanted.side)
    if wanted.commodities:
        found.append(Listing.commodity_id.in_(_chosen_commodities(wanted.commodities, known)))
    if wanted.regions:
        regions = (known.by_region_name.get(name) for name in wanted.regions)
        found.append(Listing.region_id.in_([region.id for region in regions if region]))
    if wanted.currency:
        found.append(Listing.currency == wanted.currency)
    if wanted.price_from is not None:
        found.append(Listing.unit_price >= wanted.price_from)
    if wanted.price_to is not None:
        found.append(Listing.unit_price <= wanted.price_to)
    if wanted.window_from:
        found.append(Listing.ready_until >= wanted.window_from)
    if wanted.window_until:
        found.append(Listing.ready_from <= wanted.window_until)
    return found


@lru_cache(maxsize=REMEMBERED)
def _named(search: Search, known: Labels) -> frozenset[int]:
    """The ids of the commodities that the words name, as for sponsored places."""
    named = aim(search, (), known.commodities).commodities
    return frozenset(leaf.id for each in named for leaf in known.leaves(known.commodities[each]))


def _sort_keys(wanted: Filter, known: Labels) -> list[SortKey]:
    descending = wanted.sort.startswith("-")
    column, kind = _ORDERS[wanted.sort.lstrip("-")]
    keys = [SortKey(column, descending, kind)]
    if column is not Listing.id:
        keys.append(SortKey(Listing.id, descending))
    if column is Listing.natural_position and _named(wanted.search, known):
        keys.insert(0, SortKey(_RELEVANCE, descending))
    return keys


def _parts(
    keys: tuple[SortKey, ...], cursor: str
) -> Iterator[tuple[int | None, tuple[SortKey, ...], tuple[Any, ...]]]:
    """The parts that a list is read in, from the cursor on: the relevance of a part's rows (None:
    any), the keys that order it, and the values of those that it begins after."""
    values = tuple(decode_cursor(cursor, keys)) if cursor else ()
    if keys[0].column is not _RELEVANCE:
        yield None, keys, values
        return
    order = (1, 0) if keys[0].descending else (0, 1)
    begun = order.index(min(max(values[0], 0), 1)) if values else 0
    for position in range(begun, len(order)):
        yield order[position], keys[1:], values[1:] if position == begun else ()


def _from_cursor(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows beyond the cursor. All keys run the same way, so one comparison of rows says it, and
    an index begins there however many rows share the first value."""
    columns = tuple_(*(key.column for key in keys))
    bounds = tuple_(*(literal(v, key.column.type) for key, v in zip(keys, values, strict=True)))
    return columns < bounds if keys[0].descending else columns > bounds


def listing_page(
    wanted: Filter, after: str = "", before: str = "", size: int | None = None
) -> ListingPage:
    """The page that follows the cursor ``after`` or precedes ``before``, of ``size`` lines.

    Raises:
        Invalid: the cursor is not one of this list's.
    """
    keys = tuple(_sort_keys(wanted, labels()))
    if before:
        keys = tuple(replace(key, descending=not key.descending) for key in keys)
    size = size or PAGE_SIZE
    rows: list[Row[Any]] = []
    for part in _parts(keys, before or after):
        rows += db.session.execute(_list_statement(_dialect(), wanted, labels(), size, *part))
        if len(rows) > size:
            break
    more = len(rows) > size
    rows = rows[:size]
    if before:
        rows.reverse()
    has_next, has_previous = (True, more) if before else (more, bool(after))
    return ListingPage(
        rows,
        next_cursor=_cursor(keys, rows[-1]) if rows and has_next else None,
        previous_cursor=_cursor(keys, rows[0]) if rows and has_previous else None,
    )


def _dialect() -> str:
    return db.engine.dialect.name


@lru_cache(maxsize=REMEMBERED)
def _list_statement(
    dialect: str,
    wanted: Filter,
    known: Labels,
    size: int,
    relevance: int | None,
    keys: tuple[SortKey, ...],
    values: tuple[Any, ...],
) -> Select[Any]:
    narrowed = conditions(dialect, wanted, known, collected=relevance == 0)
    if relevance is not None:
        is_named = Listing.commodity_id.in_(_named(wanted.search, known))
        narrowed.append(is_named if relevance else ~is_named)
    if values:
        narrowed.append(_from_cursor(keys, values))
    statement = lines_statement(narrowed, keys, size + 1)
    if relevance is None:
        return statement
    own: ColumnClause[int] = literal_column(str(relevance), Integer)
    return statement.add_columns(own.label(_RELEVANCE.name))


def _cursor(keys: Sequence[SortKey], row: Row[Any]) -> str:
    return encode_cursor([getattr(row, key.column.key) for key in keys])


def lines_statement(
    narrowed: Sequence[ColumnElement[bool]], keys: Sequence[SortKey], size: int
) -> Select[Any]:
    """The first ``size`` listings in this order, with what a line of a list shows."""
    few = lines_of(narrowed, keys, size).subquery()
    order = [
        few.c[key.column.key].desc() if key.descending else few.c[key.column.key].asc()
        for key in keys
    ]
    return with_company(few).order_by(*order)


def lines_of(
    narrowed: Sequence[ColumnElement[bool]], keys: Sequence[SortKey], size: int
) -> Select[Any]:
    """The select of the first ``size`` listings in this order, without any join."""
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    return select(*_LINE).where(*narrowed).order_by(*order).limit(size)


def with_company(lines: Subquery) -> Select[Any]:
    """``lines`` with what may be shown of their companies: ``alias`` and ``is_verified``."""
    return select(lines, Company.alias, IS_VERIFIED.label("is_verified")).join(
        Company, Company.id == lines.c.company_id
    )


def counts(wanted: Filter) -> Counts:
    """The listings by side, commodity, region and currency.

    Without words, prices or days in ``wanted`` these are the cells of the whole market, else
    those of the first :data:`COUNTED` listings that fit them; the facets in ``wanted`` are left
    to the reader of the cells, who can so tell what another choice would give.
    """
    if wanted.by_facets_only and not wanted.text:
        return _market.get()
    without_facets = replace(wanted, side=None, commodities=(), regions=(), currency="")
    return _searched.get((_dialect(), without_facets, labels()))


_CORNER = (Listing.side, Listing.commodity_id, Listing.region_id, Listing.currency)


def _cells(narrowed: Sequence[ColumnElement[bool]], most: int | None) -> Select[Any]:
    inner = select(*_CORNER).where(*narrowed).limit(most).subquery()
    return select(*inner.c, func.count()).group_by(*inner.c)


@lru_cache(maxsize=REMEMBERED)
def _count_statement(dialect: str, wanted: Filter, known: Labels) -> Select[Any]:
    return _cells(conditions(dialect, wanted, known), COUNTED + 1)


def _count(statement: Select[Any]) -> Counts:
    found = Counts(tuple(Cell(*tuple(row)) for row in db.session.execute(statement)))
    return replace(found, complete=found.total <= COUNTED)


_EVERYTHING = _cells([OPEN], None)


def _count_all(_key: object) -> Counts:
    return Counts(tuple(Cell(*tuple(row)) for row in db.session.execute(_EVERYTHING)))


_market: Kept[Counts] = Kept(_count_all, worth_keeping=lambda found: found.total > SMALL_MARKET)
_searched: Kept[Counts] = Kept(
    lambda key: _count(_count_statement(*key)),
    worth_keeping=lambda found: found.total > SMALL_SEARCH,
)


def total(wanted: Filter, found: Counts) -> Counts:
    """The cells of ``found`` that the facets in ``wanted`` leave.

    Where ``found`` is not complete its cells say nothing about a narrower choice, so the list
    itself is counted, up to the same bound.
    """
    if not found.complete and wanted.active:
        return _count(_count_statement(_dialect(), wanted, labels()))
    return replace(found, cells=tuple(cells_that_fit(found.cells, wanted)))


def cells_that_fit(cells: Iterable[Cell], wanted: Filter, but: str = "") -> Iterator[Cell]:
    """The cells that fit the facets in ``wanted``, all but the facet named ``but``."""
    known = labels()
    side = wanted.side if but != "side" else None
    currency = wanted.currency if but != "currency" else ""
    commodities = (
        frozenset(_chosen_commodities(wanted.commodities, known))
        if wanted.commodities and but != "commodity"
        else None
    )
    regions = (
        frozenset(region.id for region in known.regions.values() if region.name in wanted.regions)
        if wanted.regions and but != "region"
        else None
    )
    for cell in cells:
        if (
            (side is None or cell.side is side)
            and (not currency or cell.currency == currency)
            and (commodities is None or cell.commodity_id in commodities)
            and (regions is None or cell.region_id in regions)
        ):
            yield cell
