"""What administrators do to the catalogue: units, commodities, regions and freight rates."""

import re
from decimal import Decimal
from typing import Any

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from hub.catalogue import queries
from hub.catalogue.models import Commodity, CommodityAttribute, FreightRate, Region, Unit
from hub.catalogue.specifications import (
    PICTURES,
    AttributeSpec,
    CommoditySpec,
    attribute_problems,
    code_for,
    names_of,
    picture_for,
)
from hub.catalogue.units import UNITS
from hub.core import audit
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.numbers import RATE_PLACES, round_half_even
from hub.core.use_case import use_case

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HS_CODE = re.compile(r"[0-9]{6}")
_COUNTRIES = frozenset(
    code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()
)
_CURRENCIES = frozenset(Locale("en").currencies)


def _check_name(fields: dict[str, list[str]], key: str, name: str, longest: int) -> None:
    if not name.strip():
        fields[key] = [_("A name is missing.")]
    elif len(name) > longest or not name.isprintable():
        fields[key] = [_("A name has at most %(longest)d printable characters.", longest=longest)]


def _finish(fields: dict[str, list[str]]) -> None:
    if fields:
        raise Invalid(" ".join(line for lines in fields.values() for line in lines), fields)


@use_case
def ensure_units(actor: Actor = SYSTEM) -> int:
    """Add the units the hub knows that the database lacks; returns how many were added."""
    actor.require(StaffRole.ADMINISTRATOR)
    known = set(db.session.scalars(select(Unit.code)))
    missing = [each for each in UNITS if each.code not in known]
    for facts in missing:
        row = Unit(
            code=facts.code,
            name=facts.name,
            names=names_of(facts.name_zh),
            symbol=facts.symbol,
            dimension=facts.dimension,
            numerator=facts.factor.numerator,
            denominator=facts.factor.denominator,
            withdrawn=facts.withdrawn,
        )
        db.session.add(row)
        audit.record(actor, row, "unit_added", code=facts.code)
    db.session.flush()
    return len(missing)


@use_case
def set_unit_withdrawn(actor: Actor, code: str, withdrawn: bool) -> Unit:
    """Follow a new edition of Rec 20: listings can('t) be written in this unit any more."""
    actor.require(StaffRole.ADMINISTRATOR)
    row = db.session.scalar(select(Unit).where(Unit.code == code))
    if row is None:
        raise NotFound(_("There is no such unit."))
    if row.withdrawn is not withdrawn:
        audit.record(actor, row, "unit_changed", before=row.withdrawn, after=withdrawn)
        row.withdrawn = withdrawn
    return row


@use_case
def create_commodity(actor: Actor, spec: CommoditySpec) -> Commodity:
    """Add a commodity.

    Raises:
        Invalid: a field is wrong, or the code or the name is taken.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    parent = _checked_parent(spec, None)
    unit = queries.unit(spec.unit)
    row = Commodity(
        code=spec.code,
        name=spec.name.strip(),
        names=names_of(spec.name_zh),
        parent_id=parent.id if parent else None,
        hs_code=spec.hs_code or None,
        unit=unit,
        picture=spec.picture,
        active=spec.active,
        attributes=[
            CommodityAttribute(**each.columns(position))
            for position, each in enumerate(spec.attributes)
        ],
    )
    db.session.add(row)
    audit.record(actor, row, "commodity_added", code=spec.code, name=row.name)
    return row


@use_case
def edit_commodity(
    actor: Actor, public_id: str, expected_version: int, spec: CommoditySpec
) -> Commodity:
    """Change a commodity to ``spec``; what is equal already is left alone.

    Raises:
        Conflict: it was changed since ``expected_version``, or its unit would change, which
            listings are measured in.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    row = queries.commodity(public_id)
    if row.version != expected_version:
        raise Conflict(_("Somebody else changed this commodity. Look at it again."))
    if row.unit.code != spec.unit.strip().upper():
        raise Conflict(
            _("The unit can't change: listings are measured in it. Add another commodity.")
        )
    parent = _checked_parent(spec, row)
    wanted = {
        "code": spec.code,
        "name": spec.name.strip(),
        "names": names_of(spec.name_zh),
        "parent_id": parent.id if parent else None,
        "hs_code": spec.hs_code or None,
        "picture": spec.picture,
        "active": spec.active,
    }
    changes = _apply(row, wanted)
    attribute_changes = _apply_attributes(row, spec.attributes)
    if attribute_changes:
        flag_modified(row, "name")  # so that the version counts changed attributes, too
    changes |= attribute_changes
    if changes:
        audit.record(actor, row, "commodity_changed", changes=changes)
    return row


def _apply(row: Any, wanted: dict[str, Any]) -> dict[str, list[Any]]:
    """Set what differs; the differences as ``{column: [before, after]}`` in JSON values."""
    changes = {}
    for name, value in wanted.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [audit.json_value(before), audit.json_value(value)]
    return changes


def _apply_attributes(
    row: Commodity, attributes: tuple[AttributeSpec, ...]
) -> dict[str, list[Any]]:
    present = {each.code: each for each in row.attributes}
    wanted = {each.code: each.columns(position) for position, each in enumerate(attributes)}
    changes: dict[str, list[Any]] = {}
    for code in present.keys() - wanted.keys():
        row.attributes.remove(present[code])
        changes[f"attribute {code}"] = [present[code].name, None]
    for code, columns in wanted.items():
        if code not in present:
            row.attributes.append(CommodityAttribute(**columns))
            changes[f"attribute {code}"] = [None, columns["name"]]
        elif differences := _apply(present[code], columns):
            changes[f"attribute {code}"] = [
                {name: pair[side] for name, pair in differences.items()} for side in (0, 1)
            ]
    return changes


def _checked_parent(spec: CommoditySpec, row: Commodity | None) -> Commodity | None:
    fields: dict[str, list[str]] = {}
    if not _CODE.fullmatch(spec.code) or len(spec.code) > 80:
        fields["code"] = [_("A code has small letters, digits and hyphens, such as red-onion.")]
    _check_name(fields, "name", spec.name, 120)
    if spec.hs_code and not _HS_CODE.fullmatch(spec.hs_code):
        fields["hs_code"] = [_("“%(code)s” is not an HS code of 6 digits.", code=spec.hs_code[:20])]
    if spec.picture not in PICTURES:
        fields["picture"] = [_("There is no such picture.")]
    if problems := attribute_problems(spec.attributes):
        fields["attributes"] = problems
    for key, column, value in (
        ("code", Commodity.code, spec.code),
        ("name", Commodity.name, spec.name.strip()),
    ):
        other = db.session.scalar(select(Commodity).where(column == value))
        if other is not None and other is not row:
            fields[key] = [_("“%(value)s” is taken by another commodity.", value=value)]
    parent = queries.commodity_by_code(spec.parent) if spec.parent else None
    if spec.parent and parent is None:
        fields["parent"] = [_("There is no commodity “%(code)s”.", code=spec.parent[:80])]
    if parent is not None and row is not None and row.id in _ancestry(parent):
        fields["parent"] = [_("A commodity can't stand below itself.")]
    _finish(fields)
    return parent


def _ancestry(commodity: Commodity) -> set[int]:
    parents = dict(db.session.execute(select(Commodity.id, Commodity.parent_id)).all())
    found: set[int] = set()
    present: int | None = commodity.id
    while present is not None and present not in found:
        found.add(present)
        present = parents.get(present)
    return found


@use_case
def ensure_commodity(actor: Actor, name: str, unit: Unit) -> Commodity:
    """The commodity called ``name``; made, measured in ``unit``, if there is none (for imports)."""
    found = queries.commodity_named(name)
    if found is not None:
        return found
    stem = code = code_for(name)
    number = 2
    while queries.commodity_by_code(code) is not None:
        code, number = f"{stem}-{number}", number + 1
    return create_commodity(
        actor, CommoditySpec(code=code, name=name, unit=unit.code, picture=picture_for(name))
    )


def _checked_region(
    row: Region | None, name: str, name_zh: str, country: str, latitude: Decimal, longitude: Decimal
) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    _check_name(fields, "name", name, 120)
    country = country.strip().upper()
    if country and country not in _COUNTRIES:
        fields["country"] = [_("“%(code)s” is not a country code such as IN.", code=country[:10])]
    for key, degrees, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not degrees.is_finite() or abs(degrees) > most:
            fields[key] = [_("Degrees lie between -%(most)d and %(most)d.", most=most)]
    other = queries.region_named(name.strip())
    if other is not None and other is not row:
        fields["name"] = [_("There is a region “%(name)s” already.", name=name.strip())]
    _finish(fields)
    return {
        "name": name.strip(),
        "names": names_of(name_zh),
        "country": country,
        "latitude": round_half_even(latitude, 6),
        "longitude": round_half_even(longitude, 6),
    }


@use_case
def create_region(
    actor: Actor,
    *,
    name: str,
    latitude: Decimal,
    longitude: Decimal,
    name_zh: str = "",
    country: str = "",
) -> Region:
    """Add a region with the point (in degrees) its distances are measured from.

    Raises:
        Invalid: a field is wrong, or the name is taken.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    row = Region(**_checked_region(None, name, name_zh, country, latitude, longitude))
    db.session.add(row)
    audit.record(actor, row, "region_added", name=row.name)
    return row


@use_case
def edit_region(
    actor: Actor,
    public_id: str,
    expected_version: int,
    *,
    name: str,
    latitude: Decimal,
    longitude: Decimal,
    name_zh: str = "",
    country: str = "",
) -> Region:
    """Change a region. Freight agreed in proposals and contracts stays as it was.

    Raises:
        Conflict: it was changed since ``expected_version``.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    row = queries.region(public_id)
    if row.version != expected_version:
        raise Conflict(_("Somebody else changed this region. Look at it again."))
    changes = _apply(row, _checked_region(row, name, name_zh, country, latitude, longitude))
    if changes:
        audit.record(actor, row, "region_changed", changes=changes)
    return row


@use_case
def set_freight_rate(actor: Actor, currency: str, unit_code: str, rate: Decimal) -> FreightRate:
    """Set what one unit and kilometre costs in ``currency``, in main units with 6 places.

    Raises:
        Invalid: unknown currency or unit, or a rate that is negative or finer than 6 places.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    currency = currency.strip().upper()
    unit = queries.unit(unit_code)
    fields: dict[str, list[str]] = {}
    if currency not in _CURRENCIES:
        fields["currency"] = [_("“%(code)s” is not a currency code.", code=currency[:10])]
    if not rate.is_finite() or not 0 <= rate < 10**6 or rate != round_half_even(rate, RATE_PLACES):
        fields["rate"] = [_("A rate is zero or more, with at most 6 decimal places.")]
    _finish(fields)
    row = db.session.scalar(
        select(FreightRate).where(FreightRate.currency == currency, FreightRate.unit_id == unit.id)
    )
    if row is None:
        row = FreightRate(currency=currency, unit=unit, rate=rate)
        db.session.add(row)
        audit.record(actor, row, "freight_rate_added", currency=currency, rate=str(rate))
    elif row.rate != rate:
        audit.record(actor, row, "freight_rate_changed", before=str(row.rate), after=str(rate))
        row.rate = rate
    return row
