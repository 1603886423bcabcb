"""What must hold of bookings and of what was shown; each check names every breach."""

from collections.abc import Callable

from sqlalchemy import String, and_, cast, func, literal, or_, select

from hub.ads.display.models import (
    HOLDING_STATES,
    AdPlace,
    Booking,
    CampaignState,
    DisplayClick,
    DisplayView,
)
from hub.ads.display.money import earned_by
from hub.ads.display.places import taken_by_day
from hub.core.db.base import db
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance

_ENDED = (CampaignState.COMPLETED, CampaignState.CANCELLED, CampaignState.REJECTED)


def no_place_is_oversold() -> list[str]:
    """On no day more bookings than the place had room for when they were made."""
    broken = []
    for place in db.session.scalars(select(AdPlace)):
        spans = db.session.execute(
            select(func.min(Booking.starts_on), func.max(Booking.ends_on)).where(
                Booking.place_id == place.id, Booking.state.in_(HOLDING_STATES)
            )
        ).one()
        if spans[0] is None:
            continue
        broken += [
            f"Place {place.public_id} holds {count} bookings on {day}, of {place.capacity}."
            for day, count in taken_by_day(place.id, *spans).items()
            if count > place.capacity
        ]
    return broken


def earned_follows_delivery() -> list[str]:
    """What is earned is the part of the price that was delivered."""
    return [
        f"Booking {booking.public_id} earned {booking.earned} for {booking.delivered} of "
        f"{booking.units}."
        for booking in db.session.scalars(
            select(Booking).where(or_(Booking.earned_minor > 0, Booking.delivered > 0))
        )
        if booking.earned != earned_by(booking, booking.delivered)
    ]


def paid_is_earned_held_or_returned() -> list[str]:
    """What was paid is earned, returned, or still held; nothing is held at the end."""
    held = func.coalesce(-LedgerBalance.balance_minor, 0)
    rows = db.session.execute(
        select(Booking, held)
        .join(
            Invoice,
            and_(Invoice.subject_kind == Booking.THING, Invoice.subject_id == Booking.id),
        )
        .outerjoin(
            LedgerBalance,
            and_(
                LedgerBalance.account == chart.HELD_FOR_CONTRACT,
                LedgerBalance.holder == literal(f"{Booking.THING}:") + cast(Booking.id, String),
            ),
        )
        .where(Invoice.state == InvoiceState.PAID)
    )
    return [
        f"Booking {booking.public_id}: {booking.amount} paid, {booking.earned} earned, "
        f"{booking.returned} returned, {int(minor)} held."
        for booking, minor in rows
        if booking.earned_minor + booking.returned_minor + int(minor) != booking.amount_minor
        or (minor and booking.state in _ENDED)
    ]


def clicks_have_counted_views() -> list[str]:
    """A click counts only on a view that counts."""
    rows = db.session.scalars(
        select(DisplayClick.id)
        .join(DisplayView, DisplayView.id == DisplayClick.view_id)
        .where(DisplayClick.reason == "", DisplayView.counted.is_(False))
    )
    return [f"Click {click_id} counts on a view that doesn't." for click_id in rows]


#: (group, rule, check)
CHECKS: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
    ("advertising", "No place is booked more often than it has room.", no_place_is_oversold),
    ("advertising", "A booking earns what it delivered.", earned_follows_delivery),
    (
        "advertising",
        "What was paid for a booking is earned, returned or held.",
        paid_is_earned_held_or_returned,
    ),
    ("advertising", "Clicks count only on views that count.", clicks_have_counted_views),
)
