"""What happens to memberships by the clock."""

from collections.abc import Callable
from typing import Any

from hub.core.actor import SYSTEM
from hub.membership.subscriptions import billing, recognition


def work_through_deadlines() -> int:
    """Renewals, reminders, past due, suspensions, ends and planned changes."""
    return billing.work_through_deadlines(SYSTEM)


def recognise_income() -> int:
    """What members paid ahead becomes income by the day."""
    return recognition.work_through_the_day(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("memberships: renewals, reminders, suspensions and ends", work_through_deadlines, 300),
    ("memberships: income earned by the day", recognise_income, 1800),
)
