"""A company's proposals: what waits for it, for others, and what ended."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.matching import queries, services
from hub.matching.forms import ReasonForm, VersionedForm
from hub.matching.models import Proposal, ProposalState
from hub.matching.proposals import words
from hub.matching.queries import CompanyTab

blueprint = Blueprint("proposals", __name__, url_prefix="/proposals")


@blueprint.get("")
@signed_in
def index() -> str:
    """The proposals of the own company."""
    actor = current_actor()
    if actor.company_id is None:
        raise NotFound(_("Proposals belong to companies; your account belongs to none."))
    try:
        tab = CompanyTab(request.args.get("tab", CompanyTab.MINE.value))
    except ValueError:
        tab = CompanyTab.MINE
    return render_template(
        "matching/proposals.html",
        tab=tab,
        tabs=CompanyTab,
        page=queries.company_page(actor, tab, request.args.get("after")),
        counts=queries.company_counts(actor),
        words=words,
    )


@blueprint.get("/<public_id>")
@signed_in
def proposal(public_id: str) -> str:
    """One proposal, as one side sees it."""
    return _page(_own(public_id))


def _own(public_id: str) -> Proposal:
    actor = current_actor()
    found = queries.proposal(actor, public_id)
    if found.side_of(actor.company_id) is None:
        raise NotFound(_("This proposal isn't about a listing of your company."))
    return found


def _page(found: Proposal, reason: ReasonForm | None = None) -> str:
    actor = current_actor()
    side = found.side_of(actor.company_id)
    if side is None:
        raise NotFound(_("This proposal isn't about a listing of your company."))
    waiting = found.state in queries.WAITING
    return render_template(
        "matching/proposal.html",
        proposal=found,
        side=side,
        own=found.listing_of(side),
        partner=found.listing_of(side.other),
        known=found.state is ProposalState.ACCEPTED,
        may_consent=waiting
        and found.consented_at(side) is None
        and actor.trades_for(actor.company_id),
        may_decline=waiting and actor.trades_for(actor.company_id),
        reason=reason or ReasonForm(formdata=None),
        history=words.history(found, actor),
        turn=words.turn(found, actor),
        words=words,
    )


@blueprint.post("/<public_id>/consent")
@signed_in
def consent(public_id: str) -> Any:
    """Agree for the own side."""
    found = services.consent(current_actor(), public_id, VersionedForm().version.data)
    if found.state is ProposalState.ACCEPTED:
        flash(_("Both sides have consented. The contract is being drawn up."), "good")
    else:
        flash(
            _("You have consented, and the quantity is reserved. Your partner is asked next."),
            "good",
        )
    return redirect(url_for("proposals.proposal", public_id=public_id))


@blueprint.post("/<public_id>/decline")
@signed_in
def decline(public_id: str) -> Any:
    """Refuse for the own side, with a reason."""
    form = ReasonForm()
    if form.validate():
        services.decline(current_actor(), public_id, form.reason.data)
        flash(_("Declined. Your quantity stays on the market."), "good")
        return redirect(url_for("proposals.index"))
    return _page(_own(public_id), reason=form), 422
