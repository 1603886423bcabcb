"""Several at the same moment, on a committed database."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict, HubError, Invalid
from hub.membership import services
from hub.membership.models.subscriptions import Charge, ChargeState, Coupon, CouponUse, Subscription
from hub.membership.subscriptions import billing, recognition
from tests.factories import Factories
from tests.membership.membership_factories import (
    YEAR,
    MembershipDesk,
    breaches,
    rupees,
)
from tests.threads import at_once


@pytest.fixture
def members(committed_app: Flask) -> Iterator[MembershipDesk]:
    with committed_app.app_context():
        yield MembershipDesk(Factories())
        assert breaches() == []
        db.session.remove()


def done(outcomes: list[object]) -> int:
    return sum(not isinstance(outcome, HubError) for outcome in outcomes)


def test_two_people_of_one_company_subscribe_once(
    committed_app: Flask, members: MembershipDesk
) -> None:
    version, owner = members.plan().public_id, members.owner()
    outcomes = at_once(committed_app, [lambda: services.subscribe(owner, version, YEAR, "INR")] * 4)
    assert done(outcomes) == 1
    assert {type(one) for one in outcomes if isinstance(one, HubError)} == {Conflict}
    assert db.session.query(Subscription).count() == db.session.query(Charge).count() == 1


def test_the_last_use_of_a_coupon_is_taken_once(
    committed_app: Flask, members: MembershipDesk
) -> None:
    version = members.plan().public_id
    draft = services.CouponDraft(code="LAST", share=Decimal("0.5"), most_uses=1)
    services.create_coupon(members.admin, draft)
    owners = [members.owner() for _number in range(4)]
    outcomes = at_once(
        committed_app,
        [
            lambda owner=owner: services.subscribe(owner, version, YEAR, "INR", coupon="LAST")
            for owner in owners
        ],
    )
    assert done(outcomes) == 1
    refused = [one for one in outcomes if isinstance(one, HubError)]
    assert all(isinstance(one, Invalid | Conflict) for one in refused)
    assert db.session.query(Coupon).one().used == db.session.query(CouponUse).count() == 1
    assert db.session.query(Subscription).count() == 1


def test_two_upgrades_at_once_leave_one_waiting(
    committed_app: Flask, members: MembershipDesk
) -> None:
    gold = members.plan(2, {YEAR: "730.00"}).public_id
    owner = members.member(members.plan())
    at_once(committed_app, [lambda: services.upgrade(owner, gold)] * 3)
    waiting = [one for one in members.charges(owner) if one.state is ChargeState.OPEN]
    assert len(waiting) == 1


def test_one_account_pays_one_upgrade(committed_app: Flask, members: MembershipDesk) -> None:
    gold = members.plan(2, {YEAR: "730.00"}).public_id
    owner = members.member(members.plan())
    members.top_up(owner, "800.00")
    outcomes = at_once(committed_app, [lambda: services.upgrade(owner, gold, from_wallet=True)] * 3)
    assert done(outcomes) == 1
    assert members.wallet(owner) == rupees(435)


def test_jobs_that_run_twice_at_once_do_everything_once(
    committed_app: Flask, members: MembershipDesk
) -> None:
    owner = members.member(members.plan())
    services.set_pays_from_wallet(owner, True)
    members.top_up(owner, "1000.00")
    members.go_to(date(2027, 12, 10))
    clock.advance(timedelta(days=22))
    steps = [
        lambda: billing.work_through_deadlines(SYSTEM),
        lambda: recognition.work_through_the_day(SYSTEM),
    ]
    at_once(committed_app, steps * 2)
    members.run_jobs()
    assert members.wallet(owner) == rupees(635)
    assert (members.income(), members.deferred()) == (rupees(365), rupees(365))
    assert members.subscription(owner).paid_until == date(2029, 1, 1)
