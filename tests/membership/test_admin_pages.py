"""The administrator's pages of plans, coupons, memberships and commission over HTTP."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient

from hub.core import settings
from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.membership import services
from hub.membership.commission import services as commission
from hub.membership.models.plans import Plan
from hub.membership.models.subscriptions import Coupon
from hub.membership.services import CouponDraft
from tests.membership.membership_factories import MONTH, YEAR, MembershipDesk, rupees
from tests.membership.page_reading import form_of, page
from tests.signing_in import sign_in

ADMINISTRATORS = [
    "/admin/plans",
    "/admin/plans/new",
    "/admin/plans/what-if",
    "/admin/coupons",
    "/admin/coupons/new",
    "/admin/memberships/grant",
    "/admin/commission",
    "/admin/commission/new",
]
DESK = ["/admin/memberships", "/admin/memberships/renewals", "/admin/memberships/churn"]


@pytest.mark.parametrize("with_data", [False, True])
def test_each_page_is_for_its_staff_with_and_without_data(
    client: FlaskClient, members: MembershipDesk, with_data: bool
) -> None:
    paths = list(ADMINISTRATORS), list(DESK)
    if with_data:
        members.make.commodity()
        version = members.plan(code="silver")
        owner = members.member(version)
        coupon = services.create_coupon(members.admin, CouponDraft("TEN", share=Decimal("0.1")))
        rule = commission.add_rule(
            members.admin, rate=Decimal("0.005"), valid_from=settings.today(), plan_code="silver"
        )
        paths[0].append(f"/admin/coupons/{coupon.public_id}")
        paths[0].append(f"/admin/commission/{rule.public_id}")
        paths[0].append(f"/admin/plans/{version.plan.public_id}")
        paths[1].append(f"/admin/memberships/{members.subscription(owner).public_id}")
    for path in (*paths[0], *paths[1]):
        assert client.get(path).status_code == 302, path
    for actor in (members.owner(), members.make.staff(StaffRole.BROKER)):
        sign_in(client, actor)
        for path in (*paths[0], *paths[1]):
            assert client.get(path).status_code == 403, path
    sign_in(client, members.finance.anna)
    assert [client.get(path).status_code for path in paths[0]] == [403] * len(paths[0])
    assert [client.get(path).status_code for path in paths[1]] == [200] * len(paths[1])
    sign_in(client, members.admin)
    assert {client.get(path).status_code for path in (*paths[0], *paths[1])} == {200}


def test_only_administrators_write(client: FlaskClient, members: MembershipDesk) -> None:
    version = members.plan(code="silver")
    coupon = services.create_coupon(members.admin, CouponDraft("HARVEST", share=Decimal("0.2")))
    rule = commission.add_rule(
        members.admin, rate=Decimal("0.005"), valid_from=settings.today(), plan_code="silver"
    )
    plan = f"/admin/plans/{version.plan.public_id}"
    for actor in (members.owner(), members.finance.anna):
        sign_in(client, actor)
        for path in (
            "/admin/plans/new",
            plan,
            f"{plan}/make-default",
            f"{plan}/retire",
            "/admin/coupons/new",
            f"/admin/coupons/{coupon.public_id}/retire",
            "/admin/memberships/grant",
            "/admin/commission/new",
            f"/admin/commission/{rule.public_id}/retire",
        ):
            assert client.post(path).status_code == 403, path
    db.session.expire_all()
    assert (version.plan.is_default, version.plan.retired_at) == (False, None)
    assert (coupon.retired_at, rule.retired_at) == (None, None)


PLAN = {
    "code": "silver",
    "name": "Silver",
    "name_zh": "银牌",
    "description": "For who sells all year.",
    "badge": "Silver member",
    "rank": "10",
    "trial_days": "14",
    "price_INR_year": "1200",
    "price_INR_month": "120.50",
    "price_INR_quarter": "",
    "entitlement_open_listings": "20",
    "entitlement_pictures": "",
    "entitlement_commission_rate": "0.9",
    "entitlement_natural_position": "2",
}


def test_a_plan_is_offered_as_it_was_typed(client: FlaskClient, members: MembershipDesk) -> None:
    sign_in(client, members.admin)
    assert client.post("/admin/plans/new", data=PLAN).headers["Location"] == "/admin/plans"
    plan = db.session.query(Plan).one()
    version = plan.current
    assert (plan.code, plan.rank, version.number, version.trial_days) == ("silver", 10, 1, 14)
    assert (version.name, version.names, version.badge) == (
        "Silver",
        {"zh_Hans": "银牌"},
        "Silver member",
    )
    assert {(each.interval, each.amount_minor) for each in version.prices} == {
        (YEAR, 120_000),
        (MONTH, 12_050),
    }
    assert {each.code: each.value for each in version.entitlements} == {
        "open_listings": Decimal(20),
        "pictures": None,
        "users": None,
        "inquiries_included": None,
        "own_proposals": None,
        "commission_rate": Decimal("0.009"),
        "natural_position": Decimal(2),
    }
    text = page(client, members.admin, "/admin/plans")
    assert "Silver silver offered 1,200.00 INR a year 120.50 INR a month 10 1" in text
    assert "No plan is the default" in text


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("code", "Silver!", "A code has 2 to 30 small letters"),
        ("code", "", "This is needed."),
        ("name", "", "This is needed."),
        ("rank", "x", "Give a whole number such as 30."),
        ("rank", "1001", "Give a number from 0 to 1000."),
        ("trial_days", "400", "A trial has at most 365 days."),
        ("price_INR_year", "1.005", "more than 2 decimal places"),
        ("price_INR_year", "-1", "be below zero"),
        ("entitlement_open_listings", "2.5", "more than 0 decimal places"),
        ("entitlement_commission_rate", "100", "A rate is at least 0% and below 100%."),
    ],
)
def test_a_wrong_plan_is_told_at_its_field_and_keeps_what_was_typed(
    client: FlaskClient, members: MembershipDesk, name: str, typed: str, sentence: str
) -> None:
    sign_in(client, members.admin)
    answer = client.post("/admin/plans/new", data={**PLAN, name: typed})
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert f'href="#{name}"' in answer.text
    assert 'value="Silver member"' in answer.text
    assert 'value="120.50"' in answer.text
    assert db.session.query(Plan).count() == 0


def test_a_change_is_a_new_form_and_members_keep_theirs(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version = members.plan(code="silver", open_listings=20, commission_rate="0.009")
    owner = members.member(version)
    path = f"/admin/plans/{version.plan.public_id}"
    assert "Companies that have the plan keep the form they chose" in page(
        client, members.admin, path
    )
    filled = form_of(client, path)
    assert filled["price_INR_year"] == "365"
    assert filled["entitlement_commission_rate"] == "0.9"
    answer = client.post(path, data={**filled, "price_INR_year": "400"})
    assert answer.headers["Location"] == path
    db.session.expire_all()
    current = version.plan.current
    assert current.number == 2
    assert current.price(YEAR, "INR") == rupees(400)
    assert {each.code: each.value for each in current.entitlements}["open_listings"] == 20
    assert members.subscription(owner).plan_version.price(YEAR, "INR") == rupees(365)
    late = client.post(path, data={**filled, "price_INR_year": "500"})
    assert late.status_code == 422
    assert "The plan has changed since you opened this page" in late.text
    assert 'value="500"' in late.text
    assert version.plan.current.number == 2


def test_a_plan_becomes_the_default_and_another_retires(
    client: FlaskClient, members: MembershipDesk
) -> None:
    basic, silver = members.plan(code="basic"), members.plan(code="silver")
    sign_in(client, members.admin)

    def post(plan: Plan, verb: str) -> int:
        path = f"/admin/plans/{plan.public_id}"
        version = form_of(client, path).get("version", "0")
        return client.post(f"{path}/{verb}", data={"version": version}).status_code

    assert post(basic.plan, "make-default") == 302
    assert post(basic.plan, "retire") == 409
    assert post(silver.plan, "retire") == 302
    assert post(silver.plan, "make-default") == 409
    db.session.expire_all()
    assert (basic.plan.is_default, basic.plan.retired_at) == (True, None)
    assert silver.plan.retired_at is not None
    path = f"/admin/plans/{silver.plan.public_id}"
    assert "This plan is retired" in page(client, members.admin, path)
    assert client.post(f"{path}/retire", data={"version": "x"}).status_code == 409
    assert "Silver" not in page(client, members.admin, "/membership/plans")


def test_other_prices_are_compared_and_nothing_is_stored(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version = members.plan(code="silver", prices={YEAR: "365.00", MONTH: "40.00"})
    for _number in range(4):
        members.member(version)
    members.member(version, MONTH)
    text = page(client, members.admin, "/admin/plans/what-if")
    assert "5 members at the present prices 1,940.00 INR" in text
    assert "Give other prices below to compare." in text
    name = f"{version.plan.public_id}_year_INR"
    text = page(client, members.admin, f"/admin/plans/what-if?{name}=400")
    assert "At the other prices, if nobody leaves 2,080.00 INR" in text
    assert "Difference 140.00 INR" in text
    assert "Up to 6.73% of the members may leave" in text
    assert "Silver by the year 4 365.00 INR 400.00 INR 1,460.00 INR 1,600.00 INR 0" in text
    lower = page(client, members.admin, f"/admin/plans/what-if?{name}=300")
    assert "It brings no more even if nobody leaves." in lower
    wrong = client.get(f"/admin/plans/what-if?{name}=much")
    assert wrong.status_code == 422
    assert 'value="much"' in wrong.text
    db.session.expire_all()
    assert version.plan.current.price(YEAR, "INR") == rupees(365)


def test_a_coupon_is_given_out_and_retired(client: FlaskClient, members: MembershipDesk) -> None:
    version = members.plan(code="silver")
    sign_in(client, members.admin)
    answer = client.post(
        "/admin/coupons/new",
        data={
            "code": "harvest20",
            "share": "20",
            "amount": "",
            "currency": "INR",
            "plan_public_id": version.plan.public_id,
            "valid_from": "",
            "valid_until": "2027-06-30",
            "most_uses": "50",
        },
    )
    assert answer.headers["Location"] == "/admin/coupons"
    coupon = db.session.query(Coupon).one()
    assert (coupon.code, coupon.share, coupon.amount_minor, coupon.currency) == (
        "HARVEST20",
        Decimal("0.2"),
        None,
        None,
    )
    assert (coupon.plan_id, coupon.valid_from, coupon.valid_until, coupon.most_uses) == (
        version.plan_id,
        date(2027, 1, 1),
        date(2027, 6, 30),
        50,
    )
    text = page(client, members.admin, "/admin/coupons")
    assert "HARVEST20 taken 20% Silver 1 Jan 2027 – 30 Jun 2027 0 of 50" in text
    assert "20% off the first charge" in page(
        client, members.admin, f"/admin/coupons/{coupon.public_id}"
    )
    assert client.get("/admin/coupons/0000000000000").status_code == 404
    assert client.post(f"/admin/coupons/{coupon.public_id}/retire").status_code == 302
    assert client.post(f"/admin/coupons/{coupon.public_id}/retire").status_code == 409
    assert "HARVEST20 retired" in page(client, members.admin, "/admin/coupons")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"share": ""}, "Give either a share or an amount."),
        ({"amount": "5"}, "Give either a share or an amount."),
        ({"share": "120"}, "A share is above 0% and at most 100%."),
        ({"valid_until": "2026-01-01"}, "The last day can't be before the first."),
        ({"valid_until": "soon"}, "Not a valid date value."),
        ({"most_uses": "0"}, "Give a number from 1 to 1,000,000, or nothing."),
        ({"code": "?"}, "A code has 3 to 30 letters"),
    ],
)
def test_a_wrong_coupon_is_told_and_kept(
    client: FlaskClient, members: MembershipDesk, changes: dict[str, str], sentence: str
) -> None:
    sign_in(client, members.admin)
    typed = {"code": "harvest", "share": "20", "currency": "INR", "plan_public_id": ""}
    answer = client.post("/admin/coupons/new", data={**typed, **changes})
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    for value in {**typed, **changes}.values():
        assert f'value="{value}"' in answer.text
    assert db.session.query(Coupon).count() == 0


def test_the_index_of_administration_leads_to_all_of_it(
    client: FlaskClient, members: MembershipDesk
) -> None:
    sign_in(client, members.admin)
    text = client.get("/admin").text
    for path in ("/admin/plans", "/admin/coupons", "/admin/memberships", "/admin/commission"):
        assert f'href="{path}"' in text


def test_the_days_of_a_coupon_begin_today(client: FlaskClient, members: MembershipDesk) -> None:
    sign_in(client, members.admin)
    typed = {"code": "later", "amount": "50.00", "currency": "INR", "plan_public_id": ""}
    start = settings.today() + timedelta(days=3)
    answer = client.post("/admin/coupons/new", data={**typed, "valid_from": start.isoformat()})
    assert answer.status_code == 302
    text = page(client, members.admin, "/admin/coupons")
    assert "LATER not yet 50.00 INR every plan from 4 Jan 2027 on 0" in text
