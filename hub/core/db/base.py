"""The database: one metadata, exact column types, and SQLite made to behave in transactions."""

import operator
import secrets
import sqlite3
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Engine, Enum, Integer, MetaData, String
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.types import TypeDecorator

#: True while a use case runs: its transaction takes the write lock at once on SQLite.
writing: ContextVar[bool] = ContextVar("writing", default=False)

_PUBLIC_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_public_id() -> str:
    """A random id for URLs: 13 characters, 65 bits."""
    return "".join(secrets.choice(_PUBLIC_ID_ALPHABET) for _ in range(13))


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, gives them back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scaled(TypeDecorator[Decimal]):
    """An exact decimal with a fixed number of places, kept as a BIGINT.

    SQLite sums NUMERIC as binary floating point; integers stay exact on both databases.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Sums and differences stay scaled; otherwise a literal beside them would not be."""

        def _adapt_expression(self, op: Any, other_comparator: Any) -> tuple[Any, Any]:
            if op in (operator.add, operator.sub):
                return op, self.type
            return super()._adapt_expression(op, other_comparator)

    comparator_factory = Comparator

    def process_bind_param(self, value: Decimal | int | None, dialect: Any) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places.")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


def StateColumn(states: type[StrEnum], name: str = "") -> Enum:  # noqa: N802
    """The column type of a state or another closed vocabulary, checked by the database.

    ``name`` tells the checks of two columns of one table apart that share a vocabulary.
    """
    return Enum(
        states,
        native_enum=False,
        length=32,
        create_constraint=True,
        validate_strings=True,
        name=name or states.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


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
