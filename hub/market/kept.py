"""Values read at most once a minute by a process, for what every page needs and seldom changes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

SECONDS = 60.0
MOST_ENTRIES = 2000

_enabled = True
_all: list["Kept[Any]"] = []


class Kept(Generic[Value]):
    """Answers of ``load(key)``, kept for a minute unless ``worth_keeping`` says no.

    Two threads may load the same key at once; the later answer stays.
    """

    def __init__(
        self,
        load: Callable[[Any], Value],
        worth_keeping: Callable[[Value], bool] = lambda value: True,
    ) -> None:
        self._load = load
        self._worth_keeping = worth_keeping
        self._answers: OrderedDict[Hashable, tuple[float, Value]] = OrderedDict()
        self._lock = threading.Lock()
        _all.append(self)

    def get(self, key: Hashable = None) -> Value:
        """The answer for ``key``, at most a minute old."""
        kept = self._answers.get(key)
        if kept is not None and time.monotonic() - kept[0] < SECONDS:
            return kept[1]
        return self.fresh(key)

    def fresh(self, key: Hashable = None) -> Value:
        """The answer for ``key`` as it is now."""
        value = self._load(key)
        if _enabled and self._worth_keeping(value):
            with self._lock:
                self._answers[key] = (time.monotonic(), value)
                self._answers.move_to_end(key)
                while len(self._answers) > MOST_ENTRIES:
                    self._answers.popitem(last=False)
        return value

    def forget(self) -> None:
        """Drop all answers."""
        with self._lock:
            self._answers.clear()


def forget_all() -> None:
    """Drop everything that is kept in this process."""
    for each in _all:
        each.forget()


def enable(enabled: bool) -> None:
    """Whether anything is kept at all: tests that roll back need every answer fresh."""
    global _enabled
    _enabled = enabled
    forget_all()
