"""CSV files: read strictly and told by line, written so that no cell becomes a formula."""

from decimal import Decimal

import pytest
from flask import Flask

from hub.core.errors import Invalid
from hub.core.tabular import harmless, read_csv, write_csv

pytestmark = pytest.mark.one_database

A_MEGABYTE = 1024 * 1024


def test_rows_come_with_their_lines_and_stripped() -> None:
    data = (
        b"\xef\xbb\xbf Name ,PRICE,note\r\n"
        b" Onion ,12,\r\n"
        b"\r\n"
        b" , ,\r\n"
        b'"two\r\nlines",13,"a ""word"", and more"\r\n'
        b"\xe6\xb4\x8b\xe8\x91\xb1,14,last"
    )
    assert list(read_csv(data, ["name", "price"])) == [
        (2, {"name": "Onion", "price": "12", "note": ""}),
        (5, {"name": "two\r\nlines", "price": "13", "note": 'a "word", and more'}),
        (7, {"name": "洋葱", "price": "14", "note": "last"}),
    ]


def test_a_head_without_rows_is_a_file_without_rows() -> None:
    assert list(read_csv(b"name,price\n", ["name"])) == []


def test_a_row_of_another_length_tells_so(app: Flask) -> None:
    rows = dict(read_csv(b"a,b\n1\n1,2\n1,2,3\n", ["a", "b"]))
    assert rows == {
        2: {"a": "1", "": "The row has 1 cells instead of 2."},
        3: {"a": "1", "b": "2"},
        4: {"a": "1", "b": "2", "": "The row has 3 cells instead of 2."},
    }


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"name\n", "Line 1 lacks the column(s) price."),
        (b"\nname,price\n", "Line 1 lacks the column(s) name, price."),
        (b"name,price,Name, price \n", "Line 1 names the column(s) name, price twice."),
        (b"name,price\nok,1\n\xff,2\n", "Line 3 is not UTF-8 text."),
        (b"name,price\nok,\0\n", "it holds binary data"),
        (b'"name"x,price\n', "Line 1 can't be read"),
        (b"x" * (15 * A_MEGABYTE + 1), "The file is larger than 15 MB."),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
def test_what_is_no_such_file_is_told_at_once(app: Flask, data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_csv(data, ["name", "price"])
    assert sentence in str(refused.value)


def test_a_file_of_just_fifteen_megabytes_is_read() -> None:
    data = b"name,price\n".ljust(15 * A_MEGABYTE, b"\n")
    assert read_csv(data, ["name", "price"])


@pytest.mark.parametrize("row", [b'"x"y,2', b'"never closed,2'])
def test_a_row_that_can_not_be_read_is_told_with_its_line(app: Flask, row: bytes) -> None:
    rows = read_csv(b"name,price\nok,1\n" + row + b"\n", ["name", "price"])
    assert next(rows) == (2, {"name": "ok", "price": "1"})
    with pytest.raises(Invalid, match="Line 3 can't be read: "):
        next(rows)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (-1, "-1"),
        (Decimal("-1.50"), "-1.50"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(cell: object, text: str) -> None:
    assert harmless(cell) == text


def test_what_was_written_can_be_read_again() -> None:
    text = write_csv(["name", "price"], [('a "b", c\nd', Decimal("-1.50")), ("=x", None)])
    assert text == 'name,price\r\n"a ""b"", c\nd",-1.50\r\n\'=x,\r\n'
    assert [row for _line, row in read_csv(text.encode(), ["name", "price"])] == [
        {"name": 'a "b", c\nd', "price": "-1.50"},
        {"name": "'=x", "price": ""},
    ]
