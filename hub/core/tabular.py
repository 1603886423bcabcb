"""CSV in and out: read strictly with line numbers, written so that no cell becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from hub.core.errors import Invalid
from hub.core.i18n import _

MAX_BYTES = 15 * 1024 * 1024
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def read_csv(data: bytes, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield ``(line number, row)`` of a UTF-8 CSV file with a head line.

    Values are stripped; a missing optional column is just not in the row. A row with too many
    or too few cells carries the key ``""`` with a sentence that says so.

    Raises:
        Invalid: too large, not UTF-8, binary, no head line, a required column missing or a
            column named twice.
    """
    if len(data) > MAX_BYTES:
        raise Invalid(_("The file is larger than %(size)d MB.", size=MAX_BYTES // 2**20))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(
            _("Line %(line)d is not UTF-8 text. Save the file as CSV UTF-8.", line=line)
        ) from error
    if "\0" in text:
        raise Invalid(_("This is not a CSV file: it holds binary data."))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().lower() for name in next(reader)]
    except StopIteration:
        raise Invalid(_("The file is empty.")) from None
    except csv.Error as error:
        raise Invalid(_("Line 1 can't be read: %(error)s.", error=str(error))) from error
    _check_head(head, required)
    return _rows(reader, head)


def _check_head(head: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in head]
    if missing:
        raise Invalid(
            _("Line 1 lacks the column(s) %(names)s.", names=", ".join(missing)),
        )
    twice = sorted({name for name in head if head.count(name) > 1})
    if twice:
        raise Invalid(_("Line 1 names the column(s) %(names)s twice.", names=", ".join(twice)))


def _rows(reader: Iterator[list[str]], head: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Invalid(
                _("Line %(line)d can't be read: %(error)s.", line=line, error=str(error))
            ) from error
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
        if len(cells) != len(head):
            row[""] = _(
                "The row has %(found)d cells instead of %(wanted)d.",
                found=len(cells),
                wanted=len(head),
            )
        yield line, row


def harmless(cell: object) -> str:
    """``cell`` as text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, int | Decimal):
        return str(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV text with a head line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()
