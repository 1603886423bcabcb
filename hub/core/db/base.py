"""The base of all tables: one metadata, ids and versions; SQLite made to behave in transactions."""

import sqlite3
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, Engine, Integer, MetaData, String
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from hub.core.db.columns import UTCDateTime, new_public_id

#: True while a use case runs: its transaction takes the write lock at once on SQLite.
writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """The base of all tables."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UTCDateTime(),
            int: BigInteger().with_variant(Integer, "sqlite"),
        },
    )


class Identified:
    """A surrogate key inside, an id that can't be guessed outside."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(13), unique=True, default=new_public_id)


class Versioned:
    """People edit this: a change based on an old version is refused."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@sqlalchemy_event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin or commit by itself
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "busy_timeout=20000",
        "synchronous=NORMAL",
    ):
        connection.execute(f"PRAGMA {pragma}")


@sqlalchemy_event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
