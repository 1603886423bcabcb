"""What accounts does by itself."""

from collections.abc import Callable
from typing import Any

from hub.accounts import services
from hub.core.actor import SYSTEM


def forget_expired() -> None:
    """Delete links, sessions and request keys that have served their time."""
    services.forget_expired(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("accounts.forget_expired", forget_expired, 24 * 60 * 60),
)
