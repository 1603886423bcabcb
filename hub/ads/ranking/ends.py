"""What becomes of campaigns by itself: their days come and go, their listing leaves the market."""

from sqlalchemy import or_, select

from hub.ads.ranking import queries
from hub.ads.ranking.models import Campaign
from hub.ads.states import CampaignState
from hub.core import paths, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.i18n import N_, _
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.posting import queries as posting
from hub.posting.models import Listing, ListingState

#: A campaign in one of these ran; it is completed. The others that aren't over are cancelled.
_RAN = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.EXHAUSTED)
_WAITING = (CampaignState.DRAFT, CampaignState.PENDING_REVIEW, CampaignState.SCHEDULED)
_GONE = (ListingState.FILLED, ListingState.WITHDRAWN, ListingState.EXPIRED)
_AT_ONCE = 500


@use_case
def work_through_days(actor: Actor) -> int:
    """Start campaigns whose first day has come, complete those whose last is over; how many.

    Also ends those whose listing left the market from a pause, which nothing announces.
    """
    today = settings.today()
    due = db.session.scalars(
        select(Campaign.id)
        .where(
            or_(
                (Campaign.state == CampaignState.SCHEDULED) & (Campaign.starts_on <= today),
                Campaign.state.in_(_RAN) & (Campaign.ends_on < today),
            )
        )
        .order_by(Campaign.id)
        .limit(_AT_ONCE)
    ).all()
    for campaign_id in due:
        campaign = queries.by_id(campaign_id, lock=True)
        if campaign.state is CampaignState.SCHEDULED and campaign.starts_on <= today:
            campaign.move(CampaignState.RUNNING, actor, "campaign_started")
        if campaign.state in _RAN and campaign.ends_on is not None and campaign.ends_on < today:
            campaign.move(CampaignState.COMPLETED, actor, "campaign_completed")
            _tell(campaign, N_("Your campaign “%(name)s” has ended."))
    gone = db.session.scalars(
        select(Campaign.listing_id)
        .join(Listing, Listing.id == Campaign.listing_id)
        .where(Campaign.state.in_((*_RAN, *_WAITING)), Listing.state.in_(_GONE))
        .distinct()
        .limit(_AT_ONCE)
    ).all()
    return len(due) + sum(end_for_listing(actor, listing_id) for listing_id in gone)


@use_case
def end_for_listing(actor: Actor, listing_id: int) -> int:
    """End the campaigns of a listing that has left the market for good; returns how many.

    While a listing is only paused its campaigns wait without bidding.
    """
    if posting.by_id(listing_id).state not in _GONE:
        return 0
    concerned = db.session.scalars(
        select(Campaign.id)
        .where(Campaign.listing_id == listing_id, Campaign.state.in_((*_RAN, *_WAITING)))
        .order_by(Campaign.id)
    ).all()
    reason = _("Its listing left the market.")
    for campaign_id in concerned:
        campaign = queries.by_id(campaign_id, lock=True)
        if campaign.state in _RAN:
            campaign.move(CampaignState.COMPLETED, actor, "campaign_completed", reason)
        else:
            campaign.move(CampaignState.CANCELLED, actor, "campaign_cancelled", reason)
        _tell(campaign, N_("Your campaign “%(name)s” has ended: its listing left the market."))
    return len(concerned)


def _tell(campaign: Campaign, message: str) -> None:
    messaging.notify_company(
        campaign.company_id,
        None,
        message,
        {"name": campaign.name},
        paths.campaign(campaign.public_id),
    )
