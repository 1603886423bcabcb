"""What is checked of campaigns and clicks: each check tells what breaks its rule, and no more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)

from hub.ads.ranking import clicks
from hub.ads.ranking.invariants import CHECKS
from hub.ads.ranking.models import Auction, Campaign, CampaignDay, Click, Impression, Surface
from hub.ads.ranking.page_auction import SponsoredPlace, sponsored
from hub.core import clock
from hub.core.actor import ANONYMOUS, SYSTEM
from hub.core.db.base import db
from hub.payments import services as payments
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerEntry, LedgerLine
from tests.ads.campaign_factories import AdDesk, searching
from tests.broken_books import broken, told, unchecked, unlocked
from tests.factories import Factories
from tests.payments.money_factories import rupees
from tests.transactions import rolled_back

SECRET = "a secret of tests"
CHECKED = [check for _group, _rule, check in CHECKS]


@pytest.fixture(scope="module")
def campaign(schema_app: Flask) -> Iterator[Campaign]:
    """A campaign with two clicks, on two days, beside another one that bids less."""
    with rolled_back(schema_app):
        campaign = _clicked(AdDesk(Factories()))
        assert broken(CHECKED) == {}
        yield campaign


def _clicked(desk: AdDesk) -> Campaign:
    campaign = desk.running(max_bid=rupees("4.00"))
    alone = _places()
    _click(alone[0], "the first reader")
    desk.running(max_bid=rupees("3.00"))
    clock.advance(timedelta(days=1))
    beside = _places()
    for shown, reader in ((beside[0], "a reader"), (beside[0], "a reader"), (beside[1], "another")):
        _click(shown, reader)
    desk.running()
    payments.charge_wallet(
        SYSTEM,
        key="something else",
        kind="inquiry",
        company_id=campaign.company_id,
        amount=rupees("1.00"),
        income=chart.INQUIRY_INCOME,
        subject=("inquiry", campaign.id),
    )
    return db.session.get_one(Campaign, campaign.id, populate_existing=True)


def _places() -> list[SponsoredPlace]:
    found = sponsored(Surface.SEARCH, searching("onion"))
    clock.advance(timedelta(seconds=5))
    return list(found.placed)


def _click(shown: SponsoredPlace, reader: str) -> None:
    auction = db.session.get_one(Auction, shown.auction_id)
    token = clicks.click_token(SECRET, auction.public_id, shown.campaign_id)
    clicks.click(ANONYMOUS, SECRET, token, clicks.Visit(reader, "Mozilla/5.0 (X11; Linux x86_64)"))


def changed(campaign: Campaign, **values: object) -> Update:
    return update(Campaign).where(Campaign.id == campaign.id).values(**values)


def dearest_click(campaign: Campaign) -> Click:
    found = select(Click).where(Click.campaign_id == campaign.id)
    return db.session.scalars(found.order_by(Click.charged_minor.desc()).limit(1)).one()


def impression_of(click: Click) -> ColumnElement[bool]:
    return (Impression.auction_id == click.auction_id) & (
        Impression.campaign_id == click.campaign_id
    )


def line(campaign: Campaign, account: int, minor: int) -> Insert:
    """One more line in the entry of a campaign's first click."""
    entries = select(LedgerEntry.id).where(
        LedgerEntry.subject_kind == Campaign.THING, LedgerEntry.subject_id == campaign.id
    )
    return insert(LedgerLine).values(
        entry_id=entries.order_by(LedgerEntry.id).limit(1).scalar_subquery(),
        account=account,
        currency="INR",
        holder=f"company:{campaign.company_id}",
        amount_minor=minor,
    )


def spent(campaign: Campaign, amount: int, **sources: int) -> dict[str, list[str]]:
    """What is told where a campaign spent ``amount`` and sources say something else."""
    name = f"Campaign {campaign.public_id}"
    return {
        "spent_is_what_clicks_cost": [
            f"{name} spent {amount}, but its {source} say {total}."
            for source, total in sorted(sources.items())
        ]
    }


@pytest.mark.parametrize("amount", [399, 401])
def test_what_was_spent_is_what_clicks_days_and_ledger_say(campaign: Campaign, amount: int) -> None:
    damage = changed(campaign, spent_minor=amount)
    assert told(CHECKED, damage) == spent(campaign, amount, clicks=400, days=400, ledger=400)


def test_each_of_the_three_is_held_against_what_was_spent(campaign: Campaign) -> None:
    click = dearest_click(campaign)
    cheaper = update(Click).where(Click.id == click.id).values(charged_minor=299)
    assert told(CHECKED, *unlocked("ad_click"), cheaper) == spent(campaign, 400, clicks=399)
    days = update(CampaignDay).where(CampaignDay.campaign_id == campaign.id)
    another = days.where(CampaignDay.spent_minor == 100).values(spent_minor=101)
    assert told(CHECKED, another) == spent(campaign, 400, days=401)
    wallet = line(campaign, chart.MEMBER_WALLET, 1)
    assert told(CHECKED, wallet) == spent(campaign, 400, ledger=401)
    assert told(CHECKED, line(campaign, chart.FEES_DUE_TO_HUB, -1)) == {}


def test_no_campaign_spends_more_than_its_budget(campaign: Campaign) -> None:
    def budget(total: int) -> list[Executable]:
        budgets = {"daily_budget_minor": total, "total_budget_minor": total}
        return [*unchecked("campaign", "spent"), changed(campaign, max_bid_minor=1, **budgets)]

    assert told(CHECKED, *budget(400)) == {}
    assert told(CHECKED, *budget(399)) == {
        "spent_is_within_budget": [f"Campaign {campaign.public_id} spent 400 of a budget of 399."]
    }


def test_a_click_costs_at_most_what_its_own_place_was_priced_at(campaign: Campaign) -> None:
    click = dearest_click(campaign)
    cheaper = update(Impression).where(impression_of(click)).values(price_minor=299)
    nowhere = delete(Impression).where(impression_of(click))
    for damage, price in ((cheaper, 299), (nowhere, None)):
        assert told(CHECKED, *unlocked("ad_impression"), damage) == {
            "clicks_cost_what_was_offered": [
                f"Click {click.id} cost 300, but its place was priced at {price}."
            ]
        }


def test_a_click_that_costs_nothing_needs_no_place(campaign: Campaign) -> None:
    first_auction = select(func.min(Click.auction_id)).scalar_subquery()
    unseen = select(func.max(Campaign.id)).scalar_subquery()
    free = insert(Click).values(
        auction_id=first_auction,
        campaign_id=unseen,
        at=clock.now(),
        currency="INR",
        reason="robot",
    )
    assert told(CHECKED, free) == {}
