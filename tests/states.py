"""Databases in usual states: built once by each worker, and each test's changes rolled back.

A test marked ``@pytest.mark.state("signed")`` begins on a database in which two companies have
signed a contract; the factory that would make one gives it the one that is there, once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from hub.app import create_app
from hub.core import clock
from hub.core.db.base import db
from tests import databases
from tests.configurations import config_on
from tests.contracts import agreements
from tests.dispatch import dispatch_factories
from tests.factories import Factories


@dataclass
class State:
    """A database in a state: the application on it, what was made, and the next free number."""

    app: Flask
    name: str
    made: Any
    next_number: int
    built_at: datetime


#: The states by name: each makes one, and says how a later session reads it from the database.
MAKERS: dict[str, Callable[[Factories], Callable[[], Any]]] = {
    "signed": lambda make: agreements.outlast(*agreements.signed(make)),
    "expected": lambda make: dispatch_factories.outlast(dispatch_factories.expected(make)),
}


class States:
    """The states of one worker, each built when a test first asks for it."""

    def __init__(self, server: databases.Server, template: str, folder: Path) -> None:
        self._server, self._template, self._folder = server, template, folder
        self._built: dict[str, State] = {}

    def get(self, name: str) -> State:
        """The state with this name."""
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def _build(self, name: str) -> State:
        url = self._server.copy_of(self._template)
        app = create_app(config_on(url, self._folder / name))
        with app.app_context():
            make = Factories()
            made = MAKERS[name](make)
            db.session.remove()
        return State(app, name, made, make.number(), clock.now())

    def close(self) -> None:
        """Let go of all databases."""
        for state in self._built.values():
            with state.app.app_context():
                db.engine.dispose()
