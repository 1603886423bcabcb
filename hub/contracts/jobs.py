"""What contracts do by themselves."""

from collections.abc import Callable
from typing import Any

from hub.contracts import services
from hub.core.actor import SYSTEM


def watch_signatures() -> None:
    """Remind who has not signed, and void what nobody signed in time."""
    services.void_unsigned(SYSTEM)
    services.remind_signers(SYSTEM)


def draw_waiting() -> int:
    """Draw the contracts against which nothing stands any more."""
    return services.draw_waiting(SYSTEM)


#: (name, function, every so many seconds)
JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("contracts.watch_signatures", watch_signatures, 60),
    ("contracts.draw_waiting", draw_waiting, 60),
)
