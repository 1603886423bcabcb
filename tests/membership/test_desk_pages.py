"""The administrator's pages of memberships, grants and rules of commission over HTTP."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient

from hub.core.db.base import db
from hub.membership import services
from hub.membership.models.commission import CommissionRule
from hub.membership.models.subscriptions import Subscription, SubscriptionState
from tests.membership.membership_factories import MONTH, YEAR, MembershipDesk
from tests.membership.page_reading import company_of, form_of, page, words_of
from tests.signing_in import sign_in


def test_memberships_are_found_by_name_state_and_plan(
    client: FlaskClient, members: MembershipDesk
) -> None:
    silver, gold = members.plan(code="silver"), members.plan(code="gold", rank=2)
    one, two = members.member(silver), members.member(gold)
    services.cancel(two)
    names = [company_of(owner).legal_name for owner in (one, two)]
    everything = page(client, members.admin, "/admin/memberships")
    assert all(name in everything for name in names)
    assert "cancelled, ends then" in everything
    for query, found in (
        (f"q={company_of(one).alias}", [True, False]),
        (f"plan={gold.plan.public_id}", [False, True]),
        ("state=active", [True, True]),
        ("state=suspended", [False, False]),
        ("state=nonsense", [True, True]),
    ):
        text = page(client, members.admin, f"/admin/memberships?{query}")
        assert [name in text for name in names] == found, query
    shown = members.subscription(two)
    text = page(client, members.admin, f"/admin/memberships/{shown.public_id}")
    assert "cancelled, ends after 31 Dec 2027" in text
    assert "Beginning: Gold, by the year" in text
    assert client.get("/admin/memberships/0000000000000").status_code == 404


def test_renewals_ahead_and_churn_tell_the_months(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version = members.plan(code="silver", prices={MONTH: "31.00", YEAR: "365.00"})
    monthly, yearly = members.member(version, MONTH), members.member(version)
    services.cancel(members.member(version, MONTH))
    members.go_to(date(2027, 1, 25))
    text = page(client, members.finance.anna, "/admin/memberships/renewals?days=30")
    assert company_of(monthly).legal_name in text
    assert "31.00 INR 31 Jan 2027 FEE-2027-" in text
    assert company_of(yearly).legal_name not in text
    members.go_to(date(2027, 2, 1))
    text = page(client, members.finance.anna, "/admin/memberships/churn")
    assert "2027-02 3 0 1 33.33%" in text
    assert "2027-01 0 3 0 –" in text


def test_a_plan_is_granted_with_a_reason(client: FlaskClient, members: MembershipDesk) -> None:
    version, owner = members.plan(code="silver"), members.owner()
    company = company_of(owner)
    typed = {
        "company": company.alias.lower(),
        "plan": version.plan.public_id,
        "ends_on": "2027-04-01",
        "reason": "Founding member",
    }
    sign_in(client, members.admin)
    answer = client.post("/admin/memberships/grant", data=typed, follow_redirects=True)
    assert f"{company.legal_name} has “Silver” to the end of 31 Mar 2027." in words_of(answer.text)
    assert "Why granted Founding member" in words_of(answer.text)
    found = members.subscription(owner)
    assert (found.state, found.paid_until, found.grant_reason) == (
        SubscriptionState.ACTIVE,
        date(2027, 4, 1),
        "Founding member",
    )
    sign_in(client, owner)
    assert "Founding member" in client.get("/membership").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"company": "nobody at all"}, "No company is called so."),
        ({"company": "T-"}, "Several companies fit:"),
        ({"reason": ""}, "This is needed."),
        ({"reason": " "}, "reason"),
        ({"ends_on": "2026-12-01"}, 'id="ends_on-error"'),
        ({"plan": "nothing"}, "Not a valid choice"),
    ],
)
def test_a_wrong_grant_is_told_and_kept(
    client: FlaskClient, members: MembershipDesk, changes: dict[str, str], sentence: str
) -> None:
    version, owner = members.plan(code="silver"), members.owner()
    members.owner()
    typed = {
        "company": company_of(owner).alias,
        "plan": version.plan.public_id,
        "ends_on": "2027-04-01",
        "reason": "Founding member",
    }
    sign_in(client, members.admin)
    answer = client.post("/admin/memberships/grant", data={**typed, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{ {**typed, **changes}["company"] }"' in answer.text
    assert db.session.query(Subscription).count() == 0


RULE = {
    "rate": "0.5",
    "commodity": "onion",
    "plan": "silver",
    "volume": "1000.00",
    "currency": "INR",
    "valid_from": "2027-01-01",
    "valid_until": "2027-12-31",
    "note": "Onion season",
}


def test_a_rule_of_commission_is_added_tried_and_retired(
    client: FlaskClient, members: MembershipDesk
) -> None:
    members.make.commodity()
    owner = members.member(members.plan(code="silver", commission_rate="0.009"))
    sign_in(client, members.admin)
    assert client.post("/admin/commission/new", data=RULE).status_code == 302
    plain = {**RULE, "commodity": "", "plan": "", "volume": "", "valid_until": "", "rate": "0.8"}
    assert client.post("/admin/commission/new", data=plain).status_code == 302
    rule, general = db.session.query(CommissionRule).order_by(CommissionRule.id)
    assert (rule.rate, rule.volume_minor, rule.currency) == (Decimal("0.005"), 100_000, "INR")
    assert (general.commodity_id, general.plan_id, general.volume_minor) == (None, None, None)
    text = page(client, members.admin, "/admin/commission")
    assert "sales of Onion, the plan “Silver”, 1,000.00 INR or more sold in 365 days" in text
    assert "0.5% 1 Jan 2027 – 31 Dec 2027 in force" in text
    query = f"company={company_of(owner).alias}&commodity=onion&currency=INR"
    text = page(client, members.admin, f"/admin/commission?{query}")
    assert "Rate of this sale 0.9%" in text
    assert "the closest holds: 0.9% for the plan “Silver”." in text

    path = f"/admin/commission/{rule.public_id}/retire"
    shown = form_of(client, f"/admin/commission/{rule.public_id}")
    empty = client.post(path, data={**shown, "reason": ""})
    assert empty.status_code == 422
    assert "This is needed." in empty.text
    assert '<details class="confirm" open>' in empty.text
    assert client.post(path, data={"version": "0", "reason": "Too low"}).status_code == 409
    done = client.post(path, data={**shown, "reason": "Too low"})
    assert done.headers["Location"] == "/admin/commission"
    db.session.expire_all()
    assert rule.retired_at is not None
    assert general.retired_at is None
    assert client.get("/admin/commission/0000000000000").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rate": "100"}, "Give a rate from 0 to below 100%"),
        ({"rate": ""}, "This is needed."),
        ({"rate": "0.00001"}, "more than 4 decimal places"),
        ({"valid_from": "2026-12-31"}, "The first day has passed"),
        ({"valid_until": "2026-12-31"}, "The last day is before the first."),
        ({"volume": "0.001"}, "finer than the currency's smallest unit"),
        ({"volume": "0"}, "must be above zero"),
    ],
)
def test_a_wrong_rule_is_told_and_kept(
    client: FlaskClient, members: MembershipDesk, changes: dict[str, str], sentence: str
) -> None:
    members.make.commodity()
    members.plan(code="silver")
    sign_in(client, members.admin)
    answer = client.post("/admin/commission/new", data={**RULE, **changes})
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    for value in changes.values():
        assert f'value="{value}"' in answer.text
    assert 'value="Onion season"' in answer.text
    assert db.session.query(CommissionRule).count() == 0


def test_a_lookup_for_nobody_is_told_at_its_field(
    client: FlaskClient, members: MembershipDesk
) -> None:
    members.make.commodity()
    sign_in(client, members.admin)
    answer = client.get("/admin/commission?company=nobody&commodity=onion&currency=INR")
    assert answer.status_code == 422
    assert "No company is called so." in answer.text
    assert 'value="nobody"' in answer.text
    wrong = client.get("/admin/commission?company=x&commodity=gold&currency=XXX")
    assert wrong.status_code == 422
