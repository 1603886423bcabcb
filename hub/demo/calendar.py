"""Which demo trade does which step on which day: a plan of weeks that ends today.

Each trade walks the path until its last step; its days are laid so that the last step is taken
on the given day, so every state has somebody waiting in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

#: The path of a trade: (step, days after the trade was agreed).
PATH = (
    ("agree", 0),
    ("sign_one", 0),
    ("sign_other", 1),
    ("pay", 2),
    ("announce", 3),
    ("arrive", 4),
    ("count", 4),
    ("inspect", 4),
    ("put_away", 4),
    ("pick", 5),
    ("load", 5),
    ("depart", 5),
    ("deliver", 6),
    ("accept", 7),
)
OFFSETS = dict(PATH)

#: The hub of the demo opened so many days ago.
FIRST_DAY = 40

#: Other ways to go, taken in place of a step.
VARIANTS = {"part": "inspect", "reject": "inspect", "refuse": "accept"}

#: On these days before today the clerks pay out everything that is due.
PAYOUT_DAYS = (26, 19, 12, 5)


@dataclass(frozen=True)
class PlannedTrade:
    """Who trades what: positions in the demo's companies, a commodity, decitonnes.

    ``last`` is the last step taken, ``days_ago`` when; ``variant`` takes another way, ``ending``
    ends the trade early a day later.
    """

    supplier: int
    purchaser: int
    commodity: str
    quantity: int
    last: str = "accept"
    days_ago: int = 0
    variant: str = ""
    ending: str = ""

    @property
    def begins(self) -> int:
        """How many days ago the trade was agreed."""
        return self.days_ago + OFFSETS[self.last]


TRADES = (
    # Past weeks, paid out since.
    PlannedTrade(0, 1, "onion", 120, days_ago=28),
    PlannedTrade(3, 5, "potato", 200, days_ago=27),
    PlannedTrade(2, 10, "wheat", 300, days_ago=23),
    PlannedTrade(4, 6, "cotton", 60, days_ago=22),
    PlannedTrade(9, 11, "rice", 150, days_ago=20),
    PlannedTrade(0, 11, "tomato", 80, days_ago=16, variant="part"),
    PlannedTrade(8, 7, "maize", 180, days_ago=14),
    PlannedTrade(2, 7, "soybean", 90, days_ago=13),
    PlannedTrade(0, 1, "onion", 60, days_ago=9),
    PlannedTrade(3, 11, "potato", 140, days_ago=7),
    PlannedTrade(2, 10, "wheat", 220, last="inspect", days_ago=8, variant="reject"),
    # Accepted, the payout still to leave.
    PlannedTrade(4, 11, "onion", 100, days_ago=2),
    PlannedTrade(8, 10, "maize", 75, days_ago=1),
    # On their way.
    PlannedTrade(9, 5, "rice", 110, last="accept", days_ago=0, variant="refuse"),
    PlannedTrade(0, 1, "onion", 90, last="deliver", days_ago=0),
    PlannedTrade(3, 1, "potato", 160, last="depart"),
    PlannedTrade(2, 7, "soybean", 70, last="load"),
    PlannedTrade(4, 6, "cotton", 40, last="pick"),
    PlannedTrade(0, 11, "tomato", 50, last="put_away"),
    PlannedTrade(8, 10, "wheat", 130, last="inspect"),
    PlannedTrade(9, 8, "rice", 90, last="count"),
    PlannedTrade(3, 5, "potato", 100, last="arrive"),
    PlannedTrade(0, 5, "onion", 110, last="announce"),
    PlannedTrade(2, 10, "soybean", 60, last="pay"),
    # Waiting for money, or for a signature.
    PlannedTrade(0, 1, "tomato", 40, last="sign_other"),
    PlannedTrade(8, 6, "maize", 85, last="sign_other", days_ago=8),
    PlannedTrade(4, 5, "onion", 45, last="sign_other", days_ago=15),
    PlannedTrade(0, 1, "onion", 55, last="sign_one"),
    PlannedTrade(2, 10, "wheat", 65, last="agree"),
    # Ended early.
    PlannedTrade(3, 11, "potato", 35, last="sign_one", days_ago=3, ending="void"),
    PlannedTrade(9, 11, "tomato", 45, last="pay", days_ago=4, ending="terminate"),
)


def steps_of(trade: PlannedTrade) -> Iterator[tuple[int, str]]:
    """The trade's steps as (days ago, step), with its variant and its ending."""
    for step, offset in PATH:
        ago = trade.begins - offset
        varied = trade.variant if VARIANTS.get(trade.variant) == step else step
        yield ago, varied
        if step == trade.last:
            break
    if trade.ending:
        yield max(trade.days_ago - 1, 0), trade.ending


def plan() -> list[tuple[int, int, str]]:
    """All steps of all trades as (days ago, number of the trade, step), the oldest first."""
    steps = [
        (ago, number, order, step)
        for number, trade in enumerate(TRADES)
        for order, (ago, step) in enumerate(steps_of(trade))
    ]
    steps.sort(key=lambda item: (-item[0], item[1], item[2]))
    return [(ago, number, step) for ago, number, _order, step in steps]
