"""Statements that SQLite and PostgreSQL both know, but SQLAlchemy spells differently for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert, UpdateBase

from hub.core.db.base import db


class NumberedYears:
    """A table that counts what is numbered anew each year."""

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class _Row(Protocol):
    """A column of the row that an insert met, or of the one that it brought."""

    def __getattr__(self, name: str) -> Any: ...


def is_postgresql() -> bool:
    """Whether this database is PostgreSQL; if not, it is SQLite."""
    return db.session.get_bind().dialect.name == "postgresql"


def _insert(table: Any) -> Any:
    return (postgresql if is_postgresql() else sqlite).insert(table)


def insert_or_ignore(table: Any, keys: Sequence[str] | None = None, **values: Any) -> None:
    """Insert a row, unless one with the same ``keys`` (default: any that is unique) is there."""
    db.session.execute(_insert(table).values(**values).on_conflict_do_nothing(index_elements=keys))


def insert_or_update(
    table: Any,
    keys: Sequence[str],
    change: Callable[[_Row], Mapping[str, Any]],
    **values: Any,
) -> None:
    """Insert a row, or change the one that has the same ``keys``.

    ``change`` is given the values that were to be inserted, and says what is set instead.
    """
    statement = _insert(table).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=change(statement.excluded))
    )


def number_of_year(table: type[NumberedYears], year: int) -> int:
    """The next number of the year; a transaction that fails gives its number back."""
    statement: ReturningInsert[Any] = (
        _insert(table)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": table.last + 1})
        .returning(table.last)
    )
    return int(db.session.execute(statement).scalar_one())


def changed(statement: UpdateBase) -> int:
    """Execute an UPDATE or DELETE; returns how many rows it changed.

    What the session holds of these rows is not brought up to date, unless the statement says so
    (``execution_options(synchronize_session=...)``).
    """
    if "synchronize_session" not in statement.get_execution_options():
        statement = statement.execution_options(synchronize_session=False)
    return int(cast(CursorResult[Any], db.session.execute(statement)).rowcount)


def changed_one(statement: UpdateBase) -> bool:
    """Execute an UPDATE or DELETE of at most one row; whether its conditions still held.

    This is how races end here, on both databases: whoever comes second changes nothing.
    """
    return changed(statement) == 1
