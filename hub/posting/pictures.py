"""Pictures of the goods: checked by content, re-encoded, without what the camera noted in them."""

import io
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

from hub.core import audit, bus, files
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.print.images import decode
from hub.core.use_case import use_case
from hub.membership.entitlements import services as entitlements
from hub.posting.events import ListingChanged
from hub.posting.lifecycle import own_listing
from hub.posting.models import Listing, ListingPicture, ListingState

MOST_PICTURES = 8
MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 320
_QUALITY = 85
_WITH_PICTURES = (
    ListingState.DRAFT,
    ListingState.PENDING_REVIEW,
    ListingState.OPEN,
    ListingState.PAUSED,
)


class Reencoded(NamedTuple):
    """A picture as the hub keeps it: two JPEG files, and the size of the larger in pixels."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int


def reencode(data: bytes, file_name: str) -> Reencoded:
    """Read a PNG, JPEG or WebP and write it afresh, upright, on white, without metadata.

    Raises:
        Invalid: another kind of file, damaged, larger than 10 MB or than 40 megapixels.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(_("%(name)s is larger than 10 MB.", name=file_name))
    flat = _on_white(decode(data, file_name))
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = flat.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Reencoded(_jpeg(flat), _jpeg(small), flat.width, flat.height)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


@use_case
def add_pictures(
    actor: Actor, public_id: str, uploads: Sequence[tuple[str, bytes]]
) -> list[ListingPicture]:
    """Add pictures, given as (file name, bytes), to a listing of the actor's company.

    Raises:
        Invalid: one of them is no picture or too large, or there would be more than 8. None is
            added then.
        Conflict: the listing is closed.
        LimitReached: the company's plan includes fewer pictures a listing.
    """
    listing = _with_pictures(actor, public_id)
    entitlements.claim(
        listing.company_id, "pictures", len(uploads), count=lambda _company: _present(listing)
    )
    if len(listing.pictures) + len(uploads) > MOST_PICTURES:
        sentence = _("A listing has at most %(most)d pictures.", most=MOST_PICTURES)
        raise Invalid(sentence, {"pictures": [sentence]})
    position = max((each.position for each in listing.pictures), default=0)
    added = []
    for name, data in uploads:
        try:
            encoded = reencode(data, name)
        except Invalid as error:
            raise Invalid(error.message, {"pictures": [error.message]}) from error
        position += 1
        picture = ListingPicture(
            listing_id=listing.id,
            file=files.store(actor, encoded.data, f"picture-{position}.jpg", "image/jpeg"),
            thumbnail=files.store(
                actor, encoded.thumbnail, f"picture-{position}-small.jpg", "image/jpeg"
            ),
            position=position,
            width=encoded.width,
            height=encoded.height,
        )
        listing.pictures.append(picture)
        added.append(picture)
    if added:
        _record(actor, listing, "listing_pictures_added", len(added))
    return added


def most_pictures(company_id: int) -> int:
    """How many pictures a listing of the company may have: the plan's number, and never above 8."""
    included = entitlements.limit(company_id, "pictures")
    return MOST_PICTURES if included is None else min(int(included), MOST_PICTURES)


def _present(listing: Listing) -> int:
    """How many pictures the listing has, whatever was loaded of them before."""
    db.session.refresh(listing, ["pictures"])
    return len(listing.pictures)


@use_case
def remove_picture(actor: Actor, public_id: str, picture_public_id: str) -> None:
    """Take a picture off a listing of the actor's company."""
    listing = _with_pictures(actor, public_id)
    found = [each for each in listing.pictures if each.public_id == picture_public_id]
    if not found:
        raise NotFound(_("There is no such picture."))
    listing.pictures.remove(found[0])
    _record(actor, listing, "listing_picture_removed", 1)


def _with_pictures(actor: Actor, public_id: str) -> Listing:
    listing = own_listing(actor, public_id)
    if listing.state not in _WITH_PICTURES:
        raise Conflict(_("This listing is closed; its pictures stay as they are."))
    return listing


def _record(actor: Actor, listing: Listing, action: str, count: int) -> None:
    db.session.flush()
    audit.record(actor, listing, action, pictures=count)
    if listing.state is ListingState.OPEN:
        bus.publish(ListingChanged(listing.id))
