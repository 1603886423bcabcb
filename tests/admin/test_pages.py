"""The pages of administration over HTTP."""

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.models import User
from hub.catalogue.models import Commodity, FreightRate, Region
from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.depots.models import BinUse, Depot
from hub.payments.ledger.models import DesignatedAccount
from tests.factories import Factories
from tests.signing_in import sign_in

PAGES = [
    "/admin",
    "/admin/settings/identity",
    "/admin/settings/languages",
    "/admin/settings/rates",
    "/admin/settings/deadlines",
    "/admin/settings/fees",
    "/admin/settings/rules",
    "/admin/accounts",
    "/admin/freight",
    "/admin/commodities",
    "/admin/commodities/new",
    "/admin/units",
    "/admin/regions",
    "/admin/regions/new",
    "/admin/depots",
    "/admin/depots/new",
    "/admin/staff",
    "/admin/companies",
    "/admin/audit",
    "/admin/outbox",
]


@pytest.fixture
def administrator(make: Factories) -> Actor:
    return make.staff(StaffRole.ADMINISTRATOR)


def form_of(client: FlaskClient, path: str) -> dict[str, str]:
    """The values that the form on a page carries hidden or is filled with."""
    page = client.get(path).get_data(as_text=True)
    return dict(
        re.findall(r'<input[^>]*name="(version|seen)"[^>]*value="([^"]*)"', page)
        + re.findall(r'<input[^>]*id="(?:version|seen)"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_administrators_alone(
    client: FlaskClient, make: Factories, administrator: Actor, path: str
) -> None:
    make.depot()
    make.commodity()
    make.designated_account()
    assert client.get(path).status_code == 302
    for actor in (make.trader(), make.staff(StaffRole.BROKER, StaffRole.FINANCE)):
        sign_in(client, actor)
        assert client.get(path).status_code == 403
    sign_in(client, administrator)
    assert client.get(path).status_code == 200


FEES = {
    "fee_currency": "EUR",
    "renewal_days": "30",
    "membership_grace_days": "0",
    "membership_lapse_days": "60",
    "sponsored_places": "2",
    "reserve_bid": "0.10",
    "inquiry_price": "12.50",
    "inquiry_answer_days": "5",
    "inquiry_contest_days": "7",
    "affiliate_rate": "7.5",
    "affiliate_days": "730",
    "affiliate_hold_days": "0",
}


def test_the_fees_are_stored(client: FlaskClient, administrator: Actor) -> None:
    sign_in(client, administrator)
    path = "/admin/settings/fees"
    answer = client.post(path, data={**form_of(client, path), **FEES})
    assert answer.status_code == 302
    hub = settings.current()
    assert (hub.fee_currency, hub.sponsored_places, hub.reserve_bid) == ("EUR", 2, Decimal("0.10"))
    assert (hub.inquiry_price, hub.affiliate_rate) == (Decimal("12.50"), Decimal("0.075"))
    assert (hub.membership_grace_days, hub.affiliate_days) == (0, 730)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fee_currency", "JPY"),
        ("fee_currency", "rupees"),
        ("sponsored_places", "11"),
        ("reserve_bid", "0"),
        ("reserve_bid", "0.105"),
        ("inquiry_price", "-1"),
        ("affiliate_rate", "100"),
        ("affiliate_days", "4000"),
        ("renewal_days", "0"),
    ],
)
def test_fees_that_can_not_be_are_refused(
    client: FlaskClient, administrator: Actor, name: str, value: str
) -> None:
    sign_in(client, administrator)
    path = "/admin/settings/fees"
    before = settings.current()
    answer = client.post(path, data={**form_of(client, path), **FEES, name: value})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.get_data(as_text=True)
    assert settings.current() == before


def test_the_commission_is_typed_in_per_cent(client: FlaskClient, administrator: Actor) -> None:
    sign_in(client, administrator)
    path = "/admin/settings/rates"
    page = client.get(path).get_data(as_text=True)
    assert 'value="1"' in page
    assert 'value="25"' in page
    seen = form_of(client, path)
    wrong = client.post(
        path, data={**seen, "commission_rate": "100", "implausible_price_share": "25"}
    )
    assert wrong.status_code == 422
    assert settings.current().commission_rate == Decimal("0.01")
    right = client.post(
        path, data={**seen, "commission_rate": "1.25", "implausible_price_share": "25"}
    )
    assert right.status_code == 302
    db.session.expire_all()
    assert settings.current().commission_rate == Decimal("0.0125")
    stale = client.post(
        path, data={**seen, "commission_rate": "2", "implausible_price_share": "25"}
    )
    assert stale.status_code == 409


def test_deadlines_and_identity_are_stored(client: FlaskClient, administrator: Actor) -> None:
    sign_in(client, administrator)
    days = {
        name: "6" for name in vars(type(settings.current()))["__match_args__"] if "days" in name
    }
    path = "/admin/settings/deadlines"
    assert client.post(path, data=form_of(client, path) | days).status_code == 302
    path = "/admin/settings/identity"
    names = {
        "hub_name": "Test Hub",
        "legal_name": "Test Hub Ltd.",
        "address": "1 Road\r\nMumbai",
        "country": "IN",
    }
    assert client.post(path, data=form_of(client, path) | names).status_code == 302
    db.session.expire_all()
    now = settings.current()
    assert (now.consent_days, now.acceptance_days) == (6, 6)
    assert (now.hub_name, now.address) == ("Test Hub", "1 Road\nMumbai")


def test_a_bank_account_needs_a_confirmation(client: FlaskClient, administrator: Actor) -> None:
    sign_in(client, administrator)
    details = {
        "use": "client",
        "currency": "INR",
        "holder": "Hub",
        "bank_name": "State Bank",
        "bank_country": "IN",
        "clearing_code": "SBIN0000300",
        "account_number": "12345678",
    }
    assert client.post("/admin/accounts", data=details).status_code == 422
    assert db.session.scalars(select(DesignatedAccount)).all() == []
    assert client.post("/admin/accounts", data=details | {"confirmed": "y"}).status_code == 302
    assert db.session.scalars(select(DesignatedAccount.account_number)).all() == ["12345678"]


def test_freight_commodity_region_and_depot(
    client: FlaskClient, make: Factories, administrator: Actor
) -> None:
    make.unit()
    place = make.region()
    sign_in(client, administrator)
    rate = {"currency": "INR", "unit": "DTN", "rate": "0.35"}
    assert client.post("/admin/freight", data=rate).status_code == 302
    assert client.post("/admin/freight", data=rate | {"rate": "-1"}).status_code == 422
    assert db.session.scalars(select(FreightRate.rate)).all() == [Decimal("0.35")]

    goods = {
        "code": "red-onion",
        "name": "Red onion",
        "name_zh": "红洋葱",
        "parent": "",
        "hs_code": "070310",
        "unit": "DTN",
        "picture": "onion",
        "active": "y",
        "attributes-0-code": "size",
        "attributes-0-name": "Size",
        "attributes-0-kind": "choice",
        "attributes-0-choices": "small | large",
        "attributes-1-code": "",
        "attributes-1-kind": "text",
    }
    assert client.post("/admin/commodities/new", data=goods).status_code == 302
    made = db.session.scalars(select(Commodity)).one()
    assert (made.names, [each.choices for each in made.attributes]) == (
        {"zh_Hans": "红洋葱"},
        [["small", "large"]],
    )
    path = f"/admin/commodities/{made.public_id}"
    assert "small | large" in client.get(path).get_data(as_text=True)
    changed = goods | {"version": str(made.version), "name": "Red onions"}
    assert client.post(path, data=changed).status_code == 302
    assert client.post(path, data=changed | {"name": "Onions"}).status_code == 422
    db.session.expire_all()
    assert made.name == "Red onions"

    point = {"name": "Goa", "country": "IN", "latitude": "15.3", "longitude": "74.1"}
    assert client.post("/admin/regions/new", data=point).status_code == 302
    assert client.post("/admin/regions/new", data=point | {"latitude": "91"}).status_code == 422
    assert db.session.scalars(select(Region).where(Region.name == "Goa")).one().country == "IN"

    depot = {
        "code": "NSK",
        "name": "Nashik Depot",
        "region": place.public_id,
        "latitude": "20",
        "longitude": "73.8",
        "capacity": "500",
    }
    assert client.post("/admin/depots/new", data=depot).status_code == 302
    found = db.session.scalars(select(Depot)).one()
    assert client.post(
        f"/admin/depots/{found.public_id}/bins", data={"code": "S-9", "use": "storage"}
    )
    again = client.post(
        f"/admin/depots/{found.public_id}/bins", data={"code": "S-9", "use": "storage"}
    )
    assert again.status_code == 422
    db.session.expire_all()
    assert [each.use for each in found.bins if each.code == "S-9"] == [BinUse.STORAGE]


def test_staff_are_added_given_roles_and_locked_out(
    client: FlaskClient, make: Factories, administrator: Actor
) -> None:
    depot = make.depot()
    sign_in(client, administrator)
    person = {"name": "Asha", "email": "asha@example.org", "role": "depot"}
    assert client.post("/admin/staff", data=person | {"depot": ""}).status_code == 422
    assert client.post("/admin/staff", data=person | {"depot": str(depot.id)}).status_code == 302
    asha = db.session.scalars(select(User).where(User.email == "asha@example.org")).one()
    path = f"/admin/staff/{asha.public_id}"
    assert client.post(f"{path}/assign", data={"role": "broker", "depot": ""}).status_code == 302
    taken = {"role": "depot", "depot": str(depot.id)}
    assert client.post(f"{path}/remove", data=taken).status_code == 302
    db.session.expire_all()
    assert [row.role for row in asha.staff_assignments] == [StaffRole.BROKER]
    assert client.post(f"{path}/disable", data={"reason": ""}).status_code == 422
    assert client.post(f"{path}/disable", data={"reason": "Left us."}).status_code == 302
    db.session.expire_all()
    assert asha.disabled_at is not None
    assert client.post(f"{path}/enable").status_code == 302


def test_the_audit_log_is_filtered(
    client: FlaskClient, make: Factories, administrator: Actor
) -> None:
    sign_in(client, administrator)
    make.unit()
    rate = {"currency": "INR", "unit": "DTN", "rate": "0.35"}
    client.post("/admin/freight", data=rate)
    page = client.get("/admin/audit?kind=freight_rate").get_data(as_text=True)
    assert administrator.name in page
    number = db.session.scalars(select(FreightRate.id)).one()
    assert f"freight rate {number}" in page
    nothing = client.get("/admin/audit?who=nobody").get_data(as_text=True)
    assert "Nothing found" in nothing
    assert client.get("/admin/audit?after=broken").status_code == 422
