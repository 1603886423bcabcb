"""Asking about a listing: what reaches the other side, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.accounts.models import AccountState, CompanyBlock, Verification
from hub.catalogue.models import Unit
from hub.core import clock
from hub.core.actor import CompanyRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, HubError, Invalid, NotAllowed, NotFound
from hub.messaging.models import Notice
from hub.messaging.texts import translated
from hub.negotiation.asking import MOST_A_DAY
from hub.negotiation.contacts import names_contacts
from hub.negotiation.models import FreeReason, Inquiry, InquiryState, Terms
from hub.posting.models import ListingState, Side
from tests.negotiation.inquiry_factories import PRICE, Trade, balances


def notices_of(user_id: int | None) -> list[str]:
    rows = db.session.scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id))
    return [translated(row.message, row.parameters) for row in rows]


def test_without_plans_every_inquiry_is_open_at_once(trade: Trade) -> None:
    trade.make.unit("TNE")
    asked = trade.ask(
        text=" Is it dry?\r\nHow dry? ",
        quantity=Decimal("2.5"),
        unit="TNE",
        needed_on=date(2026, 12, 20),
    )
    assert (asked.state, asked.terms, asked.free_reason) == (
        InquiryState.OPENED,
        Terms.INCLUDED,
        None,
    )
    assert (asked.question, asked.quantity, asked.needed_on) == (
        "Is it dry?\nHow dry?",
        Decimal("2.5"),
        date(2026, 12, 20),
    )
    assert asked.unit is not None
    assert asked.unit.code == "TNE"
    assert (asked.asked_at, asked.opened_at) == (clock.now(), clock.now())
    assert (asked.answer_until, asked.contest_until) == (date(2026, 12, 6), date(2026, 12, 8))
    assert (asked.charged_minor, asked.unread_by_receiver, asked.unread_by_asker) == (
        0,
        True,
        False,
    )
    (told,) = notices_of(trade.supplier.user_id)
    assert told == (
        f"{asked.asker.alias} asks about your listing {trade.supply.reference}, Onion. Please "
        "answer by 6 Dec 2026."
    )
    assert balances() == {2710: 0, 2150: 0, 1150: 0, 4400: 0}


def test_a_demand_may_be_asked_about_too(trade: Trade) -> None:
    demand = trade.make.listing(Side.DEMAND)
    assert trade.ask(listing=demand).receiver_id == demand.company_id


def test_beyond_the_plan_it_is_delivered_unread(trade: Trade) -> None:
    trade.plan(included=0)
    asked = trade.ask(text="A secret question")
    assert (asked.state, asked.terms, asked.opened_at) == (InquiryState.DELIVERED, None, None)
    assert (asked.price_minor, asked.currency) == (PRICE, "INR")
    (told,) = notices_of(trade.supplier.user_id)
    assert told == (
        f"A verified company asks about your listing {trade.supply.reference}, Onion. Opening its "
        "inquiry costs 100.00 INR; please answer by 6 Dec 2026."
    )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_kind == "inquiry")).one()
    assert (entry.action, entry.state_to) == ("inquiry_sent", "delivered")
    assert "secret" not in str(entry.details)


def test_the_plan_counts_by_calendar_month(trade: Trade) -> None:
    trade.plan(included=2)

    def asked_by_somebody_new() -> Terms | None:
        return trade.ask(trade.make.trader()).terms

    assert [asked_by_somebody_new() for _ in range(3)] == [Terms.INCLUDED, Terms.INCLUDED, None]
    clock.advance(timedelta(days=31))
    assert asked_by_somebody_new() is Terms.INCLUDED


def test_an_unverified_company_asks_for_nothing(trade: Trade) -> None:
    trade.plan(included=0)
    company = trade.make.company(state=Verification.UNVERIFIED, verified_at=None)
    asked = trade.ask(trade.make.trader(company))
    assert (asked.state, asked.terms, asked.free_reason) == (
        InquiryState.OPENED,
        Terms.FREE,
        FreeReason.UNVERIFIED,
    )


def test_a_blocked_company_asks_for_nothing(trade: Trade) -> None:
    trade.plan(included=0)
    db.session.add(
        CompanyBlock(
            company_id=trade.company.id,
            blocked_company_id=trade.purchaser.company_id or 0,
            created_at=clock.now(),
        )
    )
    db.session.commit()
    assert trade.ask().free_reason is FreeReason.BLOCKED


def test_only_the_first_question_about_goods_counts(trade: Trade) -> None:
    trade.plan(included=0)
    again = trade.make.listing(company=trade.company)
    other_goods = trade.make.listing(
        company=trade.company, commodity=trade.make.commodity("Potato")
    )
    assert trade.ask().terms is None
    assert trade.ask(listing=again).free_reason is FreeReason.REPEATED
    assert trade.ask(listing=other_goods).terms is None
    clock.advance(timedelta(days=91))
    third = trade.make.listing(company=trade.company)
    assert trade.ask(listing=third).terms is None


def test_what_does_not_count_uses_nothing_of_the_plan(trade: Trade) -> None:
    trade.plan(included=1)
    company = trade.make.company(state=Verification.UNVERIFIED, verified_at=None)
    trade.ask(trade.make.trader(company))
    assert trade.ask().terms is Terms.INCLUDED


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"quantity": Decimal(5), "unit": "QQQ"}, "unit"),
        ({"quantity": Decimal(5), "unit": ""}, "unit"),
        ({"quantity": Decimal(5), "unit": "MTR"}, "unit"),
        ({"quantity": Decimal(0), "unit": "DTN"}, "quantity"),
        ({"needed_on": date(2026, 11, 30)}, "needed_on"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    trade: Trade, what: dict[str, Any], field: str
) -> None:
    db.session.add(Unit(code="MTR", name="metre", dimension="length"))
    db.session.commit()
    with pytest.raises(Invalid) as refusal:
        trade.ask(**what)
    assert list(refusal.value.fields) == [field]
    assert db.session.scalar(select(func.count()).select_from(Inquiry)) == 0


def refusal_of(trade: Trade, kind: type[HubError], **asking: Any) -> str:
    before = db.session.scalar(select(func.count()).select_from(Inquiry))
    with pytest.raises(kind) as refusal:
        trade.ask(**asking)
    assert db.session.scalar(select(func.count()).select_from(Inquiry)) == before
    return refusal.value.message


def test_who_may_not_ask(trade: Trade) -> None:
    viewer = trade.make.trader(role=CompanyRole.VIEWER)
    assert "owner or trader" in refusal_of(trade, NotAllowed, who=viewer)
    assert "owner or trader" in refusal_of(trade, NotAllowed, who=trade.broker)
    assert "your own listing" in refusal_of(trade, NotAllowed, who=trade.supplier)
    suspended = trade.make.company(account_state=AccountState.SUSPENDED)
    asking = trade.make.trader(suspended)
    assert "not active" in refusal_of(trade, NotAllowed, who=asking)
    paused = trade.make.listing(state=ListingState.PAUSED)
    assert "no such listing" in refusal_of(trade, NotFound, listing=paused)


def test_one_inquiry_at_a_time_about_a_listing(trade: Trade) -> None:
    trade.ask()
    assert "already" in refusal_of(trade, Conflict)


def test_so_many_a_day_and_no_more(trade: Trade) -> None:
    company = trade.make.company()
    for _number in range(MOST_A_DAY):
        trade.ask(listing=trade.make.listing(company=company))
    one_more = trade.make.listing(company=company)
    assert f"{MOST_A_DAY} inquiries today" in refusal_of(trade, Conflict, listing=one_more)
    clock.advance(timedelta(days=1))
    assert trade.ask(listing=one_more).state is InquiryState.OPENED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to anna@example.org please", True),
        ("anna (at) example.org", True),
        ("Call +91 98200 12345", True),
        ("138-0013-8000", True),
        ("Forty tonnes at 2150.00 INR, from 2026-12-05 to 2026-12-19", False),
        ("On 05.12.2026 or 19/12/2026, 1,500,000 INR for 1200 DTN", False),
        ("Lot 20261205", False),
    ],
)
def test_contact_details_are_noticed(text: str, expected: bool) -> None:
    assert names_contacts(text) is expected


def test_contact_details_are_marked_for_the_staff(trade: Trade) -> None:
    assert trade.ask(text="Call me: +91 98200 12345").names_contacts is True
