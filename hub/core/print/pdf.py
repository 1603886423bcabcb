"""The PDF kit: pages, tables and barcodes, drawn byte-stably.

A document is a flow of tables: a paragraph is a table of one cell, a list of facts one of two
columns. The same calls give the same bytes: nothing here reads a clock or a random number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from hub.core.print.typesetting import (
    BODY,
    BOLD,
    INK,
    LABEL,
    MUTED,
    NOTE,
    REGULAR,
    SECTION,
    SECTION_SIDE,
    SUBTITLE,
    TITLE,
    Cell,
    Lines,
    Style,
    Text,
    height_of,
    register_fonts,
    runs,
    shrink_to_fit,
    split,
    width_at_one_point,
    wrap,
    wrap_cell,
)

LINE, STRONG_LINE, TINT = "#d3d9e0", "#8793a1", "#f3f6f9"

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT = 51.0, PAGE_WIDTH - 51.0
TOP, BOTTOM = PAGE_HEIGHT - 48.0, 62.0
WIDTH = RIGHT - LEFT

_CELL_GAP = 9.0

# Streams as they are, not wrapped in ASCII letters: smaller by a quarter, and quicker.
rl_config.useA85 = 0


@cache
def _colour(name: str) -> Color:
    return HexColor(name)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that takes ``share`` parts of the table's width; numbers stand to the right."""

    share: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page (counted from 0), in points from its lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class _Pages(Canvas):
    """A canvas that numbers its pages "x of y": it keeps them until their count is known."""

    def __init__(self, target: BytesIO, foot: str, language: str) -> None:
        super().__init__(target, pagesize=A4, invariant=1, pageCompression=1, lang=language)
        self._foot = foot
        self._kept: list[dict[str, Any]] = []

    @property
    def page_index(self) -> int:
        return len(self._kept)

    def showPage(self) -> None:  # noqa: N802
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        kept = self._kept
        for index, state in enumerate(kept, 1):
            self.__dict__.update(state)
            self._draw_foot(index, len(kept))
            super().showPage()
        super().save()

    def _draw_foot(self, index: int, count: int) -> None:
        self.setStrokeColor(_colour(LINE))
        self.setLineWidth(0.5)
        self.line(LEFT, 46, RIGHT, 46)
        self.setFillColor(_colour(MUTED))
        number = f"Page {index} of {count}  ·  第 {index} 页，共 {count} 页"
        room = WIDTH - width_at_one_point(number, REGULAR) * 7.5 - 20
        pen = self.beginText(LEFT, 34)
        for font, part in runs(wrap(self._foot, NOTE, room)[0], REGULAR):
            pen.setFont(font, 7.5)
            pen.textOut(part)
        self.drawText(pen)
        self.setFont(REGULAR, 7.5)
        self.drawRightString(RIGHT, 34, number)


class Document:
    """A document being written from top to bottom; ``finish`` gives its bytes.

    Raises:
        FontsMissing: the font files are not installed.
    """

    def __init__(self, title: str, author: str, foot: str) -> None:
        register_fonts()
        self._target = BytesIO()
        self._canvas = _Pages(self._target, foot, "en")
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setCreator(author)
        self._y = TOP

    def finish(self) -> bytes:
        """The whole document; nothing can be added after."""
        self._canvas.showPage()
        self._canvas.save()
        return self._target.getvalue()

    def space(self, height: float) -> None:
        self._y -= height

    def keep(self, height: float) -> None:
        """Begin a new page unless ``height`` points are left on this one."""
        if self._y - height < BOTTOM:
            self.new_page()

    def new_page(self) -> None:
        self._canvas.showPage()
        self._y = TOP

    def reserve(self, height: float, count: int = 1, gap: float = 9.0) -> list[Box]:
        """``count`` framed boxes side by side, ``height`` points high, all on one page."""
        self.keep(height)
        width = (WIDTH - gap * (count - 1)) / count
        self._canvas.setStrokeColor(_colour(STRONG_LINE))
        self._canvas.setLineWidth(0.6)
        boxes = []
        for index in range(count):
            left = LEFT + index * (width + gap)
            box = Box(self._canvas.page_index, left, self._y - height, left + width, self._y)
            self._canvas.roundRect(left, box.bottom, width, height, 3)
            boxes.append(box)
        self._y -= height
        return boxes

    def write(self, box: Box, content: Cell, *, at_foot: bool = False) -> None:
        """Write ``content`` into a box on the present page, at its head or its foot."""
        lines = wrap_cell(content, box.right - box.left - 16)
        top = box.bottom + 6 + height_of(lines) if at_foot else box.top - 6
        self._draw_lines(lines, box.left + 8, box.right - 8, top, right=False)

    def masthead(self, over: str, title: str, beside: str, under: Cell, gap: float) -> None:
        """The head of the first page; ``gap`` points at its right stay free."""
        width = WIDTH - gap
        column = (Column(1),)
        head = (
            Text(over, NOTE),
            Text(title, TITLE),
            Text(beside, SUBTITLE),
            *under,
        )
        self.table(column, [(head,)], ruled=False, right=LEFT + width)

    def heading(self, en: str, zh: str, keep: float = 64) -> None:
        """A section's title, kept on one page with the next ``keep`` points."""
        self.space(13)
        self.keep(SECTION.leading + keep)
        self._draw_lines([(en, SECTION)], LEFT, RIGHT, self._y, right=False)
        start = LEFT + width_at_one_point(en, BOLD) * SECTION.size + 8
        self._draw_lines([(zh, SECTION_SIDE)], start, RIGHT, self._y, right=False)
        self._y -= SECTION.leading + 4
        self._rule(STRONG_LINE, 0.7)

    def paragraph(self, text: str, style: Style = BODY) -> None:
        self.table((Column(1),), [((Text(text, style),),)], ruled=False, padding=2)

    def facts(self, rows: Sequence[tuple[str, str, Cell]], label_share: float = 0.3) -> None:
        """Rows of (label in English, label in Chinese, what it is)."""
        columns = (Column(label_share), Column(1 - label_share))
        body = [((Text(f"{en}  {zh}", LABEL),), value) for en, zh, value in rows]
        self.table(columns, body, padding=3)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        head: Sequence[Cell] = (),
        ruled: bool = True,
        padding: float = 4,
        right: float = RIGHT,
    ) -> None:
        """Rows of cells; a row that finds no room goes to the next page, under the head again.

        A row taller than a page is continued line by line.
        """
        edges = _edges(columns, right)
        self._head(columns, edges, head, padding)
        for row in rows:
            left_over = _lay(columns, edges, row)
            while any(left_over):
                left_over = self._row(columns, edges, left_over, head, padding)
            if ruled:
                self._rule(LINE, 0.5, right)

    def _head(
        self,
        columns: Sequence[Column],
        edges: list[tuple[float, float]],
        head: Sequence[Cell],
        padding: float,
    ) -> None:
        if not head:
            return
        cells = _lay(columns, edges, head)
        height = max(map(height_of, cells)) + 2 * padding
        self.keep(height + 40)
        self._canvas.setFillColor(_colour(TINT))
        self._canvas.rect(LEFT, self._y - height, edges[-1][1] - LEFT, height, stroke=0, fill=1)
        self._draw_row(columns, edges, cells, padding)
        self._rule(STRONG_LINE, 0.6, edges[-1][1])

    def _row(
        self,
        columns: Sequence[Column],
        edges: list[tuple[float, float]],
        cells: list[Lines],
        head: Sequence[Cell],
        padding: float,
    ) -> list[Lines]:
        """Draw what fits of one row; return what is left over for the next page."""
        height = max(map(height_of, cells)) + 2 * padding
        fits_a_page = height < (TOP - BOTTOM) / 2
        if self._y - height < BOTTOM and (fits_a_page or self._y - BOTTOM < 60):
            self.new_page()
            self._head(columns, edges, head, padding)
        room = self._y - BOTTOM - 2 * padding
        parts = [split(lines, room) for lines in cells]
        self._draw_row(columns, edges, [taken for taken, _ in parts], padding)
        return [rest for _, rest in parts]

    def _draw_row(
        self,
        columns: Sequence[Column],
        edges: list[tuple[float, float]],
        cells: list[Lines],
        padding: float,
    ) -> None:
        top = self._y - padding
        for column, (start, end), lines in zip(columns, edges, cells, strict=True):
            self._draw_lines(lines, start, end, top, right=column.right)
        self._y = top - max(map(height_of, cells)) - padding

    def _draw_lines(self, lines: Lines, start: float, end: float, y: float, *, right: bool) -> None:
        if not lines:
            return
        pen = self._canvas.beginText()
        current: tuple[str, float] | None = None
        colour = ""
        for line, style in lines:
            x = end - width_at_one_point(line, style.font) * style.size if right else start
            pen.setTextOrigin(x, y - (style.leading + 0.72 * style.size) / 2)
            if style.colour != colour:
                colour = style.colour
                pen.setFillColor(_colour(colour))
            for font, part in runs(line, style.font):
                if (font, style.size) != current:
                    current = (font, style.size)
                    pen.setFont(*current)
                pen.textOut(part)
            y -= style.leading
        self._canvas.drawText(pen)

    def _rule(self, colour: str, width: float, right: float = RIGHT) -> None:
        self._canvas.setStrokeColor(_colour(colour))
        self._canvas.setLineWidth(width)
        self._canvas.line(LEFT, self._y, right, self._y)

    def qr(self, text: str, right: float, top: float, size: float) -> None:
        """A QR code of ``text`` (error correction M), ``size`` points wide with its quiet zone."""
        rows = _qr_rows(text)
        module = size / (len(rows) + 8)
        path = self._canvas.beginPath()
        for index, row in enumerate(rows):
            for run in re.finditer("1+", row):
                path.rect(run.start() + 4, -index - 5, run.end() - run.start(), 1)
        self._canvas.saveState()
        self._canvas.translate(right - size, top)
        self._canvas.scale(module, module)
        self._canvas.setFillColor(_colour(INK))
        self._canvas.drawPath(path, stroke=0, fill=1)
        self._canvas.restoreState()

    def code128(self, value: str, right: float, top: float, width: float, height: float) -> None:
        """A Code 128 barcode of ASCII ``value`` over the value in letters.

        It is ``width`` points wide with its quiet zones; ``height`` is that of the bars.
        """
        probe = Code128(value, barHeight=height, barWidth=1)
        bars = Code128(value, barHeight=height, barWidth=width / probe.width)
        bars.drawOn(self._canvas, right - width, top - height)
        self._canvas.setFillColor(_colour(INK))
        self._canvas.setFont(REGULAR, NOTE.size)
        self._canvas.drawCentredString(right - width / 2, top - height - NOTE.leading, value)


def _lay(
    columns: Sequence[Column], edges: list[tuple[float, float]], row: Sequence[Cell]
) -> list[Lines]:
    return [
        (shrink_to_fit if column.right else wrap_cell)(content, end - start)
        for column, (start, end), content in zip(columns, edges, row, strict=True)
    ]


def _edges(columns: Sequence[Column], right: float) -> list[tuple[float, float]]:
    total = sum(column.share for column in columns)
    room = right - LEFT - _CELL_GAP * (len(columns) - 1)
    edges, x = [], LEFT
    for column in columns:
        width = room * column.share / total
        edges.append((x, x + width))
        x += width + _CELL_GAP
    return edges


@lru_cache(maxsize=256)
def _qr_rows(text: str) -> tuple[str, ...]:
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    # Any of the eight masks can be read. Weighing them all, as make() does, takes as long as
    # drawing the rest of the page.
    code.version = code.calculate_version()
    code.makeImpl(False, 3)
    size = range(code.moduleCount)
    return tuple(
        "".join("1" if code.isDark(row, column) else "0" for column in size) for row in size
    )
