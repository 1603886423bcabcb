"""Pictures are judged by content and kept re-encoded, small and without metadata."""

import io
import struct
import zlib

import pytest
from PIL import Image

from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.posting import services
from hub.posting.models import Listing, ListingState
from hub.posting.pictures import MOST_BYTES, reencode
from tests.factories import Factories


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "P"), ("WEBP", "RGBA")])
def test_each_kind_becomes_a_jpeg_and_a_thumbnail(kind: str, mode: str) -> None:
    source = picture(kind, (2400, 1200), "RGB") if mode == "RGB" else None
    if source is None:
        out = io.BytesIO()
        Image.new("RGBA", (2400, 1200), (0, 128, 128, 255)).convert(mode).save(out, kind)
        source = out.getvalue()
    made = reencode(source, "onions")
    assert (made.width, made.height) == (1600, 800)
    assert (opened(made.data).format, opened(made.data).size) == ("JPEG", (1600, 800))
    assert (opened(made.thumbnail).format, opened(made.thumbnail).size) == ("JPEG", (320, 160))


def test_small_pictures_are_not_enlarged_and_clear_ones_lie_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 20), (0, 0, 0, 0)).save(out, "PNG")
    made = reencode(out.getvalue(), "clear.png")
    assert (made.width, made.height) == (50, 20)
    assert opened(made.data).getpixel((5, 5)) == (255, 255, 255)


def test_what_the_camera_noted_is_dropped_and_the_picture_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x013B] = "A. Trader, 12 Market Road"
    out = io.BytesIO()
    Image.new("RGB", (80, 40), "teal").save(out, "JPEG", exif=exif)
    assert b"Market Road" in out.getvalue()
    made = reencode(out.getvalue(), "turned.jpg")
    assert (made.width, made.height) == (40, 80)
    assert b"Market Road" not in made.data
    assert not opened(made.data).getexif()


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def claimed_png(width: int, height: int) -> bytes:
    """A small PNG that says it is large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a PNG, JPEG or WebP"),
        (b"%PDF-1.7 nothing to see", "not a PNG, JPEG or WebP"),
        (picture("GIF"), "not a PNG, JPEG or WebP"),
        (picture("BMP"), "not a PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG, JPEG or WebP"),
        (picture("JPEG")[:400], "damaged"),
        (claimed_png(7000, 6000), "more than 40 megapixels"),
        (claimed_png(60000, 60000), "more than 40 megapixels"),
        (b"\xff\xd8\xff" + b"0" * MOST_BYTES, "larger than 10 MB"),
    ],
)
def test_what_is_no_usable_picture_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        reencode(data, "upload")


@pytest.fixture
def own(make: Factories) -> tuple[Actor, Listing]:
    company = make.company()
    return make.trader(company), make.listing(company=company, state=ListingState.DRAFT)


def kept(listing: Listing) -> list[int]:
    db.session.expire_all()
    return [each.position for each in db.session.get_one(Listing, listing.id).pictures]


def test_at_most_eight_pictures(own: tuple[Actor, Listing]) -> None:
    actor, listing = own
    one = picture(size=(20, 20))
    services.add_pictures(actor, listing.public_id, [("a.jpg", one)] * 7)
    with pytest.raises(Invalid, match="at most 8"):
        services.add_pictures(actor, listing.public_id, [("a.jpg", one)] * 2)
    services.add_pictures(actor, listing.public_id, [("a.jpg", one)])
    assert kept(listing) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_one_bad_picture_keeps_all_out(own: tuple[Actor, Listing]) -> None:
    actor, listing = own
    with pytest.raises(Invalid):
        services.add_pictures(
            actor, listing.public_id, [("good.jpg", picture()), ("bad.jpg", b"bad")]
        )
    assert kept(listing) == []


def test_a_picture_is_removed(own: tuple[Actor, Listing]) -> None:
    actor, listing = own
    first, second = services.add_pictures(
        actor, listing.public_id, [("a.jpg", picture()), ("b.jpg", picture())]
    )
    services.remove_picture(actor, listing.public_id, first.public_id)
    with pytest.raises(NotFound):
        services.remove_picture(actor, listing.public_id, first.public_id)
    assert kept(listing) == [second.position]


def test_a_closed_listing_keeps_its_pictures(make: Factories) -> None:
    company = make.company()
    listing = make.listing(company=company, state=ListingState.EXPIRED)
    with pytest.raises(Conflict):
        services.add_pictures(make.trader(company), listing.public_id, [("a.jpg", picture())])
    assert kept(listing) == []
