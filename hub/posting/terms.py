"""Reading the terms of a listing from what a person or a file wrote.

Forms and imports hand over texts under the same names (the columns of the CSV template), so the
same rule and the same sentence meets a mistake wherever it is made.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from babel import Locale

from hub.catalogue import queries as catalogue
from hub.catalogue.models import AttributeKind, Commodity, CommodityAttribute, Region, Unit
from hub.core.errors import Invalid
from hub.core.i18n import _, localised
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES, multiply, parse_decimal
from hub.posting.models import Incoterm, Side

#: Quantity times price may not reach this: a match's surplus has 7 places and must fit a BIGINT.
MAXIMUM_VALUE = Decimal(10) ** 11
MAXIMUM_NUMBER = Decimal(10) ** 12
MAXIMUM_AHEAD = timedelta(days=5 * 366)
ATTRIBUTE_PREFIX = "attribute_"
REQUIRED_COLUMNS = (
    "side",
    "commodity",
    "quantity",
    "unit",
    "min_lot",
    "price",
    "currency",
    "region",
    "ready_from",
    "ready_until",
    "valid_until",
)
_COLUMNS = (
    "side",
    "grade",
    "attributes",
    "quantity",
    "minimum_lot",
    "unit_price",
    "currency",
    "ready_from",
    "ready_until",
    "valid_until",
    "packaging",
    "description",
    "given",
)
INCOTERMS = {Side.SUPPLY: Incoterm.FCA, Side.DEMAND: Incoterm.DAP}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CURRENCIES = frozenset(Locale("en").currencies)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a listing, in the commodity's unit; names are those of ``Listing``'s columns.

    ``commodity`` is None where it is yet to be made: it is called ``commodity_name`` then and will
    be measured in ``unit``.
    """

    side: Side
    commodity: Commodity | None
    commodity_name: str
    unit: Unit
    region: Region
    grade: str
    attributes: dict[str, str]
    quantity: Decimal
    minimum_lot: Decimal
    unit_price: Decimal
    currency: str
    ready_from: date
    ready_until: date
    valid_until: date
    packaging: str
    description: str
    given: dict[str, str]

    def values(self) -> dict[str, Any]:
        """The columns of ``Listing`` that these terms set (the commodity must exist)."""
        if self.commodity is None:
            raise ValueError("The commodity has not been made yet.")
        return {
            "commodity_id": self.commodity.id,
            "region_id": self.region.id,
            "incoterm": INCOTERMS[self.side],
            **{name: getattr(self, name) for name in _COLUMNS},
        }

    def check_dates(self, today: date) -> None:
        """Refuse what is over already, or absurdly far ahead.

        Raises:
            Invalid: with the fields ``ready_until`` and ``valid_until``.
        """
        problems = _Problems()
        for name in ("ready_until", "valid_until"):
            day: date = getattr(self, name)
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


def read_text(text: str, longest: int, *, lines: bool = False) -> str:
    """``text`` without outer spaces (Invalid if too long or with control characters)."""
    text = text.strip().replace("\r\n", "\n")
    if len(text) > longest:
        raise Invalid(_("This is longer than %(longest)d characters.", longest=longest))
    checked = text.replace("\n", "").replace("\t", "") if lines else text
    if not checked.isprintable():
        raise Invalid(_("This holds characters that can't be printed."))
    return text


def read_reference(text: str) -> str:
    """The company's own name for the listing (Invalid if missing or too long)."""
    if not text.strip():
        raise Invalid(_("A reference is missing."))
    return read_text(text, 40)


def _read_date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid(_("“%(text)s” is not a date such as 2026-12-04.", text=text[:20]))


def _read_side(text: str) -> Side:
    try:
        return Side(text.lower())
    except ValueError:
        raise Invalid(
            _("“%(text)s” is not a side: write supply or demand.", text=text[:20])
        ) from None


def _read_currency(text: str) -> str:
    code = text.upper()
    if len(code) != 3 or code not in _CURRENCIES:
        raise Invalid(
            _("“%(text)s” is not a currency code such as INR (ISO 4217).", text=text[:20])
        )
    return code


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
            "quantity": lambda text: parse_decimal(text, QUANTITY_PLACES),
            "min_lot": lambda text: parse_decimal(text, QUANTITY_PLACES),
            "price": lambda text: parse_decimal(text, UNIT_PRICE_PLACES),
            "currency": _read_currency,
            "ready_from": _read_date,
            "ready_until": _read_date,
            "valid_until": _read_date,
            "packaging": lambda text: read_text(text, 120),
            "description": lambda text: read_text(text, 4000, lines=True),
        }
        for name, read in readers.items():
            text = texts.get(name, "").strip()
            if not text and name in REQUIRED_COLUMNS:
                problems.add(name, _("This is missing."))
                continue
            found[name] = problems.attempt(name, partial(read, text))
        commodity = found.get("commodity")
        if isinstance(commodity, str):
            commodity, found["commodity_name"] = None, commodity
        found["grade"], found["attributes"] = self._read_attributes(problems, commodity, texts)
        self._check_together(problems, found)
        problems.raise_any()
        return self._in_unit_of_commodity(found, commodity)

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

    def _in_unit_of_commodity(self, found: dict[str, Any], commodity: Commodity | None) -> Terms:
        unit = found.pop("unit")
        target = unit if commodity is None else commodity.unit
        quantity, lot, price = (found.pop(name) for name in ("quantity", "min_lot", "price"))
        given: dict[str, str] = {}
        if unit.id != target.id:
            given = {
                "unit": unit.code,
                "quantity": str(quantity),
                "min_lot": str(lot),
                "price": str(price),
            }
        problems = _Problems()
        converted = {
            name: problems.attempt(name, partial(_converted, read, value, unit, target))
            for name, read, value in (
                ("quantity", catalogue.convert_quantity, quantity),
                ("min_lot", catalogue.convert_quantity, lot),
                ("price", catalogue.convert_unit_price, price),
            )
        }
        if unit.dimension != target.dimension:
            problems.fields = {"unit": problems.fields["quantity"]}
        problems.raise_any()
        name = found.pop("commodity_name", "") or (commodity.name if commodity else "")
        return Terms(
            **(found | {"commodity": commodity, "commodity_name": name}),
            unit=target,
            quantity=converted["quantity"],
            minimum_lot=converted["min_lot"],
            unit_price=converted["price"],
            given=given,
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
