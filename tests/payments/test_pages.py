"""Who may see and do what on the pages of payments, and what the pages say."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.payments import services
from hub.payments.bank.models import BankFile, StatementLine
from hub.payments.payouts.models import Payout, PayoutState
from hub.payments.payouts.queries import credit_of
from tests.payments.money_factories import Entry, FinanceDesk, numbered, rupees, statement
from tests.signing_in import sign_in


def status(client: FlaskClient, who: Actor, path: str) -> int:
    sign_in(client, who)
    return client.get(path).status_code


def page(client: FlaskClient, who: Actor, path: str) -> str:
    sign_in(client, who)
    response = client.get(path)
    assert response.status_code == 200, response.text[:400]
    return response.text


@pytest.fixture
def payout(desk: FinanceDesk) -> Payout:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    supplier = desk.make.company()
    made = services.release(
        SYSTEM,
        invoice.subject,
        payee_id=supplier.id,
        bank_account_id=supplier.bank_accounts[0].id,
        goods=rupees("80.00"),
        commission=rupees("0.80"),
        freight=rupees("5.00"),
    )
    assert made is not None
    return made


def every_finance_page(desk: FinanceDesk, payout: Payout) -> list[str]:
    desk.bank_sends(Entry("12.00", text="unknown"), Entry("-3.00", text="charges"))
    unexplained = db.session.query(StatementLine).filter_by(allocated_minor=0)
    lines = unexplained.order_by(StatementLine.id).all()
    file = db.session.query(BankFile).order_by(BankFile.id).first()
    assert file is not None
    return [
        "/finance",
        *(f"/finance/exceptions/{line.public_id}" for line in lines),
        "/finance/payouts",
        "/finance/payouts?state=settled",
        f"/finance/payouts/{payout.public_id}",
        "/finance/files",
        f"/finance/files/{file.public_id}",
        f"/finance/files/{file.public_id}/download",
        "/finance/invoices",
        "/finance/invoices?state=paid",
        "/finance/ledger",
        "/finance/ledger/1010",
        "/finance/ledger/1010.csv",
    ]


def test_the_finance_office_is_for_finance_people_and_administrators(
    client: FlaskClient, desk: FinanceDesk, payout: Payout
) -> None:
    administrator = desk.make.staff(StaffRole.ADMINISTRATOR)
    broker = desk.make.staff(StaffRole.BROKER)
    trader = desk.make.trader()
    for path in every_finance_page(desk, payout):
        assert status(client, desk.anna, path) == 200, path
        assert status(client, administrator, path) == 200, path
        assert status(client, broker, path) == 403, path
        assert status(client, trader, path) == 403, path


def test_an_invoice_says_exactly_how_to_pay(client: FlaskClient, desk: FinanceDesk) -> None:
    company = desk.make.company()
    invoice = desk.invoice("84460.00", company.id)
    text = page(client, desk.make.trader(company), f"/invoices/{invoice.public_id}")
    printed = "RF" + invoice.reference[2:4] + " " + invoice.reference[4:8]
    for wanted in (
        "Trading Hub Cooperative",
        "Designated Bank",
        "HUBB0000001",
        "00000042",
        'data-copy="84460.00"',
        'data-copy="INR"',
        f'data-copy="{invoice.reference}"',
        printed,
    ):
        assert wanted in text


def test_an_invoice_is_the_payers_and_the_finance_peoples(
    client: FlaskClient, desk: FinanceDesk
) -> None:
    company = desk.make.company()
    invoice = desk.invoice("100.00", company.id)
    path = f"/invoices/{invoice.public_id}"
    assert status(client, desk.make.trader(company, role=CompanyRole.VIEWER), path) == 200
    assert status(client, desk.anna, path) == 200
    assert status(client, desk.make.trader(), path) == 404
    assert status(client, desk.make.staff(StaffRole.BROKER), path) == 404
    assert invoice.number in page(client, desk.make.trader(company), "/invoices")
    assert invoice.number not in page(client, desk.make.trader(), "/invoices")


def test_credit_is_used_by_a_button_but_not_by_a_viewer(
    client: FlaskClient, desk: FinanceDesk
) -> None:
    company = desk.make.company()
    first = desk.invoice("10.00", company.id)
    desk.bank_sends(Entry("25.00", structured=first.reference))
    invoice = desk.invoice("40.00", company.id)
    path = f"/invoices/{invoice.public_id}"
    owner, viewer = desk.make.trader(company), desk.make.trader(company, role=CompanyRole.VIEWER)
    assert "Use my credit of 15.00 INR" in page(client, owner, path)
    assert "Use my credit" not in page(client, viewer, path)
    assert client.post(f"{path}/use-credit").status_code == 403
    assert credit_of(company.id, "INR") == rupees(15)
    sign_in(client, owner)
    assert client.post(f"{path}/use-credit").status_code == 302
    assert (invoice.due, credit_of(company.id, "INR")) == (rupees(25), rupees(0))
    assert client.post(f"{path}/use-credit").status_code == 409


def test_a_statement_is_uploaded_once(client: FlaskClient, desk: FinanceDesk) -> None:
    sign_in(client, desk.anna)
    data = statement([Entry("5.00", text="hello")])

    def send(name: str) -> str:
        answer = client.post(
            "/finance/files", data={"file": (BytesIO(data), name)}, follow_redirects=True
        )
        assert answer.status_code == 200
        return answer.text

    assert "1 new lines were posted" in send("first.xml")
    assert "nothing was posted again" in send("second.xml")
    assert db.session.query(StatementLine).count() == 1
    assert db.session.query(BankFile).count() == 1


def test_a_refused_file_says_why(client: FlaskClient, desk: FinanceDesk) -> None:
    sign_in(client, desk.anna)
    answer = client.post(
        "/finance/files",
        data={"file": (BytesIO(b"not xml at all"), "x.xml")},
        follow_redirects=True,
    )
    assert "This is not an XML file." in answer.text
    assert client.post("/finance/files", data={}).status_code == 422


def test_a_clerk_allocates_by_hand(client: FlaskClient, desk: FinanceDesk) -> None:
    invoice = desk.invoice("40.00")
    desk.bank_sends(Entry("40.00", text="onions"))
    line = db.session.query(StatementLine).one()
    path = f"/finance/exceptions/{line.public_id}"
    sign_in(client, desk.anna)

    def send(amount: str, reason: str) -> TestResponse:
        values = {"target": invoice.public_id, "amount": amount, "reason": reason, "version": "1"}
        data = {f"allocate-{name}": value for name, value in values.items()}
        return client.post(f"{path}/allocate", data=data)

    assert send("40", "").status_code == 422
    too_fine = send("40.001", "x")
    assert too_fine.status_code == 422
    assert "has more than 2 decimal places" in too_fine.text
    assert 'value="40.001"' in too_fine.text
    assert send("41", "x").status_code == 422
    assert invoice.paid == rupees(0)
    assert send("40", "they called").status_code == 302
    assert invoice.due == rupees(0)
    assert send("40", "again").status_code == 409
    assert "they called" in client.get(path).text


def test_two_clerks_on_one_line(client: FlaskClient, desk: FinanceDesk) -> None:
    desk.bank_sends(Entry("40.00", text="onions"))
    line = db.session.query(StatementLine).one()
    company = desk.make.company()
    services.put_to_credit(desk.ben, line.public_id, company.id, "half", rupees(20), 1)
    sign_in(client, desk.anna)
    answer = client.post(
        f"/finance/exceptions/{line.public_id}/credit",
        data={
            "credit-target": str(company.id),
            "credit-amount": "20",
            "credit-reason": "half",
            "credit-version": "1",
        },
    )
    assert answer.status_code == 409
    assert credit_of(company.id, "INR") == rupees(20)


def test_payouts_go_through_the_pages(
    client: FlaskClient, desk: FinanceDesk, payout: Payout
) -> None:
    one = f"/finance/payouts/{payout.public_id}"
    sign_in(client, desk.anna)
    assert (
        "Choose at least one payout"
        in client.post("/finance/payouts/request", follow_redirects=True).text
    )
    client.post("/finance/payouts/request", data={"payout": payout.public_id})
    assert payout.state is PayoutState.REQUESTED
    assert client.post(f"{one}/approve").status_code == 403
    assert payout.state is PayoutState.REQUESTED
    sign_in(client, desk.ben)
    assert client.post(f"{one}/approve").status_code == 302
    assert client.post(f"{one}/approve").status_code == 409
    assert client.post("/finance/payouts/export", data={"currency": "INR"}).status_code == 302
    assert payout.state is PayoutState.EXPORTED
    assert client.post("/finance/payouts/export", data={"currency": "INR"}).status_code == 409
    text = client.get("/finance/payouts?state=exported").text
    address = text.split('href="/finance/payment-files/')[1].split('"')[0]
    file = client.get(f"/finance/payment-files/{address}")
    assert payout.end_to_end_id.encode() in file.data
    assert client.post(f"{one}/reject", data={"reject-reason": " "}).status_code == 422
    sign_in(client, desk.make.staff(StaffRole.ADMINISTRATOR))
    assert client.post(f"{one}/reject", data={"reject-reason": "no"}).status_code == 403
    assert payout.state is PayoutState.EXPORTED


def test_the_ledger_downloads_as_a_harmless_table(
    client: FlaskClient, desk: FinanceDesk, payout: Payout
) -> None:
    sign_in(client, desk.anna)
    text = client.get("/finance/ledger/2200.csv?currency=INR").data.decode("utf-8-sig")
    head, row = text.strip().split("\r\n")
    assert head == "date,kind,subject,holder,description,amount,currency"
    assert row.endswith(f"company:{payout.payee_id},{numbered(1)},-79.20,INR")
    assert client.get("/finance/ledger/9999").status_code == 404
