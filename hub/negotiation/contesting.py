"""A receiver's objection to an inquiry, and what the hub's brokers decide about it."""

from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed, NotFound
from hub.core.formats import short_date
from hub.core.i18n import _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.negotiation import notices, queries
from hub.negotiation.models import (
    ContestState,
    Ground,
    Inquiry,
    InquiryContest,
    InquiryState,
    Party,
)
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger.chart import EntryKind


@use_case
def contest(actor: Actor, public_id: str, ground: Ground, reason: str) -> InquiryContest:
    """Object to an inquiry that was opened: as spam, or because it should not count.

    Raises:
        NotFound: not an inquiry that the actor's company received.
        NotAllowed: neither its owner nor a trader.
        Conflict: not opened yet, contested before, or too late.
        Invalid: no reason.
    """
    inquiry, party = queries.own(actor, public_id, lock=True)
    if party is not Party.RECEIVER:
        raise NotFound(_("There is no such inquiry, or it isn't yours to see."))
    if not actor.trades_for(inquiry.receiver_id):
        raise NotAllowed(_("Only an owner or trader of the company may do this."))
    refuse_contest(inquiry)
    found = InquiryContest(
        inquiry=inquiry,
        state=ContestState.OPEN,
        ground=ground,
        reason=required_reason(reason, _("Say why; the hub's staff decide by it.")),
        raised_at=clock.now(),
        raised_by=actor.user_id,
    )
    db.session.add(found)
    audit.record(actor, inquiry, "inquiry_contested", reason=found.reason, ground=ground.value)
    notices.ask_staff(inquiry)
    return found


def refuse_contest(inquiry: Inquiry) -> None:
    """Raise Conflict, with the reason, if an inquiry can't be contested now."""
    if inquiry.opened_at is None or inquiry.contest_until is None:
        raise Conflict(_("Only an inquiry that you have opened can be contested."))
    earlier = inquiry.contest
    if earlier is not None and earlier.state is ContestState.OPEN:
        raise Conflict(_("You have contested this inquiry already; the hub's staff look at it."))
    if earlier is not None:
        raise Conflict(
            _(
                "This inquiry was contested before, and that was decided: %(reason)s",
                reason=earlier.decision_reason,
            )
        )
    if inquiry.contest_until < settings.today():
        raise Conflict(
            _(
                "This inquiry could be contested until %(day)s. Nothing was changed.",
                day=short_date(inquiry.contest_until),
            )
        )


def can_contest(inquiry: Inquiry) -> bool:
    """Whether the receiver may contest it now."""
    try:
        refuse_contest(inquiry)
    except Conflict:
        return False
    return True


def _to_decide(
    actor: Actor, public_id: str, expected_version: int
) -> tuple[Inquiry, InquiryContest]:
    actor.require(StaffRole.BROKER)
    inquiry = queries.inquiry(actor, public_id, lock=True)
    if inquiry.contest is None:
        raise NotFound(_("Nobody has contested this inquiry."))
    if inquiry.contest.version != expected_version:
        raise Conflict(
            _("The contest has changed since you opened this page. Look at it again first.")
        )
    return inquiry, inquiry.contest


@use_case
def uphold(actor: Actor, public_id: str, reason: str, expected_version: int) -> InquiryContest:
    """The receiver is right: the inquiry is void, and what was charged is given back, once.

    Raises:
        NotAllowed: not a broker.
        NotFound: no such inquiry, or nobody contested it.
        Invalid: no reason.
        Conflict: decided meanwhile, or the hub's fees have left the designated account, so
            that nothing can be given back from it yet; the contest stays open.
    """
    inquiry, found = _to_decide(actor, public_id, expected_version)
    reason = required_reason(reason, _("Say why; both companies read it."))
    found.decide(actor, ContestState.UPHELD, reason)
    spam = found.ground is Ground.SPAM
    inquiry.void(actor, InquiryState.SPAM if spam else InquiryState.INVALID, reason)
    if inquiry.charged:
        payments.credit_wallet(
            actor,
            key=f"inquiry-credit:{inquiry.id}",
            kind=EntryKind.INQUIRY_CREDIT,
            company_id=inquiry.receiver_id,
            amount=inquiry.charged,
            income=chart.INQUIRY_INCOME,
            subject=(Inquiry.THING, inquiry.id),
            description=inquiry.listing.reference,
        )
    for party in Party:
        inquiry.mark_unread(party, True)
    notices.tell_voided(inquiry, reason)
    notices.close_task(actor, inquiry)
    return found


@use_case
def refuse(actor: Actor, public_id: str, reason: str, expected_version: int) -> InquiryContest:
    """The inquiry counts: nothing is given back.

    Raises:
        NotAllowed, NotFound, Invalid: as for :func:`uphold`.
        Conflict: decided meanwhile.
    """
    inquiry, found = _to_decide(actor, public_id, expected_version)
    reason = required_reason(reason, _("Say why; the company that contested reads it."))
    found.decide(actor, ContestState.REFUSED, reason)
    inquiry.mark_unread(Party.RECEIVER, True)
    notices.tell_refused(inquiry, reason)
    notices.close_task(actor, inquiry)
    return found
