"""Money of one currency, or of one account, never stands in for that of another."""

from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from hub.accounts.models import Company, CompanyBankAccount
from hub.core.actor import SYSTEM, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.money import Money
from hub.payments import finance_desk as finance_queries
from hub.payments import services
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.bank.position import bank_positions
from hub.payments.escrow.queries import escrow_of
from hub.payments.invariants import check
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.models import DesignatedAccount
from hub.payments.payouts.models import PaymentFile, Payout, PayoutState
from hub.payments.payouts.queries import credit_of, credits_of
from hub.payments.wallets import queries as wallet_queries
from hub.payments.wallets.queries import wallet_balance
from tests.payments.money_factories import EURO_ACCOUNT, Entry, FinanceDesk, euros, rupees
from tests.signing_in import sign_in


@pytest.fixture
def company(desk: FinanceDesk) -> Company:
    return desk.trader_in_both()


def stand(currency: str, *accounts: int) -> list[int]:
    """The stored balances in minor units; credits negative."""
    return [ledger.balance(account, currency).minor for account in accounts]


def line_of(reference: str) -> StatementLine:
    return db.session.query(StatementLine).filter_by(bank_reference=reference).one()


def pay(desk: FinanceDesk, invoice: Invoice, amount: str) -> None:
    desk.bank_sends(Entry(amount, structured=invoice.reference, currency=invoice.currency))


def credited(desk: FinanceDesk, company: Company, amount: Money) -> None:
    """Give the company credit by a transfer that is too large."""
    invoice = desk.invoice("1.00", company.id, amount.currency)
    pay(desk, invoice, f"{(amount + invoice.amount).decimal}")


def test_credit_pays_no_invoice_of_another_currency(desk: FinanceDesk, company: Company) -> None:
    credited(desk, company, euros(30))
    invoice = desk.invoice("10.00", company.id)
    with pytest.raises(Conflict, match="no credit in this currency"):
        services.use_credit(desk.anna, invoice.public_id)
    assert (invoice.paid, credit_of(company.id, "EUR")) == (rupees(0), euros(30))
    credited(desk, company, rupees(4))
    assert services.use_credit(desk.anna, invoice.public_id) == rupees(4)
    assert invoice.due == rupees(6)
    assert credits_of(company.id) == [euros(30)]
    assert check() == []


def test_credit_is_paid_out_currency_by_currency(desk: FinanceDesk, company: Company) -> None:
    credited(desk, company, rupees(20))
    credited(desk, company, euros(30))
    assert credits_of(company.id) == [euros(30), rupees(20)]
    payout = services.pay_out_credit(desk.anna, company.id, "EUR")
    assert (payout.amount, payout.account_id) == (euros(30), desk.euros.id)
    account = db.session.get_one(CompanyBankAccount, payout.bank_account_id)
    assert (account.currency, payout.held_reason) == ("EUR", "")
    assert credits_of(company.id) == [rupees(20)]
    assert credit_of(company.id, "EUR") == euros(0)
    with pytest.raises(Conflict, match="no credit in this currency"):
        services.pay_out_credit(desk.anna, company.id, "EUR")


def test_a_company_paid_in_rupees_alone_gets_no_euros(desk: FinanceDesk) -> None:
    company = desk.make.company()
    credited(desk, company, euros(30))
    payout = services.pay_out_credit(desk.anna, company.id, "EUR")
    assert payout.bank_account_id is None
    assert payout.held_reason == "The payee has no bank account in this currency."
    with pytest.raises(Conflict, match="no verified bank account in this currency"):
        services.confirm_account(desk.ben, payout.public_id, "called")


def test_a_members_accounts_in_two_currencies_are_two(desk: FinanceDesk, company: Company) -> None:
    owner = desk.make.trader(company)
    in_rupees, in_euros = (
        services.open_wallet(owner, company.id, currency) for currency in ("INR", "EUR")
    )
    assert in_rupees.reference != in_euros.reference
    desk.bank_sends(Entry("50.00", currency="EUR", structured=in_euros.reference))
    desk.bank_sends(Entry("7.00", structured=in_rupees.reference))
    invoice = desk.invoice("10.00", company.id)
    with pytest.raises(Conflict, match="3.00 INR"):
        services.pay_from_wallet(owner, invoice.public_id)
    with pytest.raises(Conflict, match="holds less than 7.01 INR"):
        services.withdraw(owner, rupees("7.01"))
    assert wallet_balance(company.id, "INR") == rupees(7)
    assert wallet_balance(company.id, "EUR") == euros(50)
    payout = services.withdraw(owner, euros(50))
    assert (payout.currency, payout.account_id) == ("EUR", desk.euros.id)
    assert wallet_balance(company.id, "INR") == rupees(7)
    for currency, kinds in (("INR", ["top_up"]), ("EUR", ["withdrawal", "top_up"])):
        page = wallet_queries.statement_page(owner, company.id, currency, None)
        assert [movement.kind for movement in page.rows] == kinds
        assert page.rows[0].balance == wallet_balance(company.id, currency)


def test_only_credit_of_its_currency_moves_to_a_members_account(
    desk: FinanceDesk, company: Company
) -> None:
    credited(desk, company, rupees(20))
    credited(desk, company, euros(30))
    owner = desk.make.trader(company, role=CompanyRole.FINANCE)
    assert services.move_credit_to_wallet(owner, "EUR") == euros(30)
    assert wallet_balance(company.id, "INR") == rupees(0)
    assert credits_of(company.id) == [rupees(20)]


def test_what_is_held_in_euros_is_released_in_euros(desk: FinanceDesk, company: Company) -> None:
    """Rupees are held as well, and neither pays for the other."""
    in_rupees = desk.invoice("100.00", company.id)
    in_euros = desk.invoice("50.00", company.id, "EUR")
    pay(desk, in_rupees, "100.00")
    pay(desk, in_euros, "50.00")
    supplier = desk.trader_in_both()
    account = next(each.id for each in supplier.bank_accounts if each.currency == "EUR")

    def release(goods: Money) -> Payout | None:
        return services.release(
            SYSTEM,
            in_euros.subject,
            payee_id=supplier.id,
            bank_account_id=account,
            goods=goods,
            commission=Money.zero(goods.currency),
            freight=Money.zero(goods.currency),
        )

    for too_much in (euros("50.01"), rupees(1)):
        with pytest.raises(Conflict, match="There is not that much money"):
            release(too_much)
    payout = release(euros(40))
    assert payout is not None
    assert (payout.amount, payout.held_reason) == (euros(40), "")
    assert stand("EUR", 2100, 2200) == [-1000, -4000]
    assert stand("INR", 2100, 2200) == [-10000, 0]
    escrow = escrow_of(in_euros.subject)
    assert escrow is not None
    assert (escrow.paid, escrow.held, escrow.released) == (euros(50), euros(10), euros(40))
    assert check() == []


def test_an_invoice_names_the_account_in_use_of_its_currency(desk: FinanceDesk) -> None:
    desk.own_account()
    assert desk.invoice().account_id == desk.account.id
    assert desk.invoice(currency="EUR").account_id == desk.euros.id
    assert services.payment_account("INR").id == desk.account.id
    with pytest.raises(Invalid, match="no designated bank account in USD"):
        services.payment_account("USD")


def test_each_account_has_its_own_position(desk: FinanceDesk) -> None:
    desk.own_account()
    desk.bank_sends(Entry("10.00"), opening="5.00")
    desk.bank_sends(Entry("20.00"), to=desk.former, opening="6.00")
    desk.bank_sends(Entry("40.00", currency="EUR"), opening="7.00")
    assert [
        (each.account.id, each.booked, each.lines, each.before, each.closing)
        for each in bank_positions()
    ] == [
        (desk.euros.id, euros(40), euros(40), euros(7), euros(47)),
        (desk.former.id, rupees(20), rupees(20), rupees(6), rupees(26)),
        (desk.account.id, rupees(10), rupees(10), rupees(5), rupees(15)),
    ]


# Payouts


def texts(data: bytes, tag: str) -> list[str | None]:
    namespace = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
    return [found.text for found in ElementTree.fromstring(data).iter(f"{namespace}{tag}")]


def test_a_payment_file_has_one_currency_and_one_account(desk: FinanceDesk) -> None:
    """What waits on another account comes with the next file, and in the end all has left."""
    payouts = [
        desk.due_payout("1.00"),
        desk.due_payout("2.00", "EUR"),
        desk.due_payout("3.00", account=desk.former),
        desk.due_payout("4.00"),
    ]
    services.request_payouts(desk.anna, [payout.public_id for payout in payouts])
    for payout in payouts:
        services.approve_payout(desk.ben, payout.public_id)

    def export(currency: str) -> tuple[list[str | None], Money, int]:
        exported = services.export_payouts(desk.anna, currency)
        data = exported.file.read()
        debtor = texts(data, "DbtrAcct")
        assert len(debtor) == 1
        amounts = texts(data, "InstdAmt")
        assert len(amounts) == exported.count
        return amounts, exported.total, exported.account_id

    assert export("EUR") == (["2.00"], euros(2), desk.euros.id)
    assert [payout.state for payout in payouts] == [
        PayoutState.APPROVED,
        PayoutState.EXPORTED,
        PayoutState.APPROVED,
        PayoutState.APPROVED,
    ]
    assert export("INR") == (["1.00", "4.00"], rupees(5), desk.account.id)
    assert export("INR") == (["3.00"], rupees(3), desk.former.id)
    assert {payout.state for payout in payouts} == {PayoutState.EXPORTED}
    for currency in ("INR", "EUR"):
        with pytest.raises(Conflict, match=f"No approved payout in {currency}"):
            services.export_payouts(desk.anna, currency)
    assert db.session.query(PaymentFile).count() == 3


def test_euros_are_ordered_from_the_euro_account(desk: FinanceDesk) -> None:
    payout = desk.due_payout("2.00", "EUR")
    data = desk.pay_out(payout.public_id, currency="EUR")
    assert texts(data, "IBAN") == [EURO_ACCOUNT, "NL91ABNA0417164300"]
    assert b'Ccy="EUR"' in data
    desk.bank_sends(Entry("-2.00", end_to_end_id=payout.end_to_end_id, currency="EUR"))
    assert payout.state is PayoutState.SETTLED
    assert stand("EUR", 1010, 1090, 2300, 2500) == [0, 0, 0, 0]
    assert stand("INR", 1010, 1090, 2300, 2500) == [0, 0, 0, 0]


def earned(desk: FinanceDesk, company: Company, amount: Money) -> None:
    """Let the hub earn an amount from a company's account."""
    wallet = services.open_wallet(SYSTEM, company.id, amount.currency)
    arrives = Entry(f"{amount.decimal}", structured=wallet.reference, currency=amount.currency)
    desk.bank_sends(arrives)
    services.charge_wallet(
        SYSTEM,
        key=f"click:{amount.currency}",
        kind="ad_click",
        company_id=company.id,
        amount=amount,
        income=chart.ADVERTISING_INCOME,
        subject=("campaign", 1),
    )


def test_fees_are_swept_currency_by_currency(desk: FinanceDesk, company: Company) -> None:
    earned(desk, company, rupees(5))
    earned(desk, company, euros(3))
    with pytest.raises(Invalid, match="no bank account of its own in EUR"):
        services.request_sweep(desk.anna, "EUR")
    desk.own_account()
    with pytest.raises(Invalid, match="no bank account of its own in EUR"):
        services.request_sweep(desk.anna, "EUR")
    own = desk.own_account("EUR")
    sweep = services.request_sweep(desk.anna, "EUR")
    assert (sweep.amount, sweep.account_id, sweep.own_account_id) == (
        euros(3),
        desk.euros.id,
        own.id,
    )
    assert stand("EUR", 2150, 2300) == [0, -300]
    assert stand("INR", 2150, 2300) == [-500, 0]
    with pytest.raises(Conflict, match="No fees are waiting"):
        services.request_sweep(desk.anna, "EUR")


def test_what_was_earned_in_euros_is_given_back_from_euros(
    desk: FinanceDesk, company: Company
) -> None:
    earned(desk, company, rupees(5))
    with pytest.raises(Conflict, match="have left"):
        services.credit_wallet(
            SYSTEM,
            key="back",
            kind="credited",
            company_id=company.id,
            amount=euros(1),
            income=chart.ADVERTISING_INCOME,
            subject=("campaign", 1),
        )
    with pytest.raises(Conflict, match="have left"):
        services.pay_partner_share(
            SYSTEM, key="share", company_id=company.id, amount=euros(1), subject=("campaign", 1)
        )
    assert stand("EUR", 2150, 2710) == [0, 0]
    assert stand("INR", 2150, 2710) == [-500, 0]


# What clerks decide


def test_a_clerk_does_not_allocate_across_currencies(desk: FinanceDesk) -> None:
    invoice = desk.invoice("9.00")
    desk.bank_sends(Entry("9.00", currency="EUR", reference="E"))
    with pytest.raises(Invalid, match="different currencies"):
        services.allocate(desk.anna, line_of("E").public_id, invoice.public_id, "it is")
    company = invoice.payer_id
    with pytest.raises(Invalid, match="at most 9.00 EUR"):
        services.put_to_credit(desk.anna, line_of("E").public_id, company, "it is", rupees(1))
    assert (invoice.state, line_of("E").allocated_minor) == (InvoiceState.OPEN, 0)
    services.put_to_credit(desk.anna, line_of("E").public_id, company, "it is")
    assert credits_of(company) == [euros(9)]


@pytest.mark.parametrize("other", ["former", "euros"])
def test_a_debit_is_made_good_within_its_account(desk: FinanceDesk, other: str) -> None:
    account: DesignatedAccount = getattr(desk, other)
    desk.bank_sends(Entry("-2.50", reference="D"))
    arrives = Entry("2.50", currency=account.currency, reference="C")
    desk.bank_sends(arrives, to=account)
    credit, charge = line_of("C"), line_of("D")
    assert finance_queries.debits_to_mend(desk.anna, credit) == []
    with pytest.raises(Conflict, match="of the same account"):
        services.make_good(desk.anna, credit.public_id, charge.public_id, "arrived")
    assert (charge.allocated_minor, credit.state) == (0, LineState.UNRECONCILED)
    desk.bank_sends(Entry("2.50", reference="own"))
    assert finance_queries.debits_to_mend(desk.anna, line_of("own")) == [charge]
    services.make_good(desk.anna, line_of("own").public_id, charge.public_id, "arrived")
    assert stand("INR", 1090) == [0]


def test_a_clerk_is_offered_what_fits_the_line(desk: FinanceDesk) -> None:
    """Of its account and amount; of its currency where an invoice is looked for."""
    fits, _other = desk.exported_payout("9.00"), desk.exported_payout("9.01")
    desk.exported_payout("9.00", account=desk.former)
    desk.exported_payout("9.00", "EUR")
    desk.bank_sends(Entry("-9.00", reference="D"))
    assert finance_queries.payouts_like(desk.anna, line_of("D")) == [fits]
    wanted = desk.invoice("5.00", currency="EUR")
    desk.invoice("5.00")
    assert finance_queries.payable_invoices(desk.anna, "EUR", "") == [wanted]


def test_the_office_tells_every_balance_by_its_currency(
    client: FlaskClient, desk: FinanceDesk
) -> None:
    desk.bank_sends(Entry("10.00"))
    desk.bank_sends(Entry("20.00"), to=desk.former)
    desk.bank_sends(Entry("40.00", currency="EUR"))
    told = [(each.account.code, each.balance) for each in finance_queries.balances(desk.anna)]
    assert told == [(1010, euros(40)), (2900, euros(40)), (1010, rupees(30)), (2900, rupees(30))]
    sign_in(client, desk.anna)
    for currency, amounts in (("EUR", ["40.00"]), ("INR", ["10.00", "20.00"])):
        text = client.get(f"/finance/ledger/1010.csv?currency={currency}").data.decode("utf-8-sig")
        rows = text.strip().split("\r\n")[1:]
        assert [row.split(",")[-2:] for row in rows] == [[each, currency] for each in amounts]
