"""The thread: messages both ways, unread marks, closing, expiry, asking others."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.actor import SYSTEM, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.membership.entitlements import services as entitlements
from hub.negotiation import queries, services
from hub.negotiation.models import Ground, Inquiry, InquiryMessage, InquiryState, Party
from hub.posting.models import ListingState, Side
from tests.negotiation.inquiry_factories import Trade, reloaded
from tests.negotiation.test_asking import notices_of


def texts_of(inquiry: Inquiry) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(InquiryMessage)
        .where(InquiryMessage.inquiry_id == inquiry.id)
        .order_by(InquiryMessage.id)
    )
    return [(row.party.value, row.text) for row in rows]


def test_a_talk_of_two(trade: Trade) -> None:
    asked = trade.ask()
    asker = asked.asker.alias
    services.write(trade.supplier, asked.public_id, " Yes. ")
    row = reloaded(asked)
    assert (row.state, row.replied_at, row.in_time) == (InquiryState.REPLIED, clock.now(), True)
    assert (row.unread_by_asker, row.unread_by_receiver) == (True, False)
    services.write(trade.purchaser, asked.public_id, "And dry?")
    row = reloaded(asked)
    assert (row.state, row.unread_by_asker, row.unread_by_receiver) == (
        InquiryState.REPLIED,
        False,
        True,
    )
    assert texts_of(asked) == [("receiver", "Yes."), ("asker", "And dry?")]
    reference = trade.supply.reference
    assert notices_of(trade.purchaser.user_id) == [
        f"{trade.company.alias} wrote to you about {reference}, Onion."
    ]
    assert notices_of(trade.supplier.user_id)[1] == (
        f"{asker} wrote to you about {reference}, Onion."
    )


def test_what_is_new_is_marked_until_it_is_read(trade: Trade) -> None:
    asked = trade.ask()
    assert queries.unread_counts(trade.supplier) == {Party.ASKER: 0, Party.RECEIVER: 1}
    services.mark_read(trade.supplier, asked.public_id)
    assert queries.unread_counts(trade.supplier) == {Party.ASKER: 0, Party.RECEIVER: 0}
    services.write(trade.supplier, asked.public_id, "Yes.")
    assert queries.unread_counts(trade.purchaser) == {Party.ASKER: 1, Party.RECEIVER: 0}


def test_what_is_sealed_can_be_neither_read_nor_answered(trade: Trade) -> None:
    trade.plan(included=0)
    asked = trade.ask()
    with pytest.raises(Conflict, match="not opened"):
        services.write(trade.supplier, asked.public_id, "Yes.")
    with pytest.raises(Conflict, match="not opened"):
        services.write(trade.purchaser, asked.public_id, "Hello?")
    with pytest.raises(Conflict, match="Open the inquiry first"):
        services.mark_read(trade.supplier, asked.public_id)
    with pytest.raises(Conflict, match="Open the inquiry first"):
        services.close(trade.supplier, asked.public_id, "no")
    assert texts_of(asked) == []


def test_strangers_know_of_nothing(trade: Trade) -> None:
    asked = trade.ask()
    stranger = trade.make.trader()
    for verb in (services.write, services.close):
        with pytest.raises(NotFound):
            verb(stranger, asked.public_id, "hello")
    with pytest.raises(NotFound):
        services.mark_read(trade.broker, asked.public_id)
    viewer = trade.make.trader(trade.company, role=CompanyRole.VIEWER)
    with pytest.raises(NotAllowed):
        services.write(viewer, asked.public_id, "hello")
    assert texts_of(asked) == []


def test_a_suspended_company_writes_nothing(trade: Trade) -> None:
    asked = trade.ask()
    trade.company.suspend(trade.broker, "complaints")
    db.session.commit()
    with pytest.raises(NotAllowed, match="not active"):
        services.write(trade.supplier, asked.public_id, "Yes.")
    assert texts_of(asked) == []


def test_closing_ends_it_for_both_with_a_reason(trade: Trade) -> None:
    asked = trade.ask()
    with pytest.raises(Invalid) as refusal:
        services.close(trade.purchaser, asked.public_id, "  ")
    assert list(refusal.value.fields) == ["reason"]
    services.close(trade.purchaser, asked.public_id, "Found elsewhere")
    row = reloaded(asked)
    assert (row.state, row.closed_by, row.close_reason) == (
        InquiryState.CLOSED,
        Party.ASKER,
        "Found elsewhere",
    )
    assert not row.ended_unanswered
    for who in (trade.purchaser, trade.supplier):
        with pytest.raises(Conflict):
            services.write(who, asked.public_id, "But")
        with pytest.raises(Conflict):
            services.close(who, asked.public_id, "Again")
    assert trade.ask().state is InquiryState.OPENED


def test_taking_a_sealed_one_back_tells_no_more_than_that(trade: Trade) -> None:
    trade.plan(included=0)
    asked = trade.ask()
    services.close(trade.purchaser, asked.public_id, "Found elsewhere")
    assert reloaded(asked).unread_by_receiver is False
    assert notices_of(trade.supplier.user_id)[1] == (
        f"An inquiry about {trade.supply.reference}, Onion was taken back; there is nothing to do."
    )


def test_the_unanswered_expires_after_its_last_day(trade: Trade) -> None:
    asked = trade.ask()
    clock.advance(timedelta(days=5))
    assert services.expire_due(SYSTEM) == 0
    clock.advance(timedelta(days=1))
    assert services.expire_due(SYSTEM) == 1
    assert services.expire_due(SYSTEM) == 0
    row = reloaded(asked)
    assert (row.state, row.unread_by_asker) == (InquiryState.EXPIRED, True)
    services.write(trade.supplier, asked.public_id, "Sorry, yes.")
    row = reloaded(asked)
    assert (row.state, row.in_time) == (InquiryState.REPLIED, False)
    assert not row.ended_unanswered


def test_the_answered_never_expires(trade: Trade) -> None:
    asked = trade.ask()
    services.write(trade.supplier, asked.public_id, "Yes.")
    clock.advance(timedelta(days=60))
    assert services.expire_due(SYSTEM) == 0
    assert reloaded(asked).state is InquiryState.REPLIED


def test_the_unanswered_comes_back_with_the_best_others(trade: Trade) -> None:
    make = trade.make
    prices = [2400, 2100, 2300, 2200, 2500, 2600]
    others = {price: make.listing(unit_price=Decimal(price)) for price in prices}
    make.listing(company=others[2100].company, unit_price=Decimal(2150))
    make.listing(company=trade.company, unit_price=Decimal(1))
    make.listing(company=make.company(), unit_price=Decimal(2), state=ListingState.PAUSED)
    make.listing(company=make.company(), unit_price=Decimal(3), currency="EUR")
    make.listing(Side.DEMAND, unit_price=Decimal(4))
    make.listing(commodity=make.commodity("Potato"), unit_price=Decimal(5))
    asked = trade.ask(quantity=Decimal(4), unit="DTN", needed_on=make.someday(3))
    clock.advance(timedelta(days=6))
    services.expire_due(SYSTEM)
    offered = queries.alternatives(reloaded(asked))
    assert [row.unit_price for row in offered] == [2100, 2200, 2300, 2400, 2500]
    chosen = [others[2200].public_id, others[2300].public_id, others[2600].public_id]
    sent = services.ask_others(trade.purchaser, asked.public_id, chosen)
    assert [row.listing_id for row in sent] == [others[2200].id, others[2300].id]
    assert {
        (row.question, row.quantity, row.needed_on, row.repeats_id, row.asked_by) for row in sent
    } == {(asked.question, Decimal(4), None, asked.id, trade.purchaser.user_id)}
    left = queries.alternatives(reloaded(asked))
    assert [row.unit_price for row in left] == [2100, 2400, 2500, 2600]
    assert queries.repetitions(asked) == sent


def test_others_are_asked_only_of_what_ended_unanswered(trade: Trade) -> None:
    other = trade.make.listing()
    asked = trade.ask()
    for who in (trade.purchaser, trade.supplier):
        with pytest.raises(Conflict):
            services.ask_others(who, asked.public_id, [other.public_id])
    services.close(trade.supplier, asked.public_id, "We don't know")
    with pytest.raises(Conflict, match="Tick at least one"):
        services.ask_others(trade.purchaser, asked.public_id, [trade.supply.public_id])
    assert len(services.ask_others(trade.purchaser, asked.public_id, [other.public_id])) == 1


def test_the_answer_rate_is_what_was_answered_in_time(trade: Trade) -> None:
    company_id = trade.company.id
    assert queries.answer_rate(company_id) is None
    askers = [trade.make.trader() for _ in range(7)]
    asked = [trade.ask(who).public_id for who in askers]
    assert queries.answer_rate(company_id) is None
    services.write(trade.supplier, asked[0], "Yes.")
    assert queries.answer_rate(company_id) == Decimal(1)
    services.close(trade.supplier, asked[1], "Don't know")
    assert queries.answer_rate(company_id) == Decimal("0.5")
    services.close(askers[2], asked[2], "Found elsewhere")
    contest = services.contest(trade.supplier, asked[3], Ground.SPAM, "An advertisement")
    services.uphold(trade.broker, asked[3], "It is", contest.version)
    assert queries.answer_rate(company_id) == Decimal("0.5")
    clock.advance(timedelta(days=6))
    assert queries.answer_rate(company_id) == Decimal("0.2")
    services.expire_due(SYSTEM)
    services.write(trade.supplier, asked[4], "Late, but yes.")
    assert queries.answer_rate(company_id) == Decimal("0.2")
    clock.advance(timedelta(days=90))
    assert queries.answer_rate(company_id) is None


def test_unread_by_whom_it_could_not_reach_is_not_held_against_it(trade: Trade) -> None:
    trade.plan(included=0)
    trade.ask()
    clock.advance(timedelta(days=6))
    services.expire_due(SYSTEM)
    assert queries.answer_rate(trade.company.id) is None
    assert entitlements.remaining(trade.company.id, "inquiries_included") == 0
