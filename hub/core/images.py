"""Pictures that people send: recognised by content, and written afresh before they are kept."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from hub.core.errors import Invalid
from hub.core.i18n import _

MAXIMUM_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """A picture that holds nothing but its pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


def reencode(data: bytes, max_side: int = 1600, quality: int = 82) -> EncodedPicture:
    """Decode a JPEG, PNG or WebP picture and write it afresh, neither side above ``max_side``.

    Upright as its camera meant it, without any metadata. A picture with transparency becomes PNG,
    all others JPEG of ``quality`` (1 to 95).

    Raises:
        Invalid: not such a picture, damaged, or of more than 40 million pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(BytesIO(data), formats=_FORMATS)
            if opened.width * opened.height > MAXIMUM_PIXELS:
                raise Invalid(_("The picture has more than 40 million pixels. Send a smaller one."))
            opened.load()
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((max_side, max_side))
            return _encode(picture, quality)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise Invalid(_damaged()) from error
    except (SyntaxError, EOFError, IndexError, OverflowError) as error:
        # Pillow's readers end with any of these on files made to mislead them.
        raise Invalid(_damaged()) from error


def _damaged() -> str:
    return _("This is not a picture that can be read. Send a JPEG, PNG or WebP file.")


def _encode(picture: Image.Image, quality: int) -> EncodedPicture:
    out = BytesIO()
    if picture.has_transparency_data:
        clean = picture.convert("RGBA")
        clean.info.clear()
        clean.save(out, "PNG", optimize=True)
        return EncodedPicture(out.getvalue(), "image/png", *clean.size)
    clean = picture.convert("RGB")
    clean.info.clear()
    clean.save(out, "JPEG", quality=quality, optimize=True)
    return EncodedPicture(out.getvalue(), "image/jpeg", *clean.size)
