"""Spreading a daily budget over the day, so that it isn't gone by breakfast."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hub.core import clock


class DayShare(NamedTuple):
    """How many seconds of a day have passed, of how many it has (clocks may change in it)."""

    passed: int
    length: int


def day_share(now: datetime, zone: str) -> DayShare:
    """The share of the day of ``zone`` (an IANA name) that has passed at ``now`` (aware)."""
    today = clock.date_of(now, zone)
    began = clock.midnight(today, zone)
    ends = clock.midnight(today + timedelta(days=1), zone)
    return DayShare(int((now - began).total_seconds()), int((ends - began).total_seconds()))


def may_bid(spent_today: Any, daily_budget: Any, bid: Any, share: DayShare) -> Any:
    """Whether a campaign takes part now: it spent less than its share of the day, plus one bid.

    All amounts in minor units, as numbers or as columns of a query. The one bid lets every
    campaign begin at midnight.
    """
    return (spent_today - bid) * share.length < daily_budget * share.passed
