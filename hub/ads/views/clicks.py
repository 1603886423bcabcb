"""The way from a sponsored listing to its page."""

from contextlib import suppress

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from hub.ads.ranking import clicks
from hub.ads.views.visits import visit
from hub.core.errors import Conflict
from hub.core.web.actor import current_actor
from hub.core.web.requests import limiter

blueprint = Blueprint("ad_clicks", __name__)


@blueprint.get("/go/<token>")
@limiter.limit("120/minute")
def go(token: str) -> Response:
    """Record the click and lead to the listing; asking only for the head is no click."""
    secret = str(current_app.config["SECRET_KEY"])
    if request.method == "HEAD":
        return redirect(clicks.destination(secret, token))
    for _attempt in range(2):
        with suppress(Conflict):  # it lost a race against another posting: once more, then free
            return redirect(clicks.click(current_actor(), secret, token, visit()))
    return redirect(clicks.destination(secret, token))
