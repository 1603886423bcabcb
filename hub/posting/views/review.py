"""The broker's review of what companies want to post."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.actor import StaffRole
from hub.core.errors import Invalid
from hub.core.i18n import _, ngettext
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer, seen_version
from hub.posting import queries, services
from hub.posting.forms import RejectForm, ReturnForm
from hub.posting.models import Listing
from hub.posting.views.listings import listing_page

blueprint = Blueprint("review", __name__, url_prefix="/review")


@blueprint.get("")
@staff(StaffRole.BROKER)
def index() -> str:
    """What waits for a decision, and open listings with a price that looks like a mistake."""
    actor = current_actor()
    flagged = request.args.get("show") == "flagged"
    after = request.args.get("after")
    page = queries.flagged_page(actor, after) if flagged else queries.review_page(actor, after)
    tabs = [
        {
            "label": _("To review"),
            "url": url_for(".index"),
            "active": not flagged,
            "count": queries.waiting_for_review(),
        },
        {
            "label": _("Unusual prices"),
            "url": url_for(".index", show="flagged"),
            "active": flagged,
            "count": queries.flagged(),
        },
    ]
    return render_template("posting/review.html", page=page, tabs=tabs, flagged=flagged)


@blueprint.post("/approve")
@staff(StaffRole.BROKER)
def approve_selected() -> Any:
    """Approve every ticked listing."""
    chosen = request.form.getlist("listing")
    if not chosen:
        flash(_("Tick the listings to approve first. Nothing was changed."), "warning")
        return redirect(url_for(".index"))
    approved, left = services.approve_many(current_actor(), chosen[: queries.PAGE_SIZE])
    if approved:
        flash(
            ngettext(
                "%(num)d listing is open on the market.",
                "%(num)d listings are open on the market.",
                approved,
            ),
            "good",
        )
    for reference, reason in left.items():
        flash(f"{reference}: {reason}", "bad")
    return redirect(url_for(".index"))


@blueprint.post("/<public_id>/approve")
@staff(StaffRole.BROKER)
def approve(public_id: str) -> Any:
    """Let one listing onto the market."""
    try:
        found = services.approve(current_actor(), public_id, seen_version())
    except Invalid as error:
        flash(error.message, "bad")
        return redirect(url_for("posting.listing", public_id=public_id))
    flash(_("%(reference)s is open on the market.", reference=found.reference), "good")
    return redirect(url_for(".index"))


def _decide(
    form: ReturnForm | RejectForm,
    verb: Callable[..., Listing],
    public_id: str,
    told: str,
    again: Callable[[], str],
) -> Any:
    return answer(
        form,
        lambda: verb(current_actor(), public_id, form.reason.data or "", seen_version()),
        told,
        url_for(".index"),
        again,
    )


@blueprint.post("/<public_id>/return")
@staff(StaffRole.BROKER)
def return_to_draft(public_id: str) -> Any:
    """Send one back to be corrected."""
    form = ReturnForm()
    told = _("The listing went back to its company with your reason.")
    return _decide(
        form,
        services.return_to_draft,
        public_id,
        told,
        lambda: listing_page(public_id, returning=form),
    )


@blueprint.post("/<public_id>/reject")
@staff(StaffRole.BROKER)
def reject(public_id: str) -> Any:
    """Keep one off the market."""
    form = RejectForm()
    told = _("The listing was rejected; its company was told why.")
    return _decide(
        form, services.reject, public_id, told, lambda: listing_page(public_id, rejecting=form)
    )


@blueprint.post("/<public_id>/confirm-price")
@staff(StaffRole.BROKER)
def confirm_price(public_id: str) -> Any:
    """The flagged price is right."""
    found = services.confirm_price(current_actor(), public_id)
    flash(_("The price of %(reference)s is confirmed.", reference=found.reference), "good")
    return redirect(url_for(".index", show="flagged"))
