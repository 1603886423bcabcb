"""Proposing a trade from a listing on the market, with an own listing or one posted on the spot."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from wtforms import SelectChoice

from hub.accounts.queries import blocked_pairs
from hub.accounts.queries import company as company_of
from hub.catalogue.freight import FreightTable
from hub.catalogue.queries import region, regions
from hub.core.errors import Invalid, NotAllowed
from hub.core.formats import quantity as written_quantity
from hub.core.formats import unit_price as written_price
from hub.core.i18n import _, localised
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.matching import queries, services
from hub.matching.forms import NoteForm, OnTheSpotForm, OwnListingForm
from hub.matching.models import Proposal
from hub.matching.proposals.own_proposals import OWN_PROPOSALS
from hub.matching.proposals.pairing import Pair, pair
from hub.membership.entitlements.services import LimitReached, use_of
from hub.posting.models import Listing, Side

blueprint = Blueprint("propose", __name__, url_prefix="/market/listings")


@blueprint.route("/<public_id>/propose", methods=["GET", "POST"])
@signed_in
def propose(public_id: str) -> Any:
    """Choose an own listing that fits, or post one."""
    actor = current_actor()
    company_id = actor.require_trader()
    partner = queries.listing_for_proposal(actor, public_id)
    if partner.company_id == actor.company_id:
        raise NotAllowed(_("This is your own listing; propose a trade with another company's."))
    fitting, hindered = _candidates(partner)
    on_the_spot = request.args.get("with") == "new" or not fitting
    form = _spot_form(partner) if on_the_spot else _own_form(partner, fitting)

    def page(partner: Listing, fitting: list[Pair], hindered: list[tuple[Listing, str]]) -> str:
        return render_template(
            "matching/propose.html",
            partner=partner,
            form=form,
            fitting=fitting,
            hindered=hindered,
            on_the_spot=on_the_spot,
            use=use_of(company_id, OWN_PROPOSALS),
            Side=Side,
        )

    def again() -> str:
        present = queries.listing_for_proposal(actor, public_id)
        return page(present, *_candidates(present))

    if not form.is_submitted():
        return page(partner, fitting, hindered)
    return answer(
        form,
        lambda: _send(form, partner, fitting),
        _("Proposed. The hub's broker looks at it and asks your partner."),
        lambda made: url_for("proposals.proposal", public_id=made.public_id),
        again,
        refusals=(Invalid, LimitReached),
    )


def _candidates(partner: Listing) -> tuple[list[Pair], list[tuple[Listing, str]]]:
    """The own listings that may trade with it, and the others with what stands against them."""
    freight, blocked = FreightTable.load(partner.currency), blocked_pairs()
    fitting: list[Pair] = []
    hindered: list[tuple[Listing, str]] = []
    for own in queries.own_candidates(current_actor(), partner):
        supply, demand = (partner, own) if partner.side is Side.SUPPLY else (own, partner)
        try:
            found = pair(supply, demand, freight, blocked)
            if found.least > found.most:
                raise Invalid(_("The smallest lots are larger than what both still have."))
            fitting.append(found)
        except Invalid as error:
            hindered.append((own, error.message))
    return fitting, hindered


def _own_of(found: Pair, partner: Listing) -> Listing:
    return found.demand if partner.side is Side.SUPPLY else found.supply


def _own_form(partner: Listing, fitting: Sequence[Pair]) -> OwnListingForm:
    form = OwnListingForm()
    unit = partner.commodity.unit.code
    form.own.choices = [
        SelectChoice(
            own.public_id,
            _(
                "%(reference)s: %(quantity)s at %(price)s, %(region)s",
                reference=own.reference,
                quantity=written_quantity(own.available, unit),
                price=written_price(own.unit_price, own.currency, unit),
                region=own.region.name,
            ),
        )
        for own in (_own_of(found, partner) for found in fitting)
    ]
    if request.method == "GET":
        form.quantity.data = fitting[0].most
        form.unit_price.data = fitting[0].middle_price
    return form


def _spot_form(partner: Listing) -> OnTheSpotForm:
    form = OnTheSpotForm()
    language = current_actor().language
    form.region.choices = [
        SelectChoice(each.public_id, localised(each.names, each.name, language))
        for each in regions()
    ]
    if request.method == "GET":
        form.quantity.data = partner.available
        if partner.side is Side.SUPPLY:
            form.unit_price.data = partner.unit_price
        form.ready_from.data, form.ready_until.data = partner.ready_from, partner.ready_until
        own_region = company_of(current_actor().company_id or 0).region_id
        form.region.data = next(
            (each.public_id for each in regions() if each.id == own_region), None
        )
    return form


def _send(form: NoteForm, partner: Listing, fitting: Sequence[Pair]) -> Proposal:
    if isinstance(form, OnTheSpotForm):
        return services.propose_on_the_spot(
            current_actor(),
            partner.public_id,
            form.quantity.data,
            form.unit_price.data,
            region(form.region.data),
            form.ready_from.data,
            form.ready_until.data,
            form.note.data or "",
        )
    if not isinstance(form, OwnListingForm):
        raise TypeError(f"{form!r} proposes nothing")
    chosen = next(found for found in fitting if _own_of(found, partner).public_id == form.own.data)
    return services.propose(
        current_actor(),
        chosen.supply.public_id,
        chosen.demand.public_id,
        form.quantity.data,
        form.unit_price.data,
        form.note.data or "",
    )
