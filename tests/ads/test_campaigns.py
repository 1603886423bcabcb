"""The way of a campaign: what a member may ask, what the staff decide, and how it ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hub.accounts.models import AccountState, Verification
from hub.ads.ranking import campaigns
from hub.ads.ranking import ends as campaign_ends
from hub.ads.ranking import queries as campaign_queries
from hub.ads.ranking.models import Campaign
from hub.ads.ranking.terms import MOST_TARGETS
from hub.ads.states import CampaignState
from hub.core import audit, clock, settings
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.money import Money
from hub.messaging.models import Notice
from hub.posting import services as posting
from hub.posting.models import ListingState
from tests.ads.campaign_factories import AdDesk
from tests.factories import Factories
from tests.payments.money_factories import rupees


def count() -> int:
    return db.session.query(Campaign).count()


def told(campaign: Campaign) -> list[str]:
    path = f"/advertising/campaigns/{campaign.public_id}"
    return [each.message for each in db.session.query(Notice).filter_by(path=path)]


def test_a_draft_keeps_what_was_asked(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    vegetables = ad_desk.make.commodity("Vegetables", hs_code=None)
    onion = ad_desk.make.commodity("Onion", parent=vegetables)
    draft = ad_desk.draft(
        owner,
        ad_desk.listing(owner, commodity=onion),
        name="  Onions   first ",
        keywords=("Fresh  ONION", "onion fresh", "洋葱"),
        commodities=("onion", "vegetables"),
        ends_on=settings.today() + timedelta(days=9),
    )
    assert (draft.state, draft.name, draft.currency) == (CampaignState.DRAFT, "Onions first", "INR")
    assert (draft.max_bid, draft.daily_budget, draft.total_budget, draft.spent) == (
        rupees("4.00"),
        rupees("40.00"),
        rupees("400.00"),
        rupees("0"),
    )
    assert [(each.keyword, each.typed, each.commodity_id) for each in draft.targets] == [
        ("fresh onion", "Fresh ONION", None),
        ("洋葱", "洋葱", None),
        (None, "", onion.id),
        (None, "", vegetables.id),
    ]
    [entry] = audit.history([(Campaign.THING, draft.id)])
    assert (entry.action, entry.details["targets"]) == (
        "campaign_drafted",
        ["Fresh ONION", "洋葱", "onion", "vegetables"],
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"max_bid": rupees("0")}, {"max_bid"}),
        ({"max_bid": rupees("0.99")}, {"max_bid"}),
        (
            {"max_bid": rupees("1000.01"), "daily_budget": rupees("2000")},
            {"max_bid", "total_budget"},
        ),
        ({"max_bid": Money(10**13, "INR")}, {"max_bid", "daily_budget"}),
        ({"total_budget": Money(10**12 + 1, "INR")}, {"total_budget"}),
        ({"daily_budget": rupees("3.99")}, {"daily_budget"}),
        ({"total_budget": rupees("39.99")}, {"total_budget"}),
        ({"daily_budget": Money(4000, "USD")}, {"daily_budget"}),
        (
            {name: Money(4000, "EUR") for name in ("max_bid", "daily_budget", "total_budget")},
            {"max_bid", "daily_budget", "total_budget"},
        ),
        ({"starts_on": -1}, {"starts_on"}),
        ({"starts_on": 5, "ends_on": 4}, {"ends_on"}),
        ({"name": "  "}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"keywords": ()}, {"keywords"}),
        ({"keywords": (" ", "")}, {"keywords"}),
        ({"keywords": ("…",)}, {"keywords"}),
        ({"keywords": ("one two three four five",)}, {"keywords"}),
        ({"keywords": tuple(f"word{n}" for n in range(MOST_TARGETS + 1))}, {"keywords"}),
        ({"commodities": ("garlic",)}, {"commodities"}),
        ({"listing_id": "nothing"}, {"listing"}),
    ],
)
def test_what_can_not_be_is_told_field_by_field(
    ad_desk: AdDesk, changes: dict[str, Any], fields: set[str]
) -> None:
    owner = ad_desk.member("1000.00")
    ad_desk.make.commodity("Garlic")
    today = settings.today()
    for name in ("starts_on", "ends_on"):
        if name in changes:
            changes = changes | {name: today + timedelta(days=changes[name])}
    with pytest.raises(Invalid) as refusal:
        ad_desk.draft(owner, **changes)
    assert set(refusal.value.fields) == fields
    assert count() == 0


def test_a_bid_needs_money_in_the_account(ad_desk: AdDesk) -> None:
    with pytest.raises(Invalid, match="above what your account holds \\(3.99 INR\\)"):
        ad_desk.draft(ad_desk.member("3.99"))
    assert ad_desk.draft(ad_desk.member("4.00")).state is CampaignState.DRAFT


@pytest.mark.parametrize("state", [ListingState.DRAFT, ListingState.PAUSED, ListingState.FILLED])
def test_only_an_open_listing_can_be_lifted(ad_desk: AdDesk, state: ListingState) -> None:
    owner = ad_desk.member()
    with pytest.raises(Invalid, match="not open") as refusal:
        ad_desk.draft(owner, ad_desk.listing(owner, state=state))
    assert set(refusal.value.fields) == {"listing"}


def test_nobody_advertises_for_others(ad_desk: AdDesk, make: Factories) -> None:
    owner, stranger = ad_desk.member(), ad_desk.member()
    listing = ad_desk.listing(owner)
    with pytest.raises(Invalid) as refusal:
        ad_desk.draft(stranger, listing)
    assert set(refusal.value.fields) == {"listing"}
    draft = ad_desk.draft(owner, listing)
    for act in (
        campaigns.pause,
        campaigns.resume,
        campaigns.withdraw_from_review,
        campaigns.cancel,
    ):
        with pytest.raises(NotFound):
            act(stranger, draft.public_id)
    with pytest.raises(NotFound):
        campaigns.submit(stranger, draft.public_id, draft.version)
    assert [each.id for each in campaign_queries.own_page(stranger).rows] == []
    assert [each.id for each in campaign_queries.own_page(owner).rows] == [draft.id]
    unverified = make.trader(make.company(state=Verification.SUBMITTED))
    with pytest.raises(NotAllowed):
        ad_desk.draft(unverified, listing)


@pytest.mark.parametrize("role", [CompanyRole.FINANCE, CompanyRole.VIEWER])
def test_others_of_the_company_see_but_do_not_act(ad_desk: AdDesk, role: CompanyRole) -> None:
    owner = ad_desk.member()
    draft = ad_desk.draft(owner)
    company = draft.company
    colleague = ad_desk.make.trader(company, role=role)
    assert campaign_queries.campaign(colleague, draft.public_id).id == draft.id
    with pytest.raises(NotAllowed):
        campaigns.submit(colleague, draft.public_id, draft.version)
    with pytest.raises(NotAllowed):
        campaigns.cancel(colleague, draft.public_id)


def test_a_draft_is_edited_and_an_old_page_is_refused(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    draft = ad_desk.draft(owner, keywords=("onion", "red onion"))
    first, kept = draft.version, draft.targets[1].id
    terms = ad_desk.terms(
        draft.listing, keywords=("red onion", "nashik"), max_bid=rupees("5.00"), name="Red"
    )
    edited = campaigns.edit(owner, draft.public_id, first, terms)
    assert (edited.name, edited.max_bid) == ("Red", rupees("5.00"))
    assert {each.keyword for each in edited.targets} == {"onion red", "nashik"}
    assert kept in {each.id for each in edited.targets}
    change = audit.history([(Campaign.THING, draft.id)])[0]
    assert change.details["changes"]["max_bid"] == ["4.00 INR", "5.00 INR"]
    with pytest.raises(Conflict, match="changed since"):
        campaigns.edit(owner, draft.public_id, first, terms)


def test_review_leads_to_running_or_waiting(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    now = ad_desk.running(owner)
    later = ad_desk.running(owner, starts_on=settings.today() + timedelta(days=1))
    assert (now.state, later.state) == (CampaignState.RUNNING, CampaignState.SCHEDULED)
    assert told(now) == ["Your campaign “%(name)s” was approved."]
    assert campaign_ends.work_through_days(SYSTEM) == 0
    clock.advance(timedelta(days=1))
    assert campaign_ends.work_through_days(SYSTEM) == 1
    assert later.state is CampaignState.RUNNING


def test_only_the_advertising_staff_review(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    waiting = ad_desk.submitted(owner)
    assert campaign_queries.waiting_for_review() == 1
    assert [each.id for each in campaign_queries.review_page(ad_desk.clerk).rows] == [waiting.id]
    others = (ad_desk.make.staff(role) for role in (StaffRole.ADMINISTRATOR, StaffRole.BROKER))
    for actor in (owner, *others):
        with pytest.raises(NotAllowed):
            campaigns.approve(actor, waiting.public_id, waiting.version)
        with pytest.raises(NotAllowed):
            campaigns.reject(actor, waiting.public_id, "No.", waiting.version)
    assert waiting.state is CampaignState.PENDING_REVIEW


@pytest.mark.parametrize(
    ("decide", "state"),
    [
        (campaigns.return_to_draft, CampaignState.DRAFT),
        (campaigns.reject, CampaignState.REJECTED),
    ],
)
def test_a_refusal_has_a_reason_that_the_member_reads(
    ad_desk: AdDesk, decide: Callable[..., Campaign], state: CampaignState
) -> None:
    waiting = ad_desk.submitted(ad_desk.member())
    with pytest.raises(Invalid, match="Say why"):
        decide(ad_desk.clerk, waiting.public_id, "  ", waiting.version)
    assert waiting.state is CampaignState.PENDING_REVIEW
    decide(ad_desk.clerk, waiting.public_id, "The words don't fit.", waiting.version)
    assert (waiting.state, waiting.review_reason) == (state, "The words don't fit.")
    assert len(told(waiting)) == 1


def test_approval_needs_an_open_listing_of_a_company_that_may_trade(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    waiting = ad_desk.submitted(owner)
    posting.pause(owner, waiting.listing.public_id)
    with pytest.raises(Conflict, match="listing is not open"):
        campaigns.approve(ad_desk.clerk, waiting.public_id, waiting.version)
    posting.resume(owner, waiting.listing.public_id)
    waiting.company.account_state = AccountState.SUSPENDED
    db.session.commit()
    with pytest.raises(Conflict, match="may not trade"):
        campaigns.approve(ad_desk.clerk, waiting.public_id, waiting.version)
    assert waiting.state is CampaignState.PENDING_REVIEW


def test_submitting_looks_at_the_days_and_the_money_again(ad_desk: AdDesk) -> None:
    draft = ad_desk.draft(owner := ad_desk.member())
    clock.advance(timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        campaigns.submit(owner, draft.public_id, draft.version)
    assert set(refusal.value.fields) == {"starts_on"}
    assert draft.state is CampaignState.DRAFT


def test_a_member_pauses_resumes_and_cancels(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    campaign = ad_desk.running(owner)
    with pytest.raises(Conflict):
        campaigns.resume(owner, campaign.public_id)
    assert campaigns.pause(owner, campaign.public_id).state is CampaignState.PAUSED
    with pytest.raises(Conflict):
        campaigns.pause(owner, campaign.public_id)
    assert campaigns.resume(owner, campaign.public_id).state is CampaignState.RUNNING
    assert campaigns.cancel(owner, campaign.public_id).state is CampaignState.CANCELLED
    with pytest.raises(Conflict):
        campaigns.cancel(owner, campaign.public_id)


def test_a_submitted_campaign_is_taken_back(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    waiting = ad_desk.submitted(owner)
    assert campaigns.withdraw_from_review(owner, waiting.public_id).state is CampaignState.DRAFT
    with pytest.raises(Conflict):
        campaigns.withdraw_from_review(owner, waiting.public_id)


def test_the_staff_end_a_campaign_with_a_reason(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running()
    with pytest.raises(Invalid):
        campaigns.cancel(ad_desk.clerk, campaign.public_id)
    campaigns.cancel(ad_desk.clerk, campaign.public_id, "It misleads purchasers.")
    assert campaign.state is CampaignState.CANCELLED
    assert audit.history([(Campaign.THING, campaign.id)])[0].reason == "It misleads purchasers."
    assert len(told(campaign)) == 2


def test_the_last_day_is_run_whole(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running(ends_on=settings.today() + timedelta(days=1))
    clock.advance(timedelta(days=1))
    assert campaign_ends.work_through_days(SYSTEM) == 0
    clock.advance(timedelta(days=1))
    assert campaign_ends.work_through_days(SYSTEM) == 1
    assert campaign.state is CampaignState.COMPLETED
    assert campaign_ends.work_through_days(SYSTEM) == 0


def spend(campaign: Campaign, amount: str) -> None:
    """As if clicks had cost this much."""
    campaign.spent_minor += rupees(amount).minor
    db.session.commit()


def test_a_budget_used_up_stops_the_campaign_until_it_is_raised(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    campaign = ad_desk.running(owner)
    spend(campaign, "399.00")
    campaigns.exhaust_if_used_up(SYSTEM, campaign.id)
    assert campaign.state is CampaignState.RUNNING, "one click at the reserve is still paid for"
    spend(campaign, "0.01")
    campaigns.exhaust_if_used_up(SYSTEM, campaign.id)
    assert campaign.state is CampaignState.EXHAUSTED
    with pytest.raises(Conflict):
        campaigns.resume(owner, campaign.public_id)
    asked: dict[str, Any] = {
        "max_bid": rupees("4.00"),
        "daily_budget": rupees("40.00"),
        "ends_on": None,
    }
    with pytest.raises(Invalid) as refusal:
        campaigns.change_budget(
            owner, campaign.public_id, campaign.version, total_budget=rupees("399.00"), **asked
        )
    assert set(refusal.value.fields) == {"total_budget"}
    campaigns.change_budget(
        owner, campaign.public_id, campaign.version, total_budget=rupees("400.01"), **asked
    )
    assert (campaign.state, campaign.left) == (CampaignState.RUNNING, rupees("1.00"))


def test_bid_and_budgets_change_without_a_new_review(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    campaign = ad_desk.running(owner)
    asked = {"max_bid": rupees("6.00"), "daily_budget": rupees("6.00")}
    ends_on = settings.today()
    version = campaign.version
    campaigns.change_budget(
        owner, campaign.public_id, version, total_budget=rupees("60"), ends_on=ends_on, **asked
    )
    assert (campaign.state, campaign.max_bid, campaign.ends_on) == (
        CampaignState.RUNNING,
        rupees("6.00"),
        ends_on,
    )
    with pytest.raises(Conflict, match="changed since"):
        campaigns.change_budget(
            owner, campaign.public_id, version, total_budget=rupees("60"), ends_on=None, **asked
        )
    with pytest.raises(Invalid) as refusal:
        campaigns.change_budget(
            owner,
            campaign.public_id,
            campaign.version,
            total_budget=rupees("60"),
            ends_on=ends_on - timedelta(days=1),
            **asked,
        )
    assert set(refusal.value.fields) == {"ends_on"}
    waiting = ad_desk.submitted(owner)
    with pytest.raises(Conflict):
        campaigns.change_budget(
            owner,
            waiting.public_id,
            waiting.version,
            total_budget=rupees("60"),
            ends_on=None,
            **asked,
        )


def _all_kinds(ad_desk: AdDesk, owner: Actor) -> dict[str, Campaign]:
    listing = ad_desk.listing(owner)
    found = {
        "draft": ad_desk.draft(owner, listing),
        "waiting": ad_desk.submitted(owner, listing),
        "scheduled": ad_desk.running(
            owner, listing, starts_on=settings.today() + timedelta(days=3)
        ),
        "running": ad_desk.running(owner, listing),
        "paused": ad_desk.running(owner, listing),
    }
    campaigns.pause(owner, found["paused"].public_id)
    return found


def test_campaigns_end_with_their_listing(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    found = _all_kinds(ad_desk, owner)
    other = ad_desk.running(owner)
    listing = found["running"].listing
    posting.pause(owner, listing.public_id)
    assert campaign_ends.end_for_listing(SYSTEM, listing.id) == 0
    posting.resume(owner, listing.public_id)
    posting.withdraw(owner, listing.public_id)
    campaign_ends.end_for_listing(SYSTEM, listing.id)
    assert {name: each.state for name, each in found.items()} == {
        "draft": CampaignState.CANCELLED,
        "waiting": CampaignState.CANCELLED,
        "scheduled": CampaignState.CANCELLED,
        "running": CampaignState.COMPLETED,
        "paused": CampaignState.COMPLETED,
    }
    assert other.state is CampaignState.RUNNING
    assert campaign_ends.end_for_listing(SYSTEM, listing.id) == 0


def test_a_listing_withdrawn_from_a_pause_ends_its_campaigns_too(ad_desk: AdDesk) -> None:
    owner = ad_desk.member()
    campaign, other = ad_desk.running(owner), ad_desk.running(owner)
    posting.pause(owner, campaign.listing.public_id)
    assert campaign_ends.work_through_days(SYSTEM) == 0
    posting.withdraw(owner, campaign.listing.public_id)
    assert campaign_ends.work_through_days(SYSTEM) == 1
    assert (campaign.state, other.state) == (CampaignState.COMPLETED, CampaignState.RUNNING)
