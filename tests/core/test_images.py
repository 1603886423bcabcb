"""Pictures that people send: pixels written afresh, or a sentence that says what is wrong."""

from io import BytesIO

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hub.core.errors import Invalid
from hub.core.print.images import MAXIMUM_PIXELS, reencode
from tests.examples import examples


def _encoded(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def test_neither_side_is_longer_than_asked(app: Flask) -> None:
    made = reencode(_encoded("PNG", (400, 100)), max_side=200)
    assert (made.width, made.height, made.media_type) == (200, 50, "image/jpeg")


def test_other_kinds_are_refused_in_words(app: Flask) -> None:
    with pytest.raises(Invalid, match="The picture is not a PNG, JPEG or WebP picture"):
        reencode(_encoded("GIF"))


def test_more_pixels_than_allowed_are_refused(app: Flask) -> None:
    wide = Image.new("1", (MAXIMUM_PIXELS // 1000 + 1, 1000))
    out = BytesIO()
    wide.save(out, "PNG")
    with pytest.raises(Invalid, match="more than 40 megapixels"):
        reencode(out.getvalue())


@settings(
    max_examples=examples(80),
)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP"]),
    at=st.integers(0, 400),
    junk=st.binary(max_size=12),
)
def test_damaged_bytes_end_in_a_picture_or_a_sentence(
    app: Flask, kind: str, at: int, junk: bytes
) -> None:
    whole = _encoded(kind)
    place = at % len(whole)
    try:
        outcome = str(reencode(whole[:place] + junk + whole[place + len(junk) :]).media_type)
    except Invalid as refusal:
        outcome = refusal.message
    assert outcome.startswith(("image/", "The picture "))
