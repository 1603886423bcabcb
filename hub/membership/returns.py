"""What a membership brought the company: counted by the packages that see it happen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

#: Counts for a company's id, from a day of the hub's zone on.
Counter = Callable[[int, date], int]


@dataclass(frozen=True)
class Gain:
    """How often something happened, and where to see it."""

    label: str
    count: int
    url: str


_counters: dict[str, tuple[Any, Counter, str]] = {}


def register_gain(code: str, label: Any, count: Counter, url: str) -> None:
    """Say how something that a membership brings is counted; called when a package is imported."""
    _counters[code] = (label, count, url)


def gains(company_id: int, since: date) -> list[Gain]:
    """What came of the membership from a day on."""
    return [
        Gain(str(label), count(company_id, since), url) for label, count, url in _counters.values()
    ]
