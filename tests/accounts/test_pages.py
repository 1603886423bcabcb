"""The pages over HTTP: signing in and out, links, roles, other companies' things."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hub.accounts import failures, passwords, queries, services
from hub.accounts.models import Company, CompanyPaper, Invitation, User, UserSession, Verification
from hub.core.actor import CompanyRole, StaffRole
from hub.core.db.base import db
from tests.accounts.registering import GSTIN, PASSWORD, bank
from tests.factories import Factories
from tests.messaging.reacting import mails_to, token_in
from tests.signing_in import sign_in

CREDENTIALS = {"password": PASSWORD}


@pytest.fixture
def person(make: Factories) -> User:
    return make.user(make.company(), password_hash=passwords.hash_password(PASSWORD))


def _registration(make: Factories, **values: object) -> dict[str, object]:
    defaults = {
        "name": "Asha Rao",
        "email": "asha@example.org",
        "password": PASSWORD,
        "legal_name": "Sahyadri Growers Ltd.",
        "country": "IN",
        "registration_number": GSTIN,
        "street": "7 Market Road",
        "city": "Nashik",
        "region": make.region().id,
        "currency": "INR",
        "holder": "Sahyadri Growers Ltd.",
        "bank_country": "IN",
        "clearing_code": "SBIN0000001",
        "account_number": "12345678901",
        "rules": "y",
        "rules_version": "1",
    }
    return defaults | values


def test_sign_in_leads_where_one_wanted_to_go(client: FlaskClient, person: User) -> None:
    answer = client.get("/account")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")
    answer = client.post(answer.location, data={"email": person.email, **CREDENTIALS})
    assert (answer.status_code, answer.location) == (302, "/account")
    page = client.get("/account")
    assert page.status_code == 200
    assert person.email in page.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_sign_in_never_leads_elsewhere(client: FlaskClient, person: User, target: str) -> None:
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={"email": person.email, **CREDENTIALS}
    )
    assert (answer.status_code, answer.location) == (302, "/sign-in")


def test_unknown_and_wrong_look_alike(client: FlaskClient, person: User) -> None:
    wrong = client.post("/sign-in", data={"email": person.email, "password": "not this one"})
    unknown = client.post("/sign-in", data={"email": person.email + "x", "password": "nor this"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    sentence = "This e-mail address and password don&#39;t belong together."
    assert sentence in wrong.text
    assert sentence in unknown.text
    forgot = [
        client.post("/forgot-password", data={"email": email}, follow_redirects=False)
        for email in (person.email, "nobody@example.org")
    ]
    assert [(a.status_code, a.location) for a in forgot] == [(302, "/sign-in")] * 2


def test_guessing_ends_with_429(client: FlaskClient, person: User) -> None:
    for _attempt in range(9):
        failures.count_failure(person.email)
    wrong = client.post("/sign-in", data={"email": person.email, "password": "not this one"})
    assert wrong.status_code == 422
    answer = client.post("/sign-in", data={"email": person.email, **CREDENTIALS})
    assert answer.status_code == 429
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_a_revoked_session_is_out_at_the_next_request(
    app: Flask, client: FlaskClient, person: User
) -> None:
    other = app.test_client()
    sign_in(client, person)
    row = sign_in(other, person)
    assert other.get("/account").status_code == 200
    answer = client.post(f"/account/sessions/{row.public_id}/end")
    assert answer.status_code == 302
    assert other.get("/account").location.startswith("/sign-in")
    assert client.get("/account").status_code == 200
    assert client.post(f"/account/sessions/{row.public_id}/end").status_code == 404


def test_the_cookie_of_a_signed_out_browser_is_worthless(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    stolen = client.get_cookie("session", domain="127.0.0.1")
    assert stolen is not None
    assert client.post("/sign-out").status_code == 302
    client.set_cookie("session", stolen.value, domain="127.0.0.1")
    assert client.get("/account").location.startswith("/sign-in")


def test_signing_in_begins_a_fresh_session(client: FlaskClient, person: User) -> None:
    first = sign_in(client, person)
    answer = client.post("/sign-in", data={"email": person.email, **CREDENTIALS})
    assert answer.status_code == 302
    db.session.refresh(first)
    assert first.revoked_at is not None
    assert client.get("/account").status_code == 200


def test_a_company_registers_and_confirms_over_http(client: FlaskClient, make: Factories) -> None:
    answer = client.post("/register", data=_registration(make))
    assert (answer.status_code, answer.location) == (302, "/register/done")
    token = token_in(mails_to("asha@example.org")[0], "/confirm")
    assert client.get(f"/confirm/{token}").status_code == 200
    assert db.session.scalar(select(User.email_confirmed_at)) is None
    assert client.post(f"/confirm/{token}").location == "/sign-in"
    assert client.post(f"/confirm/{token}").status_code == 404
    answer = client.post("/sign-in", data={"email": "asha@example.org", **CREDENTIALS})
    assert answer.location == "/"
    assert "Sahyadri Growers Ltd." in client.get("/company").text


def test_a_known_address_registers_with_the_same_answer(
    client: FlaskClient, make: Factories, person: User
) -> None:
    answer = client.post("/register", data=_registration(make, email=person.email))
    assert (answer.status_code, answer.location) == (302, "/register/done")
    assert db.session.scalar(select(func.count()).select_from(Company)) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"rules": ""}, "Without accepting the rules"),
        ({"email": "nonsense"}, "Enter an address like"),
        ({"registration_number": "27AAPFU0939F1ZZ"}, "not a valid registration number"),
        ({"clearing_code": "12"}, "not a valid IFSC code"),
        ({"region": "abc"}, "Region"),
    ],
)
def test_what_was_typed_is_kept_when_something_is_wrong(
    client: FlaskClient, make: Factories, values: dict[str, object], sentence: str
) -> None:
    answer = client.post("/register", data=_registration(make, **values))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="7 Market Road"' in answer.text
    assert PASSWORD not in answer.text
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_an_invitation_is_accepted_over_http(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    answer = client.post(
        "/company/people/invite", data={"email": "n@example.org", "role": "trader"}
    )
    assert answer.location == "/company#people"
    token = token_in(mails_to("n@example.org")[0], "/invitations")
    client.post("/sign-out")
    assert person.company is not None
    assert person.company.legal_name in client.get(f"/invitations/{token}").text
    form = {"name": "N", "password": PASSWORD, "rules": "y", "rules_version": "1"}
    assert client.post(f"/invitations/{token}", data=form | {"password": "x"}).status_code == 422
    assert client.post(f"/invitations/{token}", data=form).location == "/sign-in"
    assert client.get(f"/invitations/{token}").status_code == 404
    assert client.get("/invitations/forged").status_code == 404


def test_roles_see_what_is_theirs(client: FlaskClient, make: Factories) -> None:
    company = make.company()
    owner = make.user(company)
    services.add_paper(queries.actor_of(owner), "Extract", "e.pdf", b"%PDF-1.7")
    paper = db.session.scalars(select(CompanyPaper.public_id)).one()
    for role, papers in (
        (CompanyRole.OWNER, 200),
        (CompanyRole.FINANCE, 200),
        (CompanyRole.TRADER, 404),
        (CompanyRole.VIEWER, 404),
    ):
        sign_in(client, make.user(company, role))
        assert client.get("/company").status_code == 200
        assert client.get(f"/company/papers/{paper}").status_code == papers
        assert client.get("/verification").status_code == 403
    sign_in(client, make.trader())
    assert client.get(f"/company/papers/{paper}").status_code == 404
    sign_in(client, make.staff(StaffRole.VERIFIER))
    assert client.get(f"/company/papers/{paper}").data == b"%PDF-1.7"
    assert client.get("/company").status_code == 404


def test_a_viewer_changes_nothing(client: FlaskClient, make: Factories) -> None:
    company = make.company()
    owner = make.user(company)
    sign_in(client, make.user(company, CompanyRole.VIEWER))
    form = {"email": "n@example.org", "role": "owner"}
    assert client.post("/company/people/invite", data=form).status_code == 403
    form = {"role": "viewer", "version": "1"}
    answer = client.post(f"/company/people/{owner.public_id}/role", data=form)
    assert answer.status_code == 403
    assert client.post(f"/company/people/{owner.public_id}/remove").status_code == 403
    upload = {"title": "X", "file": (BytesIO(b"%PDF-1.7"), "x.pdf")}
    assert client.post("/company/papers", data=upload).status_code == 403
    assert client.post("/company/submit", data={"version": "1"}).status_code == 403
    assert client.post("/company/blocks", data={"alias": "T-1"}).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert owner.company_role is CompanyRole.OWNER


def test_the_owner_of_another_company_finds_nobody(client: FlaskClient, make: Factories) -> None:
    victim = make.user(make.company(), CompanyRole.VIEWER)
    sign_in(client, make.trader())
    form = {"role": "owner", "version": "1"}
    assert client.post(f"/company/people/{victim.public_id}/role", data=form).status_code == 404
    assert client.post(f"/company/people/{victim.public_id}/remove").status_code == 404
    assert victim.company_role is CompanyRole.VIEWER


def test_a_wrong_paper_is_refused_on_the_page(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    upload = {"title": "Virus", "file": (BytesIO(b"MZ..."), "extract.pdf")}
    answer = client.post("/company/papers", data=upload)
    assert answer.status_code == 422
    assert "Send a PDF, PNG or JPEG file" in answer.text
    assert 'value="Virus"' in answer.text


def test_a_verifier_approves_over_http(client: FlaskClient, make: Factories) -> None:
    company = make.company(state=Verification.SUBMITTED, verified_at=None)
    sign_in(client, make.staff(StaffRole.VERIFIER))
    assert company.legal_name in client.get("/verification").text
    base = f"/verification/{company.public_id}"
    assert client.get(base).status_code == 200
    assert client.post(f"{base}/approve", data={"version": "1"}).status_code == 409
    assert client.post(f"{base}/take", data={"version": "1"}).status_code == 302
    assert client.post(f"{base}/reject", data={"version": "2"}).status_code == 422
    assert company.state is Verification.UNDER_REVIEW
    answer = client.post(f"{base}/approve", data={"version": "2", "reason": ""})
    assert answer.location == "/verification"
    assert company.state is Verification.VERIFIED
    assert client.post(f"{base}/suspend", data={"reason": "x"}).status_code == 403
    assert client.get("/verification/doesnotexist0").status_code == 404


def test_a_changed_account_is_confirmed_over_http(client: FlaskClient, person: User) -> None:
    account = services.change_bank_account(queries.actor_of(person), bank(), PASSWORD)
    path = f"/verification/bank-accounts/{account.public_id}/confirm"
    sign_in(client, person)
    assert client.post(path).status_code == 403
    sign_in(client, Factories().staff(StaffRole.VERIFIER))
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 404
    assert account.verified_at is not None


def test_demo_people_are_played_only_in_a_demonstration(
    app: Flask, client: FlaskClient, make: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = make.user(make.company(), demo_label="Supplier")
    other = make.user(make.company())
    form = {"person": player.public_id}
    assert client.post("/sign-in/demo", data=form).status_code == 404
    assert "Supplier" not in client.get("/sign-in").text
    monkeypatch.setitem(app.config, "HUB_DEMO", True)
    assert "Supplier" in client.get("/sign-in").text
    assert client.post("/sign-in/demo", data={"person": other.public_id}).status_code == 404
    assert client.post("/sign-in/demo", data=form).location == "/"
    assert player.name in client.get("/account").text


def test_the_language_is_kept(client: FlaskClient, person: User) -> None:
    assert client.post("/language", data={"language": "tlh"}).status_code == 422
    answer = client.post("/language", data={"language": "zh_Hans", "next": "/rules"})
    assert answer.location == "/rules"
    assert 'lang="zh-Hans"' in client.get("/rules").text
    sign_in(client, person)
    client.post("/language", data={"language": "zh_Hans"})
    db.session.refresh(person)
    assert person.language == "zh_Hans"
    client.post("/sign-out")


def test_settings_changed_elsewhere_are_not_overwritten(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    form = {"name": "New Name", "language": "en", "zone": "Asia/Kolkata", "version": "1"}
    assert client.post("/account/settings", data=form).location == "/account"
    assert client.post("/account/settings", data=form | {"name": "Old"}).status_code == 409
    db.session.refresh(person)
    assert (person.name, person.zone) == ("New Name", "Asia/Kolkata")
    assert client.post("/account/settings", data=form | {"zone": "Mars"}).status_code == 422


def test_a_changed_password_over_http(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    form = {"current": "wrong", "password": "a brand new password"}
    assert client.post("/account/password", data=form).status_code == 422
    form["current"] = PASSWORD
    assert client.post("/account/password", data=form).location == "/account"
    assert client.get("/account").status_code == 200
    assert services.sign_in(person.email, "a brand new password")
