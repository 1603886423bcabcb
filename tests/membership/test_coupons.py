"""Coupons: a discount on the first charge, once a company, as often as they may be used."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.membership import queries, services
from hub.membership.models.subscriptions import Coupon, CouponUse, Subscription, SubscriptionState
from hub.membership.services import CouponDraft
from tests.membership.membership_factories import FIRST_DAY, YEAR, MembershipDesk, rupees

DRAFT = CouponDraft(code="welcome-20", share=Decimal("0.2"))


def refused(members: MembershipDesk, code: str, **chosen: object) -> str:
    """The answer to a company that gives a coupon that it may not use; nothing is charged."""
    before = db.session.query(Subscription).count(), db.session.query(CouponUse).count()
    basic = chosen.get("plan") or members.plan()
    with pytest.raises(Invalid) as answer:
        services.subscribe(
            chosen.get("owner") or members.owner(), basic.public_id, YEAR, "INR", coupon=code
        )
    assert list(answer.value.fields) == ["coupon"]
    db.session.expire_all()
    assert (db.session.query(Subscription).count(), db.session.query(CouponUse).count()) == before
    return answer.value.message


def test_a_share_is_taken_off_the_first_charge_only(members: MembershipDesk) -> None:
    basic, owner = members.plan(prices={YEAR: "99.99"}), members.owner()
    services.create_coupon(members.admin, DRAFT)
    services.subscribe(owner, basic.public_id, YEAR, "INR", coupon=" Welcome-20 ")
    [charge] = members.charges(owner)
    assert (charge.price_minor, charge.discount_minor, charge.amount_minor) == (9999, 2000, 7999)
    members.pay(owner)
    assert members.deferred() == rupees("79.99")
    members.go_to(date(2027, 12, 10))
    assert members.charges(owner)[-1].amount == rupees("99.99")
    assert db.session.query(Coupon).one().used == 1


def test_an_amount_never_takes_off_more_than_the_price(members: MembershipDesk) -> None:
    basic, owner = members.plan(), members.owner()
    draft = CouponDraft(code="FREE", amount=Decimal(400), currency="INR")
    services.create_coupon(members.admin, draft)
    services.subscribe(owner, basic.public_id, YEAR, "INR", coupon="free")
    [charge] = members.charges(owner)
    assert (charge.discount_minor, charge.amount_minor) == (36500, 0)
    assert members.state(owner) is SubscriptionState.ACTIVE


def test_a_coupon_waits_through_a_trial(members: MembershipDesk) -> None:
    basic, owner = members.plan(trial_days=30), members.owner()
    gold = members.plan(2, {YEAR: "730.00"})
    services.create_coupon(members.admin, DRAFT)
    services.subscribe(owner, basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    services.upgrade(owner, gold.public_id)
    members.go_to(date(2027, 1, 25))
    members.pay(owner)
    assert members.deferred() == rupees(584)
    assert db.session.query(Coupon).one().used == 1


def test_a_coupon_for_another_plan_does_not_go_along(members: MembershipDesk) -> None:
    basic, owner = members.plan(trial_days=30), members.owner()
    gold = members.plan(2, {YEAR: "730.00"})
    services.create_coupon(members.admin, replace(DRAFT, plan_public_id=basic.plan.public_id))
    services.subscribe(owner, basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    services.upgrade(owner, gold.public_id)
    assert members.charges(owner)[-1].amount == rupees(730)
    assert db.session.query(CouponUse).count() == 0


def test_coupons_that_do_not_fit_are_refused(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2)
    tomorrow = FIRST_DAY + timedelta(days=1)
    make = services.create_coupon
    make(members.admin, replace(DRAFT, code="LATER", valid_from=tomorrow))
    make(members.admin, replace(DRAFT, code="SHORT", valid_until=FIRST_DAY))
    make(members.admin, replace(DRAFT, code="GOLD", plan_public_id=gold.plan.public_id))
    members.make.designated_account("USD", account_number="00000043")
    make(members.admin, CouponDraft(code="DOLLARS", amount=Decimal(5), currency="USD"))
    old = make(members.admin, replace(DRAFT, code="OLD"))
    services.retire_coupon(members.admin, old.public_id)
    for code in ("NONE", "LATER", "OLD", "x" * 500, "'; --"):
        assert refused(members, code, plan=basic) == "There is no such coupon."
    assert "another plan" in refused(members, "GOLD", plan=basic)
    assert "another plan or currency" in refused(members, "DOLLARS", plan=basic)
    members.go_to(tomorrow)
    assert refused(members, "SHORT", plan=basic) == "This coupon was valid until 2027-01-01."


def test_a_company_uses_a_coupon_once(members: MembershipDesk) -> None:
    basic, owner = members.plan(), members.owner()
    services.create_coupon(members.admin, DRAFT)
    services.subscribe(owner, basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    members.pay(owner)
    members.go_to(date(2028, 3, 10))
    services.cancel(owner)
    assert "used this coupon before" in refused(members, "WELCOME-20", plan=basic, owner=owner)


def test_a_coupon_is_used_up(members: MembershipDesk) -> None:
    basic = members.plan()
    services.create_coupon(members.admin, replace(DRAFT, most_uses=1))
    services.subscribe(members.owner(), basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    assert "as often as it may be" in refused(members, "WELCOME-20", plan=basic)


def test_what_was_never_paid_gives_its_coupon_back(members: MembershipDesk) -> None:
    basic, first, second = members.plan(), members.owner(), members.owner()
    services.create_coupon(members.admin, replace(DRAFT, most_uses=1))
    services.subscribe(first, basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    services.cancel(first)
    services.subscribe(second, basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    members.go_to(date(2027, 1, 12))
    assert members.state(second) is SubscriptionState.EXPIRED
    services.subscribe(first, basic.public_id, YEAR, "INR", coupon="WELCOME-20")
    assert [coupon.used for coupon in queries.coupons(members.admin)] == [1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "x"}, "code"),
        ({"code": "ein Gutschein ü"}, "code"),
        ({"share": None}, "share"),
        ({"amount": Decimal(5), "currency": "INR"}, "share"),
        ({"share": Decimal(0)}, "share"),
        ({"share": Decimal("1.01")}, "share"),
        ({"share": Decimal("0.0000001")}, "share"),
        ({"share": None, "amount": Decimal(5), "currency": "USD"}, "currency"),
        ({"share": None, "amount": Decimal("0.001"), "currency": "INR"}, "amount"),
        ({"share": None, "amount": Decimal(-1), "currency": "INR"}, "amount"),
        ({"plan_public_id": "nothing"}, "plan_public_id"),
        ({"valid_until": FIRST_DAY - timedelta(days=1)}, "valid_until"),
        ({"most_uses": 0}, "most_uses"),
    ],
)
def test_a_coupon_makes_sense(members: MembershipDesk, change: dict, field: str) -> None:
    with pytest.raises(Invalid) as answer:
        services.create_coupon(members.admin, replace(DRAFT, **change))
    assert list(answer.value.fields) == [field]
    assert db.session.query(Coupon).count() == 0


def test_codes_are_given_once_and_retired_once(members: MembershipDesk) -> None:
    coupon = services.create_coupon(members.admin, DRAFT)
    with pytest.raises(Invalid, match="can't be made"):
        services.create_coupon(members.admin, replace(DRAFT, code="WELCOME-20"))
    with pytest.raises(NotAllowed):
        services.create_coupon(members.finance.anna, replace(DRAFT, code="MINE"))
    services.retire_coupon(members.admin, coupon.public_id)
    with pytest.raises(Conflict):
        services.retire_coupon(members.admin, coupon.public_id)
