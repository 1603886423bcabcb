"""How text is set in documents: fonts, styles, and lines of mixed Latin and Chinese.

Both scripts are set in Noto Sans SC, embedded and subset. It lacks most letters of Central
Europe and all of Devanagari: words with such letters are set whole in Noto Sans.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel.numbers import format_decimal
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONTS_FOLDER = Path(__file__).parents[2] / "static" / "fonts"
REGULAR, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"
_SECOND = {REGULAR: "NotoSans-Regular", BOLD: "NotoSans-Bold"}

INK, MUTED, ACCENT = "#17202b", "#5a6572", "#1c4f78"

# Fonts for Chinese make an apostrophe as wide as a character: O’Brien needs a narrow one.
_WIDE_APOSTROPHES = frozenset(map(ord, "‘’"))
_MISSING_GLYPH = "〓"
_WIDE = r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")
_NEVER_FIRST = frozenset("，。、；：？！）】》」』〉…％·,.;:?!)]}%”’")
_NEVER_LAST = frozenset("（【《「『〈([{“‘")


class FontsMissing(RuntimeError):
    """The font files that documents are set in have not been installed."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; ``size`` and ``leading`` (from line to line) in points."""

    size: float = 9.0
    leading: float = 13.0
    bold: bool = False
    colour: str = INK

    @property
    def font(self) -> str:
        return BOLD if self.bold else REGULAR


BODY = Style()
STRONG = Style(bold=True)
NOTE = Style(7.5, 11.0, colour=MUTED)
LABEL = Style(8.5, 13.0, colour=MUTED)
TITLE = Style(20.0, 26.0, bold=True)
SUBTITLE = Style(13.0, 19.0, colour=MUTED)
SECTION = Style(10.5, 15.0, bold=True, colour=ACCENT)
SECTION_SIDE = Style(9.5, 15.0, colour=ACCENT)


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph in one style."""

    text: str
    style: Style = BODY


Cell = tuple[Text, ...]
Lines = list[tuple[str, Style]]


def cell(text: str, note: str = "", style: Style = BODY) -> Cell:
    """A cell with ``text`` and, under it in small muted letters, ``note``."""
    return (Text(text, style), Text(note, NOTE)) if note else (Text(text, style),)


def grouped(value: Decimal, least: int = 0, most: int = 3) -> str:
    """An exact number with thousands grouped and ``least`` to ``most`` decimals: 1,204.5."""
    pattern = "#,##0." + "0" * least + "#" * (most - least)
    return str(format_decimal(value, format=pattern.rstrip("."), locale="en"))


@cache
def register_fonts() -> dict[str, frozenset[int]]:
    """Register the fonts, once a process; returns the code points that each can show.

    Raises:
        FontsMissing: a font file is not installed.
    """
    shown = {}
    for name in (*_SECOND, *_SECOND.values()):
        path = FONTS_FOLDER / f"{name}.ttf"
        if not path.is_file():
            raise FontsMissing(
                f"The font {path.name} is not in {FONTS_FOLDER}: run `make install`, or `npm ci` "
                "and then the script that copies front-end files."
            )
        font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        shown[name] = frozenset(font.face.charToGlyph)
    for name in _SECOND:
        shown[name] -= _WIDE_APOSTROPHES
    return shown


@cache
def _printable_code_points() -> frozenset[int]:
    shown = register_fonts()
    return (shown[REGULAR] & shown[BOLD]) | (shown[_SECOND[REGULAR]] & shown[_SECOND[BOLD]])


def missing_glyphs(text: str) -> str:
    """The characters of ``text`` that documents can't show, each once, in their order.

    Raises:
        FontsMissing: the font files are not installed.
    """
    known = _printable_code_points()
    normal = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(c for c in normal if ord(c) not in known and not c.isspace()))


def printable(text: str) -> str:
    """``text`` on one line, with a visible mark for each character that can't be shown."""
    known = _printable_code_points()
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c if ord(c) in known else _MISSING_GLYPH for c in normal)


@lru_cache(maxsize=16_384)
def runs(line: str, font: str) -> tuple[tuple[str, str], ...]:
    """A printable ``line`` in parts of (font, text), each of which its font can show."""
    shown = register_fonts()[font]
    if all(ord(character) in shown for character in line):
        return ((font, line),)
    parts: list[tuple[str, str]] = []
    for piece in _PIECES.findall(line):
        for chosen, text in _piece_runs(piece, font):
            if parts and parts[-1][0] == chosen:
                parts[-1] = (chosen, parts[-1][1] + text)
            else:
                parts.append((chosen, text))
    return tuple(parts)


def _piece_runs(piece: str, font: str) -> list[tuple[str, str]]:
    shown, second = register_fonts(), _SECOND[font]
    for chosen in (font, second):
        if all(ord(character) in shown[chosen] for character in piece):
            return [(chosen, piece)]
    return [(font if ord(c) in shown[font] else second, c) for c in piece]


@lru_cache(maxsize=16_384)
def width_at_one_point(text: str, font: str) -> float:
    """How wide a printable ``text`` is at a size of one point."""
    return sum(float(pdfmetrics.stringWidth(part, name, 1)) for name, part in runs(text, font))


def _pieces(text: str) -> list[str]:
    """What a line may break between: words, spaces, and Chinese characters with the punctuation
    that must not be parted from them."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        glued = (
            bool(pieces)
            and not pieces[-1].isspace()
            and not piece.isspace()
            and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST)
        )
        if glued:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _chop(piece: str, font: str, limit: float) -> list[str]:
    """``piece`` in parts that fit ``limit``, for words longer than a line: cut after a hyphen or
    slash where there is one, else anywhere."""
    if width_at_one_point(piece, font) <= limit:
        return [piece]
    parts, part, used = [], "", 0.0
    for character in piece:
        step = width_at_one_point(character, font)
        if part and used + step > limit:
            cut = 1 + max(part.rfind("-"), part.rfind("/")) or len(part)
            parts.append(part[:cut])
            part = part[cut:]
            used = width_at_one_point(part, font)
        part, used = part + character, used + step
    return [*parts, part]


@lru_cache(maxsize=8_192)
def wrap(text: str, style: Style, width: float) -> tuple[str, ...]:
    """``text`` in lines of at most ``width`` points; one empty line where there is no text."""
    font, limit = style.font, width / style.size
    lines, line, used = [], "", 0.0
    for whole in _pieces(printable(text)):
        for piece in _chop(whole, font, limit):
            step = width_at_one_point(piece, font)
            if line and used + step > limit:
                lines.append(line.rstrip())
                line, used = "", 0.0
                if piece.isspace():
                    continue
            line, used = line + piece, used + step
    return (*lines, line.rstrip())


def shrink_to_fit(content: Cell, width: float) -> Lines:
    """One line a text, in smaller letters where it is too wide: numbers are never broken."""
    lines = []
    for text in content:
        line, style = printable(text.text), text.style
        wide = width_at_one_point(line, style.font) * style.size
        size = style.size * min(1.0, width / wide) if wide else style.size
        lines.append((line, replace(style, size=size)))
    return lines


def wrap_cell(content: Cell, width: float) -> Lines:
    return [(line, text.style) for text in content for line in wrap(text.text, text.style, width)]


def height_of(lines: Lines) -> float:
    return sum(style.leading for _, style in lines)


def split(lines: Lines, room: float) -> tuple[Lines, Lines]:
    """The first lines that fit ``room`` points, and the others."""
    taken = 0.0
    for index, (_, style) in enumerate(lines):
        taken += style.leading
        if taken > room:
            return lines[:index], lines[index:]
    return lines, []
