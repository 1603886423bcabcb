"""Names of commodities, regions and units for pages, in memory: no list joins them."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from sqlalchemy import ColumnClause, String, literal_column, null, select, union_all
from sqlalchemy import cast as sql_cast

from hub.catalogue.freight import FreightQuote, FreightTable
from hub.catalogue.models import Commodity, CommodityAttribute, Region, Unit
from hub.core.db.base import db
from hub.core.i18n import _, localised
from hub.market.kept import Kept

#: Units of this dimension are told in kilograms, the dimension's base unit.
_MASS = "mass"


@dataclass(frozen=True, slots=True)
class CommodityLabel:
    """A commodity as lists show it; a group has ``parts`` (ids of its children)."""

    id: int
    code: str
    name: str
    names: dict[str, str] = field(hash=False)
    parent_id: int | None
    unit_id: int
    hs_code: str
    picture: str

    def text(self, language: str) -> str:
        return localised(self.names, self.name, language)


@dataclass(frozen=True, slots=True)
class NameLabel:
    """A region, or an attribute of a commodity."""

    id: int
    name: str
    names: dict[str, str] = field(hash=False)

    def text(self, language: str) -> str:
        return localised(self.names, self.name, language)


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """A unit of measure; ``kilograms`` is None where it doesn't measure mass."""

    id: int
    code: str
    name: str
    names: dict[str, str] = field(hash=False)
    kilograms: Fraction | None

    def title(self, language: str) -> str:
        """The plain name with its size: ``decitonne, 100 kg``."""
        name = localised(self.names, self.name, language)
        if self.kilograms in (None, 1) or not self.kilograms:
            return name
        if self.kilograms.denominator != 1:
            return _("%(unit)s, %(size)s kg", unit=name, size=f"{float(self.kilograms):g}")
        return _("%(unit)s, %(size)s kg", unit=name, size=f"{self.kilograms.numerator:,}")


@dataclass(eq=False)
class Labels:
    """Everything by id; commodities in order of their English names. Compared by identity."""

    commodities: dict[int, CommodityLabel] = field(default_factory=dict)
    regions: dict[int, NameLabel] = field(default_factory=dict)
    units: dict[int, UnitLabel] = field(default_factory=dict)
    children: dict[int | None, list[CommodityLabel]] = field(default_factory=dict)
    attributes: dict[tuple[int, str], NameLabel] = field(default_factory=dict)
    by_code: dict[str, CommodityLabel] = field(default_factory=dict)
    by_region_name: dict[str, NameLabel] = field(default_factory=dict)
    by_unit_code: dict[str, UnitLabel] = field(default_factory=dict)

    def leaves(self, commodity: CommodityLabel) -> Iterator[CommodityLabel]:
        """The commodities below ``commodity`` that listings are posted on, or itself."""
        parts = self.children.get(commodity.id)
        if not parts:
            yield commodity
            return
        for part in parts:
            yield from self.leaves(part)

    def unit_of(self, commodity: CommodityLabel) -> UnitLabel:
        return self.units[commodity.unit_id]


def _rows() -> Sequence[Any]:
    """The rows of all four tables by one statement: kind, id, code, name, names and the rest."""
    nothing = sql_cast(null(), String(120))
    no_number: ColumnClause[int] = literal_column("0")
    return db.session.execute(
        union_all(
            select(
                literal_column("'commodity'").label("kind"),
                Commodity.id,
                Commodity.code,
                Commodity.name,
                Commodity.names,
                Commodity.parent_id,
                Commodity.unit_id.label("first"),
                no_number.label("second"),
                Commodity.hs_code,
                Commodity.picture,
            ),
            select(
                literal_column("'region'"),
                Region.id,
                nothing,
                Region.name,
                Region.names,
                no_number,
                no_number,
                no_number,
                nothing,
                nothing,
            ),
            select(
                literal_column("'unit'"),
                Unit.id,
                Unit.code,
                Unit.name,
                Unit.names,
                no_number,
                Unit.numerator,
                Unit.denominator,
                Unit.dimension,
                nothing,
            ),
            select(
                literal_column("'attribute'"),
                CommodityAttribute.id,
                CommodityAttribute.code,
                CommodityAttribute.name,
                CommodityAttribute.names,
                CommodityAttribute.commodity_id,
                no_number,
                no_number,
                nothing,
                nothing,
            ),
        )
    ).all()


def _load(_key: object) -> Labels:
    labels = Labels()
    for row in sorted(_rows(), key=lambda each: each.name):
        names = row.names or {}
        if row.kind == "commodity":
            _add_commodity(
                labels,
                CommodityLabel(
                    row.id,
                    row.code,
                    row.name,
                    names,
                    row.parent_id,
                    row.first,
                    row.hs_code or "",
                    row.picture,
                ),
            )
        elif row.kind == "region":
            region = NameLabel(row.id, row.name, names)
            labels.regions[row.id] = labels.by_region_name[row.name] = region
        elif row.kind == "attribute":
            label = NameLabel(row.id, row.name, names)
            labels.attributes[row.parent_id, row.code] = label
        else:
            size = Fraction(row.first, row.second) if row.hs_code == _MASS else None
            unit = UnitLabel(row.id, row.code, row.name, names, size)
            labels.units[row.id] = labels.by_unit_code[row.code] = unit
    return labels


def _add_commodity(labels: Labels, commodity: CommodityLabel) -> None:
    labels.commodities[commodity.id] = labels.by_code[commodity.code] = commodity
    labels.children.setdefault(commodity.parent_id, []).append(commodity)


def _quote(key: Hashable) -> FreightQuote | None:
    currency, *ids = cast(tuple[Any, ...], key)
    return FreightTable.load(currency).quote(currency, *ids)


_labels: Kept[Labels] = Kept(_load)
_quotes: Kept[FreightQuote | None] = Kept(_quote)


def labels() -> Labels:
    """All names, at most a minute old and the same for the whole transaction."""
    session = db.session()
    found: Labels | None = session.info.get("market_labels")
    if found is None:
        found = session.info["market_labels"] = _labels.get()
    return found


def forget() -> None:
    """Let the next reader of this transaction ask again, as every request does."""
    db.session().info.pop("market_labels", None)


def labels_with(commodity_ids: set[int], region_ids: set[int]) -> Labels:
    """All names; read afresh if one of these ids is younger than what is kept."""
    found = labels()
    if commodity_ids <= found.commodities.keys() and region_ids <= found.regions.keys():
        return found
    found = db.session().info["market_labels"] = _labels.fresh()
    return found


def freight(
    currency: str, unit_id: int, region_from_id: int, region_to_id: int
) -> FreightQuote | None:
    """What carrying one unit costs, by rates at most a minute old (None: no rate is set)."""
    return _quotes.get((currency, unit_id, region_from_id, region_to_id))
