"""A member books a place: days or views, artwork, sent for review, cancelled."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from hub.ads.display import money as booking_money
from hub.ads.display import notices as display_notices
from hub.ads.display.artwork import Frame, Given, address_elsewhere, keep
from hub.ads.display.models import AdPlace, Booking, CampaignState, Pricing
from hub.ads.display.places import locked, place, taken_by_day
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.payments import services as payments

#: So many days ahead can be booked.
BOOKABLE_DAYS = 92
MOST_THOUSANDS = 100_000
MOST_DRAFTS = 5
#: A price by views is for so many.
VIEWS_A_PRICE = 1000
#: A draft keeps its days for so long.
HELD_FOR = timedelta(hours=24)


def booking(actor: Actor, public_id: str) -> Booking:
    """A booking of the actor's company; those who look after advertising see all.

    Raises:
        NotFound: there is none, or it isn't the actor's to see.
    """
    wanted = select(Booking).where(Booking.public_id == public_id)
    if not actor.has(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR):
        wanted = wanted.where(Booking.company_id == (actor.company_id or 0))
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(_("There is no such booking, or it isn't yours to see."))
    return found


def expect_version(found: Booking, expected_version: int) -> None:
    """Raise Conflict if the booking was changed since the page that asks was shown."""
    if found.version != expected_version:
        raise Conflict(
            _("The booking has changed since you opened this page. Look at it again first.")
        )


def full_days(found: AdPlace, starts_on: date, ends_on: date) -> Sequence[date]:
    """The days of the span on which the place has no room left."""
    taken = taken_by_day(found.id, starts_on, ends_on)
    return sorted(day for day, count in taken.items() if count >= found.capacity)


def units_of(found: AdPlace, starts_on: date, ends_on: date, thousands: int | None) -> int:
    """How many days, or how many views, such a booking buys."""
    if found.pricing is Pricing.DAY:
        return (ends_on - starts_on).days + 1
    return (thousands or 0) * VIEWS_A_PRICE


def price_of(found: AdPlace, starts_on: date, ends_on: date, thousands: int | None) -> Money:
    """What a booking of these days, or of so many thousand views in them, costs now."""
    units = units_of(found, starts_on, ends_on, thousands)
    size = 1 if found.pricing is Pricing.DAY else VIEWS_A_PRICE
    return Money(found.price_minor * (units // size), found.currency)


def checked_span(
    found: AdPlace, starts_on: date | None, ends_on: date | None, thousands: int | None
) -> tuple[date, date]:
    """First and last day, if the place can be booked like this by its terms.

    Raises:
        Invalid: dates or a number that can't be; ``fields`` says which.
    """
    errors: dict[str, list[str]] = {}
    today = settings.today()
    if starts_on is None:
        errors["starts_on"] = [_("Give the first day.")]
    elif starts_on <= today:
        errors["starts_on"] = [_("The first day can be tomorrow at the earliest.")]
    if ends_on is None:
        errors["ends_on"] = [_("Give the last day.")]
    elif starts_on is not None and ends_on < starts_on:
        errors["ends_on"] = [_("The last day is before the first.")]
    elif ends_on > today + timedelta(days=BOOKABLE_DAYS):
        errors["ends_on"] = [_("At most %(most)d days ahead can be booked.", most=BOOKABLE_DAYS)]
    wanted = thousands or 0
    if found.pricing is Pricing.THOUSAND_VIEWS and not 1 <= wanted <= MOST_THOUSANDS:
        errors["thousands"] = [
            _("Give a whole number of thousands, from 1 to %(most)d.", most=MOST_THOUSANDS)
        ]
    if errors or starts_on is None or ends_on is None:
        raise Invalid(next(iter(errors.values()))[0], errors)
    return starts_on, ends_on


def _check_drafts(company_id: int) -> None:
    """Nobody keeps more days from others than they can give artwork."""
    drafts = db.session.scalar(
        select(func.count()).where(
            Booking.company_id == company_id, Booking.state == CampaignState.DRAFT
        )
    )
    if (drafts or 0) >= MOST_DRAFTS:
        raise Conflict(
            _(
                "Your company has %(most)d drafts of bookings: send one for review or cancel it "
                "first. Nothing was booked.",
                most=MOST_DRAFTS,
            )
        )


@use_case
def book(
    actor: Actor,
    place_public_id: str,
    starts_on: date | None,
    ends_on: date | None,
    thousands: int | None,
    expected_price: str,
) -> Booking:
    """Take days of a place, or a number of thousand views in them, for the actor's company.

    The draft keeps its days for 24 hours. ``expected_price`` is the price that the page showed,
    as text: nobody books at another.

    Raises:
        NotAllowed: not an owner or trader of a verified company.
        NotFound: no such place.
        Invalid: dates or a number that can't be; ``fields`` says which.
        Conflict: the place was retired, its price changed, or somebody was faster.
    """
    company_id = actor.require_trader()
    found = locked(place(place_public_id).id)
    if not found.is_active or found.currency != settings.current().fee_currency:
        raise Conflict(_("This place can't be booked any more. Nothing was booked."))
    first, last = checked_span(found, starts_on, ends_on, thousands)
    _check_drafts(company_id)
    if full_days(found, first, last):
        raise Conflict(
            _("Some of these days are not free any more. Choose others. Nothing was booked.")
        )
    amount = price_of(found, first, last, thousands)
    if str(amount) != expected_price:
        raise Conflict(
            _(
                "The price is %(amount)s now. Look at it again first. Nothing was booked.",
                amount=str(amount),
            )
        )
    made = Booking(
        company_id=company_id,
        place_id=found.id,
        starts_on=first,
        ends_on=last,
        pricing=found.pricing,
        units=units_of(found, first, last, thousands),
        price_minor=found.price_minor,
        amount_minor=amount.minor,
        currency=found.currency,
        counted_until=first,
        held_until=clock.now() + HELD_FOR,
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(made)
    audit.record(
        actor, made, "booked", place=found.public_id, days=f"{first}/{last}", price=str(amount)
    )
    return made


@use_case
def set_artwork(actor: Actor, public_id: str, expected_version: int, given: Given) -> Booking:
    """Give a draft its artwork; without a new picture the present one stays.

    Raises:
        NotFound, NotAllowed: not the actor's to see, or to change.
        Conflict: changed meanwhile, or not a draft.
        Invalid: what is wrong with the artwork, by field. Nothing is stored then.
    """
    found = _own(actor, public_id, expected_version)
    if found.state is not CampaignState.DRAFT:
        raise Conflict(_("Artwork can be changed in a draft only. Nothing was changed."))
    place_of = found.place
    frame = Frame(place_of.kind, place_of.width, place_of.height)
    creative = keep(actor, frame, given, address_elsewhere, found.creative)
    found.creative = creative
    audit.record(actor, found, "artwork_given", creative=creative.public_id, target=creative.target)
    return found


@use_case
def submit(actor: Actor, public_id: str, expected_version: int) -> Booking:
    """Send a draft with artwork for review; its days stay taken.

    Raises:
        NotFound, NotAllowed: as :func:`set_artwork`.
        Conflict: changed meanwhile, not a draft, without artwork, or its first day has come.
    """
    found = _own(actor, public_id, expected_version)
    if found.creative_id is None:
        raise Conflict(_("Give it its artwork first. Nothing was sent."))
    if found.starts_on <= settings.today():
        raise Conflict(_("Its first day has come. Book other days. Nothing was sent."))
    found.move(CampaignState.PENDING_REVIEW, actor, "submitted")
    found.held_until = None
    display_notices.waits_for_review(found)
    return found


@use_case
def cancel(actor: Actor, public_id: str, expected_version: int, reason: str = "") -> Booking:
    """End a booking. Before its first day all that was paid goes back, later what is left.

    A running day counts as delivered. Staff give a reason.

    Raises:
        NotFound: not the actor's to see.
        NotAllowed: neither an owner or trader of the company nor staff for advertising.
        Conflict: changed meanwhile, or over.
        Invalid: staff without a reason.
    """
    found = booking(actor, public_id)
    if actor.is_staff:
        actor.require(StaffRole.ADVERTISING)
        reason = required_reason(reason, _("Say why the booking is ended."))
    elif not actor.trades_for(found.company_id):
        raise NotAllowed(_("Only an owner or trader of the company may do this."))
    expect_version(found, expected_version)
    end(actor, found, "cancelled", reason)
    if actor.is_staff:
        display_notices.ended_by_staff(found)
    return found


def end(actor: Actor, found: Booking, action: str, reason: str) -> None:
    """Cancel a booking in the caller's use case: its days are free, its money is settled."""
    before = found.state
    found.held_until = None
    found.reason = reason
    found.move(CampaignState.CANCELLED, actor, action, reason or None)
    if before is CampaignState.PENDING_REVIEW:
        messaging.close_tasks(actor, Booking.THING, found.id, display_notices.TASK)
    if before is CampaignState.APPROVED:
        payments.cancel_invoice(actor, found.subject, reason or "cancelled")
    if before in (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED):
        booking_money.settle(found, settings.today() + timedelta(days=1))
        booking_money.give_back(found, "not delivered")


def _own(actor: Actor, public_id: str, expected_version: int) -> Booking:
    found = booking(actor, public_id)
    actor.require_trader(found.company_id)
    expect_version(found, expected_version)
    return found
