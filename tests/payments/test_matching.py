"""What a line quotes settles it only where currency, account, amount and state fit as well."""

import pytest

from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.money import Money
from hub.payments import services
from hub.payments.bank.matching import suggest
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.invoices.models import InvoiceState
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import PayoutState
from hub.payments.wallets.queries import wallet_balance
from tests.payments.money_factories import Entry, FinanceDesk, euros, rupees

UNRECONCILED = LineState.UNRECONCILED


def stand(currency: str, *accounts: int) -> list[int]:
    """The stored balances in minor units; credits negative."""
    return [ledger.balance(account, currency).minor for account in accounts]


def line_of(reference: str) -> StatementLine:
    return db.session.query(StatementLine).filter_by(bank_reference=reference).one()


@pytest.mark.parametrize("field", ["structured", "text", "end_to_end_id"])
def test_a_line_in_another_currency_pays_no_invoice(desk: FinanceDesk, field: str) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(
        Entry("100.00", currency="EUR", reference="E", **{field: invoice.reference}),
    )
    assert (invoice.state, invoice.paid) == (InvoiceState.OPEN, rupees(0))
    assert (line_of("E").state, line_of("E").unallocated) == (UNRECONCILED, euros(100))
    assert stand("EUR", 1010, 2900, 2100, 2110) == [10000, -10000, 0, 0]
    assert stand("INR", 1010, 2900, 2100, 2110) == [0, 0, 0, 0]


def test_a_line_in_another_currency_tops_no_account_up(desk: FinanceDesk) -> None:
    wallet = services.open_wallet(SYSTEM, desk.make.company().id, "INR")
    desk.bank_sends(Entry("100.00", currency="EUR", structured=wallet.reference, reference="E"))
    assert line_of("E").state is UNRECONCILED
    assert stand("EUR", 1010, 2900, 2710) == [10000, -10000, 0]
    desk.bank_sends(Entry("100.00", structured=wallet.reference))
    assert wallet_balance(wallet.company_id, "INR") == rupees(100)
    assert wallet_balance(wallet.company_id, "EUR") == euros(0)


def test_a_debit_that_names_two_payouts_is_of_neither(desk: FinanceDesk) -> None:
    first, second = desk.due_payout(), desk.due_payout()
    desk.pay_out(first.public_id, second.public_id)
    desk.bank_sends(
        Entry("-9.00", end_to_end_id=first.end_to_end_id, text=f"and {second.end_to_end_id}"),
        Entry("-9.00", text=f"{second.end_to_end_id} {first.end_to_end_id}", reference="2"),
    )
    assert (first.state, second.state) == (PayoutState.EXPORTED, PayoutState.EXPORTED)
    assert stand("INR", 1010, 1090, 2300) == [0, 1800, -1800]


def test_a_debit_that_names_one_payout_twice_settles_it(desk: FinanceDesk) -> None:
    payout = desk.exported_payout()
    name = payout.end_to_end_id
    desk.bank_sends(Entry("-9.00", end_to_end_id=name, text=f"payment {name.lower()}"))
    assert payout.state is PayoutState.SETTLED
    assert stand("INR", 1010, 1090, 2300) == [0, 0, 0]


@pytest.mark.parametrize("glued", ["X{0}", "{0}X", "{0}0"])
def test_letters_around_its_name_make_it_another_one(desk: FinanceDesk, glued: str) -> None:
    payout = desk.exported_payout()
    desk.bank_sends(Entry("-9.00", text=glued.format(payout.end_to_end_id)))
    assert payout.state is PayoutState.EXPORTED
    assert stand("INR", 1090, 2300) == [900, -900]


@pytest.mark.parametrize("amount", ["-8.99", "-9.01"])
def test_a_debit_of_another_amount_settles_nothing(desk: FinanceDesk, amount: str) -> None:
    payout = desk.exported_payout()
    desk.bank_sends(Entry(amount, end_to_end_id=payout.end_to_end_id, reference="D"))
    assert (payout.state, line_of("D").state) == (PayoutState.EXPORTED, UNRECONCILED)
    minor = int(amount[1:].replace(".", ""))
    assert stand("INR", 1090, 2300) == [minor, -900]
    with pytest.raises(Conflict, match="does not fit the payout"):
        services.settle_by_hand(desk.ben, line_of("D").public_id, payout.public_id, "it is")
    assert payout.state is PayoutState.EXPORTED


@pytest.mark.parametrize("amount", ["8.99", "9.01"])
def test_a_return_of_another_amount_takes_nothing_back(desk: FinanceDesk, amount: str) -> None:
    payout = desk.exported_payout()
    name = payout.end_to_end_id
    desk.bank_sends(Entry("-9.00", end_to_end_id=name), Entry(amount, text=name, reference="R"))
    assert (payout.state, line_of("R").state) == (PayoutState.SETTLED, UNRECONCILED)
    with pytest.raises(Conflict, match="does not fit the payout"):
        services.settle_by_hand(desk.ben, line_of("R").public_id, payout.public_id, "it is")
    assert payout.state is PayoutState.SETTLED
    assert stand("INR", 2500, 2900) == [0, -int(amount.replace(".", ""))]


@pytest.mark.parametrize("other", ["former", "euros"])
def test_a_debit_of_another_account_settles_nothing(desk: FinanceDesk, other: str) -> None:
    payout = desk.exported_payout()
    account = getattr(desk, other)
    desk.bank_sends(
        Entry(
            "-9.00",
            end_to_end_id=payout.end_to_end_id,
            currency=account.currency,
            reference="D",
        ),
        to=account,
    )
    assert (payout.state, line_of("D").state) == (PayoutState.EXPORTED, UNRECONCILED)
    assert stand("INR", 2300) == [-900]
    assert stand(account.currency, 1090) == [900]
    with pytest.raises(Conflict, match="account"):
        services.settle_by_hand(desk.ben, line_of("D").public_id, payout.public_id, "it is")
    assert payout.state is PayoutState.EXPORTED


def test_a_payout_leaves_from_the_former_account_and_comes_back_to_it(desk: FinanceDesk) -> None:
    payout = desk.exported_payout(account=desk.former)
    name = payout.end_to_end_id
    desk.bank_sends(Entry("-9.00", end_to_end_id=name), to=desk.former)
    assert payout.state is PayoutState.SETTLED
    desk.bank_sends(Entry("9.00", end_to_end_id=name, reference="P"))
    assert (payout.state, line_of("P").state) == (PayoutState.SETTLED, UNRECONCILED)
    desk.bank_sends(Entry("9.00", end_to_end_id=name), to=desk.former)
    assert payout.state is PayoutState.RETURNED
    assert stand("INR", 1010, 1090, 2500, 2300, 2900) == [1800, 0, -900, 0, -900]


def test_lines_that_came_too_early_are_tried_again_debits_first(desk: FinanceDesk) -> None:
    payout = desk.due_payout()
    name = payout.end_to_end_id
    desk.bank_sends(
        Entry("9.00", end_to_end_id=name, reference="R"),
        Entry("-9.00", end_to_end_id=name, reference="D"),
    )
    assert stand("INR", 1090, 2900) == [900, -900]
    desk.pay_out(payout.public_id)
    assert services.rematch(desk.ben) == 2
    assert payout.state is PayoutState.RETURNED
    assert [line_of(each).state for each in "RD"] == [LineState.RECONCILED] * 2
    assert stand("INR", 1010, 1090, 2300, 2500, 2900) == [900, 0, 0, -900, 0]


def test_a_line_that_quotes_two_invoices_is_nobodys(desk: FinanceDesk) -> None:
    first, second = desk.invoice("100.00"), desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", text=f"{first.reference} {second.reference}", reference="T"))
    assert (first.state, second.state) == (InvoiceState.OPEN, InvoiceState.OPEN)
    assert line_of("T").state is UNRECONCILED


@pytest.mark.parametrize(
    ("currency", "amount", "found"),
    [("INR", "100.00", True), ("EUR", "100.00", False), ("INR", "99.99", False)],
)
def test_the_payers_account_suggests_the_invoice_of_this_amount_and_currency(
    desk: FinanceDesk, currency: str, amount: str, found: bool
) -> None:
    payer = desk.make.company()
    invoice = desk.invoice("100.00", payer.id)
    account = payer.bank_accounts[0].account_number or ""
    desk.bank_sends(Entry(amount, currency=currency, account=account, reference="A"))
    suggestions = {line: suggestion.invoice for line, suggestion in suggest([line_of("A")]).items()}
    assert suggestions == ({line_of("A").id: invoice} if found else {})
    assert invoice.paid == Money.zero("INR")
