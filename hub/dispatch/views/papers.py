"""Waybills, signatures and pictures, for those who may see the delivery."""

from flask import Blueprint, Response

from hub.core.errors import NotFound
from hub.core.files import StoredFile
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import download
from hub.dispatch import queries

blueprint = Blueprint("delivery_papers", __name__, url_prefix="/deliveries")


def _send(file: StoredFile | None) -> Response:
    if file is None:
        raise NotFound(_("There is no such paper."))
    return download(file.read(), file.media_type, file.file_name, inline=True)


@blueprint.get("/releases/<public_id>/waybill.pdf")
@signed_in
def waybill(public_id: str) -> Response:
    """The paper that travels with the load."""
    return _send(queries.release_for(current_actor(), public_id).waybill_file)


@blueprint.get("/releases/<public_id>/signature")
@signed_in
def signature(public_id: str) -> Response:
    """What the receiver drew."""
    return _send(queries.release_for(current_actor(), public_id).signature_file)


@blueprint.get("/releases/<public_id>/picture")
@signed_in
def delivery_picture(public_id: str) -> Response:
    """The goods as delivered."""
    return _send(queries.release_for(current_actor(), public_id).picture_file)


@blueprint.get("/<public_id>/pictures/<int:picture_id>")
@signed_in
def inspection_picture(public_id: str, picture_id: int) -> Response:
    """What the inspector saw."""
    inbound = queries.inbound_for(current_actor(), public_id)
    found = [row.file for row in queries.pictures_of(inbound.id) if row.id == picture_id]
    return _send(found[0] if found else None)
