"""Reading the terms of a listing from what a person or a file wrote.

Forms and imports hand over texts under the same names (the columns of the CSV template), so the
same rule and the same sentence meets a mistake wherever it is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from hub.catalogue import queries as catalogue
from hub.catalogue.models import AttributeKind, Commodity, CommodityAttribute, Region, Unit
from hub.core.errors import Invalid
from hub.core.i18n import _, localised
from hub.core.numbers import UNIT_PRICE_PLACES, multiply, parse_decimal
from hub.posting.fields import ATTRIBUTE_PREFIX, FIELDS, read_text
from hub.posting.models import Incoterm, Side

#: Quantity times price may not reach this: a match's surplus has 7 places and must fit a BIGINT.
MAXIMUM_VALUE = Decimal(10) ** 11
MAXIMUM_NUMBER = Decimal(10) ** 12
MAXIMUM_AHEAD = timedelta(days=5 * 366)
INCOTERMS = {Side.SUPPLY: Incoterm.FCA, Side.DEMAND: Incoterm.DAP}

#: What a listing of another unit than the commodity's is converted by.
_CONVERSIONS: Mapping[str, Callable[[Decimal, Unit, Unit], Decimal]] = {
    "quantity": catalogue.convert_quantity,
    "min_lot": catalogue.convert_quantity,
    "price": catalogue.convert_unit_price,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a listing, in the commodity's unit.

    ``commodity`` is None where it is yet to be made: it is called ``commodity_name`` then and will
    be measured in ``unit``. All else is in ``columns``, by the names of ``Listing``'s columns.
    """

    side: Side
    commodity: Commodity | None
    commodity_name: str
    unit: Unit
    region: Region
    columns: Mapping[str, Any]

    def values(self) -> dict[str, Any]:
        """The columns of ``Listing`` that these terms set (the commodity must exist)."""
        if self.commodity is None:
            raise ValueError("The commodity has not been made yet.")
        return {"commodity_id": self.commodity.id, **self.columns}

    def check_dates(self, today: date) -> None:
        """Refuse what is over already, or absurdly far ahead.

        Raises:
            Invalid: with the fields ``ready_until`` and ``valid_until``.
        """
        problems = _Problems()
        for name in ("ready_until", "valid_until"):
            day: date = self.columns[name]
            if day < today:
                problems.add(name, _("%(date)s is in the past.", date=day.isoformat()))
            elif day > today + MAXIMUM_AHEAD:
                problems.add(
                    name, _("%(date)s is more than five years ahead.", date=day.isoformat())
                )
        problems.raise_any()


@dataclass
class _Problems:
    """Sentences beside the fields they are about."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        self.fields.setdefault(name, []).append(sentence)

    def attempt(self, name: str, read: Callable[[], Any]) -> Any:
        """What ``read`` gives, or None and its complaint noted beside ``name``."""
        try:
            return read()
        except Invalid as error:
            self.add(name, error.message)
            return None

    def raise_any(self) -> None:
        if self.fields:
            raise Invalid(_("Some of the terms need correcting."), self.fields)


def read_reference(text: str) -> str:
    """The company's own name for the listing (Invalid if missing or too long)."""
    if not text.strip():
        raise Invalid(_("A reference is missing."))
    return read_text(text, 40)


def _read_side(text: str) -> Side:
    try:
        return Side(text.lower())
    except ValueError:
        raise Invalid(
            _("“%(text)s” is not a side: write supply or demand.", text=text[:20])
        ) from None


def read_attribute(attribute: CommodityAttribute, text: str) -> str:
    """The value of an attribute as it is stored; empty where it isn't stated.

    Raises:
        Invalid: missing though required, not one of the choices, or not a number.
    """
    text = read_text(text, 120)
    if not text:
        if attribute.required:
            raise Invalid(_("Listings of this commodity must state this."))
        return ""
    if attribute.kind is AttributeKind.CHOICE and text not in attribute.choices:
        raise Invalid(
            _(
                "“%(text)s” is not one of: %(choices)s.",
                text=text[:40],
                choices=", ".join(str(choice) for choice in attribute.choices),
            )
        )
    if attribute.kind is AttributeKind.NUMBER:
        return str(parse_decimal(text, UNIT_PRICE_PLACES, positive=False).normalize() + 0)
    return text


def _converted(
    convert: Callable[[Decimal, Unit, Unit], Decimal], value: Decimal, source: Unit, target: Unit
) -> Decimal:
    result = convert(value, source, target)
    if not 0 < result < MAXIMUM_NUMBER:
        raise Invalid(_("%(value)s %(unit)s is too large.", value=str(value), unit=source.code))
    return result


class TermsReader:
    """Reads terms against the catalogue, which it loads once for any number of listings."""

    def __init__(self) -> None:
        self._commodities: dict[str, Commodity] = {}
        self._units = {each.code: each for each in catalogue.units(with_withdrawn=True)}
        self._regions = {each.name.casefold(): each for each in catalogue.regions()}
        everything = catalogue.commodities(active_only=False)
        self._groups = {each.parent_id for each in everything}
        self._attributes = {each.id: list(each.attributes) for each in everything}
        for each in everything:
            self._commodities.setdefault(each.code.casefold(), each)
        for each in everything:
            self._commodities[each.name.casefold()] = each

    def commodity(self, text: str) -> Commodity | None:
        """The commodity with this name or code."""
        return self._commodities.get(text.casefold())

    def learn(self, commodity: Commodity) -> None:
        """Take a commodity in that was made meanwhile."""
        self._commodities[commodity.name.casefold()] = commodity
        self._attributes[commodity.id] = []

    def attributes(self, commodity: Commodity | None) -> list[CommodityAttribute]:
        """What listings of the commodity state besides the grade."""
        return [] if commodity is None else self._attributes[commodity.id]

    def read(self, texts: Mapping[str, str], *, unknown_commodities: bool = False) -> Terms:
        """The terms that ``texts`` state; a missing name counts as an empty text.

        Args:
            unknown_commodities: whether a commodity may be named that the catalogue lacks.

        Raises:
            Invalid: with a sentence for each field that is missing or wrong.
        """
        problems = _Problems()
        found: dict[str, Any] = {}
        readers: dict[str, Callable[[str], Any]] = {
            "side": _read_side,
            "commodity": lambda text: self._read_commodity(text, unknown_commodities),
            "unit": lambda text: catalogue.usable(self._units.get(text.upper()), text),
            "region": self._read_region,
        }
        for each in FIELDS:
            read = each.read or readers.get(each.name)
            if read is None:
                continue
            text = texts.get(each.name, "").strip()
            if not text and each.required:
                problems.add(each.name, _("This is missing."))
                continue
            found[each.name] = problems.attempt(each.name, partial(read, text))
        commodity = found.pop("commodity", None)
        name = commodity if isinstance(commodity, str) else ""
        commodity = None if name else commodity
        found["grade"], found["attributes"] = self._read_attributes(problems, commodity, texts)
        self._check_together(problems, found)
        problems.raise_any()
        return self._in_unit_of_commodity(found, commodity, name)

    def _read_commodity(self, text: str, unknown_allowed: bool) -> Commodity | str:
        found = self.commodity(text)
        if found is None and unknown_allowed:
            return read_text(text, 120)
        if found is None:
            raise Invalid(_("The hub does not trade a commodity “%(text)s”.", text=text[:60]))
        if not found.active:
            raise Invalid(_("%(name)s is not traded at present.", name=found.name))
        if found.id in self._groups:
            raise Invalid(_("%(name)s is a group; name one of its kinds.", name=found.name))
        return found

    def _read_region(self, text: str) -> Region:
        found = self._regions.get(text.casefold())
        if found is None:
            raise Invalid(_("The hub knows no region “%(text)s”.", text=text[:60]))
        return found

    def _read_attributes(
        self, problems: _Problems, commodity: Commodity | None, texts: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        known = {each.code: each for each in self.attributes(commodity)}
        grade_rule = known.pop("grade", None)
        grade_text = texts.get("grade", "")
        grade = problems.attempt(
            "grade",
            lambda: read_text(
                grade_text if grade_rule is None else read_attribute(grade_rule, grade_text), 40
            ),
        )
        values = {}
        for code, rule in known.items():
            name = ATTRIBUTE_PREFIX + code
            value = problems.attempt(name, partial(read_attribute, rule, texts.get(name, "")))
            if value:
                values[code] = value
        return grade or "", values

    def _check_together(self, problems: _Problems, found: Mapping[str, Any]) -> None:
        quantity, lot, price = (found.get(name) for name in ("quantity", "min_lot", "price"))
        if quantity and lot and lot > quantity:
            problems.add("min_lot", _("The minimum lot is larger than the quantity."))
        if quantity and price and multiply(quantity, price) >= MAXIMUM_VALUE:
            problems.add("price", _("Quantity times price is larger than the hub can handle."))
        first, last = found.get("ready_from"), found.get("ready_until")
        if first and last and first > last:
            problems.add(
                "ready_until",
                _(
                    "The window ends on %(last)s, before it begins on %(first)s.",
                    first=first.isoformat(),
                    last=last.isoformat(),
                ),
            )

    def _in_unit_of_commodity(
        self, found: dict[str, Any], commodity: Commodity | None, name: str
    ) -> Terms:
        unit, region, side = found["unit"], found.pop("region"), found["side"]
        target = unit if commodity is None else commodity.unit
        given: dict[str, str] = {}
        if unit.id != target.id:
            given = {"unit": unit.code, **{each: str(found[each]) for each in _CONVERSIONS}}
        problems = _Problems()
        for each, convert in _CONVERSIONS.items():
            found[each] = problems.attempt(
                each, partial(_converted, convert, found[each], unit, target)
            )
        if unit.dimension != target.dimension:
            problems.fields = {"unit": problems.fields["quantity"]}
        problems.raise_any()
        columns = {each.column: found[each.name] for each in FIELDS if each.name in found}
        columns.pop("")  # the unit, which ``given`` keeps
        columns |= {"region_id": region.id, "incoterm": INCOTERMS[side], "given": given}
        return Terms(
            side=side,
            commodity=commodity,
            commodity_name=commodity.name if commodity else name,
            unit=target,
            region=region,
            columns=columns,
        )


def attribute_lines(
    attributes: list[CommodityAttribute], values: Mapping[str, str], language: str
) -> list[tuple[str, str]]:
    """What a listing states, as (name in ``language``, value) pairs in the commodity's order."""
    return [
        (localised(each.names, each.name, language), values[each.code])
        for each in attributes
        if values.get(each.code)
    ]
