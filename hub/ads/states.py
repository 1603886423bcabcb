"""The states that campaigns and bookings share: drafted, reviewed, running, ended."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hub.core.i18n import _l


class CampaignState(StrEnum):
    """Where a campaign or a booking stands."""

    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


_ANY_TIME: frozenset[StrEnum] = frozenset({CampaignState.CANCELLED})

CAMPAIGN_TRANSITIONS: Mapping[StrEnum, frozenset[StrEnum]] = {
    CampaignState.DRAFT: frozenset({CampaignState.PENDING_REVIEW}) | _ANY_TIME,
    CampaignState.PENDING_REVIEW: frozenset(
        {CampaignState.APPROVED, CampaignState.REJECTED, CampaignState.DRAFT}
    )
    | _ANY_TIME,
    CampaignState.APPROVED: frozenset({CampaignState.SCHEDULED, CampaignState.RUNNING}) | _ANY_TIME,
    CampaignState.SCHEDULED: frozenset({CampaignState.RUNNING}) | _ANY_TIME,
    CampaignState.RUNNING: frozenset(
        {CampaignState.PAUSED, CampaignState.COMPLETED, CampaignState.EXHAUSTED}
    )
    | _ANY_TIME,
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.COMPLETED}) | _ANY_TIME,
    CampaignState.EXHAUSTED: frozenset({CampaignState.RUNNING, CampaignState.COMPLETED})
    | _ANY_TIME,
}


CAMPAIGN_WORDS: Mapping[StrEnum, tuple[Any, str]] = {
    CampaignState.DRAFT: (_l("draft"), "quiet"),
    CampaignState.PENDING_REVIEW: (_l("in review"), "waiting"),
    CampaignState.APPROVED: (_l("approved"), "good"),
    CampaignState.SCHEDULED: (_l("scheduled"), "waiting"),
    CampaignState.RUNNING: (_l("running"), "good"),
    CampaignState.PAUSED: (_l("paused"), "warning"),
    CampaignState.COMPLETED: (_l("completed"), "quiet"),
    CampaignState.REJECTED: (_l("rejected"), "bad"),
    CampaignState.EXHAUSTED: (_l("budget used up"), "warning"),
    CampaignState.CANCELLED: (_l("cancelled"), "quiet"),
}
