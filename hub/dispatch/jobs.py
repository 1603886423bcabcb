"""What happens to goods on their way when time passes."""

from collections.abc import Callable
from typing import Any

from hub.core.actor import SYSTEM
from hub.dispatch import services


def accept_due() -> None:
    """Accept deliveries that nobody answered to in time."""
    services.accept_due(SYSTEM)


def remind() -> None:
    """Remind of deadlines, and tell brokers what is late."""
    services.remind(SYSTEM)


def retry_waiting() -> None:
    """Look for room for goods that no depot had room for."""
    services.retry_waiting(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("dispatch.accept_due", accept_due, 60),
    ("dispatch.remind", remind, 60),
    ("dispatch.retry_waiting", retry_waiting, 60),
)
