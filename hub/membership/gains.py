"""What a membership brought the company: counted by the packages that see it happen."""

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class GainKind:
    """Something that a membership brings: its label, how it is counted, where to see it."""

    label: Any
    count: Counter
    url: str


_kinds: tuple[GainKind, ...] = ()


def install(kinds: Sequence[GainKind]) -> None:
    """Say what counts as brought by a membership, in the order in which it is shown."""
    global _kinds
    _kinds = tuple(kinds)


def gains(company_id: int, since: date) -> list[Gain]:
    """What came of the membership from a day on."""
    return [Gain(str(kind.label), kind.count(company_id, since), kind.url) for kind in _kinds]
