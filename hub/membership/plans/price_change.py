"""What other prices would bring in a year, and how many members they may cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from hub.core.money import Money, total

#: Shares are told to the hundredth of a per cent.
_PARTS = 10_000


class Priced(Protocol):
    """Members of one plan, interval and currency with what they bring a year, now and then."""

    @property
    def members(self) -> int: ...

    @property
    def yearly(self) -> Money: ...

    @property
    def new_yearly(self) -> Money: ...


@dataclass(frozen=True)
class Outcome:
    """The yearly income of one currency at the present prices and at others.

    ``may_leave`` is the share of income-bringing members that may leave before the other prices
    bring less than the present ones (0.1 is a tenth), rounded down to a hundredth of a per cent;
    None where the other prices bring no more even if nobody leaves.
    """

    currency: str
    members: int
    now: Money
    then: Money
    may_leave: Decimal | None

    @property
    def difference(self) -> Money:
        """What the other prices bring more, if nobody leaves; below zero: less."""
        return self.then - self.now


def outcomes(groups: Sequence[Priced]) -> list[Outcome]:
    """The sums of the groups, a currency each, if members leave evenly across the groups.

    Break-even: then x (1 - share) = now.
    """
    found = []
    for currency in sorted({group.yearly.currency for group in groups}):
        mine = [group for group in groups if group.yearly.currency == currency]
        now = total([group.yearly for group in mine], currency)
        then = total([group.new_yearly for group in mine], currency)
        found.append(
            Outcome(
                currency,
                sum(group.members for group in mine),
                now,
                then,
                _break_even(now.minor, then.minor),
            )
        )
    return found


def _break_even(now: int, then: int) -> Decimal | None:
    if then <= now:
        return None
    return Decimal((then - now) * _PARTS // then) / _PARTS
