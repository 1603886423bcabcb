"""Artwork as members and attackers send it: kept clean, or refused at its field."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from struct import pack
from typing import Any
from zlib import crc32

import pytest
from flask.testing import FlaskClient
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from hub.ads.display import bookings
from hub.ads.display.artwork import MOST_BYTES, address_elsewhere, path_here
from hub.ads.display.models import AdKind, AdPage, Booking, Creative
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.files import StoredFile
from tests.ads.display_factories import PlaceDesk, given, picture, words
from tests.factories import Factories
from tests.signing_in import sign_in


def _zipped_after(image: bytes) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.html", "<script>alert(1)</script>")
    return image + archive.getvalue()


def _with_script_in_its_notes() -> bytes:
    notes = PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    out = BytesIO()
    Image.new("RGB", (728, 90), "white").save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def _pixel_flood() -> bytes:
    """A PNG of a few bytes that says it has 2.5 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))

    header = pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="728" height="90"><script>1</script></svg>'
_GIF_SCRIPT = b"GIF89a/*\x5a\x00" + b"*/=1;alert(1)//" + b"\x00" * 40


@pytest.fixture
def draft(place_desk: PlaceDesk) -> Booking:
    owner = place_desk.ads.member()
    made = place_desk.draft(owner, place_desk.place())
    made.owner = owner  # type: ignore[attr-defined]
    return made


def _set(draft: Booking, **changes: Any) -> Booking:
    return bookings.set_artwork(
        draft.owner,  # type: ignore[attr-defined]
        draft.public_id,
        draft.version,
        given(**changes),
    )


@pytest.mark.parametrize(
    ("make_picture", "told"),
    [
        (lambda: _SVG, "is not a PNG, JPEG or WebP picture"),
        (lambda: _GIF_SCRIPT, "is not a PNG, JPEG or WebP picture"),
        (lambda: b"", "is not a PNG, JPEG or WebP picture"),
        (lambda: picture()[:200], "is damaged"),
        (_pixel_flood, "more than 40 megapixels"),
        (lambda: picture(727, 90), "needs at least 728 × 90"),
        (lambda: picture(800, 400), "not in the ratio 728 : 90"),
        (lambda: picture() + b"\0" * MOST_BYTES, "larger than 2 MB"),
    ],
)
def test_what_is_no_fitting_picture_is_refused_and_nothing_is_stored(
    draft: Booking, make_picture: Callable[[], bytes], told: str
) -> None:
    version, files = draft.version, db.session.query(StoredFile).count()
    with pytest.raises(Invalid) as refusal:
        _set(draft, picture=("banner.png", make_picture()))
    assert list(refusal.value.fields) == ["picture"]
    assert told in refusal.value.fields["picture"][0]
    assert (draft.creative_id, draft.version) == (None, version)
    assert db.session.query(StoredFile).count() == files
    assert db.session.query(Creative).count() == 0


@pytest.mark.parametrize(
    "make_picture", [lambda: _zipped_after(picture()), _with_script_in_its_notes]
)
def test_a_picture_is_written_afresh_without_what_came_with_it(
    draft: Booking, make_picture: Callable[[], bytes]
) -> None:
    sent = make_picture()
    _set(draft, picture=("banner.png", sent))
    assert draft.creative is not None
    assert draft.creative.file is not None
    kept = draft.creative.file.read()
    assert kept != sent
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (728, 90)


def test_a_sharper_picture_is_kept_at_most_twice_as_large(draft: Booking) -> None:
    _set(draft, picture=("banner.jpg", picture(728 * 4, 90 * 4, "JPEG")))
    assert draft.creative is not None
    assert (draft.creative.width, draft.creative.height) == (1456, 180)


def test_new_words_keep_the_picture_and_leave_the_old_record(draft: Booking) -> None:
    first = _set(draft).creative
    second = _set(draft, picture=None, alternative="Potatoes, too").creative
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert (second.file_id, second.alternative) == (first.file_id, "Potatoes, too")
    assert first.alternative == "Fresh onions every week"


def test_a_picture_needs_words_and_a_target(draft: Booking) -> None:
    with pytest.raises(Invalid) as refusal:
        _set(draft, picture=None, alternative=" ", target="")
    assert set(refusal.value.fields) == {"picture", "alternative", "target"}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("headline", {"headline": "x" * 61}),
        ("headline", {"headline": " "}),
        ("text", {"text": "x" * 121}),
        ("text", {"text": ""}),
    ],
)
def test_words_have_their_lengths(
    place_desk: PlaceDesk, field: str, changes: dict[str, str]
) -> None:
    owner = place_desk.ads.member()
    made = place_desk.draft(owner, place_desk.place(AdPage.FRONT, AdKind.TEXT))
    with pytest.raises(Invalid) as refusal:
        bookings.set_artwork(owner, made.public_id, made.version, words(**changes))
    assert list(refusal.value.fields) == [field]
    longest = words(headline="x" * 60, text="y" * 120)
    bookings.set_artwork(owner, made.public_id, made.version, longest)
    assert made.creative is not None
    assert (made.creative.headline, made.creative.file_id) == ("x" * 60, None)


@pytest.mark.parametrize(
    "typed",
    [
        "http://example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://user:secret@example.org",
        "https://example.org@evil.org",
        "https://example.org:8443/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://exam ple.org/",
        "https://example.org/\\evil",
        "https://example.org/\nx",
        "https://exämple.org/",
        "https:///path",
        "https://example.org:port/",
        "",
    ],
)
def test_addresses_that_are_no_plain_https_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        address_elsewhere(typed)


def test_plain_addresses_are_kept() -> None:
    for typed in ("https://example.org", "https://shop.example.co.in/a?b=c#d"):
        assert address_elsewhere(f" {typed} ") == typed
    assert path_here("/market?q=onion") == "/market?q=onion"


def test_only_the_company_and_staff_see_a_picture_before_it_is_paid(
    place_desk: PlaceDesk, make: Factories, client: FlaskClient
) -> None:
    owner = place_desk.ads.member()
    made = place_desk.submitted(owner, place_desk.place())
    assert made.creative is not None
    address = f"/ads/artwork/{made.creative.public_id}"
    assert client.get(address).status_code == 404
    sign_in(client, make.trader())
    assert client.get(address).status_code == 404
    for who in (owner, place_desk.ads.clerk):
        sign_in(client, who)
        seen = client.get(address)
        assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
        assert seen.headers["Cache-Control"] == "private, no-store"
        assert seen.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_wrong_artwork_is_told_at_its_field_and_what_was_typed_stays(
    draft: Booking, client: FlaskClient
) -> None:
    sign_in(client, draft.owner)  # type: ignore[attr-defined]
    answer = client.post(
        f"/advertising/bookings/{draft.public_id}/artwork",
        data={
            "version": str(draft.version),
            "alternative": "My onions",
            "target": "http://example.org",
            "picture": (BytesIO(_SVG), "banner.svg"),
        },
    )
    assert answer.status_code == 422
    assert "banner.svg is not a PNG, JPEG or WebP picture." in answer.text
    assert "The address must begin with https://." in answer.text
    assert 'value="My onions"' in answer.text
    assert draft.creative_id is None
