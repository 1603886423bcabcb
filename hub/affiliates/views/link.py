"""The partner's link: it remembers the code in the visitor's session, and nothing else."""

from flask import Blueprint, flash, redirect, session
from werkzeug.wrappers import Response

from hub.accounts.events import REMEMBERED_CODE
from hub.affiliates import queries
from hub.core.i18n import _
from hub.core.web.requests import limiter

blueprint = Blueprint("partner_link", __name__)


@blueprint.get("/r/<code>")
@limiter.limit("60 per minute")
def follow(code: str) -> Response:
    """The first good link that a visitor followed is the one that counts."""
    remembered = queries.partner_with_code(session.get(REMEMBERED_CODE, ""))
    if remembered is not None and remembered.brings_members:
        return redirect("/register")
    partner = queries.partner_with_code(code)
    if partner is not None and partner.brings_members:
        session[REMEMBERED_CODE] = partner.code
    else:
        session.pop(REMEMBERED_CODE, None)
        flash(_("This link is not a partner’s at present. You can register all the same."), "info")
    return redirect("/register")
