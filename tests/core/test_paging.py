"""Pages that follow each other by key hold every row once, whatever the rows have in common."""

import base64
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import select

from hub.core.db.base import db
from hub.core.db.paging import SortKey, decode_cursor, encode_cursor, keyset, page_of
from hub.core.errors import Invalid
from hub.posting.models import Listing
from tests.factories import Factories

BY_PRICE = SortKey(Listing.unit_price, kind=Decimal)
BY_QUANTITY = SortKey(Listing.quantity, descending=True, kind=Decimal)
BY_DAY = SortKey(Listing.ready_until, descending=True, kind=date)
BY_ID = SortKey(Listing.id)


def walk(keys: list[SortKey], size: int) -> list[list[int]]:
    """The ids of all pages, one list each; no list of these tests has twenty."""
    pages: list[list[int]] = []
    cursor = None
    while len(pages) < 20:
        rows = db.session.scalars(keyset(select(Listing), keys, cursor, size)).all()
        page = page_of(rows, size, lambda row: [getattr(row, key.column.key) for key in keys])
        pages.append([row.id for row in page.rows])
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return pages


def test_rows_that_share_their_first_keys_are_each_on_one_page(make: Factories) -> None:
    """Two listings of each of two prices and two quantities, in an order of no key."""
    company = make.company()
    made = [
        make.listing(company=company, unit_price=Decimal(price), quantity=Decimal(quantity))
        for _twice, price, quantity in product(range(2), (7, "6.5"), (40, "40.125"))
    ]
    wanted = [
        row.id for row in sorted(made, key=lambda row: (row.unit_price, -row.quantity, row.id))
    ]
    for size in (1, 2, 3, 8):
        pages = walk([BY_PRICE, BY_QUANTITY, BY_ID], size)
        assert [row_id for page in pages for row_id in page] == wanted
        assert all(len(page) == size for page in pages[:-1])
        assert pages[-1]


def test_days_and_ids_run_the_same_or_the_other_way(make: Factories) -> None:
    company = make.company()
    days = (20, 18, 20, 19)
    made = [make.listing(company=company, ready_until=make.someday(each)) for each in days]
    first, second, third, fourth = (row.id for row in made)
    assert walk([BY_DAY, BY_ID], 1) == [[first], [third], [fourth], [second]]
    backwards = SortKey(Listing.id, descending=True)
    assert walk([BY_DAY, backwards], 3) == [[third, first, fourth], [second]]


def test_an_empty_table_is_one_empty_page(make: Factories) -> None:
    assert walk([BY_ID], 2) == [[]]


@pytest.mark.parametrize(
    "damage",
    [
        "x",
        "é",
        encode_cursor([1]),
        encode_cursor([1, 2, 3]),
        encode_cursor(["1", "b"]),
        encode_cursor(["1", ""]),
        encode_cursor(["2026-02-30", "1"]),
        encode_cursor(["1", 2**63]),
        encode_cursor(["1", -(2**63)]),
    ],
)
@pytest.mark.one_database
def test_a_cursor_of_another_list_is_refused(damage: str) -> None:
    for keys in ([BY_DAY, BY_ID], [BY_PRICE, BY_ID]):
        with pytest.raises(Invalid, match="This page link is broken"):
            decode_cursor(damage, keys)


@pytest.mark.one_database
def test_a_cursor_gives_back_what_was_put_in() -> None:
    values = [Decimal("6.5000"), date(2028, 2, 29), 2**63 - 1]
    assert decode_cursor(encode_cursor(values), [BY_PRICE, BY_DAY, BY_ID]) == values
    lowest = [-(2**63) + 1]
    assert decode_cursor(encode_cursor(lowest), [BY_ID]) == lowest


@pytest.mark.one_database
def test_a_cursor_longer_than_any_of_ours_is_not_even_read() -> None:
    def padded(size: int) -> str:
        return base64.urlsafe_b64encode(b'["7"' + b" " * (size - 5) + b"]").decode().rstrip("=")

    assert len(padded(750)) == 1000
    assert decode_cursor(padded(750), [BY_ID]) == [7]
    with pytest.raises(Invalid):
        decode_cursor(padded(751), [BY_ID])
