"""The answers of both companies, and what ends a proposal without them.

A side's consent reserves the quantity of its own listing, by a conditional update that holds only
where so much is available; every other end gives it back.
"""

from datetime import timedelta

from sqlalchemy import select, update

from hub.core import audit, bus, clock, settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.db.statements import changed_one
from hub.core.errors import Conflict, NotFound
from hub.core.i18n import N_, _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.matching import notices, queries
from hub.matching.events import ProposalAccepted
from hub.matching.models import Proposal, ProposalState
from hub.matching.proposals.brokering import NO_REASON, after_end, match_again
from hub.matching.proposals.pairing import PROPOSABLE
from hub.posting.models import Listing, ListingState, Side
from hub.posting.services import reserve

NOT_ANSWERED = N_("It was not answered in time.")
LISTING_CLOSED = N_("One of the two listings left the market.")
QUANTITY_GONE = N_("The quantity went to another partner.")
LIMIT_CHANGED = N_("One of the two listings was changed and no longer allows these terms.")


def _own(actor: Actor, public_id: str) -> tuple[Proposal, Side]:
    """The proposal, locked, and the side of the actor's company, for which they may decide."""
    proposal = queries.proposal(actor, public_id, lock=True)
    side = proposal.side_of(actor.company_id)
    if side is None:
        raise NotFound(_("This proposal isn't for your company to answer."))
    actor.require_trader(actor.company_id)
    return proposal, side


@use_case
def consent(actor: Actor, public_id: str, expected_version: int) -> Proposal:
    """Agree for one side: its quantity is reserved. With both sides it is accepted.

    Raises:
        NotFound: not about a listing of the actor's company.
        NotAllowed: not its owner or trader, or the company is not verified.
        Conflict: the terms changed since, the time is over, the side has answered already, or
            the quantity is no longer available.
        InvalidTransition: it is not waiting for consent.
    """
    proposal, side = _own(actor, public_id)
    if expected_version not in proposal.terms_versions:
        raise Conflict(
            _("The terms changed since you opened the page. You have consented to nothing.")
        )
    if proposal.state in queries.WAITING:
        _check_unanswered(proposal, side)
        reserve(actor, proposal.listing_of(side).id, proposal.quantity)
    proposal.consent(actor, side)
    if proposal.state is ProposalState.ACCEPTED:
        notices.tell_accepted(proposal)
        bus.publish(ProposalAccepted(proposal.id))
    else:
        notices.tell_consented(proposal, side)
    return proposal


def _check_unanswered(proposal: Proposal, side: Side) -> None:
    if proposal.consented_at(side) is not None:
        raise Conflict(_("Your company has already consented; your partner has not answered yet."))
    if proposal.consent_until is not None and proposal.consent_until < clock.now():
        raise Conflict(_("The time to consent is over. Nothing was changed."))


@use_case
def decline(actor: Actor, public_id: str, reason: str) -> Proposal:
    """Refuse for one side, also after consenting, until the other side has consented too.

    Raises:
        NotFound, NotAllowed: as for :func:`consent`.
        Invalid: no reason is given.
        InvalidTransition: it is not waiting for consent.
    """
    proposal, _side = _own(actor, public_id)
    proposal.decline(actor, required_reason(reason, str(NO_REASON)))
    after_end(actor, proposal)
    return proposal


def expire_due(actor: Actor = SYSTEM) -> int:
    """Let lapse what was not answered in time, each in a transaction of its own.

    Returns how many lapsed. What somebody else is changing at the moment waits for the next turn.
    """
    return sum(_settled(_expire, actor, proposal_id) for proposal_id in queries.overdue())


def remind_due(actor: Actor = SYSTEM) -> int:
    """Remind, once, those whose time to answer runs out; returns how many proposals."""
    soon = clock.now() + timedelta(days=settings.current().reminder_days)
    waiting = db.session.scalars(
        select(Proposal.id)
        .where(
            Proposal.state.in_(queries.WAITING),
            Proposal.reminded_at.is_(None),
            Proposal.consent_until < soon,
        )
        .order_by(Proposal.id)
    ).all()
    return sum(_settled(_remind, actor, proposal_id) for proposal_id in waiting)


def _settled(verb: object, actor: Actor, proposal_id: int) -> bool:
    try:
        return bool(verb(actor, proposal_id))  # type: ignore[operator]
    except Conflict:
        return False


@use_case
def _expire(actor: Actor, proposal_id: int) -> bool:
    proposal = queries.by_id(proposal_id, lock=True)
    if proposal is None or proposal.state not in queries.WAITING:
        return False
    if proposal.consent_until is None or proposal.consent_until >= clock.now():
        return False
    proposal.expire(actor, NOT_ANSWERED)
    after_end(actor, proposal)
    return True


@use_case
def _remind(actor: Actor, proposal_id: int) -> bool:
    """Without raising the version: the terms that a page shows stay as they are."""
    claimed = changed_one(
        update(Proposal)
        .where(
            Proposal.id == proposal_id,
            Proposal.state.in_(queries.WAITING),
            Proposal.reminded_at.is_(None),
        )
        .values(reminded_at=clock.now())
    )
    proposal = queries.by_id(proposal_id)
    if not claimed or proposal is None:
        return False
    audit.record(actor, proposal, "remind")
    notices.remind(proposal)
    return True


@use_case
def supersede_for(actor: Actor, listing_id: int) -> int:
    """End the proposals that a listing can't stand for any more; returns how many.

    Those are, where its side has not consented: all when it left the market, those for more than
    it has left, and those beyond its changed limit. Where its side has consented, the quantity
    is reserved and the terms are agreed, so the proposal stands.
    """
    listing = db.session.get_one(Listing, listing_id)
    match_again([listing_id])
    ended = 0
    for proposal in queries.active_about(listing_id):
        side = listing.side
        if proposal.consented_at(side) is not None:
            continue
        reason = _hindrance(proposal, side)
        if reason is not None:
            proposal.supersede(actor, reason)
            after_end(actor, proposal)
            ended += 1
    return ended


def _hindrance(proposal: Proposal, side: Side) -> str | None:
    listing = proposal.listing_of(side)
    allowed = PROPOSABLE if proposal.state is ProposalState.PROPOSED else (ListingState.OPEN,)
    if listing.state not in allowed:
        return LISTING_CLOSED
    if listing.available < proposal.quantity:
        return QUANTITY_GONE
    first = max(proposal.supply.ready_from, proposal.demand.ready_from)
    last = min(proposal.supply.ready_until, proposal.demand.ready_until)
    within = (
        proposal.supply.unit_price <= proposal.unit_price
        and proposal.unit_price + proposal.freight_per_unit <= proposal.demand.unit_price
    )
    return None if within and first <= last else LIMIT_CHANGED
