"""The days of a membership: when a span ends, when its renewal is asked for, when to remind."""

from calendar import monthrange
from datetime import date

from hub.membership.models.plans import BillingInterval

#: Renewals that aren't paid yet are reminded of so many days before the paid time ends.
REMINDED_BEFORE = (14, 7, 1)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier), or the last of that month if it is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def span_end(starts_on: date, interval: BillingInterval) -> date:
    """The first day after a span of one interval that begins on ``starts_on``."""
    return add_months(starts_on, interval.months)


def interval_days(ends_on: date, interval: BillingInterval) -> int:
    """How many days the interval has that ends on the day before ``ends_on``."""
    return (ends_on - add_months(ends_on, -interval.months)).days


def reminder_step(days_left: int) -> int | None:
    """The last of :data:`REMINDED_BEFORE` that ``days_left`` has reached (None: none yet)."""
    return min((step for step in REMINDED_BEFORE if days_left <= step), default=None)
