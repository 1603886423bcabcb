"""A company's inquiries: those it received and those it sent."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.formats import money
from hub.core.i18n import _, ngettext
from hub.core.numbers import parse_integer
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.core.web.requests import limiter
from hub.membership.entitlements import services as entitlements
from hub.negotiation import queries, services, words
from hub.negotiation.contacts import names_contacts
from hub.negotiation.contesting import can_contest
from hub.negotiation.forms import CloseForm, ContestForm, MessageForm
from hub.negotiation.models import Ground, Inquiry, Party, Terms
from hub.negotiation.opening import missing
from hub.negotiation.views.asking import ASKED_AN_HOUR, warn_of_contacts

blueprint = Blueprint("inquiries", __name__, url_prefix="/inquiries")


@blueprint.get("")
@signed_in
def index() -> str:
    """The inquiries of the own company."""
    actor = current_actor()
    if actor.company_id is None:
        raise NotFound(_("Inquiries belong to companies; your account belongs to none."))
    party = Party.ASKER if request.args.get("tab") == "asked" else Party.RECEIVER
    return render_template(
        "negotiation/index.html",
        party=party,
        Party=Party,
        page=queries.company_page(actor, party, request.args.get("after")),
        counts=queries.unread_counts(actor),
        included=entitlements.remaining(actor.company_id, queries.INCLUDED),
        words=words,
    )


@blueprint.get("/<public_id>")
@signed_in
def show(public_id: str) -> str:
    """One inquiry, as one side sees it."""
    return _page(public_id)


def _page(
    public_id: str,
    message: MessageForm | None = None,
    closing: CloseForm | None = None,
    contesting: ContestForm | None = None,
) -> str:
    actor = current_actor()
    inquiry, party = queries.own(actor, public_id)
    known = {
        "inquiry": inquiry,
        "party": party,
        "turn": words.turn(inquiry, party),
        "words": words,
        "acts": actor.trades_for(actor.company_id),
    }
    if inquiry.is_sealed_for(party):
        return render_template("negotiation/sealed.html", **known, **_way_in(inquiry))
    asks_others = party is Party.ASKER and inquiry.ended_unanswered
    return render_template(
        "negotiation/inquiry.html",
        **known,
        Party=Party,
        message=message or MessageForm(formdata=None),
        closing=closing or CloseForm(formdata=None),
        contesting=contesting or ContestForm(formdata=None),
        may_contest=party is Party.RECEIVER and can_contest(inquiry),
        alternatives=queries.alternatives(inquiry) if asks_others else None,
        repetitions=queries.repetitions(inquiry) if asks_others else (),
    )


def _way_in(inquiry: Inquiry) -> dict[str, Any]:
    """What opening it takes: nothing, a place in the plan, or money that may be lacking."""
    return {
        "free": not inquiry.asker.can_trade,
        "included": entitlements.remaining(inquiry.receiver_id, queries.INCLUDED),
        "missing": missing(inquiry),
    }


def _address(public_id: str) -> str:
    return url_for("inquiries.show", public_id=public_id)


def _back(public_id: str) -> Any:
    return redirect(_address(public_id))


@blueprint.post("/<public_id>/open")
@signed_in
def open_inquiry(public_id: str) -> Any:
    """Read what was asked, for its price or as part of the plan."""
    try:
        opened = services.open_inquiry(
            current_actor(), public_id, parse_integer(request.form.get("price"))
        )
    except (Conflict, Invalid) as error:
        flash(error.message, "bad")
        return _back(public_id)
    if opened.terms is Terms.PAID:
        flash(
            _("Opened; %(amount)s were taken from your account.", amount=money(opened.charged)),
            "good",
        )
    else:
        flash(_("Opened. It cost nothing."), "good")
    return _back(public_id)


@blueprint.post("/<public_id>/messages")
@signed_in
def write(public_id: str) -> Any:
    """Write to the other side."""
    form = MessageForm()
    text = form.text.data or ""

    def back(_sent: object) -> str:
        warn_of_contacts(names_contacts(text))
        return _address(public_id)

    return answer(
        form,
        lambda: services.write(current_actor(), public_id, text),
        _("Sent. The other side is told."),
        back,
        lambda: _page(public_id, message=form),
        refusals=(Conflict, Invalid),
        own_status=True,
    )


@blueprint.post("/<public_id>/read")
@signed_in
def mark_read(public_id: str) -> Any:
    """Note that the company has read what is new."""
    services.mark_read(current_actor(), public_id)
    return _back(public_id)


@blueprint.post("/<public_id>/close")
@signed_in
def close(public_id: str) -> Any:
    """End the thread."""
    form = CloseForm()
    return answer(
        form,
        lambda: services.close(current_actor(), public_id, form.reason.data or ""),
        _("Closed. The other side is told why."),
        _address(public_id),
        lambda: _page(public_id, closing=form),
        refusals=(Conflict, Invalid),
        own_status=True,
    )


@blueprint.post("/<public_id>/contest")
@signed_in
def contest(public_id: str) -> Any:
    """Object to an inquiry; the staff decide."""
    form = ContestForm()
    return answer(
        form,
        lambda: services.contest(
            current_actor(), public_id, Ground(form.ground.data), form.reason.data or ""
        ),
        _("The hub’s staff look at it and tell you what they decide."),
        _address(public_id),
        lambda: _page(public_id, contesting=form),
        refusals=(Conflict, Invalid),
        own_status=True,
    )


@blueprint.post("/<public_id>/ask-others")
@limiter.limit(ASKED_AN_HOUR)
@signed_in
def ask_others(public_id: str) -> Any:
    """Ask the ticked companies what was left unanswered."""
    chosen = request.form.getlist("listing")[: queries.ALTERNATIVES]
    try:
        sent = services.ask_others(current_actor(), public_id, chosen)
    except (Conflict, Invalid) as error:
        flash(error.message, "bad")
        return _back(public_id)
    flash(
        ngettext(
            "%(num)d company is asked the same now.",
            "%(num)d companies are asked the same now.",
            len(sent),
        ),
        "good",
    )
    return redirect(url_for("inquiries.index", tab="asked"))
