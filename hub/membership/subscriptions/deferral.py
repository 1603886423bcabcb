"""How much of a fee for a span of days is earned by a day: exact to the minor unit."""

from datetime import date

from hub.core.money import Money


def earned_until(amount: Money, starts_on: date, ends_on: date, day: date) -> Money:
    """What of ``amount`` is earned when ``day`` begins; ``ends_on`` is the first day after.

    Straight-line by days, rounded down, all of it from ``ends_on`` on: so whatever the days on
    which it is asked, the parts add up to ``amount``.

    Raises:
        ValueError: the span has no day.
    """
    days = (ends_on - starts_on).days
    if days <= 0:
        raise ValueError(f"{starts_on} to {ends_on} is not a span of days.")
    elapsed = min(max((day - starts_on).days, 0), days)
    return Money(amount.minor * elapsed // days, amount.currency)


def unused_from(amount: Money, starts_on: date, ends_on: date, day: date) -> Money:
    """What of ``amount`` pays for the days from ``day`` on: the rest of what is earned."""
    return amount - earned_until(amount, starts_on, ends_on, day)
