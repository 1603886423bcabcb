"""Telling prices that are probably mistakes: compared with what else is open.

A price is flagged where it is below the set share of the median of its commodity's open listings,
or above the median divided by that share. Where a whole commodity is quoted by the wrong unit (a
bunch instead of a quintal) that says nothing, so a price is flagged too where it is below the
square of the share of the median of everything in that unit and currency. There is no such rule
upwards: some goods are dear.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from statistics import median

from sqlalchemy import select

from hub.catalogue.models import Commodity
from hub.core import settings
from hub.core.db.base import db
from hub.core.numbers import multiply
from hub.posting.models import Listing, ListingState

#: Fewer prices than this say nothing about the next one.
SMALLEST_SAMPLE = 5


class PriceGuard:
    """The prices of one moment, and what they say of another."""

    def __init__(self) -> None:
        self._of_commodity: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
        self._of_unit: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
        self._medians: dict[tuple[str, int, str], Decimal | None] = {}
        self._share = settings.current().implausible_price_share

    @classmethod
    def load(cls, currencies: Iterable[str]) -> "PriceGuard":
        """Take in the open listings in these currencies."""
        guard = cls()
        for row in db.session.execute(
            select(Listing.commodity_id, Commodity.unit_id, Listing.currency, Listing.unit_price)
            .join(Listing.commodity)
            .where(Listing.state == ListingState.OPEN, Listing.currency.in_(set(currencies)))
        ):
            guard.add(*row)
        return guard

    def add(self, commodity_id: int, unit_id: int, currency: str, price: Decimal) -> None:
        """Count one more price; add all of them before asking."""
        self._of_commodity[commodity_id, currency].append(price)
        self._of_unit[unit_id, currency].append(price)

    def is_implausible(
        self, commodity_id: int, unit_id: int, currency: str, price: Decimal
    ) -> bool:
        """Whether ``price`` should be pointed out to the broker."""
        middle = self._median("commodity", commodity_id, currency)
        if middle is not None and (
            price < multiply(middle, self._share) or multiply(price, self._share) > middle
        ):
            return True
        everything = self._median("unit", unit_id, currency)
        return everything is not None and price < multiply(everything, self._share, self._share)

    def _median(self, group: str, group_id: int, currency: str) -> Decimal | None:
        key = (group, group_id, currency)
        if key not in self._medians:
            samples = self._of_commodity if group == "commodity" else self._of_unit
            sample = samples.get((group_id, currency), [])
            self._medians[key] = median(sample) if len(sample) >= SMALLEST_SAMPLE else None
        return self._medians[key]
