"""Transactions around what tests do: whatever is committed inside is gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from hub.core import clock
from hub.core.db.base import db
from hub.market import kept


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """An application context in which nothing stays in the database.

    Another application of this process may have begun to keep what pages read, as one that serves
    does; what is rolled back must not be kept.
    """
    kept.enable(False)
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        transaction = connection.begin()
        connection.begin_nested()
        db.engines[None] = connection  # type: ignore[assignment]
        try:
            yield
        finally:
            db.session.remove()
            db.engines[None] = engine
            transaction.rollback()
            connection.close()
            clock.set_to(None)


@contextmanager
def undone() -> Iterator[None]:
    """Inside :func:`rolled_back`: whatever the block commits is gone after the block already."""
    db.session.remove()
    savepoint = db.engine.begin_nested()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        db.session.remove()
        savepoint.rollback()
