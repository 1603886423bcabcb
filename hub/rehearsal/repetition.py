"""Invariants 7 and 8: the run's own bank files again, and in another order, change nothing.

Both are proven on copies, so that the database of the run stays as it was.
"""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy
from flask import Flask

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.payments import services as payments
from hub.rehearsal.copying import balances, copy_database
from hub.rehearsal.rehearsal import Rehearsal

Balances = dict[tuple[int, str, str], int]


class Repetition:
    """Watches a rehearsal, keeps copies of its stages, and repeats its files on them."""

    def __init__(self, app: Flask, folder: Path, rehearsal: Rehearsal) -> None:
        self._app = app
        self._folder = folder
        self._rehearsal = rehearsal
        self._copies: dict[str, Path] = {}
        self._balances: dict[str, Balances] = {}
        rehearsal.on_stage = self._remember

    def _remember(self, stage: str) -> None:
        self._balances[stage] = balances(db.engine)
        if stage in ("signed", "exported"):
            self._copies[stage] = self._copy(stage)

    def _copy(self, name: str) -> Path:
        path = self._folder / f"copy-{name}.sqlite3"
        db.session.rollback()
        copy_database(db.engine, path)
        return path

    def outcome(self) -> list[tuple[str, str, list[str]]]:
        """Number, rule and what breaks it, for both invariants."""
        return [
            ("7", "replaying any request or file changes nothing", self._replay()),
            ("8", "the order of imports doesn't change final balances", self._reorder()),
        ]

    def _files(self, prefix: str) -> Sequence[Path]:
        return sorted((self._folder / "bank").glob(f"statement-{prefix}*.xml"))

    def _replay(self) -> list[str]:
        before = balances(db.engine)
        after = self._import_on(self._copy("replay"), [*self._files("PAY"), *self._files("OUT")])
        return _differences("after importing the same files again", before, after)

    def _reorder(self) -> list[str]:
        broken: list[str] = []
        for stage, later, prefix in (("signed", "paid", "PAY"), ("exported", "", "OUT")):
            if stage not in self._copies:
                continue
            expected = self._balances[later] if later else balances(db.engine)
            files = list(reversed(self._files(prefix)))
            found = self._import_on(self._copies[stage], files)
            broken += _differences(f"with the {prefix} files in another order", expected, found)
        return broken

    def _import_on(self, copy: Path, files: Sequence[Path]) -> Balances:
        """Import ``files`` into ``copy``; its balances afterwards."""
        engine = sqlalchemy.create_engine(f"sqlite:///{copy}")
        original = db.engines[None]
        instant = self._rehearsal.ended_at
        db.session.remove()
        db.engines[None] = engine  # type: ignore[index]
        try:
            with clock.standing_at(instant):
                for path in files:
                    payments.import_statement(SYSTEM, path.read_bytes(), path.name)
            return balances(engine)
        finally:
            db.session.remove()
            db.engines[None] = original  # type: ignore[index]
            engine.dispose()


def _differences(when: str, expected: Balances, found: Balances) -> list[str]:
    return [
        f"account {key[0]} {key[1]} {key[2]} is {found.get(key, 0)} instead of "
        f"{expected.get(key, 0)} {when}"
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key, 0) != found.get(key, 0)
    ]
