"""The broker's desk."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.core.actor import StaffRole
from hub.core.errors import HubError, Invalid
from hub.core.formats import quantity as written_quantity
from hub.core.i18n import _, ngettext
from hub.core.numbers import parse_integer
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer, safe_next
from hub.matching import queries, services
from hub.matching.forms import NoteForm, PairForm, ReasonForm, TermsForm
from hub.matching.models import Proposal
from hub.matching.proposals import words
from hub.matching.proposals.pairing import PROPOSABLE, Pair, pair
from hub.matching.queries import DeskTab
from hub.posting.models import Listing, Side

blueprint = Blueprint("broker", __name__, url_prefix="/broker")

_broker = staff(StaffRole.BROKER)


@blueprint.get("")
@_broker
def desk() -> str:
    """Proposals to look at, waiting, late and ended."""
    try:
        tab = DeskTab(request.args.get("tab", DeskTab.PROPOSED.value))
    except ValueError:
        tab = DeskTab.PROPOSED
    commodity = request.args.get("commodity", "")[:80]
    page = queries.desk_page(tab, commodity, request.args.get("after"))
    return render_template(
        "matching/desk.html",
        tab=tab,
        tabs=DeskTab,
        commodity=commodity,
        commodities=queries.desk_commodities(),
        page=page,
        counts=queries.desk_counts(),
        run=queries.last_run(),
        words=words,
    )


@blueprint.post("/match")
@_broker
def match_now() -> Any:
    """Compute proposals for all open listings."""
    run = services.match_all(current_actor())
    flash(
        ngettext(
            "%(num)d pair found among %(supplies)d supplies and %(demands)d demands.",
            "%(num)d pairs found among %(supplies)d supplies and %(demands)d demands.",
            run.proposals,
            supplies=run.supplies,
            demands=run.demands,
        ),
        "good",
    )
    if run.failures:
        flash(
            ngettext(
                "%(num)d commodity could not be matched; see your tasks.",
                "%(num)d commodities could not be matched; see your tasks.",
                len({failure["commodity"] for failure in run.failures}),
            ),
            "bad",
        )
    return redirect(url_for("broker.desk"))


@blueprint.post("/ask")
@_broker
def ask_many() -> Any:
    """Ask consent for the selected proposals, one by one."""
    asked, refusals = 0, []
    for choice in request.form.getlist("proposal")[: queries.PAGE_SIZE]:
        public_id, _separator, version = choice.partition(":")
        try:
            services.ask_consent(current_actor(), public_id, parse_integer(version) or 0)
            asked += 1
        except HubError as error:
            refusals.append(error.message)
    if asked:
        flash(
            ngettext(
                "Both companies of %(num)d proposal are asked to consent.",
                "Both companies of %(num)d proposals are asked to consent.",
                asked,
            ),
            "good",
        )
    for sentence in dict.fromkeys(refusals):
        flash(sentence, "bad")
    if not asked and not refusals:
        flash(_("Select the proposals that you want to ask consent for."), "info")
    return redirect(safe_next("broker.desk"))


@blueprint.get("/proposals/<public_id>")
@_broker
def proposal(public_id: str) -> str:
    """Everything about one proposal."""
    return _page(queries.proposal(current_actor(), public_id))


def _page(found: Proposal, terms: TermsForm | None = None, reason: ReasonForm | None = None) -> str:
    if terms is None:
        terms = TermsForm(
            formdata=None,
            version=found.version,
            quantity=found.quantity,
            unit_price=found.unit_price,
        )
    limits: Pair | None = None
    obstacle = ""
    if found.can_change:
        try:
            limits = pair(found.supply, found.demand)
        except Invalid as error:
            obstacle = error.message
    return render_template(
        "matching/broker_proposal.html",
        proposal=found,
        limits=limits,
        obstacle=obstacle,
        terms=terms,
        reason=reason or ReasonForm(formdata=None),
        history=words.history(found, current_actor()),
        turn=words.turn(found, current_actor()),
        words=words,
    )


@blueprint.post("/proposals/<public_id>/ask")
@_broker
def ask(public_id: str) -> Any:
    """Ask both companies to consent."""
    try:
        services.ask_consent(current_actor(), public_id, TermsForm().version.data)
    except Invalid as error:
        flash(error.message, "bad")
    else:
        flash(_("Both companies are asked to consent; you see here when they answer."), "good")
    return redirect(url_for("broker.proposal", public_id=public_id))


@blueprint.post("/proposals/<public_id>/change")
@_broker
def change(public_id: str) -> Any:
    """Change quantity and price."""
    form = TermsForm()
    return answer(
        form,
        lambda: services.change(
            current_actor(),
            public_id,
            form.quantity.data,
            form.unit_price.data,
            form.version.data,
        ),
        lambda found: (
            _("The terms are changed; both companies are asked anew.")
            if found.asked_at
            else _("The terms are changed; nobody has been asked yet.")
        ),
        url_for("broker.proposal", public_id=public_id),
        lambda: _page(queries.proposal(current_actor(), public_id), terms=form),
    )


@blueprint.post("/proposals/<public_id>/dismiss")
@_broker
def dismiss(public_id: str) -> Any:
    """End a proposal, with a reason."""
    form = ReasonForm()
    return answer(
        form,
        lambda: services.dismiss(current_actor(), public_id, form.reason.data),
        lambda found: _(
            "Dismissed; %(quantity)s of both listings can go to others again.",
            quantity=written_quantity(found.quantity, words.unit_of(found)),
        ),
        safe_next("broker.desk"),
        lambda: _page(queries.proposal(current_actor(), public_id), reason=form),
        refusals=(),
    )


@blueprint.route("/propose", methods=["GET", "POST"])
@_broker
def propose() -> Any:
    """Bring two listings together by hand: first the references, then the terms."""
    chosen = PairForm(formdata=request.args)
    limits = _chosen_pair(chosen) if request.args else None
    if limits is None:
        return _pair_page(chosen, None, None)
    form = NoteForm()
    form.note.label.text = _("Note")
    if not form.is_submitted():
        form.quantity.data, form.unit_price.data = limits.most, limits.middle_price
        return _pair_page(chosen, limits, form)
    return answer(
        form,
        lambda: services.propose(
            current_actor(),
            limits.supply.public_id,
            limits.demand.public_id,
            form.quantity.data,
            form.unit_price.data,
            form.note.data or "",
        ),
        _("Proposed. Ask both companies when you are ready."),
        lambda made: url_for("broker.proposal", public_id=made.public_id),
        lambda: _pair_page(chosen, _chosen_pair(chosen), form),
    )


def _pair_page(chosen: PairForm, limits: Pair | None, form: NoteForm | None) -> str:
    return render_template("matching/propose_pair.html", chosen=chosen, limits=limits, form=form)


def _chosen_pair(form: PairForm) -> Pair | None:
    if not form.validate():
        return None
    supply = _listing(form, Side.SUPPLY, form.supply.data)
    demand = _listing(form, Side.DEMAND, form.demand.data)
    if supply is None or demand is None:
        return None
    try:
        return pair(supply, demand)
    except Invalid as error:
        form.demand.errors = [error.message]
        return None


def _listing(form: PairForm, side: Side, text: str) -> Listing | None:
    found = queries.listings_by_reference(side, text, PROPOSABLE)
    if len(found) == 1:
        return found[0]
    form[side.value].errors = [
        _("No listing on the market or in review has this reference.")
        if not found
        else _(
            "Several companies use this reference. Give the id of the listing instead: %(ids)s.",
            ids=", ".join(f"{row.public_id} ({row.company.legal_name})" for row in found),
        )
    ]
    return None
