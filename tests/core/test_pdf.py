"""The PDF kit: lines break where both scripts allow it, rows lose nothing, numbers stay whole."""

import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from hub.core.print import typesetting
from hub.core.print.pdf import Column, Document
from hub.core.print.typesetting import (
    BODY,
    BOLD,
    REGULAR,
    FontsMissing,
    Style,
    Text,
    cell,
    grouped,
    missing_glyphs,
    printable,
    runs,
    shrink_to_fit,
    width_at_one_point,
    wrap,
)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "document.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize(
    ("text", "em_wide", "lines"),
    [
        ("", 5, ("",)),
        ("甲乙丙丁戊己", 3, ("甲乙丙", "丁戊己")),
        ("甲乙丙，丁戊", 3, ("甲乙", "丙，丁", "戊")),
        ("甲乙（丙）丁", 3, ("甲乙", "（丙）", "丁")),
        ("货物 goods 货物", 5.1, ("货物 goods", "货物")),
        ("one two  three", 4.4, ("one two", "three")),
        ("hand-sorted", 4, ("hand-", "sorted")),
    ],
)
def test_breaks_lines(text: str, em_wide: float, lines: tuple[str, ...]) -> None:
    assert wrap(text, Style(size=10), em_wide * 10 + 0.01) == lines


def test_no_line_is_wider_than_its_column() -> None:
    text = "Wirtschaftsprüfungsgesellschaft" * 5 + "有限公司" * 30 + " Łódź Zażółć" * 9
    lines = wrap(text, BODY, 77.0)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(width_at_one_point(line, REGULAR) * BODY.size for line in lines) <= 77.0


def test_words_that_the_main_font_lacks_are_set_in_the_second() -> None:
    assert runs("Onion 洋葱", REGULAR) == ((REGULAR, "Onion 洋葱"),)
    assert runs("w Łodzi 洋葱", REGULAR) == (
        (REGULAR, "w "),
        ("NotoSans-Regular", "Łodzi"),
        (REGULAR, " 洋葱"),
    )
    assert runs("O’Brien", BOLD) == (("NotoSans-Bold", "O’Brien"),)


def test_tells_which_characters_no_font_has() -> None:
    assert missing_glyphs("Łódź 上海 ₹ Ωμέγα हिन्दी\n") == ""
    assert missing_glyphs("ab😀カ ก😀") == "😀ก"
    assert printable("ab 😀\tc\nd") == "ab 〓 c d"
    assert printable("e\u0301") == "\u00e9"


def test_numbers_shrink_rather_than_break() -> None:
    ((line, style),) = shrink_to_fit((Text("12,193,263,111,263,527.00"),), 60.0)
    assert line == "12,193,263,111,263,527.00"
    assert width_at_one_point(line, REGULAR) * style.size == pytest.approx(60.0)
    assert shrink_to_fit((Text("40"),), 60.0) == [("40", BODY)]


@pytest.mark.parametrize(
    ("value", "least", "most", "expected"),
    [
        ("40.000", 0, 3, "40"),
        ("1204.500", 0, 3, "1,204.5"),
        ("1204.5", 2, 4, "1,204.50"),
        ("98765432109876543210.1234", 2, 4, "98,765,432,109,876,543,210.1234"),
        ("1000", 0, 0, "1,000"),
        ("-0.005", 0, 3, "-0.005"),
    ],
)
def test_groups_numbers_exactly(value: str, least: int, most: int, expected: str) -> None:
    assert grouped(Decimal(value), least, most) == expected


def test_a_row_taller_than_a_page_is_continued(tmp_path: Path) -> None:
    document = Document("Long", "Hub", "foot")
    words = [f"word{index:04}" for index in range(1500)]
    document.table(
        (Column(1), Column(2)),
        [(cell("label"), cell(" ".join(words))), (cell("after"), cell("the end"))],
        head=(cell("Head A"), cell("Head B")),
    )
    pages = text_of(document.finish(), tmp_path).split("\f")[:-1]
    assert len(pages) > 2
    assert all("Head A" in page and "Head B" in page for page in pages)
    assert [word for page in pages for word in page.split() if word.startswith("word")] == words
    assert "the end" in pages[-1]


def test_boxes_stand_side_by_side_on_the_page_they_name() -> None:
    document = Document("Boxes", "Hub", "foot")
    document.space(700)
    left, right = document.reserve(90, 2)
    assert (left.page, right.page) == (1, 1)
    assert left.right < right.left
    assert left.top - left.bottom == 90


def test_missing_fonts_say_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FONTS_FOLDER", tmp_path)
    typesetting.register_fonts.cache_clear()
    with pytest.raises(FontsMissing, match=r"NotoSansSC-Regular\.ttf.*make install"):
        Document("None", "Hub", "foot")
