"""What a company had of the hub, month by month, beside what it paid for its membership."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from hub.ads.ranking.models import Auction, Click, Impression, Surface
from hub.contracts.models import Contract
from hub.core import clock
from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.money import Money
from hub.desk.fee_return import MONTHS_BACK, fee_return
from hub.matching.models import Proposal
from hub.membership.gains import gains
from hub.membership.models.plans import BillingInterval
from hub.membership.models.subscriptions import Charge, ChargeKind, ChargeState
from hub.negotiation.models import Inquiry, InquiryState
from tests.ads.campaign_factories import AdDesk
from tests.desk.conftest import Trade
from tests.factories import Factories
from tests.membership.plan_rows import plan_version, subscribe
from tests.signing_in import sign_in
from tests.statement_counter import counted

#: The last instant of November and the first of December in the hub's zone.
NOVEMBER = datetime(2026, 11, 30, 18, 29, 59, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)


@pytest.fixture
def december(make: Factories) -> AdDesk:
    return AdDesk(make)


def shown(desk: AdDesk, campaign_id: int, at: datetime, *, charged: int | None = None) -> None:
    """An impression, and a click on it that cost ``charged`` (0: an invalid one)."""
    auction = Auction(
        at=at,
        surface=Surface.SEARCH,
        currency="INR",
        reserve_minor=100,
        places=3,
        eligible=1,
        entrants=[[campaign_id, 400, 1000]],
    )
    db.session.add(auction)
    db.session.flush()
    about = {"auction_id": auction.id, "campaign_id": campaign_id, "at": at}
    db.session.add(Impression(place=1, price_minor=100, **about))
    if charged is not None:
        reason = "" if charged else "robot"
        db.session.add(Click(charged_minor=charged, currency="INR", reason=reason, **about))
    db.session.commit()


def test_each_thing_counts_in_the_month_of_the_hubs_zone(december: AdDesk, make: Factories) -> None:
    owner, other = december.member(), december.member()
    company_id = owner.company_id or 0
    campaign = december.running(owner)
    for at, charged in ((NOVEMBER, 100), (DECEMBER, 0), (DECEMBER, 100), (DECEMBER, None)):
        shown(december, campaign.id, at, charged=charged)
    shown(december, december.running(other).id, DECEMBER, charged=100)
    for at in (NOVEMBER, DECEMBER):
        db.session.add(
            Inquiry(
                listing_id=campaign.listing_id,
                commodity_id=make.commodity().id,
                asker_id=other.company_id or 0,
                receiver_id=company_id,
                state=InquiryState.EXPIRED,
                question="How dry are they?",
                currency="INR",
                price_minor=100,
                asked_at=at,
                answer_until=date(2026, 12, 9),
            )
        )
    db.session.commit()
    found = fee_return(company_id)
    assert len(found.months) == MONTHS_BACK + 1
    newest, before, *older = found.months
    assert (newest.month, before.month) == (date(2026, 12, 1), date(2026, 11, 1))
    assert older[-1].month == date(2025, 12, 1)
    assert (newest.views, newest.clicks, newest.inquiries) == (3, 1, 1)
    assert (before.views, before.clicks, before.inquiries) == (1, 1, 1)
    assert [found.total(name) for name in ("views", "clicks", "inquiries")] == [4, 2, 2]
    asker = fee_return(other.company_id or 0)
    assert (asker.total("inquiries"), asker.total("views")) == (0, 1)
    assert [month.is_empty for month in found.months[:3]] == [False, False, True]


def test_fees_stand_in_the_month_in_which_their_span_began(
    december: AdDesk, make: Factories
) -> None:
    company, version = make.company(), plan_version("Gold")
    subscription = subscribe(company, version)
    for begin, value, moved, currency in (
        (date(2026, 12, 1), 90_000, 0, "INR"),
        (date(2026, 11, 30), 60_000, 20_000, "INR"),
        (date(2026, 11, 1), 500, 0, "USD"),
        (date(2025, 11, 30), 70_000, 0, "INR"),
        (date(2026, 12, 1), 0, 0, "INR"),
    ):
        db.session.add(
            Charge(
                subscription=subscription,
                plan_version=version,
                kind=ChargeKind.RENEWAL,
                state=ChargeState.RUNNING if value else ChargeState.OPEN,
                interval=BillingInterval.MONTH,
                currency=currency,
                starts_on=begin,
                ends_on=begin + timedelta(days=30),
                price_minor=90_000,
                amount_minor=90_000,
                value_minor=value,
                moved_minor=moved,
                created_at=clock.now(),
            )
        )
    db.session.commit()
    found = fee_return(company.id)
    assert found.months[0].paid == (Money(90_000, "INR"),)
    assert found.months[1].paid == (Money(40_000, "INR"), Money(500, "USD"))
    assert found.totals("paid") == (Money(130_000, "INR"), Money(500, "USD"))
    assert fee_return(make.company().id).totals("paid") == ()


def test_a_trade_counts_for_both_sides_once_both_have_signed(
    trade: Trade, client: FlaskClient
) -> None:
    proposal = db.session.get_one(Proposal, trade.play().proposal_id)
    begin = (proposal.asked_at or clock.now()).date() - timedelta(days=1)
    supplier = trade.supplier.company_id or 0
    assert fee_return(supplier).total("proposals") == 1
    assert fee_return(supplier).total("trades") == 0
    contract = db.session.query(Contract).one()
    trade.player.sign(contract)
    for who in (trade.supplier, trade.purchaser):
        found = fee_return(who.company_id or 0)
        assert (found.total("proposals"), found.total("trades")) == (1, 1)
        assert found.totals("values") == (contract.goods,)
    assert fee_return(trade.stranger.company_id or 0).total("trades") == 0
    counts = {gain.label: (gain.count, gain.url) for gain in gains(supplier, begin)}
    assert counts["Proposals for your listings"] == (1, "/proposals")
    assert counts["Trades signed"] == (1, "/trades")
    assert counts["Sponsored views"] == (0, "/membership/return")


def test_only_members_of_a_company_see_the_page(
    december: AdDesk, make: Factories, client: FlaskClient
) -> None:
    owner = december.member()
    shown(december, december.running(owner).id, DECEMBER, charged=100)
    sign_in(client, owner)
    page = client.get("/membership/return")
    assert page.status_code == 200
    assert "What your membership returned" in page.text
    assert "Dec 2026" in page.text
    assert "Nov 2026" not in page.text
    sign_in(client, make.trader())
    assert "Nothing yet" in client.get("/membership/return").text
    sign_in(client, make.staff(StaffRole.ADMINISTRATOR))
    assert client.get("/membership/return").status_code == 404
    guest = client.application.test_client()
    assert guest.get("/membership/return").status_code == 302
    with counted(db.engine) as sent:
        fee_return(owner.company_id or 0)
    assert len(sent) == 6
