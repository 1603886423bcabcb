"""The search index: one row of words for each listing on the market, and indexes for its lists.

The words are made by :mod:`hub.core.words`. PostgreSQL keeps them as a tsvector with a GIN index,
SQLite in an FTS5 table; neither cuts or folds words itself, so both give the same answers.
"""

from sqlalchemy import DDL, BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db.base import Base
from hub.posting.models import Listing


class SearchEntry(Base):
    """The words of a listing that is open, separated by single spaces."""

    __tablename__ = "search_entry"

    listing_id: Mapped[int] = mapped_column(
        ForeignKey("listing.id"), primary_key=True, autoincrement=False
    )
    document: Mapped[str] = mapped_column(Text)


for _name, _column in (
    ("ix_listing_open_price", Listing.unit_price),
    ("ix_listing_open_valid_until", Listing.valid_until),
    ("ix_listing_open_natural_position", Listing.natural_position),
):
    Index(
        _name,
        _column,
        Listing.id,
        sqlite_where=sql("state = 'open'"),
        postgresql_where=sql("state = 'open'"),
    )

_STORED = "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(document, ' '))) STORED"
_POSTGRESQL = (
    f"ALTER TABLE search_entry ADD COLUMN search_vector tsvector NOT NULL {_STORED}",
    "CREATE INDEX search_vector_index ON search_entry USING gin (search_vector)",
)
_ADD = "INSERT INTO search_index (rowid, document) VALUES (new.listing_id, new.document);"
_DROP = (
    "INSERT INTO search_index (search_index, rowid, document)"
    " VALUES ('delete', old.listing_id, old.document);"
)
_FTS5 = (
    "document, content='search_entry', content_rowid='listing_id', "
    "tokenize='ascii', detail='none', prefix='2 3'"
)
_SQLITE = (
    f"CREATE VIRTUAL TABLE search_index USING fts5({_FTS5})",
    f"CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN {_ADD} END",
    f"CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN {_DROP} END",
    f"CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN {_DROP} {_ADD} END",
)


def search_ddl(dialect: str) -> list[str]:
    """The statements that follow the table's creation on ``postgresql`` or ``sqlite``."""
    return list(_SQLITE if dialect == "sqlite" else _POSTGRESQL)


def search_drop_ddl(dialect: str) -> list[str]:
    """The statements that precede the table's removal."""
    return ["DROP TABLE IF EXISTS search_index"] if dialect == "sqlite" else []


def is_search_object(name: str | None) -> bool:
    """Whether a table, column or index belongs to the index: no model describes it."""
    return bool(name) and str(name).startswith(("search_index", "search_vector"))


for _dialect in ("postgresql", "sqlite"):
    for _moment, _statements in (
        ("after_create", search_ddl(_dialect)),
        ("before_drop", search_drop_ddl(_dialect)),
    ):
        for _statement in _statements:
            sqlalchemy_event.listen(
                SearchEntry.__table__, _moment, DDL(_statement).execute_if(dialect=_dialect)
            )

#: The index as queries see it on each database; never created from here.
_elsewhere = MetaData()
POSTGRESQL_INDEX = Table(
    "search_entry",
    _elsewhere,
    Column("listing_id", BigInteger),
    Column("search_vector", TSVECTOR),
)
SQLITE_INDEX = Table(
    "search_index", _elsewhere, Column("rowid", Integer), Column("search_index", Text)
)
