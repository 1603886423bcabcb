"""What a visitor of the market looks for: read from the address, which alone keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.numbers import UNIT_PRICE_PLACES, parse_decimal
from hub.core.words import Search, read_search
from hub.posting.models import Side

SORTS = ("-natural", "-newest", "price", "-price", "-quantity", "quantity", "ends", "-ends")
DEFAULT_SORT = "-natural"
LONGEST_TEXT = 200
MOST_CHOICES = 30


class Arguments(Protocol):
    """The parameters of an address, as Werkzeug's MultiDict gives them."""

    def get(self, key: str, default: str) -> str: ...

    def getlist(self, key: str) -> Sequence[str]: ...


@dataclass(frozen=True)
class Filter:
    """Everything that narrows the list. Prices are in the listing's currency and unit."""

    text: str = ""
    search: Search = Search(())
    side: Side | None = None
    commodities: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    currency: str = ""
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    window_from: date | None = None
    window_until: date | None = None
    sort: str = DEFAULT_SORT
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def active(self) -> int:
        """How many facets are in use (words and sort are not facets)."""
        return (
            len(self.commodities)
            + len(self.regions)
            + bool(self.side)
            + bool(self.currency)
            + (self.price_from is not None or self.price_to is not None)
            + (self.window_from is not None or self.window_until is not None)
        )

    @property
    def by_facets_only(self) -> bool:
        """Whether nothing but side, commodity, region and currency narrows the list."""
        return not self.search and not any(
            value is not None
            for value in (self.price_from, self.price_to, self.window_from, self.window_until)
        )


def read_filter(arguments: Arguments) -> Filter:
    """The filter in an address. What can't be read is left out and told in ``errors``."""
    errors: dict[str, str] = {}
    text = " ".join(arguments.get("q", "").split())[:LONGEST_TEXT]
    side = arguments.get("side", "")
    sort = arguments.get("sort", "")
    prices = [_price(arguments, name, errors) for name in ("price_from", "price_to")]
    window = [_day(arguments, name, errors) for name in ("window_from", "window_until")]
    if window[0] and window[1] and window[0] > window[1]:
        errors["window_until"] = _("The last day is before the first.")
        window[1] = None
    if prices[0] is not None and prices[1] is not None and prices[0] > prices[1]:
        errors["price_to"] = _("The highest price is below the lowest.")
        prices[1] = None
    return Filter(
        text=text,
        search=read_search(text),
        side=Side(side) if side in set(Side) else None,
        commodities=tuple(dict.fromkeys(arguments.getlist("commodity")))[:MOST_CHOICES],
        regions=tuple(dict.fromkeys(arguments.getlist("region")))[:MOST_CHOICES],
        currency=arguments.get("currency", "")[:3].upper(),
        price_from=prices[0],
        price_to=prices[1],
        window_from=window[0],
        window_until=window[1],
        sort=sort if sort in SORTS else DEFAULT_SORT,
        errors=tuple(errors.items()),
    )


def _price(arguments: Arguments, name: str, errors: dict[str, str]) -> Decimal | None:
    text = arguments.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_decimal(text, UNIT_PRICE_PLACES)
    except Invalid as error:
        errors[name] = str(error.message)
        return None


def _day(arguments: Arguments, name: str, errors: dict[str, str]) -> date | None:
    text = arguments.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors[name] = _("“%(text)s” is not a date such as 2026-12-04.", text=text[:20])
        return None
