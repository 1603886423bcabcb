"""What it costs to carry goods between two regions: great-circle kilometres times a rate.

The distance is the haversine formula on a sphere of the Earth's mean radius, 6,371.0088 km
(IUGG: R1 of GRS 80; H. Moritz, "Geodetic Reference System 1980", Journal of Geodesy 74, 2000).
Only its trigonometry is binary floating point; the result is rounded to metres and exact from
there on.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select

from hub.catalogue.models import FreightRate, Region, Unit
from hub.core.db.base import db
from hub.core.numbers import RATE_PLACES, UNIT_PRICE_PLACES, multiply, round_half_even

EARTH_RADIUS_KILOMETRES = 6371.0088
KILOMETRE_PLACES = 3


@lru_cache(maxsize=20_000)
def kilometres(
    latitude_a: Decimal, longitude_a: Decimal, latitude_b: Decimal, longitude_b: Decimal
) -> Decimal:
    """The great-circle distance between two points given in degrees, to the metre."""
    first, second = radians(latitude_a), radians(latitude_b)
    half_chord = (
        sin((second - first) / 2) ** 2
        + cos(first) * cos(second) * sin(radians(longitude_b - longitude_a) / 2) ** 2
    )
    distance = 2 * EARTH_RADIUS_KILOMETRES * asin(min(1.0, sqrt(half_chord)))
    return round_half_even(Decimal(distance), KILOMETRE_PLACES)


def per_unit(rate: Decimal, kilometres: Decimal) -> Decimal:
    """Freight of one unit over this distance, in main units of the currency with 4 places."""
    return round_half_even(multiply(rate, kilometres), UNIT_PRICE_PLACES)


@dataclass(frozen=True, slots=True)
class FreightQuote:
    """Freight of one unit: ``rate`` a unit and km times ``kilometres``, rounded to 4 places."""

    rate: Decimal
    kilometres: Decimal
    per_unit: Decimal


class FreightTable:
    """Every region and rate in memory, for many quotes; ``load`` takes two queries."""

    def __init__(self) -> None:
        self._points: dict[int, tuple[Decimal, Decimal]] = {}
        self._rates: dict[str, dict[int, FreightRate]] = {}
        self._converted: dict[tuple[str, int], Decimal | None] = {}

    @classmethod
    def load(cls, currency: str | None = None) -> "FreightTable":
        """Read all regions, and the rates (of ``currency`` only, if given)."""
        table = cls()
        for row in db.session.execute(select(Region.id, Region.latitude, Region.longitude)):
            table._points[row.id] = (row.latitude, row.longitude)
        wanted = select(FreightRate).order_by(FreightRate.id)
        if currency is not None:
            wanted = wanted.where(FreightRate.currency == currency)
        for rate in db.session.scalars(wanted):
            table._rates.setdefault(rate.currency, {})[rate.unit_id] = rate
        return table

    def rate(self, currency: str, unit_id: int) -> Decimal | None:
        """The rate for one unit and km: as set, else converted from a rate of another unit of
        the same dimension where that is exact in 6 places, else None."""
        key = (currency, unit_id)
        if key not in self._converted:
            self._converted[key] = self._find_rate(currency, unit_id)
        return self._converted[key]

    def _find_rate(self, currency: str, unit_id: int) -> Decimal | None:
        rates = self._rates.get(currency, {})
        if unit_id in rates:
            return rates[unit_id].rate
        unit = db.session.get(Unit, unit_id) if rates else None
        if unit is None:
            return None
        for other in rates.values():
            if other.unit.dimension != unit.dimension:
                continue
            scaled = Fraction(other.rate) * unit.factor / other.unit.factor * 10**RATE_PLACES
            if scaled.denominator == 1:
                return Decimal(scaled.numerator).scaleb(-RATE_PLACES)
        return None

    def quote(
        self, currency: str, unit_id: int, region_from_id: int, region_to_id: int
    ) -> FreightQuote | None:
        """Freight of one unit between two regions; None where no rate is set for it."""
        rate = self.rate(currency, unit_id)
        if rate is None:
            return None
        distance = kilometres(*self._points[region_from_id], *self._points[region_to_id])
        return FreightQuote(rate, distance, per_unit(rate, distance))
