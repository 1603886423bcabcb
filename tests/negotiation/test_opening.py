"""Opening an inquiry: charged once, to the minor unit, or not at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from hub.accounts.models import Verification
from hub.core import clock
from hub.core.actor import CompanyRole, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed, NotFound
from hub.membership.entitlements import services as entitlements
from hub.negotiation import invariants, services
from hub.negotiation.models import FreeReason, InquiryState, Terms
from hub.payments.invariants import check
from hub.payments.ledger.models import LedgerEntry
from tests.negotiation.inquiry_factories import PRICE, Trade, balances, reloaded


def test_opening_takes_the_price_from_the_account(trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("250.00")
    asked = trade.ask()
    opened = services.open_inquiry(trade.supplier, asked.public_id, PRICE)
    assert (opened.state, opened.terms) == (InquiryState.OPENED, Terms.PAID)
    assert (opened.charged_minor, opened.credited_minor) == (PRICE, 0)
    assert (opened.opened_by, opened.unread_by_receiver) == (trade.supplier.user_id, False)
    assert balances() == {2710: 150_00, 2150: 100_00, 1150: -100_00, 4400: 100_00}
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "inquiry")).one()
    assert (entry.key, entry.subject_kind, entry.subject_id) == (
        f"inquiry:{asked.id}",
        "inquiry",
        asked.id,
    )
    services.open_inquiry(trade.supplier, asked.public_id, PRICE)
    assert balances()[4400] == 100_00
    assert check() == []
    assert [verify() for _group, _rule, verify in invariants.CHECKS] == [[], []]


def test_without_enough_money_nothing_happens(trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("99.99")
    asked = trade.ask()
    with pytest.raises(Conflict) as refusal:
        services.open_inquiry(trade.supplier, asked.public_id, PRICE)
    assert "lacks 0.01 INR" in refusal.value.message
    assert reloaded(asked).state is InquiryState.DELIVERED
    assert balances() == {2710: 99_99, 2150: 0, 1150: 0, 4400: 0}


@pytest.mark.parametrize("agreed", [None, PRICE - 1])
def test_nobody_pays_a_price_that_the_page_did_not_show(trade: Trade, agreed: int | None) -> None:
    trade.plan(included=0)
    trade.top_up("250.00")
    asked = trade.ask()
    with pytest.raises(Conflict, match=r"costs 100\.00 INR now"):
        services.open_inquiry(trade.supplier, asked.public_id, agreed)
    assert reloaded(asked).state is InquiryState.DELIVERED
    assert balances()[4400] == 0


def test_a_new_month_includes_what_waited(trade: Trade) -> None:
    trade.plan(included=1)
    trade.ask(trade.make.trader())
    clock.set_to(clock.now() + timedelta(days=29))
    waiting = trade.ask()
    assert waiting.terms is None
    clock.advance(timedelta(days=2))
    opened = services.open_inquiry(trade.supplier, waiting.public_id, PRICE)
    assert (opened.terms, opened.charged_minor) == (Terms.INCLUDED, 0)
    assert entitlements.remaining(trade.company.id, "inquiries_included") == 0


def test_an_asker_that_lost_its_badge_costs_nothing(trade: Trade) -> None:
    trade.plan(included=0)
    asked = trade.ask()
    asked.asker.revoke(trade.broker, "papers expired")
    db.session.commit()
    assert asked.asker.state is Verification.REVOKED
    opened = services.open_inquiry(trade.supplier, asked.public_id)
    assert (opened.terms, opened.free_reason) == (Terms.FREE, FreeReason.UNVERIFIED)
    assert balances()[4400] == 0


def test_only_the_receivers_traders_open_it(trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("250.00")
    asked = trade.ask()
    viewer = trade.make.trader(trade.company, role=CompanyRole.VIEWER)
    with pytest.raises(NotAllowed):
        services.open_inquiry(viewer, asked.public_id, PRICE)
    for stranger in (trade.purchaser, trade.make.trader(), trade.broker):
        with pytest.raises(NotFound):
            services.open_inquiry(stranger, asked.public_id, PRICE)
    assert reloaded(asked).state is InquiryState.DELIVERED


def test_what_is_over_is_not_sold(trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("250.00")
    asked = trade.ask()
    clock.advance(timedelta(days=6))
    for _turn in range(2):
        with pytest.raises(Conflict, match="Nothing was charged"):
            services.open_inquiry(trade.supplier, asked.public_id, PRICE)
        services.expire_due(trade.broker)
    assert reloaded(asked).state is InquiryState.EXPIRED
    assert balances()[2710] == 250_00


def test_every_opening_leaves_a_trace(trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("100.00")
    opened = trade.paid()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "inquiry_opened")
    ).one()
    assert (entry.thing_id, entry.state_from, entry.state_to, entry.details) == (
        opened.id,
        "delivered",
        "opened",
        {"terms": "paid"},
    )


def test_a_price_below_one_hundred_is_charged_exactly(trade: Trade) -> None:
    trade.plan(included=0)
    administrator = trade.make.staff(StaffRole.ADMINISTRATOR)
    services.set_price(administrator, "onion", Decimal("0.01"))
    trade.top_up("1.00")
    asked = trade.ask()
    services.open_inquiry(trade.supplier, asked.public_id, 1)
    assert balances() == {2710: 99, 2150: 1, 1150: -1, 4400: 1}
