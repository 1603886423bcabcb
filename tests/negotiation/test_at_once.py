"""Two people at the same moment: charged once, credited once, one place of the plan taken once."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core.db.base import db
from hub.core.errors import HubError
from hub.negotiation import invariants, services
from hub.negotiation.asking import Question
from hub.negotiation.models import FreeReason, Ground, Inquiry, InquiryState, Terms
from hub.payments.invariants import check
from tests.factories import Factories
from tests.negotiation.inquiry_factories import PRICE, Trade, balances
from tests.threads import at_once


@pytest.fixture
def trade(committed_app: Flask) -> Iterator[Trade]:
    with committed_app.app_context():
        yield Trade(Factories())
        db.session.remove()


def all_is_well() -> bool:
    return check() == [] and not any(verify() for _group, _rule, verify in invariants.CHECKS)


def inquiries() -> list[Inquiry]:
    return list(db.session.scalars(select(Inquiry).order_by(Inquiry.id)))


def refused(outcomes: list[object]) -> int:
    assert {one.status for one in outcomes if isinstance(one, HubError)} <= {409}
    return sum(isinstance(one, HubError) for one in outcomes)


def test_one_inquiry_opened_by_two_is_charged_once(committed_app: Flask, trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("250.00")
    asked = trade.ask().public_id
    people = [trade.supplier, trade.make.trader(trade.company), trade.supplier]
    outcomes = at_once(
        committed_app,
        [lambda who=who: services.open_inquiry(who, asked, PRICE) for who in people],
    )
    assert refused(outcomes) == 0
    assert inquiries()[0].charged_minor == PRICE
    assert balances() == {2710: 150_00, 2150: 100_00, 1150: -100_00, 4400: 100_00}
    assert all_is_well()


def test_money_for_one_opens_one_of_two(committed_app: Flask, trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("100.00")
    names = [trade.ask(trade.make.trader()).public_id for _ in range(2)]
    outcomes = at_once(
        committed_app,
        [lambda name=name: services.open_inquiry(trade.supplier, name, PRICE) for name in names],
    )
    assert refused(outcomes) == 1
    assert sorted(row.state for row in inquiries()) == ["delivered", "opened"]
    assert balances() == {2710: 0, 2150: 100_00, 1150: -100_00, 4400: 100_00}
    assert all_is_well()


def test_a_contest_decided_by_two_is_credited_once(committed_app: Flask, trade: Trade) -> None:
    trade.plan(included=0)
    trade.top_up("100.00")
    paid = trade.paid().public_id
    version = services.contest(trade.supplier, paid, Ground.SPAM, "Spam").version
    second = trade.make.staff(*trade.broker.staff_roles)
    outcomes = at_once(
        committed_app,
        [
            lambda: services.uphold(trade.broker, paid, "Spam", version),
            lambda: services.uphold(second, paid, "Spam", version),
            lambda: services.refuse(second, paid, "Not spam", version),
        ],
    )
    assert refused(outcomes) == 2
    (row,) = inquiries()
    given_back = row.state is InquiryState.SPAM
    assert row.credited_minor == (PRICE if given_back else 0)
    assert balances()[2710] == (100_00 if given_back else 0)
    assert all_is_well()


def test_it_is_contested_once(committed_app: Flask, trade: Trade) -> None:
    asked = trade.ask().public_id
    outcomes = at_once(
        committed_app,
        [lambda: services.contest(trade.supplier, asked, Ground.SPAM, "Spam")] * 2,
    )
    assert refused(outcomes) == 1


def test_the_last_place_of_the_plan_is_taken_once(committed_app: Flask, trade: Trade) -> None:
    trade.plan(included=1)
    listing = trade.supply.public_id
    askers = [trade.make.trader() for _ in range(3)]
    outcomes = at_once(
        committed_app,
        [lambda who=who: services.ask(who, listing, Question("Dry?")) for who in askers],
    )
    assert refused(outcomes) == 0
    terms = [row.terms for row in inquiries()]
    assert sorted(map(str, terms)) == ["None", "None", "included"]


def test_two_first_questions_of_one_company_count_once(committed_app: Flask, trade: Trade) -> None:
    trade.plan(included=0)
    listings = [trade.supply.public_id, trade.make.listing(company=trade.company).public_id]
    at_once(
        committed_app,
        [
            lambda name=name: services.ask(trade.purchaser, name, Question("Dry?"))
            for name in listings
        ],
    )
    assert [(row.terms, row.free_reason) for row in inquiries()] == [
        (None, None),
        (Terms.FREE, FreeReason.REPEATED),
    ]


def test_one_listing_is_asked_about_once(committed_app: Flask, trade: Trade) -> None:
    outcomes = at_once(
        committed_app,
        [lambda: services.ask(trade.purchaser, trade.supply.public_id, Question("Dry?"))] * 2,
    )
    assert refused(outcomes) == 1
    assert len(inquiries()) == 1
