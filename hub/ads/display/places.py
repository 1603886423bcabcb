"""Places for advertising: added, changed and retired by the hub's people."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from hub.ads.display.models import HOLDING_STATES, AdKind, AdPage, AdPlace, Booking, Pricing
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.use_case import use_case

LARGEST_SIDE = 1600
LARGEST_CAPACITY = 100


@dataclass(frozen=True)
class PlaceTerms:
    """What can be changed of a place; the price is in main units of the hub's fee currency."""

    width: int | None
    height: int | None
    pricing: Pricing
    price: Decimal
    capacity: int


def place(public_id: str) -> AdPlace:
    """The place (NotFound if there is none)."""
    found = db.session.scalar(select(AdPlace).where(AdPlace.public_id == public_id))
    if found is None:
        raise NotFound(_("There is no such place for advertising."))
    return found


def locked(place_id: int) -> AdPlace:
    """The place as it is now; nobody else books it until this use case ends."""
    return db.session.scalars(
        select(AdPlace)
        .where(AdPlace.id == place_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


@use_case
def add(actor: Actor, page: AdPage, kind: AdKind, terms: PlaceTerms) -> AdPlace:
    """Offer a place.

    Raises:
        NotAllowed: not one of the hub's people who look after advertising.
        Invalid: a size, price or number that can't be; ``fields`` says which.
        Conflict: the page has such a place already.
    """
    actor.require(StaffRole.ADVERTISING)
    offered = db.session.scalar(
        select(AdPlace.id).where(
            AdPlace.page == page, AdPlace.kind == kind, AdPlace.retired_at.is_(None)
        )
    )
    if offered is not None:
        raise Conflict(_("This page has such a place already: change it, or retire it first."))
    added = AdPlace(page=page, kind=kind, created_at=clock.now(), **_checked(kind, terms))
    db.session.add(added)
    audit.record(actor, added, "ad_place_added", **_details(added))
    return added


@use_case
def change(actor: Actor, public_id: str, expected_version: int, terms: PlaceTerms) -> AdPlace:
    """Change size, price or capacity; bookings that were made keep theirs.

    Raises:
        NotAllowed, Invalid: as :func:`add`.
        Conflict: changed meanwhile, or retired.
    """
    found = _offered(actor, public_id, expected_version)
    before, most_taken = _details(found), _most_taken(locked(found.id).id)
    if terms.capacity < most_taken:
        sentence = _(
            "On the fullest day %(count)d bookings share this place; it can't have room for fewer.",
            count=most_taken,
        )
        raise Invalid(sentence, {"capacity": [sentence]})
    for name, value in _checked(found.kind, terms).items():
        setattr(found, name, value)
    audit.record(actor, found, "ad_place_changed", before=before, after=_details(found))
    return found


@use_case
def retire(actor: Actor, public_id: str, expected_version: int) -> AdPlace:
    """Offer the place no longer; bookings that were made run to their ends.

    Raises:
        NotAllowed: as :func:`add`.
        Conflict: changed meanwhile, or retired before.
    """
    found = _offered(actor, public_id, expected_version)
    found.retired_at = clock.now()
    audit.record(actor, found, "ad_place_retired")
    return found


def taken_by_day(place_id: int, first: date, last: date) -> dict[date, int]:
    """How many bookings hold each day from ``first`` to ``last`` of a place; free days left out."""
    spans = db.session.execute(
        select(Booking.starts_on, Booking.ends_on).where(
            Booking.place_id == place_id,
            Booking.state.in_(HOLDING_STATES),
            Booking.starts_on <= last,
            Booking.ends_on >= first,
        )
    ).all()
    taken: dict[date, int] = {}
    for starts_on, ends_on in spans:
        start, end = max(starts_on, first), min(ends_on, last)
        for number in range((end - start).days + 1):
            day = start + timedelta(days=number)
            taken[day] = taken.get(day, 0) + 1
    return taken


def _most_taken(place_id: int) -> int:
    """How many bookings share the place on its fullest day from today on."""
    today = settings.today()
    last = db.session.scalar(select(func.max(Booking.ends_on)).where(Booking.place_id == place_id))
    return max(taken_by_day(place_id, today, last or today).values(), default=0)


def _offered(actor: Actor, public_id: str, expected_version: int) -> AdPlace:
    actor.require(StaffRole.ADVERTISING)
    found = place(public_id)
    if found.version != expected_version:
        raise Conflict(
            _("The place has changed since you opened this page. Look at it again first.")
        )
    if not found.is_active:
        raise Conflict(_("The place was retired already. Nothing was changed."))
    return found


def _checked(kind: AdKind, terms: PlaceTerms) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    currency = settings.current().fee_currency
    text = kind is AdKind.TEXT
    if not text:
        for name in ("width", "height"):
            side = getattr(terms, name)
            if side is None or not 1 <= side <= LARGEST_SIDE:
                errors[name] = [_("From 1 to %(most)d pixels.", most=LARGEST_SIDE)]
    if not 1 <= terms.capacity <= LARGEST_CAPACITY:
        errors["capacity"] = [_("From 1 to %(most)d bookings.", most=LARGEST_CAPACITY)]
    price_minor = 0
    try:
        price_minor = Money.from_decimal(terms.price, currency).minor
    except ValueError:
        errors["price"] = [_("The price is finer than the currency's minor unit.")]
    if price_minor <= 0 and "price" not in errors:
        errors["price"] = [_("Give a price above zero.")]
    if errors:
        raise Invalid(next(iter(errors.values()))[0], errors)
    return {
        "width": None if text else terms.width,
        "height": None if text else terms.height,
        "pricing": terms.pricing,
        "price_minor": price_minor,
        "currency": currency,
        "capacity": terms.capacity,
    }


def _details(place: AdPlace) -> dict[str, Any]:
    return {
        "size": None if place.width is None else f"{place.width}x{place.height}",
        "price": f"{place.price} / {place.pricing.value}",
        "capacity": place.capacity,
    }
