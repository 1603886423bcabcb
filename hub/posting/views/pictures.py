"""Pictures of a listing, as its company and brokers see them."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _, ngettext
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer, download
from hub.membership.entitlements.services import LimitReached
from hub.posting import queries, services
from hub.posting.forms import PicturesForm
from hub.posting.models import ListingPicture
from hub.posting.views.listings import listing_page

blueprint = Blueprint("posting_pictures", __name__, url_prefix="/listings/<public_id>/pictures")


@blueprint.post("")
@signed_in
def add(public_id: str) -> Any:
    """Add uploaded pictures."""
    form = PicturesForm()
    uploads = [
        (upload.filename or "picture", upload.read())
        for upload in request.files.getlist("pictures")
        if upload.filename
    ]

    def act() -> list[ListingPicture]:
        if not uploads:
            sentence = _("Choose at least one picture.")
            raise Invalid(sentence, {"pictures": [sentence]})
        return services.add_pictures(current_actor(), public_id, uploads)

    return answer(
        form,
        act,
        lambda added: ngettext(
            "%(num)d picture was added.", "%(num)d pictures were added.", len(added)
        ),
        url_for("posting.listing", public_id=public_id),
        lambda: listing_page(public_id, pictures=form),
        refusals=(Invalid, LimitReached),
        own_status=True,
    )


@blueprint.post("/<picture_id>/remove")
@signed_in
def remove(public_id: str, picture_id: str) -> Any:
    """Take a picture off the listing."""
    services.remove_picture(current_actor(), public_id, picture_id)
    flash(_("The picture was removed."), "good")
    return redirect(url_for("posting.listing", public_id=public_id))


@blueprint.get("/<picture_id>", defaults={"size": "full"})
@blueprint.get("/<picture_id>/<any(thumbnail):size>")
@signed_in
def show(public_id: str, picture_id: str, size: str) -> Response:
    """The picture, or its thumbnail."""
    listing = queries.listing(current_actor(), public_id)
    for picture in listing.pictures:
        if picture.public_id == picture_id:
            kept = picture.thumbnail if size == "thumbnail" else picture.file
            return download(kept.read(), kept.media_type, kept.file_name, inline=True)
    raise NotFound(_("There is no such picture."))
