"""What messaging does by itself."""

from collections.abc import Callable
from typing import Any

from hub.core import outbox


def deliver_outbox() -> None:
    """Send what is due to leave the hub."""
    outbox.deliver_due()


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("messaging.deliver_outbox", deliver_outbox, 5),
)
