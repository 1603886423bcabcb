"""Clicks on sponsored listings: each is recorded once, and a valid one is charged exactly once.

A link carries a signed token of the auction and the campaign. Where it leads is read from the
database, never from the request.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from hub.ads.ranking import campaigns
from hub.ads.ranking.models import Auction, Campaign, CampaignDay, Click, Impression
from hub.ads.states import CampaignState
from hub.ads.visits import Visit, viewer_hash
from hub.core import clock, paths, settings
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.db.statements import changed_one, insert_or_ignore
from hub.core.errors import Conflict, NotFound
from hub.core.i18n import _, _l
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger.chart import EntryKind
from hub.posting.models import Listing, ListingState

#: A link older than this still leads to the listing, but costs nothing.
VALID_FOR = timedelta(minutes=30)
#: Nobody reads a line and clicks it in less.
QUICKEST = timedelta(seconds=1)
#: A reader's second click on a campaign within this time costs nothing.
ONCE_IN = timedelta(hours=24)

_SALT = "sponsored-click"


class FreeReason(StrEnum):
    """Why a click is invalid and costs nothing."""

    ROBOT = "robot"
    OWN = "own"
    EXPIRED = "expired"
    TOO_FAST = "too_fast"
    REPEATED = "repeated"
    NOT_RUNNING = "not_running"
    UNFUNDED = "unfunded"


REASON_WORDS = {
    FreeReason.ROBOT: _l("robot or prefetch"),
    FreeReason.OWN: _l("own company or hub staff"),
    FreeReason.EXPIRED: _l("link older than 30 minutes"),
    FreeReason.TOO_FAST: _l("within a second"),
    FreeReason.REPEATED: _l("repeated within 24 hours"),
    FreeReason.NOT_RUNNING: _l("campaign not running"),
    FreeReason.UNFUNDED: _l("budget or account used up"),
}


@dataclass(frozen=True)
class _Offer:
    """A sponsored listing as an auction placed it."""

    auction: Auction
    impression: Impression
    path: str


def click_token(secret: str, auction_public_id: str, campaign_id: int) -> str:
    """The signed token of a link to a campaign's listing, as one auction placed it."""
    return str(URLSafeSerializer(secret, _SALT).dumps([auction_public_id, campaign_id]))


def destination(secret: str, token: str) -> str:
    """The path of the listing that a token leads to.

    Raises:
        NotFound: the token is forged or damaged.
    """
    return _offer(secret, token).path


@use_case
def click(actor: Actor, secret: str, token: str, visit: Visit) -> str:
    """Record a click, charge it if it is valid, and give the path of the listing.

    The campaign's row is locked while a click is judged, so that of clicks at the same moment
    each sees what those before it left of the budgets.

    Raises:
        NotFound: the token is forged or damaged; nothing is recorded.
    """
    offer = _offer(secret, token)
    campaign = db.session.get_one(Campaign, offer.impression.campaign_id)
    viewer = viewer_hash(secret, visit.viewer_id, settings.today())
    reason = _at_sight(actor, offer, campaign, visit)
    if reason is None:
        campaign = _locked(campaign.id)
        reason = _by_record(offer, campaign, _hashes(secret, visit.viewer_id))
    price = Money(offer.impression.price_minor, campaign.currency)
    if reason is None and not _charged(campaign, offer, price):
        reason = FreeReason.UNFUNDED
    db.session.add(
        Click(
            auction_id=offer.auction.id,
            campaign_id=campaign.id,
            at=clock.now(),
            charged_minor=0 if reason else price.minor,
            currency=campaign.currency,
            reason=reason or "",
            viewer=viewer,
            viewer_company_id=actor.company_id,
        )
    )
    if reason is None:
        campaigns.exhaust_if_used_up(SYSTEM, campaign.id)
    return offer.path


def _offer(secret: str, token: str) -> _Offer:
    try:
        payload: Any = URLSafeSerializer(secret, _SALT).loads(token)
    except BadSignature:
        raise NotFound(_("This link is damaged or wasn't made by the hub.")) from None
    auction_public_id, campaign_id = payload
    found = db.session.execute(
        select(Auction, Impression, Listing.public_id)
        .join(Impression, Impression.auction_id == Auction.id)
        .join(Campaign, Campaign.id == Impression.campaign_id)
        .join(Listing, Listing.id == Campaign.listing_id)
        .where(Auction.public_id == auction_public_id, Impression.campaign_id == campaign_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("What this link belongs to is no longer here."))
    auction, impression, listing_public_id = found
    return _Offer(auction, impression, paths.market_listing(listing_public_id))


def _at_sight(actor: Actor, offer: _Offer, campaign: Campaign, visit: Visit) -> FreeReason | None:
    """What the request alone gives away."""
    age = clock.now() - offer.auction.at
    if visit.is_robot:
        return FreeReason.ROBOT
    if actor.is_staff or actor.company_id == campaign.company_id:
        return FreeReason.OWN
    if age > VALID_FOR:
        return FreeReason.EXPIRED
    if age < QUICKEST:
        return FreeReason.TOO_FAST
    return None


def _by_record(offer: _Offer, campaign: Campaign, viewers: set[str]) -> FreeReason | None:
    """What is known of earlier clicks and of the campaign as it stands now.

    Readers without a session can't be told apart, so they count as one.
    """
    charged = select(Click.id).where(Click.campaign_id == campaign.id, Click.charged_minor > 0)
    same_link = charged.where(Click.auction_id == offer.auction.id)
    same_reader = charged.where(Click.at > clock.now() - ONCE_IN, Click.viewer.in_(viewers))
    for earlier in (same_link, same_reader):
        if db.session.scalar(earlier.limit(1)) is not None:
            return FreeReason.REPEATED
    listing_state = db.session.scalar(
        select(Listing.state).where(Listing.id == campaign.listing_id)
    )
    over = campaign.ends_on is not None and campaign.ends_on < settings.today()
    running = campaign.state is CampaignState.RUNNING and not over
    if not running or listing_state is not ListingState.OPEN:
        return FreeReason.NOT_RUNNING
    return None


def _hashes(secret: str, viewer_id: str) -> set[str]:
    """What a browser was known by at any time in the last 24 hours."""
    today = settings.today()
    return {viewer_hash(secret, viewer_id, day) for day in (today, today - timedelta(days=1))}


def _locked(campaign_id: int) -> Campaign:
    """The campaign as it is now; nobody else changes it until this use case ends."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _charged(campaign: Campaign, offer: _Offer, price: Money) -> bool:
    """Whether both budgets and the member's account carry the price, which they then have."""
    try:
        with db.session.begin_nested():
            _spend(campaign, price)
            payments.charge_wallet(
                SYSTEM,
                key=f"click:{offer.auction.id}:{campaign.id}",
                kind=EntryKind.AD_CLICK,
                company_id=campaign.company_id,
                amount=price,
                income=chart.ADVERTISING_INCOME,
                subject=(Campaign.THING, campaign.id),
                description=campaign.name,
            )
    except Conflict:
        return False
    return True


def _spend(campaign: Campaign, price: Money) -> None:
    """Count the price on the total and on today's budget, if each still holds as much."""
    today = settings.today()
    insert_or_ignore(
        CampaignDay, ["campaign_id", "day"], campaign_id=campaign.id, day=today, spent_minor=0
    )
    whole = (
        update(Campaign)
        .where(
            Campaign.id == campaign.id,
            Campaign.spent_minor + price.minor <= Campaign.total_budget_minor,
        )
        .values(spent_minor=Campaign.spent_minor + price.minor)
    )
    daily = (
        update(CampaignDay)
        .where(
            CampaignDay.campaign_id == campaign.id,
            CampaignDay.day == today,
            CampaignDay.spent_minor + price.minor <= campaign.daily_budget_minor,
        )
        .values(spent_minor=CampaignDay.spent_minor + price.minor)
    )
    for statement in (whole, daily):
        if not changed_one(statement):
            raise Conflict(_("The budget doesn't carry this click. Nothing was charged."))
