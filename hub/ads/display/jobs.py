"""What display advertising does by the clock."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hub.ads.display import progress as booking_progress
from hub.core.actor import SYSTEM
from hub.core.errors import Conflict


def advance_bookings() -> int:
    """Begin, count, earn and end bookings, each in a use case of its own; how many they were."""
    due = booking_progress.due()
    for booking_id in due:
        with suppress(Conflict):  # somebody changes it at this very moment; the next run sees it
            booking_progress.advance(SYSTEM, booking_id)
    return len(due)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("advertising: bookings begin, are counted and end", advance_bookings, 60),
)
