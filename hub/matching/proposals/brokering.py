"""Making proposals by hand, and what the broker does with proposals before both consent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete

from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed
from hub.core.i18n import N_, _, _l
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.matching import notices, queries
from hub.matching.models import MatchedListing, Origin, Proposal, ProposalState
from hub.matching.proposals.own_proposals import OWN_PROPOSALS
from hub.matching.proposals.pairing import Pair, pair
from hub.membership.commission.services import Quote, rate_for
from hub.membership.entitlements import services as entitlements
from hub.posting.models import Listing, ListingState, Side
from hub.posting.services import release

REPLACED_BY_HAND = N_("A proposal made by hand takes its place.")
NO_REASON = _l("Say why; the other side and the record will have it.")


@use_case
def propose(
    actor: Actor,
    supply_public_id: str,
    demand_public_id: str,
    quantity: Decimal,
    unit_price: Decimal,
    note: str = "",
) -> Proposal:
    """Propose a trade by hand: a broker between any two listings, a trader between an own one
    and one on the market. ``quantity`` in the commodity's unit, ``unit_price`` ex region.

    A trader's proposal heads the broker's queue. It takes the place of a computed one between
    the same listings that nobody has touched. A listing still in review may be proposed; consent
    is asked once it is open.

    Raises:
        NotFound: a listing the actor may not see.
        NotAllowed: neither a broker nor a trader of a verified company that owns one of the two.
        Invalid: the two may not trade, or the terms are outside what both allow.
        Conflict: there is already a proposal under way between the two.
        LimitReached: the plan of the trader's company includes no more proposals this month.
    """
    supply = queries.listing_for_proposal(actor, supply_public_id)
    demand = queries.listing_for_proposal(actor, demand_public_id)
    by_broker = actor.has(StaffRole.BROKER)
    if not by_broker:
        company_id = actor.require_trader()
        if company_id not in (supply.company_id, demand.company_id):
            raise NotAllowed(_("One of the two listings must be your company's own."))
    found = pair(supply, demand)
    found.check_terms(quantity, unit_price)
    if not by_broker:
        entitlements.claim(company_id, OWN_PROPOSALS)
    _make_room(actor, supply, demand)
    proposal = _new(actor, found, quantity, unit_price, note)
    proposal.origin = Origin.BROKER if by_broker else Origin.TRADER
    proposal.proposed_by_company = None if by_broker else actor.company_id
    db.session.add(proposal)
    audit.record(
        actor,
        proposal,
        "propose",
        state_to=ProposalState.PROPOSED.value,
        quantity=str(quantity),
        unit_price=str(unit_price),
    )
    if not by_broker:
        notices.tell_brokers(proposal)
    return proposal


def _make_room(actor: Actor, supply: Listing, demand: Listing) -> None:
    standing = queries.active_between(supply.id, demand.id)
    if standing is None:
        return
    untouched = standing.state is ProposalState.PROPOSED and standing.origin is Origin.COMPUTED
    if not untouched:
        raise Conflict(_("There is already a proposal under way between these two listings."))
    standing.supersede(actor, REPLACED_BY_HAND)
    db.session.flush()


def _commission(found: Pair) -> Quote:
    supply = found.supply
    return rate_for(supply.company_id, supply.commodity_id, supply.currency, settings.today())


def _new(actor: Actor, found: Pair, quantity: Decimal, unit_price: Decimal, note: str) -> Proposal:
    commission = _commission(found)
    return Proposal(
        state=ProposalState.PROPOSED,
        proposed_by=actor.user_id,
        supply=found.supply,
        demand=found.demand,
        currency=found.supply.currency,
        quantity=quantity,
        unit_price=unit_price,
        freight_per_unit=found.quote.per_unit,
        freight_rate=found.quote.rate,
        kilometres=found.quote.kilometres,
        commission_rate=commission.rate,
        surplus=found.surplus(quantity),
        reasons=found.reasons() | {"commission": commission.reason()},
        note=note.strip(),
        created_at=clock.now(),
    )


def _open_for_broker(actor: Actor, public_id: str, expected_version: int | None) -> Proposal:
    actor.require(StaffRole.BROKER)
    proposal = queries.proposal(actor, public_id, lock=True)
    if expected_version is not None and proposal.version != expected_version:
        raise Conflict(
            _(
                "This proposal changed since you opened the page. Nothing was done; look at it "
                "again."
            )
        )
    return proposal


def _consent_until() -> datetime:
    return clock.now() + timedelta(days=settings.current().consent_days)


def _freeze(proposal: Proposal, found: Pair) -> None:
    """Fix what both sides are shown: freight and the supplier's commission as of now."""
    commission = _commission(found)
    proposal.freight_per_unit = found.quote.per_unit
    proposal.freight_rate = found.quote.rate
    proposal.kilometres = found.quote.kilometres
    proposal.commission_rate = commission.rate
    proposal.surplus = found.surplus(proposal.quantity)
    proposal.reasons = proposal.reasons | found.reasons() | {"commission": commission.reason()}


@use_case
def ask_consent(actor: Actor, public_id: str, expected_version: int) -> Proposal:
    """Ask both companies to consent; freight and commission rate are frozen from here on.

    Raises:
        NotFound, NotAllowed: not a broker.
        Conflict: the proposal changed since, or a listing is not open.
        InvalidTransition: it is not waiting for the broker.
        Invalid: the listings may not trade any more, or not on these terms.
    """
    proposal = _open_for_broker(actor, public_id, expected_version)
    for listing in (proposal.supply, proposal.demand):
        if listing.state is not ListingState.OPEN:
            raise Conflict(
                _(
                    "Consent can't be asked yet: listing %(reference)s is not open.",
                    reference=listing.reference,
                )
            )
    found = pair(proposal.supply, proposal.demand)
    found.check_terms(proposal.quantity, proposal.unit_price)
    _freeze(proposal, found)
    proposal.ask(actor, _consent_until())
    notices.tell_asked(proposal, anew=False)
    return proposal


@use_case
def change(
    actor: Actor,
    public_id: str,
    quantity: Decimal,
    unit_price: Decimal,
    expected_version: int,
) -> Proposal:
    """Change quantity and price within what both sides allow, until one has consented.

    Both are asked anew if they had been asked before.

    Raises:
        NotFound, NotAllowed: not a broker.
        Conflict: it changed since, or a side has consented to the terms, or it has ended.
        Invalid: the terms are outside what both sides allow.
    """
    proposal = _open_for_broker(actor, public_id, expected_version)
    if not proposal.can_change:
        raise Conflict(
            _("The terms can't change any more: a side has consented to them, or it has ended.")
        )
    found = pair(proposal.supply, proposal.demand)
    found.check_terms(quantity, unit_price)
    proposal.set_terms(actor, "change", quantity, unit_price, found.surplus(quantity))
    if proposal.origin is Origin.COMPUTED:
        proposal.origin = Origin.BROKER
    _freeze(proposal, found)
    if proposal.state is ProposalState.ASKED:
        proposal.ask_anew(actor, _consent_until())
        notices.tell_asked(proposal, anew=True)
    return proposal


@use_case
def dismiss(actor: Actor, public_id: str, reason: str) -> Proposal:
    """End a proposal that should not come to a trade; what was reserved becomes free.

    Raises:
        NotFound, NotAllowed: not a broker.
        Invalid: no reason is given.
        InvalidTransition: it has ended, or both have consented.
    """
    proposal = _open_for_broker(actor, public_id, None)
    text = required_reason(reason, str(NO_REASON))
    proposal.dismiss(actor, text)
    after_end(actor, proposal)
    return proposal


def after_end(actor: Actor, proposal: Proposal) -> None:
    """What every end has in common: free what was reserved, tell, and let the listings be matched
    again. Needs both listings loaded."""
    for side in Side:
        if proposal.consented_at(side) is not None:
            release(actor, proposal.listing_of(side).id, proposal.quantity)
    match_again([proposal.supply_id, proposal.demand_id])
    notices.tell_ended(proposal, proposal.ended_reason)


def match_again(listing_ids: Sequence[int]) -> None:
    """Let the next run look at these listings as if they were new."""
    db.session.execute(
        delete(MatchedListing)
        .where(MatchedListing.listing_id.in_(listing_ids))
        .execution_options(synchronize_session=False)
    )
