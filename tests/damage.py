"""Damage to a database that its own guards would refuse, for tests of what finds damage."""

from sqlalchemy import Connection, Delete, Insert, Update, text

from hub.core.db.base import db


def strike(statement: Insert | Update | Delete) -> None:
    """Carry the statement out past the triggers and CHECKs of its table, and put those back.

    To be used in a transaction that is rolled back. PostgreSQL takes a CHECK back for new rows
    only.
    """
    connection = db.session.connection()
    table = statement.table.name  # type: ignore[union-attr]
    if connection.dialect.name == "postgresql":
        _strike_postgresql(connection, table, statement)
    else:
        _strike_sqlite(connection, table, statement)
    db.session.expire_all()


def _strike_sqlite(connection: Connection, table: str, statement: Insert | Update | Delete) -> None:
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"),
        {"name": table},
    ).all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    try:
        connection.execute(statement)
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)


def _strike_postgresql(
    connection: Connection, table: str, statement: Insert | Update | Delete
) -> None:
    checks = connection.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid = CAST(:name AS regclass)"
        ),
        {"name": table},
    ).all()
    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for name, _check in checks:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    connection.execute(statement)
    for name, check in checks:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {check} NOT VALID")
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
