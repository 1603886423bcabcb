"""What happens to listings by itself."""

from collections.abc import Callable
from typing import Any

from hub.core.actor import SYSTEM
from hub.posting import services


def expire_listings() -> int:
    """Expire the listings whose validity is over."""
    return services.expire_due(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (("expire listings", expire_listings, 60),)
