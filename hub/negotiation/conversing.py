"""What the two sides do in the thread: write, note what they have read, end it."""

from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed
from hub.core.i18n import _
from hub.core.reasons import required_reason
from hub.core.states import state_label
from hub.core.use_case import use_case
from hub.negotiation import notices, queries
from hub.negotiation.asking import checked_text, refuse_inactive
from hub.negotiation.contacts import names_contacts
from hub.negotiation.models import (
    Inquiry,
    InquiryMessage,
    InquiryState,
    Party,
)


def _for_writing(actor: Actor, public_id: str) -> tuple[Inquiry, Party]:
    inquiry, party = queries.own(actor, public_id, lock=True)
    if not actor.trades_for(actor.company_id):
        raise NotAllowed(_("Only an owner or trader of the company may do this."))
    refuse_inactive(inquiry.company_of(party))
    return inquiry, party


@use_case
def write(actor: Actor, public_id: str, text: str) -> InquiryMessage:
    """Write to the other side; the first message of the receiver answers the inquiry.

    Raises:
        NotFound: not an inquiry of the actor's company.
        NotAllowed: neither its owner nor a trader.
        Conflict: not opened yet, or ended.
        Invalid: no text, or too long.
    """
    inquiry, party = _for_writing(actor, public_id)
    if not inquiry.can_write(party):
        word, _tone = state_label(Inquiry.THING, inquiry.state)
        raise Conflict(
            _(
                "Nobody can write here now: the inquiry is “%(state)s”. Nothing was sent.",
                state=word,
            )
        )
    message = InquiryMessage(
        inquiry_id=inquiry.id,
        party=party,
        user_id=actor.user_id,
        text=checked_text(text),
        written_at=clock.now(),
    )
    db.session.add(message)
    if party is Party.RECEIVER and inquiry.replied_at is None:
        inquiry.answer(actor, in_time=settings.today() <= inquiry.answer_until)
    inquiry.names_contacts = inquiry.names_contacts or names_contacts(message.text)
    inquiry.mark_unread(party, False)
    inquiry.mark_unread(party.other, True)
    audit.record(actor, inquiry, "inquiry_message_sent", party=party.value)
    notices.tell_written(inquiry, party.other)
    return message


@use_case
def mark_read(actor: Actor, public_id: str) -> None:
    """Note that the actor's company has read what is there.

    Raises:
        NotFound: not an inquiry of the actor's company.
        Conflict: it isn't opened yet.
    """
    inquiry, party = queries.own(actor, public_id, lock=True)
    if inquiry.is_sealed_for(party):
        raise Conflict(_("Open the inquiry first."))
    inquiry.mark_unread(party, False)


@use_case
def close(actor: Actor, public_id: str, reason: str) -> Inquiry:
    """End the thread for both; the other side is told why.

    Raises:
        NotFound, NotAllowed: as for :func:`write`.
        Conflict: the receiver hasn't opened it.
        Invalid: no reason.
        InvalidTransition: it has ended.
    """
    inquiry, party = _for_writing(actor, public_id)
    if inquiry.is_sealed_for(party):
        raise Conflict(_("Open the inquiry first."))
    reason = required_reason(reason, _("Say why; the other side reads it."))
    inquiry.close(actor, party, reason)
    inquiry.names_contacts = inquiry.names_contacts or names_contacts(reason)
    inquiry.mark_unread(party, False)
    inquiry.mark_unread(party.other, inquiry.opened_at is not None)
    notices.tell_closed(inquiry, party.other)
    return inquiry


def expire_due(actor: Actor) -> int:
    """Let expire what was not answered in time, each in a transaction of its own.

    Returns how many expired. What somebody is changing at the moment waits for the next turn.
    """
    return sum(_expired(actor, inquiry_id) for inquiry_id in queries.overdue())


def _expired(actor: Actor, inquiry_id: int) -> bool:
    try:
        return _expire(actor, inquiry_id)
    except Conflict:
        return False


@use_case
def _expire(actor: Actor, inquiry_id: int) -> bool:
    inquiry = queries.by_id(inquiry_id)
    waits = inquiry is not None and InquiryState.EXPIRED in inquiry.TRANSITIONS.get(
        inquiry.state, frozenset()
    )
    if inquiry is None or not waits or inquiry.answer_until >= settings.today():
        return False
    inquiry.expire(actor)
    inquiry.mark_unread(Party.ASKER, True)
    if inquiry.opened_at is None:
        inquiry.mark_unread(Party.RECEIVER, False)
    notices.tell_expired(inquiry)
    return True
