"""States are tables: a thing moves along its ``TRANSITIONS`` and nowhere else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from hub.core import audit
from hub.core.actor import Actor
from hub.core.errors import InvalidTransition
from hub.core.i18n import _

Transitions = Mapping[StrEnum, frozenset[StrEnum]]

Tone = str  # "good", "waiting", "warning", "bad" or "quiet"
_words: dict[str, Mapping[str, tuple[Any, Tone]]] = {}


class Stateful:
    """A model with a ``state`` column. Verbs call ``_move_to``; nobody assigns ``state``."""

    THING: ClassVar[str]
    TRANSITIONS: ClassVar[Transitions]
    state: Any

    def _move_to(
        self,
        target: StrEnum,
        actor: Actor,
        action: str,
        reason: str | None = None,
        *,
        column: str = "state",
        **details: Any,
    ) -> None:
        """Change the state (or the second state named ``column``) and write it into the audit log.

        Raises:
            InvalidTransition: ``TRANSITIONS`` has no step from the present state to ``target``.
        """
        before = getattr(self, column)
        if target not in self.TRANSITIONS.get(before, frozenset()):
            present, _tone = state_label(self.THING, before)
            raise InvalidTransition(
                _(
                    "This step is not possible any more: the state is now “%(state)s”. "
                    "Nothing was changed.",
                    state=present,
                )
            )
        setattr(self, column, target)
        audit.record(
            actor,
            self,
            action,
            state_from=before.value,
            state_to=target.value,
            reason=reason,
            **details,
        )


def register_words(thing: str, words: Mapping[StrEnum, tuple[Any, Tone]]) -> None:
    """Say how each state of ``thing`` is written (a lazy text) and with which tone it is shown."""
    _words[thing] = {state.value: label for state, label in words.items()}


def state_label(thing: str, state: Any) -> tuple[str, Tone]:
    """The word and the tone of a state; the same on every page."""
    value = getattr(state, "value", state)
    word, tone = _words.get(thing, {}).get(value, (str(value).replace("_", " "), "quiet"))
    return str(word), tone
