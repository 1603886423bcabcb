"""The pages of partners: the link, the form, the partner's own page, and the staff's."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.models import Company
from hub.accounts.queries import user_by_email
from hub.affiliates import services
from hub.affiliates.models import Attribution, Partner, PartnerState, Refusal, ShareState
from hub.core import clock
from hub.core.actor import CompanyRole, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from tests.accounts.registering import GSTIN, PASSWORD
from tests.affiliates.partner_factories import PartnerOffice, attribution_of, shares
from tests.factories import Factories
from tests.signing_in import sign_in


def _remembered(client: FlaskClient) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get("partner_code")


def _registration(make: Factories, **values: str) -> dict[str, str]:
    return {
        "name": "Asha Rao",
        "email": "asha@sahyadri.example",
        "password": PASSWORD,
        "legal_name": "Sahyadri Growers Ltd.",
        "country": "IN",
        "registration_number": GSTIN,
        "street": "7 Market Road",
        "city": "Nashik",
        "region": str(make.region().id),
        "currency": "INR",
        "holder": "Sahyadri Growers Ltd.",
        "bank_country": "IN",
        "clearing_code": "SBIN0000001",
        "account_number": "12345678901",
        "rules": "y",
        "rules_version": "1",
    } | values


def test_the_link_is_remembered_and_fills_the_form(
    office: PartnerOffice, client: FlaskClient
) -> None:
    entries = db.session.query(AuditEntry).count()
    response = client.get(f"/r/{office.code.lower()}")
    assert (response.status_code, response.location) == (302, "/register")
    assert _remembered(client) == office.code
    assert db.session.query(AuditEntry).count() == entries
    page = client.get("/register").text
    assert re.search(rf'name="partner_code"[^>]*value="{office.code}"', page)
    sent = client.post("/register", data=_registration(office.make, partner_code=office.code))
    assert sent.location == "/register/done"
    assert _remembered(client) is None
    user = user_by_email("asha@sahyadri.example")
    assert user is not None
    assert user.company is not None
    assert attribution_of(user.company).partner_id == office.partner.id


def test_the_first_good_link_is_kept(office: PartnerOffice, client: FlaskClient) -> None:
    other = office.join(office.make.trader(email="a@other.example"))
    for code in (office.code, other.code, "ZZZZZZZ"):
        assert client.get(f"/r/{code}").location == "/register"
        assert _remembered(client) == office.code
    partner = office.partner
    services.stop(office.administrator, partner.public_id, partner.version, "why", for_cause=False)
    client.get(f"/r/{other.code}")
    assert _remembered(client) == other.code


@pytest.mark.parametrize("code", ["ZZZZZZZ", "a" * 3000, "%F0%9F%99%82", "..%5c", "<b>"])
def test_a_link_of_nobody_leads_to_the_form_all_the_same(client: FlaskClient, code: str) -> None:
    response = client.get(f"/r/{code}")
    assert (response.status_code, response.location) == (302, "/register")
    assert _remembered(client) is None
    assert "This link is not a partner’s at present." in client.get("/register").text


def test_a_wrong_code_is_told_at_its_field_and_nothing_typed_is_lost(
    office: PartnerOffice, client: FlaskClient
) -> None:
    companies = db.session.query(Company).count()
    response = client.post("/register", data=_registration(office.make, partner_code="ZZZZZZZ"))
    assert response.status_code == 422
    assert 'id="partner_code-error"' in response.text
    assert 'value="ZZZZZZZ"' in response.text
    assert 'value="asha@sahyadri.example"' in response.text
    assert db.session.query(Company).count() == companies


def test_an_owner_becomes_a_partner_on_the_terms_that_are_shown(
    make: Factories, client: FlaskClient
) -> None:
    owner = make.trader()
    sign_in(client, owner)
    page = client.get("/partner").text
    for words in ("10% of what the hub earns", "For 365 days", "payable 30 days after"):
        assert words in page
    terms = re.search(r'name="terms"[^>]*value="([^"]+)"', page)
    assert terms is not None
    refused = client.post("/partner", data={"terms": terms[1]})
    assert refused.status_code == 422
    assert 'id="accepts-error"' in refused.text
    stale = client.post("/partner", data={"terms": "0.5/365/30", "accepts": "y"})
    assert stale.status_code == 422
    assert "The terms have changed meanwhile." in stale.text
    assert db.session.query(Partner).count() == 0
    joined = client.post("/partner", data={"terms": terms[1], "accepts": "y"})
    assert joined.location == "/partner"
    [partner] = db.session.scalars(select(Partner))
    page = client.get("/partner").text
    assert f"/r/{partner.code}" in page
    assert "<svg viewBox=" in page
    assert "Nobody yet" in page


def test_others_see_the_terms_and_who_may_accept_them(make: Factories, client: FlaskClient) -> None:
    company = make.company()
    sign_in(client, make.trader(company, role=CompanyRole.TRADER))
    page = client.get("/partner").text
    assert "Only an owner of the company may accept these terms." in page
    assert 'name="accepts"' not in page
    assert client.post("/partner", data={"terms": "0.1/365/30", "accepts": "y"}).status_code == 403
    sign_in(client, make.staff(StaffRole.ADMINISTRATOR))
    assert client.get("/partner").status_code == 404
    assert client.get("/partner/shares").status_code == 404


def test_a_partner_sees_aliases_and_has_its_share_paid_out(
    office: PartnerOffice, client: FlaskClient
) -> None:
    member, empty = office.member(), office.member()
    office.earn(member, "1234.00", "click:1")
    sign_in(client, office.owner)
    page = client.get("/partner").text
    assert member.alias in page
    assert empty.alias in page
    assert member.legal_name not in page
    assert "Have " not in page
    assert client.post("/partner/payouts/INR").status_code == 409
    with clock.standing_at(clock.now() + timedelta(days=30)):
        sign_in(client, office.owner)
        assert "Have 123.40 INR paid out" in client.get("/partner").text
        assert client.post("/partner/payouts/INR").location == "/partner"
        page = client.get("/partner").text
        assert "123.40 INR will be sent to your bank account" in page
        assert "Have " not in page
        listed = client.get("/partner/shares").text
    assert shares()[0].state is ShareState.PAID
    assert "Advertising" in listed
    assert member.legal_name not in listed


def test_without_a_bank_account_the_page_says_what_to_do(
    office: PartnerOffice, client: FlaskClient
) -> None:
    office.earn(office.member(), "1234.00", "click:1")
    office.partner.company.bank_accounts[0].retired_at = clock.now()
    db.session.commit()
    with clock.standing_at(clock.now() + timedelta(days=30)):
        sign_in(client, office.owner)
        client.post("/partner/payouts/INR")
        page = client.get("/partner").text
    assert "The payee has no bank account in this currency." in page


def test_a_stopped_partner_reads_why(office: PartnerOffice, client: FlaskClient) -> None:
    partner = office.partner
    services.stop(
        office.administrator, partner.public_id, partner.version, "Spam mails", for_cause=True
    )
    sign_in(client, office.owner)
    page = client.get("/partner").text
    assert "Your partnership is stopped" in page
    assert "Spam mails" in page


def test_an_administrator_invites_stops_resumes_and_sets_the_rate(
    office: PartnerOffice, client: FlaskClient
) -> None:
    sign_in(client, office.administrator)
    other = office.make.company()
    wrong = client.post("/admin/partners", data={"alias": "T-NONE", "reason": "good"})
    assert wrong.status_code == 422
    assert 'id="alias-error"' in wrong.text
    invited = client.post("/admin/partners", data={"alias": other.alias, "reason": "good"})
    assert invited.status_code == 302
    assert invited.location.startswith("/admin/partners/")
    again = client.post("/admin/partners", data={"alias": other.alias, "reason": "good"})
    assert again.status_code == 422
    assert "in the list of partners already" in again.text

    partner = office.partner
    place = f"/admin/partners/{partner.public_id}"

    def send(step: str, **values: str) -> int:
        data = {f"{step}-version": str(partner.version), f"{step}-reason": "good"} | values
        status = client.post(f"{place}/{step}", data=data).status_code
        db.session.refresh(partner)
        return status

    assert send("rate", **{"rate-rate": "12.5"}) == 302
    assert str(partner.rate) == "0.125000"
    assert send("rate", **{"rate-rate": "100"}) == 422
    assert send("rate", **{"rate-rate": "0,5"}) == 422
    assert send("rate", **{"rate-rate": ""}) == 302
    assert partner.rate is None
    assert send("stop", **{"stop-reason": ""}) == 422
    assert send("stop", **{"stop-version": "77"}) == 422
    assert partner.state is PartnerState.ACTIVE
    assert send("stop", **{"stop-for_cause": "y"}) == 302
    assert (partner.state, partner.stopped_for_cause) == (PartnerState.STOPPED, True)
    assert send("stop") == 422
    assert send("resume") == 302
    assert (partner.state, partner.stopped_for_cause) == (PartnerState.ACTIVE, False)
    page = client.get(place).text
    for words in ("Became a partner", "Rate changed", "Stopped", "Resumed"):
        assert words in page


def test_after_somebody_elses_change_the_form_can_be_sent_again(
    office: PartnerOffice, client: FlaskClient
) -> None:
    partner = office.partner
    sign_in(client, office.administrator)
    data = {"stop-version": str(partner.version + 5), "stop-reason": "Spam mails"}
    page = client.post(f"/admin/partners/{partner.public_id}/stop", data=data).text
    assert "Somebody changed this partner meanwhile." in page
    assert "Spam mails" in page
    assert re.search(rf'name="stop-version"[^>]*value="{partner.version}"', page)


def test_staff_see_who_was_brought_and_who_was_refused(
    office: PartnerOffice, client: FlaskClient
) -> None:
    member = office.member()
    refused = office.member(email="cousin@partner.example")
    office.earn(member, "100.00", "click:1")
    assert attribution_of(refused).refusal is Refusal.SAME_DOMAIN
    for role in (StaffRole.ADMINISTRATOR, StaffRole.FINANCE):
        sign_in(client, office.make.staff(role))
        listed = client.get("/admin/partners").text
        assert "10.00 INR" in listed
        assert "1 refused" in listed
        everybody = client.get("/admin/partners/members").text
        assert member.legal_name in everybody
        assert refused.legal_name in everybody
        only = client.get("/admin/partners/members?refused=yes").text
        assert member.legal_name not in only
        assert "Same e-mail domain as the partner" in only
        page = client.get(f"/admin/partners/{office.partner.public_id}").text
        assert member.legal_name in page
        assert ("Stop this partner" in page) is (role is StaffRole.ADMINISTRATOR)
    assert db.session.query(Attribution).count() == 2


def test_who_is_not_of_the_staff_or_not_its_administrator_changes_nothing(
    office: PartnerOffice, client: FlaskClient
) -> None:
    place = f"/admin/partners/{office.partner.public_id}"
    data = {"stop-version": str(office.partner.version), "stop-reason": "why"}
    assert client.get("/partner").status_code == 302
    assert client.post(f"{place}/stop", data=data).status_code == 302
    for who in (office.owner, office.make.staff(StaffRole.BROKER)):
        sign_in(client, who)
        for path in ("/admin/partners", "/admin/partners/members", place):
            assert client.get(path).status_code == 403
    sign_in(client, office.make.staff(StaffRole.FINANCE))
    for step in ("stop", "resume", "rate"):
        assert client.post(f"{place}/{step}", data=data).status_code == 403
    assert client.post("/admin/partners", data={"alias": "x", "reason": "y"}).status_code == 403
    assert office.partner.state is PartnerState.ACTIVE


def test_empty_lists_say_what_they_are_for(make: Factories, client: FlaskClient) -> None:
    sign_in(client, make.staff(StaffRole.ADMINISTRATOR))
    assert "No partners yet" in client.get("/admin/partners").text
    assert "Nobody yet" in client.get("/admin/partners/members").text
    assert "Nothing refused" in client.get("/admin/partners/members?refused=yes").text
    assert client.get("/admin/partners?after=broken").status_code == 422
    assert client.get(f"/admin/partners/{'0' * 13}").status_code == 404
