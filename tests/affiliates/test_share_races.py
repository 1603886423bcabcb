"""Several at the same moment, on a committed database: a share is earned and paid once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hub.affiliates import queries, services
from hub.affiliates.models import Share, ShareState
from hub.core import clock
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.payments.payouts.models import Payout
from tests.affiliates.partner_factories import PartnerOffice, broken, shares
from tests.factories import Factories
from tests.threads import at_once


def winners(outcomes: list[object]) -> int:
    assert {one.status for one in outcomes if isinstance(one, HubError)} <= {409}
    return sum(not isinstance(one, HubError) for one in outcomes)


@pytest.fixture
def office(committed_app: Flask) -> Iterator[PartnerOffice]:
    with committed_app.app_context():
        yield PartnerOffice(Factories())
        db.session.remove()


def test_what_is_payable_is_paid_once(committed_app: Flask, office: PartnerOffice) -> None:
    member = office.member()
    office.earn(member, "100.00", "click:1")
    clock.set_to(clock.now() + timedelta(days=30))
    office.earn(member, "900.00", "click:2", subject=2)
    owner = office.owner
    outcomes = at_once(committed_app, [lambda: services.pay_out(owner, "INR")] * 3)
    assert winners(outcomes) == 1
    assert [payout.amount_minor for payout in db.session.query(Payout)] == [1000]
    assert [row.state for row in shares()] == [ShareState.PAID, ShareState.PENDING]
    assert broken() == []


def test_payments_and_returns_at_once_leave_the_books_right(
    committed_app: Flask, office: PartnerOffice
) -> None:
    member = office.member()
    for number in range(1, 4):
        office.earn(member, "100.00", f"click:{number}", subject=number)
    clock.set_to(clock.now() + timedelta(days=30))
    owner = office.owner
    outcomes = at_once(
        committed_app,
        [
            lambda: services.pay_out(owner, "INR"),
            lambda: office.give_back(member, "100.00", "back:1", subject=1),
            lambda: office.give_back(member, "50.00", "back:2", subject=2),
            lambda: office.earn(member, "10.00", "click:4", subject=4),
        ],
    )
    assert winners(outcomes) >= 1
    figures = queries.figures(office.partner.id)[0]
    assert figures.earned.minor - figures.taken_back.minor == (
        figures.pending.minor + figures.payable.minor + figures.paid.minor - figures.debt.minor
    )
    assert broken() == []


def test_one_debt_is_made_good_once(committed_app: Flask, office: PartnerOffice) -> None:
    office.earn(office.stranger(), "500.00", "click:0")
    member, other = office.member(), office.member()
    office.earn(member, "100.00", "click:1")
    clock.set_to(clock.now() + timedelta(days=30))
    services.pay_out(office.owner, "INR")
    office.give_back(member, "100.00", "back:1")
    outcomes = at_once(
        committed_app,
        [
            lambda: office.earn(member, "80.00", "click:2", subject=2),
            lambda: office.earn(other, "90.00", "click:3", subject=3),
        ],
    )
    assert winners(outcomes) == 2
    assert sum(row.withheld_minor for row in shares()) == 1000
    assert office.books()[2800] == -700
    assert broken() == []


def test_the_same_income_is_shared_once(committed_app: Flask, office: PartnerOffice) -> None:
    member = office.member()
    at_once(committed_app, [lambda: office.earn(member, "100.00", "click:1")] * 3)
    assert [row.amount_minor for row in db.session.query(Share)] == [1000]
    assert broken() == []


def test_a_company_joins_once(committed_app: Flask, office: PartnerOffice) -> None:
    owner = office.make.trader()
    db.session.remove()
    outcomes = at_once(committed_app, [lambda: services.join(owner, "0.1/365/30")] * 3)
    assert winners(outcomes) == 1
    assert queries.partner_of(owner.company_id) is not None
