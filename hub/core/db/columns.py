"""Exact column types: instants, scaled decimals, closed vocabularies, ids for addresses."""

import operator
import secrets
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Enum
from sqlalchemy.types import TypeDecorator

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
