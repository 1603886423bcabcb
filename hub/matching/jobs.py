"""What matching does by itself."""

from collections.abc import Callable
from typing import Any

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict
from hub.matching import services


def match_new() -> None:
    """Give new and changed listings their proposals; after a lost race, at the next turn."""
    try:
        services.match_new()
    except Conflict:
        return


def watch_consents() -> None:
    """Let lapse what nobody answered in time, and remind those whose time runs out."""
    services.expire_due(SYSTEM)
    services.remind_due(SYSTEM)


#: (name, function, every so many seconds)
JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("matching.match_new", match_new, 20),
    ("matching.watch_consents", watch_consents, 60),
)
