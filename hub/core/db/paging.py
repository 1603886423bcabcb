"""Paging by key: a page begins after the last row of the one before, however long the table is."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_

from hub.core.db.columns import Scaled
from hub.core.errors import Invalid
from hub.core.i18n import _

_LONGEST_CURSOR = 1000
_BIGINT_END = 2**63


@dataclass(frozen=True)
class SortKey:
    """One column of an order; the last one must be unique. ``kind`` restores the cursor's value."""

    column: Any
    descending: bool = False
    kind: type = int


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursor of the next, if there is one."""

    rows: Sequence[Any]
    next_cursor: str | None


def encode_cursor(values: Sequence[Any]) -> str:
    """A cursor for a URL from the key values of a row."""
    raw = json.dumps([str(value) for value in values]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, keys: Sequence[SortKey]) -> list[Any]:
    """The key values of a cursor (Invalid if it was tampered with)."""
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded.encode()))
        if not isinstance(parts, list) or len(parts) != len(keys):
            raise ValueError
        return [_restore(part, key) for part, key in zip(parts, keys, strict=True)]
    except (ValueError, ArithmeticError, TypeError, binascii.Error) as error:
        raise Invalid(_("This page link is broken; start from the first page.")) from error


def _restore(text: str, key: SortKey) -> Any:
    """The value of a key, if its column can hold it."""
    if key.kind is date:
        return date.fromisoformat(text)
    value = Decimal(text) if key.kind is Decimal else key.kind(text)
    _refuse_beyond_bigint(value)
    if isinstance(key.column.type, Scaled):
        _refuse_beyond_bigint(key.column.type.process_bind_param(value, None))
    return value


def _refuse_beyond_bigint(value: Any) -> None:
    if isinstance(value, int | Decimal) and not -_BIGINT_END < value < _BIGINT_END:
        raise ValueError


def after(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for rows that come after ``values`` in the order of ``keys``."""
    alternatives = []
    for position, key in enumerate(keys):
        beyond = key.column < values[position] if key.descending else key.column > values[position]
        equal = [earlier.column == values[i] for i, earlier in enumerate(keys[:position])]
        alternatives.append(and_(*equal, beyond))
    return or_(*alternatives)


def keyset(statement: Select[Any], keys: Sequence[SortKey], cursor: str | None, size: int) -> Any:
    """``statement`` ordered by ``keys``, begun after ``cursor``, limited to ``size + 1`` rows."""
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    if cursor:
        statement = statement.where(after(keys, decode_cursor(cursor, keys)))
    return statement.order_by(*order).limit(size + 1)


def page_of(rows: Sequence[Any], size: int, key_values: Any) -> Page:
    """Cut the extra row off; ``key_values(row)`` gives the values of the sort keys."""
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], encode_cursor(key_values(rows[size - 1])))
