"""A contest: heard once and in time, decided once, and what it cost given back once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.core import clock
from hub.core.actor import CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.membership.entitlements import services as entitlements
from hub.messaging.models import StaffTask
from hub.negotiation import invariants, services
from hub.negotiation.models import ContestState, Ground, Inquiry, InquiryContest, InquiryState
from hub.payments.invariants import check
from tests.negotiation.inquiry_factories import Trade, balances, reloaded
from tests.negotiation.test_asking import notices_of


@pytest.fixture
def paid(trade: Trade) -> Inquiry:
    trade.plan(included=0)
    trade.top_up("100.00")
    return trade.paid()


def contested(trade: Trade, inquiry: Inquiry, ground: Ground = Ground.NOT_SERIOUS) -> int:
    found = services.contest(trade.supplier, inquiry.public_id, ground, "Nobody is there")
    return found.version


def tasks() -> int:
    return int(
        db.session.scalar(
            select(func.count()).select_from(StaffTask).where(StaffTask.closed_at.is_(None))
        )
        or 0
    )


def test_an_upheld_contest_gives_the_price_back(trade: Trade, paid: Inquiry) -> None:
    version = contested(trade, paid)
    assert tasks() == 1
    services.uphold(trade.broker, paid.public_id, "The company is a shell", version)
    row = reloaded(paid)
    assert (row.state, row.charged_minor, row.credited_minor) == (
        InquiryState.INVALID,
        100_00,
        100_00,
    )
    assert balances() == {2710: 100_00, 2150: 0, 1150: 0, 4400: 0}
    assert tasks() == 0
    assert notices_of(trade.supplier.user_id)[-1] == (
        f"You were right about the inquiry about {trade.supply.reference}; 100.00 INR are in your "
        "account again. The company is a shell"
    )
    assert notices_of(trade.purchaser.user_id) == [
        f"The hub ended your inquiry about {trade.supply.reference}, Onion: The company is a shell"
    ]
    for verb in (services.uphold, services.refuse):
        with pytest.raises(Conflict):
            verb(trade.broker, paid.public_id, "Once more", version)
    assert balances()[2710] == 100_00
    for who in (trade.supplier, trade.purchaser):
        with pytest.raises(Conflict):
            services.write(who, paid.public_id, "But")
    assert check() == []
    assert [verify() for _group, _rule, verify in invariants.CHECKS] == [[], []]


def test_a_refused_contest_changes_no_money(trade: Trade, paid: Inquiry) -> None:
    version = contested(trade, paid)
    before = balances()
    services.refuse(trade.broker, paid.public_id, "They asked properly", version)
    row = reloaded(paid)
    assert (row.state, row.credited_minor, balances()) == (InquiryState.OPENED, 0, before)
    assert tasks() == 0
    with pytest.raises(Conflict, match="They asked properly"):
        contested(trade, paid)
    services.write(trade.supplier, paid.public_id, "All right, then.")
    assert reloaded(paid).state is InquiryState.REPLIED


def test_it_is_contested_once(trade: Trade, paid: Inquiry) -> None:
    contested(trade, paid)
    with pytest.raises(Conflict, match="already"):
        contested(trade, paid)
    assert tasks() == 1
    assert db.session.scalar(select(func.count()).select_from(InquiryContest)) == 1


def test_it_is_contested_in_time(trade: Trade, paid: Inquiry) -> None:
    clock.advance(timedelta(days=8))
    with pytest.raises(Conflict, match="until 8 Dec 2026"):
        contested(trade, paid)
    clock.advance(timedelta(days=-1))
    assert contested(trade, paid) == 1


def test_it_is_contested_after_it_expired_or_was_answered(trade: Trade, paid: Inquiry) -> None:
    clock.advance(timedelta(days=6))
    services.expire_due(trade.broker)
    version = contested(trade, paid, Ground.SPAM)
    services.uphold(trade.broker, paid.public_id, "Spam", version)
    assert reloaded(paid).state is InquiryState.SPAM
    assert balances()[2710] == 100_00


def test_what_is_sealed_cannot_be_contested(trade: Trade) -> None:
    trade.plan(included=0)
    asked = trade.ask()
    with pytest.raises(Conflict, match="opened"):
        contested(trade, asked)


def test_who_may_contest_and_who_decides(trade: Trade, paid: Inquiry) -> None:
    viewer = trade.make.trader(trade.company, role=CompanyRole.VIEWER)
    with pytest.raises(NotAllowed):
        services.contest(viewer, paid.public_id, Ground.SPAM, "no")
    for stranger in (trade.purchaser, trade.make.trader(), trade.broker):
        with pytest.raises(NotFound):
            services.contest(stranger, paid.public_id, Ground.SPAM, "no")
    with pytest.raises(Invalid):
        services.contest(trade.supplier, paid.public_id, Ground.SPAM, " ")
    with pytest.raises(NotFound, match="Nobody has contested"):
        services.uphold(trade.broker, paid.public_id, "yes", 1)
    version = contested(trade, paid)
    finance = trade.make.staff(StaffRole.FINANCE)
    for who in (trade.supplier, trade.purchaser, finance):
        with pytest.raises(NotAllowed):
            services.uphold(who, paid.public_id, "yes", version)
    with pytest.raises(Invalid):
        services.uphold(trade.broker, paid.public_id, " ", version)
    assert reloaded(paid).state is InquiryState.OPENED
    assert balances()[4400] == 100_00


def test_swept_fees_leave_the_contest_open(trade: Trade, paid: Inquiry) -> None:
    version = contested(trade, paid)
    trade.sweep("0.01")
    with pytest.raises(Conflict, match="have left the designated account"):
        services.uphold(trade.broker, paid.public_id, "yes", version)
    row = reloaded(paid)
    contest = db.session.scalars(
        select(InquiryContest).execution_options(populate_existing=True)
    ).one()
    assert (row.state, row.credited_minor) == (InquiryState.OPENED, 0)
    assert (contest.state, contest.version) == (ContestState.OPEN, version)
    assert tasks() == 1


def test_spam_can_be_reported_where_nothing_was_paid(trade: Trade) -> None:
    trade.plan(included=1)
    asked = trade.ask()
    assert entitlements.remaining(trade.company.id, "inquiries_included") == 0
    version = contested(trade, asked, Ground.SPAM)
    services.uphold(trade.broker, asked.public_id, "Spam", version)
    assert reloaded(asked).state is InquiryState.SPAM
    assert balances() == {2710: 0, 2150: 0, 1150: 0, 4400: 0}
    assert entitlements.remaining(trade.company.id, "inquiries_included") == 1
