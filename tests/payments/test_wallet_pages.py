"""The member's account over HTTP: who may see and do what, and what exactly it shows."""

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.models import Company
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.payments import reference, services
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger import chart
from hub.payments.payouts.models import Payout, PayoutState
from hub.payments.payouts.queries import credit_of
from hub.payments.wallets import queries as wallet_queries
from hub.payments.wallets.models import Wallet
from hub.payments.wallets.queries import wallet_balance, wallets_of
from tests.payments.money_factories import Entry, FinanceDesk, rupees
from tests.signing_in import sign_in


@pytest.fixture
def company(desk: FinanceDesk) -> Company:
    return desk.make.company()


def topped_up(desk: FinanceDesk, company: Company, amount: str) -> Wallet:
    wallet = services.open_wallet(SYSTEM, company.id, "INR")
    desk.bank_sends(Entry(amount, structured=wallet.reference))
    return wallet


def page(client: FlaskClient, who: Actor, path: str = "/wallet") -> str:
    sign_in(client, who)
    response = client.get(path)
    assert response.status_code == 200, response.text[:400]
    return response.text


def rows_of(text: str) -> list[list[str]]:
    """The cells of the statement, without marks and repeated spaces."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", text, re.S)[1:]:
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        found.append([" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in cells])
    return found


def fee_invoice(desk: FinanceDesk, company: Company, amount: str) -> Invoice:
    return services.open_fee_invoice(
        SYSTEM,
        subject=("order", next(desk.numbers)),
        payer_id=company.id,
        currency="INR",
        lines=[("membership", "Silver, one year", rupees(amount))],
        due_on=desk.make.someday(7),
        lapses_on=desk.make.someday(10),
    )


def test_the_account_is_for_companies(client: FlaskClient, desk: FinanceDesk) -> None:
    assert client.get("/wallet").status_code == 302
    sign_in(client, desk.anna)
    assert client.get("/wallet").status_code == 403
    assert client.post("/wallet/INR/withdraw", data={"amount": "1"}).status_code == 403


def test_it_is_opened_by_who_pays_and_once(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    viewer = desk.make.trader(company, role=CompanyRole.VIEWER)
    text = page(client, viewer)
    assert "can open an account in INR" in text
    assert "Open an account in INR</button>" not in text
    assert client.post("/wallet/open", data={"currency": "INR"}).status_code == 403
    assert wallets_of(company.id) == []

    trader = desk.make.trader(company, role=CompanyRole.TRADER)
    assert "Open an account in INR</button>" in page(client, trader)
    for _time in range(2):
        answer = client.post("/wallet/open", data={"currency": "INR"})
        assert answer.headers["Location"] == "/wallet?currency=INR"
    (wallet,) = wallets_of(company.id)
    text = client.get("/wallet").text
    for wanted in (
        f'data-copy="{wallet.reference}"',
        reference.printed(wallet.reference),
        "Trading Hub Cooperative",
        "HUBB0000001",
        "00000042",
        "0.00 INR",
        "Nothing has moved yet",
    ):
        assert wanted in text


def test_no_account_is_opened_in_a_currency_the_hub_does_not_take(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    sign_in(client, desk.make.trader(company))
    assert client.post("/wallet/open", data={"currency": "CNY"}).status_code == 422
    assert client.post("/wallet/open").status_code == 422
    assert client.post("/wallet/CNY/withdraw", data={"amount": "1"}).status_code == 422
    assert client.get("/wallet?currency=CNY").status_code == 200
    assert db.session.scalars(select(Wallet)).all() == []


def test_a_hub_without_a_bank_account_says_so(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    desk.account.retired_at = desk.euros.retired_at = clock.now()
    db.session.commit()
    assert "No account can be opened yet" in page(client, desk.make.trader(company))


def test_the_statement_adds_up(client: FlaskClient, desk: FinanceDesk, company: Company) -> None:
    wallet = topped_up(desk, company, "500.00")
    owner = desk.make.trader(company)
    invoice = fee_invoice(desk, company, "120.00")
    services.pay_from_wallet(owner, invoice.public_id)
    services.charge_wallet(
        SYSTEM,
        key="click:1:1",
        kind="ad_click",
        company_id=company.id,
        amount=rupees("1.50"),
        income=chart.ADVERTISING_INCOME,
        subject=("campaign", 1),
        description="Onion, grade FAQ",
    )
    services.credit_wallet(
        SYSTEM,
        key="click:1:1:back",
        kind="ad_click_returned",
        company_id=company.id,
        amount=rupees("0.50"),
        income=chart.ADVERTISING_INCOME,
        subject=("campaign", 1),
    )
    services.withdraw(owner, rupees("78.00"))
    other = desk.make.company()
    topped_up(desk, other, "9.00")

    text = page(client, desk.make.trader(company, role=CompanyRole.VIEWER))
    assert [[row[0], *row[2:]] for row in rows_of(text)] == [
        ["Sent to your bank account", "−78.00 INR", "301.00 INR"],
        ["Given back", "+0.50 INR", "379.00 INR"],
        ["Click on a sponsored listing Onion, grade FAQ", "−1.50 INR", "378.50 INR"],
        [f"Invoice paid {invoice.number}", "−120.00 INR", "380.00 INR"],
        ["Transfer received", "+500.00 INR", "500.00 INR"],
    ]
    assert f'href="/invoices/{invoice.public_id}"' in text
    assert wallet.reference in text
    assert 'class="button primary">Send it' not in text


def test_a_long_statement_is_paged_with_its_balances(
    client: FlaskClient, desk: FinanceDesk, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallet_queries, "PAGE_SIZE", 2)
    wallet = services.open_wallet(SYSTEM, company.id, "INR")
    desk.bank_sends(*(Entry(f"{number}.00", structured=wallet.reference) for number in range(1, 6)))
    text = page(client, desk.make.trader(company))
    seen = [row[-1] for row in rows_of(text)]
    while found := re.search(r'rel="next" href="([^"]*)"', text):
        text = client.get("/wallet" + found[1].replace("&amp;", "&")).text
        seen += [row[-1] for row in rows_of(text)]
    assert seen == ["15.00 INR", "10.00 INR", "6.00 INR", "3.00 INR", "1.00 INR"]


def test_a_page_of_another_statement_says_that_the_link_is_broken(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    sign_in(client, desk.make.trader(company))
    assert client.get("/wallet?after=nonsense").status_code == 422


def test_credit_is_moved_by_owners_and_finance_people(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    paid = desk.invoice("10.00", company.id)
    desk.bank_sends(Entry("35.00", structured=paid.reference))
    trader = desk.make.trader(company, role=CompanyRole.TRADER)
    assert "An owner or finance person of your company can move it" in page(client, trader)
    assert client.post("/wallet/INR/take-credit").status_code == 403
    assert credit_of(company.id, "INR") == rupees(25)

    finance = desk.make.trader(company, role=CompanyRole.FINANCE)
    assert "Move 25.00 INR into the account" in page(client, finance)
    assert client.post("/wallet/INR/take-credit").status_code == 302
    assert credit_of(company.id, "INR") == rupees(0)
    assert wallet_balance(company.id, "INR") == rupees(25)
    assert client.post("/wallet/INR/take-credit").status_code == 409
    assert wallet_balance(company.id, "INR") == rupees(25)


def test_money_is_withdrawn_and_says_where_it_goes(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    topped_up(desk, company, "300.00")
    owner = desk.make.trader(company)
    text = page(client, owner)
    assert "It is transferred as soon as" in text
    assert company.bank_accounts[0].account_number in text
    assert client.post("/wallet/INR/withdraw", data={"amount": "120.50"}).status_code == 302
    payout = db.session.scalars(select(Payout)).one()
    assert (payout.amount, payout.state, payout.payee_id) == (
        rupees("120.50"),
        PayoutState.DUE,
        company.id,
    )
    assert payout.bank_account_id == company.bank_accounts[0].id
    assert wallet_balance(company.id, "INR") == rupees("179.50")


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("", 422, "This is needed."),
        ("abc", 422, "is not a plain number"),
        ("0", 422, "must be above zero"),
        ("1.005", 422, "more than 2 decimal places"),
        ("300.01", 409, "The account holds less than 300.01 INR"),
    ],
)
def test_a_wrong_withdrawal_changes_nothing_and_keeps_what_was_typed(
    client: FlaskClient, desk: FinanceDesk, company: Company, typed: str, code: int, sentence: str
) -> None:
    topped_up(desk, company, "300.00")
    sign_in(client, desk.make.trader(company))
    answer = client.post("/wallet/INR/withdraw", data={"amount": typed})
    assert answer.status_code == code
    assert sentence in answer.text
    assert f'value="{typed}"' in answer.text
    assert '<details class="confirm" open>' in answer.text
    assert db.session.scalars(select(Payout)).all() == []
    assert wallet_balance(company.id, "INR") == rupees(300)


def test_traders_and_viewers_do_not_withdraw(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    topped_up(desk, company, "300.00")
    for role in (CompanyRole.TRADER, CompanyRole.VIEWER):
        text = page(client, desk.make.trader(company, role=role))
        assert "An owner or finance person of your company can withdraw money" in text
        assert client.post("/wallet/INR/withdraw", data={"amount": "1"}).status_code == 403
    assert wallet_balance(company.id, "INR") == rupees(300)


def test_an_invoice_is_paid_from_the_account_by_a_button(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    invoice = fee_invoice(desk, company, "120.00")
    path = f"/invoices/{invoice.public_id}"
    owner = desk.make.trader(company)
    assert "from my account" not in page(client, owner, path)
    topped_up(desk, company, "100.00")
    text = page(client, owner, path)
    assert "20.00 INR too little to pay this invoice from it" in text
    assert client.post(f"{path}/pay-from-account").status_code == 409
    assert wallet_balance(company.id, "INR") == rupees(100)

    topped_up(desk, company, "50.00")
    assert "Pay 120.00 INR from my account" in page(client, owner, path)
    assert client.post(f"{path}/pay-from-account").status_code == 302
    assert (invoice.state, invoice.paid.decimal) == (InvoiceState.PAID, Decimal("120.00"))
    assert wallet_balance(company.id, "INR") == rupees(30)
    text = client.get(path).text
    assert "Paid in full. Thank you." in text
    assert "account at the hub" in text
    assert "The supplier delivers" not in text
    assert client.post(f"{path}/pay-from-account").status_code == 409
    assert wallet_balance(company.id, "INR") == rupees(30)


def test_others_do_not_pay_from_the_account(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    topped_up(desk, company, "100.00")
    invoice = fee_invoice(desk, company, "60.00")
    path = f"/invoices/{invoice.public_id}/pay-from-account"
    for actor, code in (
        (desk.make.trader(company, role=CompanyRole.VIEWER), 403),
        (desk.make.trader(), 404),
        (desk.make.staff(StaffRole.BROKER), 404),
        (desk.make.staff(StaffRole.ADMINISTRATOR), 403),
    ):
        sign_in(client, actor)
        assert client.post(path).status_code == code
    assert (invoice.due, wallet_balance(company.id, "INR")) == (rupees(60), rupees(100))


def test_an_invoice_for_goods_speaks_of_the_contract(
    client: FlaskClient, desk: FinanceDesk, company: Company
) -> None:
    goods = services.open_invoice(
        SYSTEM,
        subject=("contract", 1),
        number="INV-2026-999999",
        reference=reference.create("2026999999"),
        payer_id=company.id,
        currency="INR",
        lines=[("goods", "Onions", rupees(10))],
        due_on=desk.make.someday(7),
        lapses_on=desk.make.someday(10),
    )
    fee = fee_invoice(desk, company, "10.00")
    owner = desk.make.trader(company)
    assert "and the goods wait" in page(client, owner, f"/invoices/{goods.public_id}")
    text = page(client, owner, f"/invoices/{fee.public_id}")
    assert "and the goods wait" not in text
    assert "and it takes longer" in text
