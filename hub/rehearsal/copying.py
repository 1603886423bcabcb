"""A copy of a whole database, row by row, from any of the databases into an SQLite file."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, select, text

from hub.core.db.base import Base

ROWS_AT_ONCE = 2000


def copy_database(source: Engine, target: Path) -> str:
    """Copy all tables of ``source`` into a new SQLite file; returns its URL."""
    url = f"sqlite:///{target}"
    engine = create_engine(url)
    try:
        Base.metadata.create_all(engine)
        with source.connect() as origin, engine.connect() as copy:
            copy.rollback()
            copy.connection.driver_connection.execute(  # type: ignore[union-attr]
                "PRAGMA foreign_keys=OFF"
            )
            for table in Base.metadata.sorted_tables:
                rows = origin.execute(select(table)).mappings()
                for chunk in rows.partitions(ROWS_AT_ONCE):
                    copy.execute(table.insert(), [dict(row) for row in chunk])
            copy.commit()
    finally:
        engine.dispose()
    return url


def balances(engine: Engine) -> dict[tuple[int, str, str], int]:
    """The stored ledger balances that aren't zero, by account, currency and holder."""
    statement = text(
        "SELECT account, currency, holder, balance_minor FROM ledger_balance"
        " WHERE balance_minor <> 0"
    )
    with engine.connect() as connection:
        return {(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(statement)}
