"""Artwork of advertisements: pictures written afresh, short texts, and where they lead."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from hub.ads.display.models import AdKind, Creative
from hub.core import clock, files
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.print.images import EncodedPicture, decode, reencode

MOST_BYTES = 2 * 1024 * 1024
LONGEST_HEADLINE = 60
LONGEST_TEXT = 120
LONGEST_TARGET = 500
#: Artwork may be up to so many times as large as its place, for sharp screens.
_SHARPEST = 2
#: So far, in hundredths, the sides of a picture may be off the ratio of its place.
_RATIO_SLACK = 1
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.[a-z][a-z0-9-]+")

Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Frame:
    """What artwork has to fit: a kind of place and, but for text, its size in pixels."""

    kind: AdKind
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Given:
    """Artwork as it was typed and sent; ``picture`` is (file name, bytes)."""

    target: str
    headline: str = ""
    text: str = ""
    alternative: str = ""
    picture: tuple[str, bytes] | None = None


def address_elsewhere(typed: str) -> str:
    """The https address that was typed.

    Raises:
        Invalid: another scheme, credentials, a port, no name of a host, or characters that no
            address has.
    """
    typed = typed.strip()
    try:
        parts = urlsplit(typed)
        has_port = parts.port is not None
    except ValueError:
        raise Invalid(_("This is not an address of a website.")) from None
    if parts.scheme != "https":
        raise Invalid(_("The address must begin with https://."))
    if "@" in parts.netloc:
        raise Invalid(_("The address may not hold a user name or a password."))
    written = typed.isascii() and typed.isprintable() and " " not in typed and "\\" not in typed
    if not written or has_port or not _HOST.fullmatch((parts.hostname or "").lower()):
        raise Invalid(_("This is not an address of a website, such as https://www.example.com/."))
    return typed


def path_here(typed: str) -> str:
    """The path on this site that was typed (Invalid if it leads anywhere else)."""
    typed = typed.strip()
    written = typed.isascii() and typed.isprintable() and " " not in typed and "\\" not in typed
    if not written or not typed.startswith("/") or typed.startswith("//"):
        raise Invalid(_("This is not a path on this site, such as /market."))
    return typed


def keep(
    actor: Actor,
    frame: Frame,
    given: Given,
    read_target: Callable[[str], str],
    before: Creative | None = None,
) -> Creative:
    """Check artwork and add it to this transaction; without a new picture that of ``before`` stays.

    Raises:
        Invalid: ``fields`` says what is wrong with which part. Nothing is stored then.
    """
    errors: Errors = {}
    target = _checked_target(given.target, read_target, errors)
    creative = Creative(target=target, created_at=clock.now(), created_by=actor.user_id)
    if frame.kind is AdKind.TEXT:
        creative.headline = _checked_words("headline", given.headline, LONGEST_HEADLINE, errors)
        creative.text = _checked_words("text", given.text, LONGEST_TEXT, errors)
        _refuse(errors)
    else:
        creative.alternative = _checked_words(
            "alternative", given.alternative, LONGEST_TEXT, errors
        )
        _keep_picture(actor, frame, given, creative, before, errors)
    db.session.add(creative)
    db.session.flush()
    return creative


def _keep_picture(
    actor: Actor,
    frame: Frame,
    given: Given,
    creative: Creative,
    before: Creative | None,
    errors: Errors,
) -> None:
    encoded = None
    if given.picture is not None:
        try:
            encoded = _encoded(frame, *given.picture)
        except Invalid as error:
            errors["picture"] = [error.message]
    elif before is None or before.file is None:
        errors["picture"] = [_("Choose a picture.")]
    _refuse(errors)
    if encoded is not None:
        ending = encoded.media_type.partition("/")[2]
        creative.file = files.store(actor, encoded.data, f"artwork.{ending}", encoded.media_type)
        creative.width, creative.height = encoded.width, encoded.height
    elif before is not None:
        creative.file, creative.width, creative.height = before.file, before.width, before.height


def _refuse(errors: Errors) -> None:
    if errors:
        raise Invalid(next(iter(errors.values()))[0], errors)


def _checked_target(typed: str, read_target: Callable[[str], str], errors: Errors) -> str:
    if len(typed) > LONGEST_TARGET:
        errors["target"] = [_("At most %(most)d characters.", most=LONGEST_TARGET)]
        return ""
    try:
        return read_target(typed)
    except Invalid as error:
        errors["target"] = [error.message]
        return ""


def _checked_words(name: str, typed: str, longest: int, errors: Errors) -> str:
    words = " ".join(typed.split())
    if not words:
        errors[name] = [_("This is needed.")]
    elif len(words) > longest:
        errors[name] = [
            _(
                "At most %(most)d characters; these are %(count)d.",
                most=longest,
                count=len(words),
            )
        ]
    return words


def _encoded(frame: Frame, name: str, data: bytes) -> EncodedPicture:
    """The picture written afresh, at most twice as large as its place."""
    width, height = frame.width or 0, frame.height or 0
    if len(data) > MOST_BYTES:
        raise Invalid(_("%(name)s is larger than 2 MB.", name=name))
    picture = decode(data, name)
    size = {"width": picture.width, "height": picture.height}
    if picture.width < width or picture.height < height:
        raise Invalid(
            _(
                "The picture has %(width)d × %(height)d pixels; the place needs at least "
                "%(least_width)d × %(least_height)d.",
                **size,
                least_width=width,
                least_height=height,
            )
        )
    off = abs(picture.width * height - picture.height * width)
    if off * 100 > picture.height * width * _RATIO_SLACK:
        raise Invalid(
            _(
                "The picture has %(width)d × %(height)d pixels, which is not in the ratio "
                "%(place_width)d : %(place_height)d of the place.",
                **size,
                place_width=width,
                place_height=height,
            )
        )
    return reencode(data, max_side=_SHARPEST * max(width, height))
