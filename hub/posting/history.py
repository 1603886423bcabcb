"""The history of a listing in words, for the company that posted it and for brokers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.catalogue import queries as catalogue
from hub.core import audit
from hub.core.actor import Actor, StaffRole
from hub.core.i18n import _, _l
from hub.core.states import state_label
from hub.posting.fields import FIELDS
from hub.posting.models import Listing

#: How each action of the audit log on a listing is told.
ACTIONS: Mapping[str, Any] = {
    "listing_drafted": _l("Draft written"),
    "listing_imported": _l("Imported from a file"),
    "listing_submitted": _l("Sent to the broker"),
    "listing_approved": _l("Approved by the broker"),
    "listing_returned": _l("Returned to be corrected"),
    "listing_rejected": _l("Rejected by the broker"),
    "listing_paused": _l("Paused"),
    "listing_resumed": _l("Put back on the market"),
    "listing_reopened": _l("Open again"),
    "listing_withdrawn": _l("Withdrawn"),
    "listing_expired": _l("Expired"),
    "listing_filled": _l("Filled"),
    "listing_changed": _l("Terms changed"),
    "listing_price_confirmed": _l("Price confirmed by the broker"),
    "listing_pictures_added": _l("Pictures added"),
    "listing_picture_removed": _l("Picture removed"),
    "listing_reserved": _l("Quantity reserved"),
    "listing_released": _l("Reservation released"),
    "listing_quantity_filled": _l("Quantity traded"),
    "listing_quantity_freed": _l("Quantity free again"),
}
_WORDS: Mapping[str, Any] = {each.column: each.word for each in FIELDS if each.word is not None}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A line of the timeline."""

    who: str
    what: str
    when: datetime
    before: str = ""
    after: str = ""
    reason: str = ""


def history(actor: Actor, listing: Listing) -> list[HistoryEntry]:
    """What happened to the listing, newest first. Partners stay unnamed to the company."""
    lines = []
    for entry in audit.history([(Listing.THING, listing.id)]):
        who = _who(actor, listing, entry)
        what = str(ACTIONS.get(entry.action, entry.action.replace("_", " ")))
        changes = entry.details.get("changes")
        if changes:
            lines += [
                HistoryEntry(who, f"{what}: {word}", entry.at, before or "–", after or "–")
                for word, before, after in _changed_fields(changes)
            ]
            continue
        amount = entry.details.get("quantity")
        lines.append(
            HistoryEntry(
                who,
                f"{what}: {amount} {listing.commodity.unit.code}" if amount else what,
                entry.at,
                before=_state(entry.state_from),
                after=_state(entry.state_to),
                reason=entry.reason or "",
            )
        )
    return lines


def _state(value: str | None) -> str:
    return state_label(Listing.THING, value)[0] if value else ""


def _who(actor: Actor, listing: Listing, entry: audit.AuditEntry) -> str:
    if actor.has(StaffRole.BROKER) or entry.company_id == listing.company_id:
        return entry.actor_name
    return _("Trading partner") if entry.company_id is not None else _("The hub")


def _changed_fields(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = [
        (str(_WORDS[column]), _plain(column, before), _plain(column, after))
        for column, (before, after) in changes.items()
        if column in _WORDS
    ]
    return found or [(_("details"), "", "")]


def _plain(column: str, value: Any) -> str:
    if column == "region_id":
        return next((each.name for each in catalogue.regions() if each.id == value), "")
    if isinstance(value, dict):
        return ", ".join(f"{code} {text}" for code, text in value.items())
    return str(value)


def last_reason(entries: list[HistoryEntry]) -> str:
    """Why the broker sent the listing back, or why it ended."""
    return next((entry.reason for entry in entries if entry.reason), "")
