"""The history of a campaign in words, for its company and for the advertising staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.ads.ranking.models import Campaign
from hub.core import audit
from hub.core.actor import Actor
from hub.core.i18n import _, _l
from hub.core.states import state_label

#: How each action of the audit log on a campaign is told.
ACTIONS: Mapping[str, Any] = {
    "campaign_drafted": _l("Draft written"),
    "campaign_changed": _l("Changed"),
    "campaign_submitted": _l("Sent to the hub"),
    "campaign_taken_back": _l("Taken back"),
    "campaign_returned": _l("Returned to be corrected"),
    "campaign_rejected": _l("Rejected by the hub"),
    "campaign_approved": _l("Approved by the hub"),
    "campaign_scheduled": _l("Waits for its first day"),
    "campaign_started": _l("Started"),
    "campaign_paused": _l("Paused"),
    "campaign_resumed": _l("Runs again"),
    "campaign_exhausted": _l("Budget used up"),
    "campaign_completed": _l("Completed"),
    "campaign_cancelled": _l("Cancelled"),
}
_FIELDS: Mapping[str, Any] = {
    "name": _l("name"),
    "max_bid": _l("highest bid"),
    "daily_budget": _l("budget a day"),
    "total_budget": _l("budget in all"),
    "starts_on": _l("first day"),
    "ends_on": _l("last day"),
    "targets": _l("where it bids"),
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


def history(actor: Actor, campaign: Campaign) -> list[HistoryEntry]:
    """What happened to the campaign, newest first. The hub's people are named to themselves."""
    lines = []
    for entry in audit.history([(Campaign.THING, campaign.id)]):
        own = entry.company_id == campaign.company_id
        who = entry.actor_name if own or actor.is_staff else _("The hub")
        what = str(ACTIONS.get(entry.action, entry.action.replace("_", " ")))
        changes = entry.details.get("changes")
        if changes:
            lines += [
                HistoryEntry(who, f"{what}: {_FIELDS[name]}", entry.at, _plain(old), _plain(new))
                for name, (old, new) in changes.items()
                if name in _FIELDS
            ]
            continue
        lines.append(
            HistoryEntry(
                who,
                what,
                entry.at,
                _state(entry.state_from),
                _state(entry.state_to),
                entry.reason or "",
            )
        )
    return lines


def _state(value: str | None) -> str:
    return state_label(Campaign.THING, value)[0] if value else ""


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)
