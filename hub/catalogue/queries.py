"""Reading the catalogue, and converting quantities and prices between units exactly."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hub.catalogue.models import Commodity, CommodityAttribute, FreightRate, Region, Unit
from hub.core.db.base import db
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES


def unit(code: str) -> Unit:
    """The unit with this UN/ECE Rec 20 code (Invalid if there is none or it was withdrawn)."""
    found = db.session.scalar(select(Unit).where(Unit.code == code.strip().upper()))
    return usable(found, code)


def usable(found: Unit | None, code: str) -> Unit:
    """``found`` if goods may be counted in it.

    Raises:
        Invalid: there is no unit with this code, or Rec 20 has withdrawn it.
    """
    if found is None:
        raise Invalid(
            _("“%(code)s” is not a unit code of UN/ECE Recommendation 20.", code=code[:20])
        )
    if found.withdrawn:
        raise Invalid(
            _(
                "The unit %(code)s (%(name)s) was withdrawn from UN/ECE Recommendation 20.",
                code=found.code,
                name=found.name,
            )
        )
    return found


def units(dimension: str | None = None, *, with_withdrawn: bool = False) -> list[Unit]:
    """Units by dimension, smallest first; only those in use unless ``with_withdrawn``."""
    wanted = select(Unit)
    if dimension is not None:
        wanted = wanted.where(Unit.dimension == dimension)
    if not with_withdrawn:
        wanted = wanted.where(Unit.withdrawn.is_(False))
    return sorted(
        db.session.scalars(wanted), key=lambda each: (each.dimension, each.factor, each.code)
    )


def _exact(value: Fraction, places: int, source: Unit, target: Unit) -> Decimal:
    scaled = value * 10**places
    if scaled.denominator != 1:
        raise Invalid(
            _(
                "This can't be expressed exactly in %(target)s with %(places)d decimal places. "
                "Give it in %(target)s instead of %(source)s.",
                target=target.code,
                source=source.code,
                places=places,
            )
        )
    return Decimal(scaled.numerator).scaleb(-places)


def _same_dimension(source: Unit, target: Unit) -> None:
    if source.dimension != target.dimension:
        raise Invalid(
            _(
                "%(source)s can't be converted to %(target)s: they measure different things.",
                source=source.code,
                target=target.code,
            )
        )


def convert_quantity(quantity: Decimal, source: Unit, target: Unit) -> Decimal:
    """``quantity`` of ``source`` as a quantity of ``target``, with 3 places.

    Raises:
        Invalid: the units measure different things, or the result is not exact.
    """
    _same_dimension(source, target)
    return _exact(
        Fraction(quantity) * source.factor / target.factor, QUANTITY_PLACES, source, target
    )


def convert_unit_price(price: Decimal, source: Unit, target: Unit) -> Decimal:
    """A price per ``source`` as a price per ``target``, with 4 places.

    Raises:
        Invalid: the units measure different things, or the result is not exact.
    """
    _same_dimension(source, target)
    return _exact(
        Fraction(price) * target.factor / source.factor, UNIT_PRICE_PLACES, source, target
    )


def commodities(active_only: bool = True) -> list[Commodity]:
    """All commodities by name, groups included, with their attributes."""
    wanted = select(Commodity).options(selectinload(Commodity.attributes)).order_by(Commodity.name)
    if active_only:
        wanted = wanted.where(Commodity.active.is_(True))
    return list(db.session.scalars(wanted))


def tradable_commodities() -> list[Commodity]:
    """The commodities that listings are posted on: active, and without parts of their own."""
    everything = commodities()
    groups = {each.parent_id for each in everything}
    return [each for each in everything if each.id not in groups]


def commodity(public_id: str) -> Commodity:
    """The commodity with its attributes (NotFound if there is none)."""
    found = db.session.scalar(
        select(Commodity)
        .where(Commodity.public_id == public_id)
        .options(selectinload(Commodity.attributes), selectinload(Commodity.parent))
    )
    if found is None:
        raise NotFound(_("There is no such commodity."))
    return found


def commodity_named(name: str) -> Commodity | None:
    """The commodity with this English name."""
    return db.session.scalar(select(Commodity).where(Commodity.name == name))


def commodity_by_code(code: str) -> Commodity | None:
    """The commodity with this code of the hub's."""
    return db.session.scalar(select(Commodity).where(Commodity.code == code))


def attributes_of(commodity_ids: Iterable[int]) -> dict[int, list[CommodityAttribute]]:
    """The attributes of these commodities, in their order."""
    wanted = list(commodity_ids)
    found: dict[int, list[CommodityAttribute]] = {each: [] for each in wanted}
    for row in db.session.scalars(
        select(CommodityAttribute)
        .where(CommodityAttribute.commodity_id.in_(wanted))
        .order_by(CommodityAttribute.position, CommodityAttribute.id)
    ):
        found[row.commodity_id].append(row)
    return found


def regions() -> list[Region]:
    """All regions by name."""
    return list(db.session.scalars(select(Region).order_by(Region.name)))


def region(public_id: str) -> Region:
    """The region (NotFound if there is none)."""
    found = db.session.scalar(select(Region).where(Region.public_id == public_id))
    if found is None:
        raise NotFound(_("There is no such region."))
    return found


def region_named(name: str) -> Region | None:
    """The region with this English name."""
    return db.session.scalar(select(Region).where(Region.name == name))


def freight_rates() -> list[FreightRate]:
    """All freight rates by currency and unit."""
    return list(
        db.session.scalars(
            select(FreightRate).join(FreightRate.unit).order_by(FreightRate.currency, Unit.code)
        )
    )
