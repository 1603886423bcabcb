"""What a worklist is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hub.core.db.base import db

MOST = 8


@dataclass(frozen=True)
class Work:
    """One thing to do: what, on what page, by when."""

    title: str
    detail: str
    url: str
    by: date | datetime | None = None


@dataclass
class WorkGroup:
    """Things of one kind. ``more`` says whether there are others beyond those listed."""

    title: str
    url: str
    items: list[Work] = field(default_factory=list)
    more: bool = False


def group(title: str, url: str, items: Iterable[Work]) -> WorkGroup:
    """The first ``MOST`` of ``items`` under a title that leads to all of them."""
    listed = list(items)
    return WorkGroup(title, url, listed[:MOST], len(listed) > MOST)


def rows(statement: Any) -> Sequence[Any]:
    """What the statement finds, one more than a group lists."""
    return db.session.scalars(statement.limit(MOST + 1)).unique().all()
