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


def decode(data: bytes, name: str) -> Image.Image:
    """The pixels of a JPEG, PNG or WebP picture, upright as its camera meant it.

    Raises:
        Invalid: not such a picture, damaged, or of more than 40 megapixels; says ``name``.
    """
    too_large = _("%(name)s has more than 40 megapixels.", name=name)
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures that unpack to a huge size; the limit below is ours.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as opened:
                if opened.width * opened.height > MAXIMUM_PIXELS:
                    raise Invalid(too_large)
                opened.load()
                return ImageOps.exif_transpose(opened)
    except Image.DecompressionBombError as error:
        raise Invalid(too_large) from error
    except UnidentifiedImageError as error:
        raise Invalid(_("%(name)s is not a PNG, JPEG or WebP picture.", name=name)) from error
    # Pillow's readers end with any of these on files made to mislead them.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError) as error:
        raise Invalid(_("%(name)s is damaged and can't be read.", name=name)) from error


def reencode(data: bytes, max_side: int = 1600, quality: int = 82) -> EncodedPicture:
    """Decode a JPEG, PNG or WebP picture and write it afresh, neither side above ``max_side``.

    Without any metadata. A picture with transparency becomes PNG, all others JPEG of
    ``quality`` (1 to 95).

    Raises:
        Invalid: as :func:`decode`.
    """
    picture = decode(data, _("The picture"))
    picture.thumbnail((max_side, max_side))
    return _encode(picture, quality)


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
