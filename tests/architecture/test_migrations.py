"""Models and migrations agree, in both directions and on the run's kind of database."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

import config
from hub.app import create_app
from hub.core.db.append_only import registered
from hub.core.db.base import Base, db
from hub.market.models import is_search_object
from tests import databases
from tests.configurations import config_on

MIGRATIONS = config.ROOT / "migrations"


@pytest.fixture
def empty_app(database_server: databases.Server, tmp_path: Path) -> Iterator[Flask]:
    """The application, in its context, on a database without any table."""
    url = database_server.empty_database()
    app = create_app(config_on(url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    database_server.drop(url)


def _schema(engine: sa.Engine) -> dict[str, Any]:
    """Everything the database says about its tables, without the order it was made in."""
    inspector = sa.inspect(engine)
    found: dict[str, Any] = {"triggers and functions": _triggers(engine)}
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            },
            "key": inspector.get_pk_constraint(table),
            "checks": {
                check["name"]: " ".join(check["sqltext"].split())
                for check in inspector.get_check_constraints(table)
            },
            "foreign keys": _by_name(inspector.get_foreign_keys(table)),
            "uniques": _by_name(inspector.get_unique_constraints(table)),
            "indexes": _by_name(inspector.get_indexes(table)),
        }
    return found


def _by_name(described: list[Any]) -> dict[str, str]:
    return {str(one["name"]): _told(one) for one in described}


def _told(value: Any) -> str:
    """A description as text: SQLite tells the conditions of indexes as SQL objects."""
    if isinstance(value, dict):
        return str(sorted((key, _told(each)) for key, each in value.items() if each is not None))
    return str(value)


def _triggers(engine: sa.Engine) -> list[tuple[str, ...]]:
    queries = {
        "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master"
        " WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL TABLE%'",
        "postgresql": "SELECT event_object_table, trigger_name, event_manipulation"
        " FROM information_schema.triggers"
        " UNION ALL SELECT proname, prosrc, '' FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace",
    }
    with engine.connect() as connection:
        rows = connection.execute(sa.text(queries[engine.dialect.name]))
        return sorted(tuple(map(str, row)) for row in rows)


def test_there_is_one_head_and_one_root() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_a_new_column_fits_the_rows_that_are_there() -> None:
    """An empty database takes any column; a filled one refuses NOT NULL without a default."""
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        upgrade = next(
            node
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
        )
        for call in ast.walk(upgrade):
            if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("add_column"):
                continue
            written = ast.unparse(call)
            assert "nullable=False" not in written or "server_default=" in written, (
                f"{path.name}, line {call.lineno}: say server_default in the model and here, or "
                f"this fails wherever the table has rows."
            )


def test_migrations_make_the_schema_of_the_models(empty_app: Flask, schema_app: Flask) -> None:
    flask_migrate.upgrade()
    migrated = _schema(db.engine)
    with schema_app.app_context():
        modelled = _schema(db.engine)
    assert migrated.keys() == modelled.keys()
    for table in modelled:
        assert migrated[table] == modelled[table], table


def test_alembic_finds_nothing_to_change(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, _kind, _parents: not is_search_object(name),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_run_down_to_nothing_and_up_again(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    first = _schema(db.engine)
    flask_migrate.downgrade(revision="base")
    assert _schema(db.engine) == {"triggers and functions": []}
    flask_migrate.upgrade()
    assert _schema(db.engine) == first


def test_a_migrated_database_refuses_to_rewrite_history(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO ledger_entry (id, key, kind, booked_on, posted_at, subject_kind,"
                " subject_id, description) VALUES (1, 'k', 'test', '2026-01-01',"
                " '2026-01-01 00:00:00', 'contract', 1, '')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO ledger_line (id, entry_id, account, currency, holder, amount_minor)"
                " VALUES (1, 1, 1100, 'INR', '', 250)"
            )
        )
    for statement in (
        "UPDATE ledger_line SET amount_minor = 251",
        "DELETE FROM ledger_line",
        "UPDATE ledger_entry SET description = 'other'",
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match="is append-only"),
            db.engine.begin() as connection,
        ):
            connection.execute(sa.text(statement))
    with db.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT amount_minor FROM ledger_line")).scalars().all()
    assert kept == [250]


def test_every_append_only_table_has_its_triggers(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    guarded = {
        table
        for table, name, _ in _triggers(db.engine)
        if name.endswith(("_append_only", "_no_update", "_no_delete"))
    }
    assert guarded == registered()
