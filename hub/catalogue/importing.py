"""Units, commodities and regions from CSV files: all of a file or nothing of it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import select

from hub.catalogue import administration as services
from hub.catalogue import queries
from hub.catalogue.models import AttributeKind, Commodity, Region, Unit
from hub.catalogue.specifications import (
    AttributeSpec,
    CommoditySpec,
    code_for,
    picture_for,
)
from hub.core import audit, tabular
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.numbers import parse_decimal
from hub.core.use_case import use_case

#: Recommendation 20 marks withdrawn codes X and deprecated ones D.
_WITHDRAWN_STATUS = ("X", "D")
_POWER_OF_TEN = re.compile(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*) (kg|m|m²|m³|J)")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_DIMENSIONS = {"kg": "mass", "m": "length", "m²": "area", "m³": "volume", "J": "energy"}
_GREATEST_POWER = 12


class Outcome(NamedTuple):
    """How many rows of a file were new, changed something, or were known as they are."""

    added: int
    changed: int
    unchanged: int


@contextmanager
def _at_line(line: int, problems: list[str]) -> Iterator[None]:
    try:
        yield
    except (Invalid, Conflict) as error:
        problems.append(_("Line %(line)d: %(problem)s", line=line, problem=error.message))


def _import(data: bytes, required: list[str], take: Callable[[dict[str, str]], str]) -> Outcome:
    """Give each row to ``take``, which answers added, changed or unchanged."""
    problems: list[str] = []
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for line, row in tabular.read_csv(data, required):
        with _at_line(line, problems):
            if "" in row:
                raise Invalid(row[""])
            counts[take(row)] += 1
            db.session.flush()
    if problems:
        raise Invalid("\n".join(problems[:100]))
    return Outcome(**counts)


def _factor(text: str, code: str) -> tuple[str, Fraction]:
    """Dimension and factor of a conversion factor of Rec 20.

    Only powers of ten are taken: its other factors are rounded, and quantities convert exactly or
    not at all. A unit with another factor is a dimension of its own.
    """
    found = _POWER_OF_TEN.fullmatch(text.strip())
    if text.strip() in _DIMENSIONS:
        return _DIMENSIONS[text.strip()], Fraction(1)
    if found is None:
        return f"unit {code}", Fraction(1)
    power = int(found[1].translate(_SUPERSCRIPTS) or "1")
    if abs(power) > _GREATEST_POWER:
        return f"unit {code}", Fraction(1)
    return _DIMENSIONS[found[2]], Fraction(10) ** power


@use_case
def import_units(actor: Actor, data: bytes) -> Outcome:
    """Take in the list of UN/ECE Rec 20 (columns Status, CommonCode, Name, ConversionFactor).

    Units the hub knows keep their names and exact factors; only whether they are withdrawn
    follows the list.

    Raises:
        Invalid: with the lines that are wrong; nothing is stored then.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    services.ensure_units(actor)
    known = {each.code: each for each in db.session.scalars(select(Unit))}

    def take(row: dict[str, str]) -> str:
        code, name = row["commoncode"].upper(), row["name"]
        if not re.fullmatch(r"[A-Z0-9]{2,3}", code) or not 0 < len(name) <= 120:
            raise Invalid(_("“%(code)s” is not a unit with a code and a name.", code=code[:20]))
        withdrawn = row["status"] in _WITHDRAWN_STATUS
        if code in known:
            return _follow(actor, known[code], withdrawn)
        dimension, factor = _factor(row["conversionfactor"], code)
        known[code] = Unit(
            code=code,
            name=name,
            symbol=row.get("symbol", "")[:20],
            dimension=dimension,
            numerator=factor.numerator,
            denominator=factor.denominator,
            withdrawn=withdrawn,
        )
        db.session.add(known[code])
        audit.record(actor, known[code], "unit_added", code=code)
        return "added"

    return _import(data, ["status", "commoncode", "name", "conversionfactor"], take)


def _follow(actor: Actor, unit: Unit, withdrawn: bool) -> str:
    if unit.withdrawn is withdrawn:
        return "unchanged"
    services.set_unit_withdrawn(actor, unit.code, withdrawn)
    return "changed"


def _attributes(text: str) -> tuple[AttributeSpec, ...]:
    """``moisture:number:required; variety:choice:Red|White`` as attributes."""
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        code, *rest = (each.strip() for each in part.split(":"))
        kind = rest.pop(0) if rest else "text"
        if kind not in {each.value for each in AttributeKind}:
            raise Invalid(_("“%(kind)s” is not text, choice or number.", kind=kind[:20]))
        listed = rest.pop(0) if kind == "choice" and rest else ""
        choices = tuple(each.strip() for each in listed.split("|") if each.strip())
        if rest not in ([], ["required"]):
            raise Invalid(_("“%(part)s” does not describe an attribute.", part=part[:60]))
        found.append(
            AttributeSpec(
                code=code,
                name=code.replace("_", " ").capitalize(),
                kind=AttributeKind(kind),
                choices=choices,
                required=bool(rest),
            )
        )
    return tuple(found)


def hs_codes(data: bytes) -> frozenset[str]:
    """The codes of six digits in a list of the Harmonized System (column hscode)."""
    return frozenset(
        row["hscode"]
        for _line, row in tabular.read_csv(data, ["hscode"])
        if len(row["hscode"]) == 6
    )


@use_case
def import_commodities(
    actor: Actor, data: bytes, known_hs_codes: frozenset[str] | None = None
) -> Outcome:
    """Take in commodities: columns code, name, name_zh, parent, hs_code, unit[, attributes].

    A commodity with a known code is changed to what the file says. Parents stand above their
    children in the file. With ``known_hs_codes`` every HS code must be one of them.

    Raises:
        Invalid: with the lines that are wrong; nothing is stored then.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    services.ensure_units(actor)

    def take(row: dict[str, str]) -> str:
        if known_hs_codes is not None and row["hs_code"] and row["hs_code"] not in known_hs_codes:
            raise Invalid(
                _("“%(code)s” is not in the Harmonized System.", code=row["hs_code"][:20])
            )
        spec = CommoditySpec(
            code=row["code"] or code_for(row["name"]),
            name=row["name"],
            name_zh=row["name_zh"],
            parent=row["parent"],
            hs_code=row["hs_code"],
            unit=row["unit"],
            picture=picture_for(row["name"]),
            attributes=_attributes(row.get("attributes", "")),
        )
        found = queries.commodity_by_code(spec.code)
        if found is None:
            services.create_commodity(actor, spec)
            return "added"
        if "attributes" not in row:
            spec = replace(spec, attributes=_present_attributes(found))
        spec = replace(spec, picture=found.picture, active=found.active)
        version = found.version
        services.edit_commodity(actor, found.public_id, version, spec)
        db.session.flush()
        return "unchanged" if found.version == version else "changed"

    return _import(data, ["code", "name", "name_zh", "parent", "hs_code", "unit"], take)


def _present_attributes(commodity: Commodity) -> tuple[AttributeSpec, ...]:
    return tuple(
        AttributeSpec(
            code=each.code,
            name=each.name,
            kind=each.kind,
            name_zh=each.names.get("zh_Hans", ""),
            choices=tuple(each.choices),
            required=each.required,
        )
        for each in commodity.attributes
    )


@use_case
def import_regions(actor: Actor, data: bytes) -> Outcome:
    """Take in regions: columns region, latitude, longitude[, name_zh, country].

    Raises:
        Invalid: with the lines that are wrong; nothing is stored then.
    """
    actor.require(StaffRole.ADMINISTRATOR)

    def take(row: dict[str, str]) -> str:
        values: dict[str, Any] = {
            "name": row["region"],
            "latitude": read_degrees(row["latitude"]),
            "longitude": read_degrees(row["longitude"]),
        }
        found = queries.region_named(row["region"])
        if found is None:
            services.create_region(
                actor, **values, name_zh=row.get("name_zh", ""), country=row.get("country", "")
            )
            return "added"
        return _edit_region(actor, found, row, values)

    return _import(data, ["region", "latitude", "longitude"], take)


def _edit_region(actor: Actor, region: Region, row: dict[str, str], values: dict[str, Any]) -> str:
    version = region.version
    services.edit_region(
        actor,
        region.public_id,
        version,
        **values,
        name_zh=row.get("name_zh", region.names.get("zh_Hans", "")),
        country=row.get("country", region.country),
    )
    db.session.flush()
    return "unchanged" if region.version == version else "changed"


def read_degrees(text: str) -> Decimal:
    """A latitude or longitude in degrees with at most 6 decimals (Invalid if it isn't one)."""
    return parse_decimal(text, 6, positive=False)
