"""What payments does by the clock."""

from collections.abc import Callable
from typing import Any

from hub.core.actor import SYSTEM
from hub.payments.invoices import invoicing


def work_through_deadlines() -> int:
    """Remind payers, mark invoices overdue, let them lapse."""
    return invoicing.work_through_deadlines(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("payments: reminders, overdue and lapsed invoices", work_through_deadlines, 60),
)
