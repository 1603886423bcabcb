"""What of a booking is delivered, what of its price is earned, and what goes back.

A day counts as delivered when it has passed without a pause, a view when it was shown. The price
is earned in proportion, rounded down, all of it with the last unit: so the parts add up exactly.
Every function joins the use case of its caller.
"""

from datetime import date, timedelta

from sqlalchemy import func, select

from hub.ads.display.models import Booking, DisplayView
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.money import Money
from hub.payments import services as payments
from hub.payments.ledger import chart


def earned_by(booking: Booking, delivered: int) -> Money:
    """What of the price is earned when so many units are delivered."""
    units = min(delivered, booking.units)
    return Money(booking.amount_minor * units // booking.units, booking.currency)


def views_by_day(booking_id: int, since: date) -> dict[date, int]:
    """The views that count, by day, from ``since`` on."""
    rows = db.session.execute(
        select(DisplayView.day, func.count())
        .where(
            DisplayView.booking_id == booking_id,
            DisplayView.day >= since,
            DisplayView.counted.is_(True),
        )
        .group_by(DisplayView.day)
    )
    return dict(rows.all())


def units_by_day(booking: Booking, since: date, until: date) -> dict[date, int]:
    """The units delivered on each day from ``since`` to the one before ``until``."""
    first, last = max(since, booking.starts_on), min(until, booking.after_end)
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    if booking.is_by_views:
        views = views_by_day(booking.id, first)
        return {day: views.get(day, 0) for day in days}
    return {day: int(not booking.is_lost(day)) for day in days}


def settle(booking: Booking, until: date) -> Money:
    """Count what was delivered before ``until``, and earn its part of the price; how much it is."""
    if until > booking.counted_until:
        fresh = sum(units_by_day(booking, booking.counted_until, until).values())
        booking.delivered = min(booking.delivered + fresh, booking.units)
        booking.counted_until = until
    target = earned_by(booking, booking.delivered)
    part = target - booking.earned
    if part:
        payments.earn(
            SYSTEM,
            booking.subject,
            f"booking:{booking.id}:earned:{target.minor}",
            [(chart.ADVERTISING_INCOME, "", part)],
        )
        booking.earned_minor = target.minor
    return part


def give_back(booking: Booking, reason: str) -> Money:
    """What is left of a paid price goes to the company's account; how much it is."""
    rest = booking.amount - booking.earned - booking.returned
    if rest:
        payments.open_wallet(SYSTEM, booking.company_id, booking.currency)
        payments.held_to_wallet(
            SYSTEM, booking.subject, rest, f"booking:{booking.id}:returned", reason
        )
        booking.returned_minor += rest.minor
    return rest
