"""The pages of contracts over HTTP: who sees what, what a form does, what a checker learns."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import config
from hub.accounts.models import Company
from hub.app import create_app
from hub.contracts import services
from hub.contracts.models import Contract, ContractState
from hub.contracts.seal.keys import make_development_certificate
from hub.core.actor import SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.messaging.models import StaffTask
from tests.contracts.agreements import PASSWORD, Agreement, agree, drawn, pay, sign, signed
from tests.factories import Factories
from tests.signing_in import sign_in

READERS = {"supplier", "purchaser", "viewer", "broker", "finance", "administrator"}
OTHERS = {"stranger", "verifier", "operator"}


def enter(make: Factories, client: FlaskClient, who: str, agreement: Agreement) -> None:
    """Sign ``client`` in as one of the people around an agreement."""
    staff = {
        "broker": StaffRole.BROKER,
        "finance": StaffRole.FINANCE,
        "administrator": StaffRole.ADMINISTRATOR,
        "verifier": StaffRole.VERIFIER,
    }
    if who in staff:
        actor = make.staff(staff[who])
    elif who == "operator":
        actor = make.staff(StaffRole.DEPOT, depots=(make.depot(),))
    elif who == "stranger":
        actor = make.trader()
    elif who == "viewer":
        actor = make.trader(
            db.session.get_one(Company, agreement.supply.company_id), role=CompanyRole.VIEWER
        )
    else:
        actor = getattr(agreement, who)
    sign_in(client, actor)


@pytest.mark.parametrize("who", sorted(READERS | OTHERS))
def test_who_reads_a_contract_and_its_files(make: Factories, client: FlaskClient, who: str) -> None:
    agreement, contract = signed(make)
    enter(make, client, who, agreement)
    base = f"/contracts/{contract.public_id}"
    answers = {
        path: client.get(f"{base}/{path}") for path in ("sign", "document.pdf", "sealed.pdf")
    }
    expected = 200 if who in READERS else 404
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        answers, expected
    )
    if who in READERS:
        assert answers["document.pdf"].data == contract.issued_file.read()
        assert contract.sealed_file is not None
        assert answers["sealed.pdf"].data == contract.sealed_file.read()
        assert answers["document.pdf"].headers["Content-Disposition"].startswith("attachment")
        assert contract.issued_file.sha256 in answers["sign"].text


@pytest.mark.parametrize("path", ["sign", "document.pdf", "sealed.pdf", "void", "revise"])
def test_others_sign_in_first(make: Factories, client: FlaskClient, path: str) -> None:
    contract = drawn(make)
    answer = client.get(f"/contracts/{contract.public_id}/{path}")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_there_is_no_sealed_file_before_both_have_signed(
    make: Factories, client: FlaskClient
) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign_in(client, agreement.supplier)
    assert client.get(f"/contracts/{contract.public_id}/sealed.pdf").status_code == 404


def test_the_button_says_what_is_signed(make: Factories, client: FlaskClient) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign_in(client, agreement.supplier)
    page = client.get(f"/contracts/{contract.public_id}/sign").text
    assert f"Sign contract {contract.number} for 108,944.00 INR" in page
    assert contract.issued_file.sha256 in page
    assert "1,040.00" in page  # the commission, before consent


def post_signature(client: FlaskClient, contract: Contract, **values: str) -> TestResponse:
    given = {"sha256": contract.issued_file.sha256, "password": PASSWORD} | values
    return client.post(f"/contracts/{contract.public_id}/sign", data=given)


def test_both_sign_on_the_page(make: Factories, client: FlaskClient) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    for actor, state in (
        (agreement.purchaser, ContractState.PARTLY_SIGNED),
        (agreement.supplier, ContractState.SIGNED),
    ):
        sign_in(client, actor)
        answer = post_signature(client, contract)
        assert (answer.status_code, answer.location) == (302, f"/trades/{contract.public_id}")
        assert contract.state is state
    page = client.get(f"/contracts/{contract.public_id}/sign")
    assert page.status_code == 200
    assert "Your password" not in page.text


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"password": "wrong"}, 422, "This is not your password"),
        ({"password": ""}, 422, "Enter your password"),
        ({"sha256": "0" * 64}, 409, "The text changed"),
    ],
)
def test_a_signature_that_fails_says_why_and_changes_nothing(
    make: Factories, client: FlaskClient, values: dict[str, str], status: int, sentence: str
) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign_in(client, agreement.supplier)
    answer = post_signature(client, contract, **values)
    assert answer.status_code == status
    assert sentence in answer.text
    assert contract.state is ContractState.ISSUED


def test_a_double_click_signs_once(make: Factories, client: FlaskClient) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign_in(client, agreement.supplier)
    answers = [post_signature(client, contract, _key="the-same-form") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert contract.state is ContractState.PARTLY_SIGNED
    assert len(contract.signatures) == 1


def test_voiding_on_the_page(make: Factories, client: FlaskClient) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign_in(client, agreement.supplier)
    url = f"/contracts/{contract.public_id}/void"
    page = client.get(url)
    assert "40 DTN become available again" in page.text
    assert client.post(url, data={"reason": " "}).status_code == 422
    assert contract.state is ContractState.ISSUED
    answer = client.post(url, data={"reason": "hail"})
    assert (answer.status_code, answer.location) == (302, f"/trades/{contract.public_id}")
    assert (contract.state, contract.ended_reason) == (ContractState.VOIDED, "hail")
    assert client.get(url).status_code == 409
    assert client.post(url, data={"reason": "again"}).status_code == 409


def test_terminating_on_the_page(make: Factories, client: FlaskClient) -> None:
    agreement, contract = signed(make)
    url = f"/contracts/{contract.public_id}/terminate"
    sign_in(client, agreement.supplier)
    assert client.get(url).status_code == 403
    assert client.post(url, data={"reason": "no"}).status_code == 403
    sign_in(client, make.staff(StaffRole.BROKER))
    assert "invoice is cancelled" in client.get(url).text
    pay(contract)
    assert "is refunded" in client.get(url).text
    services.begin_performance(SYSTEM, contract.id)
    assert "stay filled" in client.get(url).text
    assert client.post(url, data={"reason": "stalled"}).status_code == 302
    assert contract.state is ContractState.TERMINATED


def revision(contract: Contract, **values: str) -> dict[str, str]:
    return {
        "version": str(contract.version),
        "delivery_from": contract.delivery_from.isoformat(),
        "delivery_until": contract.delivery_until.isoformat(),
        "incoterm": contract.terms["incoterm"],
        "packaging": "",
        "notes": "Weighed twice.",
        "reason": "agreed by telephone",
    } | values


def test_revising_on_the_page(make: Factories, client: FlaskClient) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    url = f"/contracts/{contract.public_id}/revise"
    sign_in(client, agreement.supplier)
    assert client.get(url).status_code == 403
    sign_in(client, make.staff(StaffRole.BROKER))
    assert contract.terms["incoterm"] in client.get(url).text
    before = contract.issued_file.sha256
    wrong = client.post(url, data=revision(contract, reason="", notes="Kept as typed"))
    assert wrong.status_code == 422
    assert "Kept as typed" in wrong.text
    for stale in ("99", "x"):
        assert client.post(url, data=revision(contract, version=stale)).status_code == 409
    for damaged in ({"delivery_from": "31.12.2026"}, {"delivery_until": ""}):
        assert client.post(url, data=revision(contract, **damaged)).status_code == 422
    assert contract.issued_file.sha256 == before
    answer = client.post(url, data=revision(contract))
    assert (answer.status_code, answer.location) == (302, f"/trades/{contract.public_id}")
    assert contract.terms["notes"] == "Weighed twice."
    sign(agreement.supplier, contract)
    assert client.get(url).status_code == 409


def test_a_broker_draws_what_something_stood_against(make: Factories, client: FlaskClient) -> None:
    agreement = agree(make)
    services.draw(SYSTEM, agreement.proposal.id)
    url = db.session.scalars(select(StaffTask.path)).one()
    sign_in(client, agreement.supplier)
    assert client.get(url).status_code == 403
    sign_in(client, make.staff(StaffRole.BROKER))
    assert "no designated account in INR" in client.get(url).text
    still = client.post(url)
    assert (still.status_code, still.location) == (302, url)
    make.designated_account()
    assert "Nothing stands against it" in client.get(url).text
    answer = client.post(url)
    contract = db.session.scalars(select(Contract)).one()
    assert (answer.status_code, answer.location) == (302, f"/trades/{contract.public_id}")
    assert client.get(url).status_code == 404


def check(client: FlaskClient, number: str, data: bytes) -> str:
    """The verdict of the page on a file."""
    answer = client.post(
        f"/verify/{number}", data={"number": number, "file": (BytesIO(data), "some.pdf")}
    )
    assert answer.status_code == 200
    return answer.text.split('data-verdict="')[1].split('"')[0]


def test_anybody_learns_whether_a_file_is_the_issued_or_the_sealed_one(
    make: Factories, client: FlaskClient
) -> None:
    _agreement, contract = signed(make)
    other = drawn(make)
    assert contract.sealed_file is not None
    issued, sealed = contract.issued_file.read(), contract.sealed_file.read()
    assert check(client, contract.number, issued) == "issued"
    assert check(client, contract.number, sealed) == "sealed"
    assert check(client, contract.number, sealed + b"\n") == "neither"
    assert check(client, contract.number, other.issued_file.read()) == "neither"
    assert check(client, other.number, issued) == "neither"
    assert check(client, contract.number, b"%PDF-1.7 another") == "neither"


def test_a_hash_tells_the_same_as_the_file(make: Factories, client: FlaskClient) -> None:
    contract = drawn(make)
    digest = contract.issued_file.sha256
    url = f"/verify/{contract.number}"
    assert 'data-verdict="issued"' in client.get(url, query_string={"sha256": digest}).text
    posted = client.post("/verify", data={"number": contract.number, "sha256": digest.upper()})
    assert 'data-verdict="issued"' in posted.text
    unknown = client.get(url, query_string={"sha256": "0" * 64})
    assert 'data-verdict="neither"' in unknown.text


def test_an_unknown_number_looks_like_an_unknown_file(make: Factories, client: FlaskClient) -> None:
    contract = drawn(make)
    pages = []
    for number in (contract.number, "2099-000001"):
        assert check(client, number, b"no contract") == "neither"
        shown = client.get(f"/verify/{number}", query_string={"sha256": "0" * 64})
        empty = client.get(f"/verify/{number}")
        assert (shown.status_code, empty.status_code) == (200, 200)
        pages.append([page.text.replace(number, "…") for page in (shown, empty)])
    without_keys = [
        [
            "\n".join(line for line in page.splitlines() if 'name="_key"' not in line)
            for page in shown
        ]
        for shown in pages
    ]
    assert without_keys[0] == without_keys[1]


@pytest.mark.parametrize(
    "data", [{}, {"sha256": "xyz"}, {"number": "", "sha256": "0" * 64}, {"sha256": "0" * 63}]
)
def test_a_question_that_is_none_is_told_so(client: FlaskClient, data: dict[str, str]) -> None:
    answer = client.post("/verify", data={"number": "2026-000001"} | data)
    assert answer.status_code == 422
    assert "data-verdict" not in answer.text


def test_checking_stores_nothing(make: Factories, client: FlaskClient, app: Flask) -> None:
    contract = drawn(make)
    folder = Path(app.config["HUB_DATA"]) / "files"
    before = sorted(folder.rglob("*"))
    data = b"%PDF-1.7 somebody's own file"
    assert check(client, contract.number, data) == "neither"
    assert sorted(folder.rglob("*")) == before
    assert not list(folder.rglob(hashlib.sha256(data).hexdigest()[2:]))


class RealHub(config.Testing):
    """As Production, as far as the seal is concerned."""

    HUB_NEEDS_SEAL = True


def test_a_real_hub_does_not_start_without_its_seal(database_url: str, tmp_path: Path) -> None:
    settings = RealHub()
    settings.SQLALCHEMY_DATABASE_URI = database_url
    settings.HUB_DATA = tmp_path
    with pytest.raises(config.ConfigurationError, match="HUB_SEAL_KEY"):
        create_app(settings)
    settings.HUB_SEAL_KEY = str(tmp_path / "none.pem")
    settings.HUB_SEAL_CERTIFICATE = str(tmp_path / "none.pem")
    with pytest.raises(config.ConfigurationError, match=r"none\.pem"):
        create_app(settings)
    key, certificate = make_development_certificate(tmp_path / "seal")
    settings.HUB_SEAL_KEY, settings.HUB_SEAL_CERTIFICATE = str(key), str(certificate)
    assert create_app(settings).name == "hub"
