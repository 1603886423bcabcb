"""How Alembic runs the migrations: inside the application, in one transaction."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from hub.core.db.base import writing
from hub.core.db.columns import Scaled, UTCDateTime
from hub.market.models import is_search_object

db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write own types as the plain ones they are kept in: migrations outlive our code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Scaled):
        return "sa.BigInteger()"
    return False


def include_name(name: str | None, _kind: str, _parents: Any) -> bool:
    """Leave out of the comparison what exists beside the models: the search index's own parts."""
    return not is_search_object(name)


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transactional_ddl=True,
        render_item=render_item,
        include_name=include_name,
        process_revision_directives=refuse_empty,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"The migration leaves broken references: {broken[:10]}")


def refuse_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no migration where models and database agree."""
    is_revision = getattr(context.config.cmd_opts, "autogenerate", False)
    if is_revision and directives[0].upgrade_ops.is_empty():
        directives[:] = []
        context.config.print_stdout("Models and migrations agree: nothing to write.")


def upgrade_online() -> None:
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            # Changing a table there means making it anew; with foreign keys on, dropping the old
            # one would delete what refers to it. Only possible outside a transaction.
            driver.execute("PRAGMA foreign_keys=OFF")
        token = writing.set(True)
        try:
            run(connection)
        finally:
            writing.reset(token)
            connection.rollback()
            if on_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise RuntimeError("Migrations need a database: --sql is not supported.")
upgrade_online()
