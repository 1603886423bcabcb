"""Who is told what about an inquiry. Nothing names the other company, or what it wrote."""

from typing import Any

from hub.core import paths
from hub.core.actor import Actor, StaffRole
from hub.core.formats import written
from hub.core.i18n import N_
from hub.messaging.services import TRADING_ROLES, close_tasks, notify_company, open_task
from hub.negotiation.models import Inquiry, Party

CONTESTED = "inquiry_contested"


def _tell(inquiry: Inquiry, party: Party, message: str, **more: Any) -> None:
    notify_company(
        inquiry.company_of(party).id,
        TRADING_ROLES,
        message,
        {
            "reference": inquiry.listing.reference,
            "commodity": inquiry.listing.commodity.name,
            "alias": inquiry.company_of(party.other).alias,
            **more,
        },
        paths.inquiry(inquiry.public_id),
    )


def tell_received(inquiry: Inquiry) -> None:
    """The receiver: somebody asks."""
    message = (
        N_(
            "A verified company asks about your listing %(reference)s, %(commodity)s. Opening its "
            "inquiry costs %(price)s; please answer by %(day)s."
        )
        if inquiry.is_sealed_for(Party.RECEIVER)
        else N_(
            "%(alias)s asks about your listing %(reference)s, %(commodity)s. Please answer by "
            "%(day)s."
        )
    )
    _tell(
        inquiry,
        Party.RECEIVER,
        message,
        price=written(inquiry.price),
        day=inquiry.answer_until,
    )


def tell_written(inquiry: Inquiry, party: Party) -> None:
    """The side that is written to."""
    _tell(inquiry, party, N_("%(alias)s wrote to you about %(reference)s, %(commodity)s."))


def tell_closed(inquiry: Inquiry, party: Party) -> None:
    """The side that didn't close the thread."""
    message = (
        N_("An inquiry about %(reference)s, %(commodity)s was taken back; there is nothing to do.")
        if inquiry.is_sealed_for(party)
        else N_("%(alias)s closed the inquiry about %(reference)s, %(commodity)s.")
    )
    _tell(inquiry, party, message)


def tell_expired(inquiry: Inquiry) -> None:
    """The asker, who gets alternatives; and the receiver, who could still answer what it read."""
    _tell(
        inquiry,
        Party.ASKER,
        N_(
            "Your inquiry about %(reference)s, %(commodity)s was not answered in time. Its page "
            "shows whom you could ask instead."
        ),
    )
    if not inquiry.is_sealed_for(Party.RECEIVER):
        _tell(
            inquiry,
            Party.RECEIVER,
            N_("The time to answer the inquiry about %(reference)s, %(commodity)s is over."),
        )


def ask_staff(inquiry: Inquiry) -> None:
    """The brokers: a contest waits for them."""
    open_task(
        StaffRole.BROKER,
        CONTESTED,
        Inquiry.THING,
        inquiry.id,
        N_("The inquiry about %(reference)s, %(commodity)s is contested."),
        {
            "reference": inquiry.listing.reference,
            "commodity": inquiry.listing.commodity.name,
        },
        paths.contested_inquiry(inquiry.public_id),
    )


def close_task(actor: Actor, inquiry: Inquiry) -> None:
    """The contest is decided."""
    close_tasks(actor, Inquiry.THING, inquiry.id, CONTESTED)


def tell_voided(inquiry: Inquiry, reason: str) -> None:
    """Both sides: the contest was upheld."""
    amount = written(inquiry.charged)
    message = (
        N_(
            "You were right about the inquiry about %(reference)s; %(amount)s are in your "
            "account again. %(reason)s"
        )
        if inquiry.charged
        else N_("You were right about the inquiry about %(reference)s. %(reason)s")
    )
    _tell(inquiry, Party.RECEIVER, message, amount=amount, reason=reason)
    _tell(
        inquiry,
        Party.ASKER,
        N_("The hub ended your inquiry about %(reference)s, %(commodity)s: %(reason)s"),
        reason=reason,
    )


def tell_refused(inquiry: Inquiry, reason: str) -> None:
    """The receiver: the contest was refused."""
    _tell(
        inquiry,
        Party.RECEIVER,
        N_("The inquiry about %(reference)s, %(commodity)s counts: %(reason)s"),
        reason=reason,
    )
