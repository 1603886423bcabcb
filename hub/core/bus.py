"""Facts go up: a package publishes what happened, ``hub.flow`` says who reacts.

Reactions run in the transaction of the use case that published, after its own work is done, in
the order of publication. A reaction raises only on defects, and then everything rolls back.

Questions go up too: before a package does what one above it may forbid, it asks, and the guards
that ``hub.flow`` names answer at once by raising, or not.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

Reaction = Callable[[Any], None]
Guard = Callable[[Any], None]

_reactions: dict[type, tuple[Reaction, ...]] = {}
_guards: dict[type, tuple[Guard, ...]] = {}
_pending: ContextVar[deque[object] | None] = ContextVar("pending_events", default=None)


def install(
    reactions: Mapping[type, Sequence[Reaction]], guards: Mapping[type, Sequence[Guard]]
) -> None:
    """Set the tables of reactions and guards of this process."""
    _reactions.clear()
    _reactions.update({event: tuple(handlers) for event, handlers in reactions.items()})
    _guards.clear()
    _guards.update({question: tuple(answers) for question, answers in guards.items()})


def ask(question: object) -> None:
    """Ask the packages above whether this may be done; whoever forbids it raises a HubError."""
    for guard in _guards.get(type(question), ()):
        guard(question)


def publish(event: object) -> None:
    """Announce a fact. Only possible inside a use case (RuntimeError otherwise)."""
    pending = _pending.get()
    if pending is None:
        raise RuntimeError(f"{event!r} was published outside a use case.")
    pending.append(event)


def open_queue() -> Any:
    """Begin to collect events for a use case; give the token to :func:`close_queue`."""
    return _pending.set(deque())


def drain() -> None:
    """Run the reactions to all published events, and to those that they publish."""
    pending = _pending.get()
    while pending:
        event = pending.popleft()
        for reaction in _reactions.get(type(event), ()):
            reaction(event)


def close_queue(token: Any) -> None:
    """Forget what was not drained."""
    _pending.reset(token)
