"""A campaign's way: drafted, reviewed, run, paused, used up, ended."""

from datetime import date
from typing import Any

from hub.ads.ranking import quality, queries
from hub.ads.ranking.models import Campaign
from hub.ads.ranking.terms import (
    LONGEST_NAME,
    Budget,
    Complaints,
    Terms,
    check_budget,
    check_days,
    facts,
    own_open_listing,
    read_targets,
    reserve,
)
from hub.ads.states import CampaignState
from hub.core import audit, clock, paths, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed
from hub.core.i18n import N_, _
from hub.core.money import Money
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.payments.wallets.queries import wallet_balance
from hub.posting.models import ListingState

__all__ = ["Terms", "reserve"]


def own_campaign(actor: Actor, public_id: str) -> Campaign:
    """A campaign that the actor may act on for the company, locked.

    Raises:
        NotFound: none, or another company's.
        NotAllowed: not an owner or trader, or the company isn't verified.
    """
    campaign = queries.campaign(actor, public_id, lock=True)
    actor.require_trader(campaign.company_id)
    return campaign


def can_pay(campaign: Campaign) -> bool:
    """Whether the account holds the least bid, in the currency that clicks are sold in."""
    least = reserve()
    if campaign.currency != least.currency:
        return False
    return least <= wallet_balance(campaign.company_id, least.currency)


def expect_version(campaign: Campaign, expected_version: int) -> None:
    """Raise Conflict if the campaign was changed since the page that asks was shown."""
    if campaign.version != expected_version:
        raise Conflict(
            _("The campaign has changed since you opened this page. Look at it again first.")
        )


def _apply(actor: Actor, campaign: Campaign, terms: Terms) -> None:
    """Check the terms and write them into a draft (Invalid with sentences by field)."""
    complaints = Complaints()
    name = " ".join(terms.name.split())
    if not name or len(name) > LONGEST_NAME:
        complaints.add(
            "name", _("Give the campaign a name of at most %(most)d letters.", most=LONGEST_NAME)
        )
    listing = own_open_listing(actor, terms.listing_id, complaints)
    targets = (
        read_targets(listing, terms.keywords, terms.commodities, complaints) if listing else []
    )
    check_days(terms.starts_on, terms.ends_on, complaints)
    check_budget(campaign.company_id, terms.budget, complaints)
    complaints.raise_any()
    assert listing is not None
    campaign.name, campaign.listing_id, campaign.listing = name, listing.id, listing
    campaign.starts_on, campaign.ends_on = terms.starts_on, terms.ends_on
    _apply_budget(campaign, terms.budget)
    kept = {(each.keyword, each.commodity_id): each for each in campaign.targets}
    campaign.targets = [
        kept.get((each.keyword, each.commodity.id if each.commodity else None), each)
        for each in targets
    ]


def _apply_budget(campaign: Campaign, budget: Budget) -> None:
    campaign.currency = budget.max_bid.currency
    campaign.max_bid_minor = budget.max_bid.minor
    campaign.daily_budget_minor = budget.daily_budget.minor
    campaign.total_budget_minor = budget.total_budget.minor
    campaign.ends_on = budget.ends_on


@use_case
def create_draft(actor: Actor, terms: Terms) -> Campaign:
    """Write a draft for a listing of the actor's company.

    Raises:
        NotAllowed: not an owner or trader of a verified company.
        Invalid: with sentences by field.
    """
    company_id = actor.require_trader()
    campaign = Campaign(company_id=company_id, created_at=clock.now(), created_by=actor.user_id)
    with db.session.no_autoflush:
        _apply(actor, campaign, terms)
    db.session.add(campaign)
    audit.record(
        actor, campaign, "campaign_drafted", state_to=CampaignState.DRAFT.value, **facts(campaign)
    )
    quality.rate(actor, [campaign.id])
    return campaign


@use_case
def edit(actor: Actor, public_id: str, expected_version: int, terms: Terms) -> Campaign:
    """Change a draft.

    Raises:
        Conflict: changed meanwhile, or no draft any more.
        Invalid: with sentences by field.
    """
    campaign = own_campaign(actor, public_id)
    expect_version(campaign, expected_version)
    if not campaign.can_edit:
        raise Conflict(
            _("Only a draft can be edited. Bid, budgets and the last day can still be changed.")
        )
    before = facts(campaign)
    with db.session.no_autoflush:
        _apply(actor, campaign, terms)
    db.session.flush()
    _record_changes(actor, campaign, before)
    quality.rate(actor, [campaign.id])
    return campaign


@use_case
def change_budget(
    actor: Actor,
    public_id: str,
    expected_version: int,
    *,
    max_bid: Money,
    daily_budget: Money,
    total_budget: Money,
    ends_on: date | None,
) -> Campaign:
    """Change bid, budgets and last day of a campaign that was approved; it needs no new review.

    One whose budget was used up runs again if the new one leaves enough for a click.

    Raises:
        Conflict: changed meanwhile, or it is a draft, in review, or over.
        Invalid: with sentences by field; the total is below what was spent already.
    """
    campaign = own_campaign(actor, public_id)
    expect_version(campaign, expected_version)
    if not campaign.can_change_budget:
        raise Conflict(_("Bid and budgets of this campaign can't change now."))
    budget, complaints = Budget(max_bid, daily_budget, total_budget, ends_on), Complaints()
    if ends_on is not None and ends_on < max(settings.today(), campaign.starts_on):
        complaints.add("ends_on", _("The last day is in the past or before the first."))
    check_budget(campaign.company_id, budget, complaints)
    if total_budget < campaign.spent:
        complaints.add(
            "total_budget",
            _("The campaign has spent %(spent)s already.", spent=str(campaign.spent)),
        )
    complaints.raise_any()
    before = facts(campaign)
    _apply_budget(campaign, budget)
    _record_changes(actor, campaign, before)
    if campaign.state is CampaignState.EXHAUSTED and not campaign.left < reserve():
        campaign.move(CampaignState.RUNNING, actor, "campaign_resumed", _("The budget was raised."))
    exhaust_if_used_up(actor, campaign.id)
    return campaign


def _record_changes(actor: Actor, campaign: Campaign, before: dict[str, Any]) -> None:
    after = facts(campaign)
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changes:
        audit.record(actor, campaign, "campaign_changed", changes=changes)


@use_case
def submit(actor: Actor, public_id: str, expected_version: int) -> Campaign:
    """Hand a draft to the advertising staff.

    Raises:
        Conflict: changed meanwhile, or no draft.
        Invalid: its first day has passed, the listing is not open, or the account doesn't hold
            one bid any more.
    """
    campaign = own_campaign(actor, public_id)
    expect_version(campaign, expected_version)
    complaints = Complaints()
    campaign.move(CampaignState.PENDING_REVIEW, actor, "campaign_submitted")
    own_open_listing(actor, campaign.listing.public_id, complaints)
    check_days(campaign.starts_on, campaign.ends_on, complaints)
    check_budget(
        campaign.company_id,
        Budget(campaign.max_bid, campaign.daily_budget, campaign.total_budget),
        complaints,
    )
    complaints.raise_any()
    campaign.review_reason = ""
    quality.rate(actor, [campaign.id])
    return campaign


@use_case
def withdraw_from_review(actor: Actor, public_id: str) -> Campaign:
    """Take a submitted campaign back to change it."""
    campaign = own_campaign(actor, public_id)
    campaign.move(CampaignState.DRAFT, actor, "campaign_taken_back")
    return campaign


@use_case
def pause(actor: Actor, public_id: str) -> Campaign:
    """Let a running campaign rest."""
    campaign = own_campaign(actor, public_id)
    campaign.move(CampaignState.PAUSED, actor, "campaign_paused")
    return campaign


@use_case
def resume(actor: Actor, public_id: str) -> Campaign:
    """Let a paused campaign run again (Conflict if it isn't paused or its last day is over)."""
    campaign = own_campaign(actor, public_id)
    if not campaign.can_resume:
        raise Conflict(_("This campaign is not paused."))
    if campaign.ends_on is not None and campaign.ends_on < settings.today():
        raise Conflict(_("The last day of this campaign is over; change that first."))
    if campaign.currency != settings.current().fee_currency:
        raise Conflict(
            _(
                "Clicks are sold in %(currency)s now; make a new campaign. Nothing was changed.",
                currency=settings.current().fee_currency,
            )
        )
    campaign.move(CampaignState.RUNNING, actor, "campaign_resumed")
    exhaust_if_used_up(actor, campaign.id)
    return campaign


@use_case
def cancel(actor: Actor, public_id: str, reason: str = "") -> Campaign:
    """End a campaign for good: the member at will, the advertising staff with a reason.

    What its clicks cost stays charged; nothing else was ever taken from the account.

    Raises:
        NotAllowed: neither an owner or trader of the company nor advertising staff.
        Invalid: staff gave no reason.
        Conflict: it is over.
    """
    campaign = queries.campaign(actor, public_id, lock=True)
    if actor.trades_for(campaign.company_id):
        campaign.move(CampaignState.CANCELLED, actor, "campaign_cancelled", reason.strip() or None)
        return campaign
    if not actor.has(StaffRole.ADVERTISING):
        raise NotAllowed(_("Only an owner or trader of the company may do this."))
    reason = required_reason(reason, _("Say why, in a sentence."))
    campaign.move(CampaignState.CANCELLED, actor, "campaign_cancelled", reason)
    _tell(campaign, N_("The hub ended your campaign “%(name)s”: %(reason)s"), reason)
    return campaign


def _under_review(actor: Actor, public_id: str, expected_version: int) -> Campaign:
    actor.require(StaffRole.ADVERTISING)
    campaign = queries.campaign(actor, public_id, lock=True)
    expect_version(campaign, expected_version)
    return campaign


@use_case
def approve(actor: Actor, public_id: str, expected_version: int) -> Campaign:
    """Let a submitted campaign bid: at once, or from its first day on.

    Raises:
        NotAllowed: not advertising staff.
        Conflict: changed meanwhile, not in review, its last day is over, its listing is not open,
            or the company may not trade at present.
    """
    campaign = _under_review(actor, public_id, expected_version)
    campaign.move(CampaignState.APPROVED, actor, "campaign_approved")
    today = settings.today()
    if campaign.ends_on is not None and campaign.ends_on < today:
        raise Conflict(_("The last day of this campaign is over; return it to be corrected."))
    if campaign.listing.state is not ListingState.OPEN or not campaign.company.can_trade:
        raise Conflict(
            _("The listing is not open, or its company may not trade at present; return it.")
        )
    _begin(actor, campaign)
    quality.rate(actor, [campaign.id])
    _tell(campaign, N_("Your campaign “%(name)s” was approved."))
    return campaign


def _begin(actor: Actor, campaign: Campaign) -> None:
    if campaign.starts_on > settings.today():
        campaign.move(CampaignState.SCHEDULED, actor, "campaign_scheduled")
    else:
        campaign.move(CampaignState.RUNNING, actor, "campaign_started")


@use_case
def return_to_draft(actor: Actor, public_id: str, reason: str, expected_version: int) -> Campaign:
    """Send a submitted campaign back to be corrected; the company is told ``reason``."""
    campaign = _under_review(actor, public_id, expected_version)
    reason = required_reason(reason, _("Say why, in a sentence."))
    campaign.move(CampaignState.DRAFT, actor, "campaign_returned", reason)
    campaign.review_reason = reason
    _tell(campaign, N_("Your campaign “%(name)s” came back to be corrected: %(reason)s"), reason)
    return campaign


@use_case
def reject(actor: Actor, public_id: str, reason: str, expected_version: int) -> Campaign:
    """Refuse a submitted campaign for good; the company is told ``reason``."""
    campaign = _under_review(actor, public_id, expected_version)
    reason = required_reason(reason, _("Say why, in a sentence."))
    campaign.move(CampaignState.REJECTED, actor, "campaign_rejected", reason)
    campaign.review_reason = reason
    _tell(campaign, N_("Your campaign “%(name)s” was rejected: %(reason)s"), reason)
    return campaign


@use_case
def exhaust_if_used_up(actor: Actor, campaign_id: int) -> None:
    """Stop a running campaign whose total budget no longer pays for the least bid."""
    campaign = queries.by_id(campaign_id, lock=True)
    least = reserve()
    if campaign.state is not CampaignState.RUNNING or campaign.currency != least.currency:
        return
    if not campaign.left < least:
        return
    campaign.move(CampaignState.EXHAUSTED, actor, "campaign_exhausted")
    _tell(campaign, N_("The budget of your campaign “%(name)s” is used up. Raise it to go on."))


def _tell(campaign: Campaign, message: str, reason: str = "") -> None:
    messaging.notify_company(
        campaign.company_id,
        None,
        message,
        {"name": campaign.name, "reason": reason},
        paths.campaign(campaign.public_id),
    )
