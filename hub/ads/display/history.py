"""The history of a booking in words, for its company and for the advertising staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.ads.display.models import Booking
from hub.core import audit
from hub.core.actor import Actor
from hub.core.i18n import _, _l
from hub.core.states import state_label

#: How each action of the audit log on a booking is told.
ACTIONS: Mapping[str, Any] = {
    "booked": _l("Days booked"),
    "artwork_given": _l("Advertisement saved"),
    "submitted": _l("Sent for review"),
    "approved": _l("Approved by the hub"),
    "sent_back": _l("Sent back to be corrected"),
    "rejected": _l("Rejected by the hub"),
    "paid": _l("Paid"),
    "begun": _l("Began to run"),
    "paused": _l("Paused by the hub"),
    "resumed": _l("Runs again"),
    "completed": _l("Over"),
    "cancelled": _l("Ended"),
    "lapsed": _l("Ended: not paid in time"),
    "hold_passed": _l("Ended: not sent for review in time"),
    "not_reviewed": _l("Ended: not reviewed in time"),
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A line of the timeline."""

    who: str
    what: str
    when: datetime
    before: str = ""
    after: str = ""
    reason: str = ""


def history(actor: Actor, booking: Booking) -> list[HistoryEntry]:
    """What happened to the booking, newest first. The hub's people are named to themselves."""
    return [
        HistoryEntry(
            who=entry.actor_name
            if actor.is_staff or entry.company_id == booking.company_id
            else _("The hub"),
            what=str(ACTIONS.get(entry.action, entry.action)),
            when=entry.at,
            before=state_label(booking.THING, entry.state_from)[0] if entry.state_from else "",
            after=state_label(booking.THING, entry.state_to)[0] if entry.state_to else "",
            reason=(entry.reason or "") if entry.is_staff or actor.is_staff else "",
        )
        for entry in audit.history([(Booking.THING, booking.id)])
    ]
