"""The steps of a member's campaign: sent off, taken back, paused, resumed, cancelled."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for

from hub.ads.ranking import campaigns
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import seen_version

blueprint = Blueprint("campaign_steps", __name__, url_prefix="/advertising/campaigns")


def _back(public_id: str, message: str) -> Any:
    flash(message, "good")
    return redirect(url_for("campaigns.campaign", public_id=public_id))


@blueprint.post("/<public_id>/submit")
@signed_in
def submit(public_id: str) -> Any:
    """Hand a draft to the advertising staff."""
    version = seen_version()
    try:
        campaigns.submit(current_actor(), public_id, version)
    except Invalid as error:
        flash(error.message, "bad")
        return redirect(url_for("campaigns.edit", public_id=public_id))
    return _back(public_id, _("The campaign was sent off. It runs once the hub has approved it."))


@blueprint.post("/<public_id>/withdraw")
@signed_in
def withdraw(public_id: str) -> Any:
    """Take it back from review."""
    campaigns.withdraw_from_review(current_actor(), public_id)
    return _back(public_id, _("The campaign is a draft again: change it and send it once more."))


@blueprint.post("/<public_id>/pause")
@signed_in
def pause(public_id: str) -> Any:
    """Stop bidding for a while."""
    campaigns.pause(current_actor(), public_id)
    return _back(public_id, _("The campaign bids no more until you resume it."))


@blueprint.post("/<public_id>/resume")
@signed_in
def resume(public_id: str) -> Any:
    """Bid again."""
    campaigns.resume(current_actor(), public_id)
    return _back(public_id, _("The campaign bids again."))


@blueprint.post("/<public_id>/cancel")
@signed_in
def cancel(public_id: str) -> Any:
    """End it for good."""
    campaigns.cancel(current_actor(), public_id)
    return _back(public_id, _("The campaign was cancelled. What it has not spent stays yours."))
