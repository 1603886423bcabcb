"""The only source of time. Tests, the demo and the rehearsal can set it.

The setting holds for the whole process, so that worker threads see the same time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_set_to: datetime | None = None


def now() -> datetime:
    """The present instant, in UTC."""
    return _set_to if _set_to is not None else datetime.now(UTC)


def today(zone: str) -> date:
    """The present date in the time zone named ``zone`` (an IANA name)."""
    return date_of(now(), zone)


def date_of(instant: datetime, zone: str) -> date:
    """The date of ``instant`` in the time zone named ``zone``."""
    return instant.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The instant at which ``day`` begins in the time zone named ``zone``, in UTC.

    Where a clock change skips midnight, the day begins with the first instant that is there.
    """
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def set_to(instant: datetime | None) -> None:
    """Let time stand at ``instant`` (aware); ``None`` lets the real time run again."""
    global _set_to
    if instant is not None and instant.tzinfo is None:
        raise ValueError("The clock needs an instant with a time zone.")
    _set_to = None if instant is None else instant.astimezone(UTC)


def advance(step: timedelta) -> None:
    """Move a clock that was set; raises RuntimeError while the real time runs."""
    if _set_to is None:
        raise RuntimeError("The real time can't be moved.")
    set_to(_set_to + step)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let time stand at ``instant`` inside the ``with`` block."""
    before = _set_to
    set_to(instant)
    try:
        yield
    finally:
        set_to(before)
