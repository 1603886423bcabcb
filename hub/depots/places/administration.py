"""Depots and their bins, as an administrator sets them up."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hub.catalogue.models import Region
from hub.core import audit
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.depots import queries
from hub.depots.models import Bin, BinUse, Depot

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,9}")
_BIN_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_FIRST_BINS = (
    ("R-01", BinUse.RECEIVING),
    ("S-01", BinUse.STORAGE),
    ("S-02", BinUse.STORAGE),
    ("S-03", BinUse.STORAGE),
    ("S-04", BinUse.STORAGE),
    ("Q-01", BinUse.QUARANTINE),
    ("O-01", BinUse.OUTBOUND),
)


@dataclass(frozen=True)
class DepotSpec:
    """What is known of a depot: the point in degrees, the capacity in tonnes."""

    name: str
    region: Region
    latitude: Decimal
    longitude: Decimal
    capacity: Decimal
    street: str = ""

    def require_sound(self) -> None:
        """Refuse what is out of range (Invalid, with sentences by field)."""
        fields: dict[str, list[str]] = {}
        if not self.name.strip() or len(self.name) > 120:
            fields["name"] = [_("Give the depot a name of at most 120 characters.")]
        if not -90 <= self.latitude <= 90:
            fields["latitude"] = [_("The latitude lies between -90 and 90 degrees.")]
        if not -180 <= self.longitude <= 180:
            fields["longitude"] = [_("The longitude lies between -180 and 180 degrees.")]
        if self.capacity <= 0:
            fields["capacity"] = [_("The capacity in tonnes is above zero.")]
        if fields:
            raise Invalid(_("The depot was not stored: something needs correcting."), fields)

    @property
    def columns(self) -> dict[str, Any]:
        """The same as the table keeps it."""
        return {
            "name": self.name.strip(),
            "region_id": self.region.id,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "capacity": self.capacity,
            "street": self.street.strip(),
        }


@use_case
def create_depot(actor: Actor, code: str, spec: DepotSpec) -> Depot:
    """Set up a depot with its first bins.

    Raises:
        NotAllowed: not an administrator.
        Invalid: the code is taken or malformed, or a value is out of range.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise Invalid(
            _("The depot was not stored: its code is wrong."),
            {"code": [_("A code has 1 to 10 capital letters, digits or hyphens.")]},
        )
    if queries.depot_by_code(code) is not None:
        raise Invalid(
            _("The depot was not stored: its code is taken."),
            {"code": [_("Another depot has the code %(code)s.", code=code)]},
        )
    spec.require_sound()
    depot = Depot(code=code, region=spec.region, **spec.columns)
    depot.bins = [Bin(code=bin_code, use=use) for bin_code, use in _FIRST_BINS]
    db.session.add(depot)
    audit.record(actor, depot, "depot_created", code=code, capacity=str(spec.capacity))
    return depot


@use_case
def ensure_depot(actor: Actor, code: str, spec: DepotSpec) -> Depot:
    """The depot with this code, made or brought to these values; the same again changes nothing.

    A street that is not given stays as it is.

    Raises:
        NotAllowed, Invalid: as :func:`create_depot`.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    depot = queries.depot_by_code(code.strip())
    if depot is None:
        return create_depot(actor, code, spec)
    kept = replace(spec, street=spec.street or depot.street)
    _change(actor, depot, kept, active=depot.active)
    return depot


@use_case
def change_depot(
    actor: Actor, public_id: str, expected_version: int, spec: DepotSpec, *, active: bool
) -> Depot:
    """Change what is known of a depot. An inactive depot gets no new goods; what lies there stays.

    Raises:
        NotAllowed: not an administrator.
        Conflict: somebody changed it since it was shown.
        Invalid: a value is out of range.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    depot = queries.depot_by_public_id(public_id)
    if depot.version != expected_version:
        raise Conflict(_("Somebody changed this depot meanwhile. Look at it again."))
    _change(actor, depot, spec, active=active)
    return depot


def _change(actor: Actor, depot: Depot, spec: DepotSpec, *, active: bool) -> None:
    spec.require_sound()
    wanted = spec.columns | {"active": active}
    before = {key: getattr(depot, key) for key in wanted}
    changed = {key: value for key, value in wanted.items() if before[key] != value}
    if not changed:
        return
    for key, value in changed.items():
        setattr(depot, key, value)
    details = {key: [str(before[key]), str(value)] for key, value in changed.items()}
    audit.record(actor, depot, "depot_changed", changes=details)


@use_case
def add_bin(actor: Actor, depot_public_id: str, code: str, use: BinUse) -> Bin:
    """Give a depot one more bin.

    Raises:
        NotAllowed: not an administrator.
        Invalid: the code is malformed or taken in this depot.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    depot = queries.depot_by_public_id(depot_public_id)
    code = code.strip().upper()
    if not _BIN_CODE.fullmatch(code):
        raise Invalid(
            _("The bin was not stored: its code is wrong."),
            {"code": [_("A code has 1 to 20 capital letters, digits or hyphens.")]},
        )
    if db.session.scalar(select(Bin.id).where(Bin.depot_id == depot.id, Bin.code == code)):
        raise Invalid(
            _("The bin was not stored: its code is taken."),
            {"code": [_("This depot has a bin %(code)s already.", code=code)]},
        )
    made = Bin(depot_id=depot.id, code=code, use=use)
    db.session.add(made)
    audit.record(actor, made, "bin_added", depot=depot.code, code=code, use=use.value)
    return made
