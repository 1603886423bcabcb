"""What happens to inquiries by itself."""

from collections.abc import Callable
from typing import Any

from hub.core.actor import SYSTEM
from hub.negotiation import services


def expire_inquiries() -> int:
    """Give back to their askers what was not answered in time."""
    return services.expire_due(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (("expire inquiries", expire_inquiries, 60),)
