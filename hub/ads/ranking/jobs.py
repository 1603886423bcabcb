"""What happens to campaigns by the clock."""

from collections.abc import Callable
from typing import Any

from hub.ads.ranking import ends as campaign_ends
from hub.ads.ranking import quality
from hub.core.actor import SYSTEM


def work_through_days() -> int:
    """Start campaigns whose first day has come, complete those whose last is over."""
    return campaign_ends.work_through_days(SYSTEM)


def rate_campaigns() -> int:
    """Rate the quality of all campaigns that run or may run again."""
    return quality.rate_all(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("ads: campaigns start and end", work_through_days, 60),
    ("ads: quality of campaigns", rate_campaigns, 3600),
)
