"""The auction of sponsored places: who comes first, and what each pays for a click.

Score = bid x quality; the highest comes first, and among equal scores the earlier campaign. Each
placed bidder pays the least that keeps its place,
``min(bid, max(reserve, ceil(score of the next / own quality)))``; the last one that is eligible
pays the reserve. This is the generalised second price of B. Edelman, M. Ostrovsky and M. Schwarz,
"Internet Advertising and the Generalized Second-Price Auction", American Economic Review 97 (2007),
with a quality score. All numbers are whole, so every result is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

#: Bids are at most so many minor units, and qualities so many thousandths: their product then fits
#: into 64 bits.
MOST_BID = 10**12
MOST_QUALITY = 10**6
#: Up to so many bids a plain sort is faster than arrays.
FEW = 100
#: How many times as many entrants as wanted are looked at for different companies.
_SPARE = 4


class Entrant(NamedTuple):
    """A bid in minor units, its quality in thousandths. A lower campaign id is an earlier one."""

    campaign_id: int
    company_id: int
    bid: int
    quality: int

    @property
    def score(self) -> int:
        return self.bid * self.quality


class Placed(NamedTuple):
    """Who stands on a place (counted from 1), and what a click costs in minor units."""

    place: int
    campaign_id: int
    price: int


@dataclass(frozen=True)
class Outcome:
    """The places, the best entrants in the order of rank (one more than places), and how many
    entrants bid at least the reserve."""

    placed: tuple[Placed, ...]
    ranked: tuple[Entrant, ...]
    eligible: int


def hold(entrants: Sequence[Entrant], places: int, reserve: int) -> Outcome:
    """Give the places to the best entrants, one a company, and price them.

    Entrants below ``reserve`` (minor units, at least 1) take no part. Of a company's campaigns
    the best one does, so that nobody pays more because of a bid of one's own.

    Raises:
        ValueError: a bid above :data:`MOST_BID`, or a quality below 1 or above
            :data:`MOST_QUALITY`; no places, or a reserve below 1.
    """
    if places < 1 or reserve < 1:
        raise ValueError("An auction needs a place and a reserve above zero.")
    if len(entrants) <= FEW:
        eligible = _checked([entrant for entrant in entrants if entrant.bid >= reserve])
        ranked = rank_plainly(eligible, places + 1)
        return Outcome(prices(ranked, places, reserve), tuple(ranked), len(eligible))
    columns = Columns.of(entrants).at_least(reserve)
    ranked = columns.rank(places + 1)
    return Outcome(prices(ranked, places, reserve), tuple(ranked), len(columns))


def _checked(entrants: list[Entrant]) -> list[Entrant]:
    for entrant in entrants:
        if entrant.bid > MOST_BID or not 1 <= entrant.quality <= MOST_QUALITY:
            raise ValueError(f"{entrant} is beyond what an auction takes.")
    return entrants


def prices(ranked: Sequence[Entrant], places: int, reserve: int) -> tuple[Placed, ...]:
    """What the first ``places`` of ``ranked`` pay; it holds the next one too, if there is one."""
    placed = []
    for position, entrant in enumerate(ranked[:places]):
        price = reserve
        if position + 1 < len(ranked):
            needed = -(-ranked[position + 1].score // entrant.quality)
            price = max(reserve, needed)
        placed.append(Placed(position + 1, entrant.campaign_id, min(entrant.bid, price)))
    return tuple(placed)


def rank_plainly(entrants: Sequence[Entrant], count: int) -> list[Entrant]:
    """The best ``count`` entrants of different companies, by a sort of all of them."""
    ordered = sorted(entrants, key=lambda entrant: (-entrant.score, entrant.campaign_id))
    return _one_a_company(ordered, count)


def _one_a_company(ordered: Sequence[Entrant], count: int) -> list[Entrant]:
    found: list[Entrant] = []
    companies: set[int] = set()
    for entrant in ordered:
        if entrant.company_id not in companies:
            companies.add(entrant.company_id)
            found.append(entrant)
            if len(found) == count:
                break
    return found


@dataclass(frozen=True)
class Columns:
    """Many entrants as four arrays of 64-bit integers, one position an entrant."""

    campaign_ids: Any
    company_ids: Any
    bids: Any
    qualities: Any

    @classmethod
    def of(cls, entrants: Sequence[Entrant]) -> "Columns":
        """The entrants as columns (ValueError for a number beyond the limits)."""
        try:
            columns = [np.array(values, dtype=np.int64) for values in zip(*entrants, strict=True)]
        except OverflowError as error:
            raise ValueError("A bid is beyond what an auction takes.") from error
        made = cls(*columns)
        qualities = made.qualities
        if made.bids.max() > MOST_BID or qualities.min() < 1 or qualities.max() > MOST_QUALITY:
            raise ValueError("A bid or a quality is beyond what an auction takes.")
        return made

    def __len__(self) -> int:
        return len(self.campaign_ids)

    def at_least(self, reserve: int) -> "Columns":
        """Only those who bid ``reserve`` or more."""
        enough = self.bids >= reserve
        if enough.all():
            return self
        return Columns(*(column[enough] for column in self._all()))

    def _all(self) -> tuple[Any, Any, Any, Any]:
        return self.campaign_ids, self.company_ids, self.bids, self.qualities

    def rank(self, count: int) -> list[Entrant]:
        """The best ``count`` entrants of different companies, without sorting all of them.

        Mostly these are among the few best of all; where some companies have many campaigns,
        each company's best are picked out first.
        """
        few = min(count * _SPARE, len(self))
        found = _one_a_company(self._entrants(self._best(few)), count)
        if len(found) == count or few == len(self):
            return found
        order = np.lexsort((self.campaign_ids, -self.scores, self.company_ids))
        companies = self.company_ids[order]
        first = np.concatenate(([True], companies[1:] != companies[:-1]))
        leading = Columns(*(column[order[first]] for column in self._all()))
        return leading._entrants(leading._best(min(count, len(leading))))

    @property
    def scores(self) -> Any:
        return self.bids * self.qualities

    def _entrants(self, positions: Any) -> list[Entrant]:
        values = (column[positions].tolist() for column in self._all())
        return [Entrant(*each) for each in zip(*values, strict=True)]

    def _best(self, count: int) -> Any:
        """The positions of the ``count`` best, in the order of rank; exact among equal scores."""
        scores = self.scores
        if count < len(scores):
            least = -np.partition(-scores, count - 1)[count - 1]
            above = np.flatnonzero(scores > least)
            equal = np.flatnonzero(scores == least)
            missing = count - len(above)
            if missing < len(equal):
                earliest = np.argpartition(self.campaign_ids[equal], missing - 1)[:missing]
                equal = equal[earliest]
            chosen = np.concatenate((above, equal))
        else:
            chosen = np.arange(len(scores))
        return chosen[np.lexsort((self.campaign_ids[chosen], -scores[chosen]))]
