"""Asking about a listing on the market."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from hub.catalogue.queries import units
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.formats import named, short_date
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.core.web.requests import limiter
from hub.negotiation import queries, services
from hub.negotiation.asking import Question, may_ask
from hub.negotiation.forms import QuestionForm
from hub.negotiation.models import Inquiry
from hub.posting.models import Listing

blueprint = Blueprint("inquire", __name__, url_prefix="/market/listings")

ASKED_AN_HOUR = "60 per hour"


@blueprint.route("/<public_id>/inquire", methods=["GET", "POST"])
@limiter.limit(ASKED_AN_HOUR, methods=["POST"])
@signed_in
def inquire(public_id: str) -> Any:
    """Ask the company of a listing something."""
    actor = current_actor()
    if not may_ask(actor):
        raise NotAllowed(_("Only an owner or trader of a company may ask."))
    listing = queries.open_listing(public_id)
    if listing.company_id == actor.company_id:
        raise NotAllowed(_("This is your own listing."))
    form = _form(listing)
    if not form.is_submitted():
        earlier = queries.living(listing.id, actor.company_id or 0)
        if earlier is None:
            return _page(listing, form)
        flash(_("Your company has asked about this listing already; go on here."), "info")
        return redirect(url_for("inquiries.show", public_id=earlier.public_id))
    return answer(
        form,
        lambda: services.ask(current_actor(), public_id, _question(form)),
        lambda sent: _(
            "Sent. An answer is due by %(day)s; you are told here and by mail.",
            day=short_date(sent.answer_until),
        ),
        _after,
        lambda: _page(queries.open_listing(public_id), form),
        refusals=(Invalid, Conflict),
        own_status=True,
    )


def _page(listing: Listing, form: QuestionForm) -> str:
    return render_template("negotiation/inquire.html", listing=listing, form=form)


def _form(listing: Listing) -> QuestionForm:
    form = QuestionForm()
    own = listing.commodity.unit
    form.text.label.text = _("Your question")
    form.unit.choices = [
        SelectChoice(each.code, f"{each.code} – {named(each)}") for each in units(own.dimension)
    ]
    if request.method == "GET":
        form.unit.data = own.code
    return form


def _question(form: QuestionForm) -> Question:
    return Question(form.text.data or "", form.quantity.data, form.unit.data, form.needed_on.data)


def _after(sent: Inquiry) -> str:
    warn_of_contacts(sent.names_contacts)
    return url_for("inquiries.show", public_id=sent.public_id)


def warn_of_contacts(named_some: bool) -> None:
    """Say what the hub thinks of addresses in messages."""
    if named_some:
        flash(
            _(
                "You seem to have written an address or a telephone number. The hub names "
                "partners to each other when both have accepted a proposal; its staff can see "
                "this message."
            ),
            "warning",
        )
