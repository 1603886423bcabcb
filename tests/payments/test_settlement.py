"""Invoices are paid by statements, money is released, and payouts leave and come back."""

import pytest

from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict, NotAllowed
from hub.payments import services
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.escrow.queries import escrow_of
from hub.payments.invoices.models import InvoiceState
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import Payout, PayoutKind, PayoutState
from hub.payments.payouts.queries import credit_of, payouts_of
from tests.payments.money_factories import Entry, FinanceDesk, numbered, rupees


def stand(*accounts: int) -> list[int]:
    """The stored balances in minor units; credits negative."""
    return [ledger.balance(account, "INR").minor for account in accounts]


def line_of(amount: str) -> StatementLine:
    return db.session.query(StatementLine).filter_by(amount_minor=rupees(amount).minor).one()


def paid_contract(desk: FinanceDesk, amount: str = "100.00") -> tuple[str, int]:
    invoice = desk.invoice(amount)
    desk.bank_sends(Entry(amount, structured=invoice.reference))
    return invoice.subject


def released(desk: FinanceDesk, subject: tuple[str, int]) -> Payout:
    supplier = desk.make.company()
    payout = services.release(
        SYSTEM,
        subject,
        payee_id=supplier.id,
        bank_account_id=supplier.bank_accounts[0].id,
        goods=rupees("80.00"),
        commission=rupees("0.80"),
        freight=rupees("5.00"),
    )
    assert payout is not None
    return payout


def test_the_full_amount_pays_the_invoice(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    assert invoice.state is InvoiceState.PAID
    assert invoice.paid == rupees("100.00")
    assert stand(1010, 2900, 2100, 2110) == [10000, 0, -10000, 0]
    assert line_of("100.00").state is LineState.RECONCILED


def test_a_shortfall_leaves_it_partly_paid_and_the_rest_pays_it(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("60.00", text=f"for {invoice.reference} thanks"))
    assert (invoice.state, invoice.due) == (InvoiceState.PARTLY_PAID, rupees("40.00"))
    desk.bank_sends(Entry("40.00", end_to_end_id=invoice.reference))
    assert invoice.state is InvoiceState.PAID
    assert stand(1010, 2900, 2100) == [10000, 0, -10000]


def test_the_excess_becomes_credit_that_pays_another_invoice(desk: FinanceDesk) -> None:
    first = desk.invoice("100.00")
    desk.bank_sends(Entry("130.00", text=f"contract {first.number[4:]}"))
    assert credit_of(first.payer_id, "INR") == rupees("30.00")
    second = desk.invoice("50.00", first.payer_id)
    assert services.use_credit(desk.anna, second.public_id) == rupees("30.00")
    assert (second.state, second.due) == (InvoiceState.PARTLY_PAID, rupees("20.00"))
    assert stand(1010, 2900, 2100, 2110) == [13000, 0, -13000, 0]
    with pytest.raises(Conflict):
        services.use_credit(desk.anna, second.public_id)


def test_money_that_comes_before_its_invoice_waits_for_it(desk: FinanceDesk) -> None:
    desk.bank_sends(Entry("100.00", text=numbered(2)))
    assert stand(1010, 2900, 2100) == [10000, -10000, 0]
    invoice = desk.invoice("100.00")
    assert invoice.number == numbered(2)
    assert invoice.state is InvoiceState.PAID
    assert stand(1010, 2900, 2100) == [10000, 0, -10000]


def test_money_for_a_cancelled_invoice_is_the_payers_credit(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("10.00", structured=invoice.reference))
    services.cancel_invoice(SYSTEM, invoice.subject, "terminated")
    desk.bank_sends(Entry("90.00", structured=invoice.reference))
    assert invoice.state is InvoiceState.CANCELLED
    assert credit_of(invoice.payer_id, "INR") == rupees("100.00")
    escrow = escrow_of(invoice.subject)
    assert escrow is not None
    assert (escrow.paid, escrow.held, escrow.refunded) == (rupees(10), rupees(0), rupees(10))


def test_accepted_goods_are_released_with_commission_and_freight(desk: FinanceDesk) -> None:
    subject = paid_contract(desk)
    payout = released(desk, subject)
    assert (payout.kind, payout.state, payout.amount) == (
        PayoutKind.SUPPLIER,
        PayoutState.DUE,
        rupees("79.20"),
    )
    assert payout.held_reason == ""
    assert stand(2100, 2200, 2150, 1150, 4100, 4500) == [-1500, -7920, -580, 580, -80, -500]
    with pytest.raises(Conflict):
        released(desk, subject)
    assert len(payouts_of(subject)) == 1


def test_more_than_is_held_is_never_released(desk: FinanceDesk) -> None:
    subject = paid_contract(desk, "80.00")
    with pytest.raises(Conflict, match="There is not that much money"):
        released(desk, subject)
    assert stand(2100, 2200, 2150, 4100) == [-8000, 0, 0, 0]
    assert payouts_of(subject) == []


def test_what_was_short_is_refunded_to_the_payer(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    payout = services.refund(
        SYSTEM, invoice.subject, payee_id=invoice.payer_id, amount=rupees("15.00"), reason="short"
    )
    assert payout is not None
    assert (payout.kind, payout.held_reason) == (PayoutKind.REFUND, "")
    assert stand(2100, 2500) == [-8500, -1500]
    escrow = escrow_of(invoice.subject)
    assert escrow is not None
    assert (escrow.held, escrow.refunded) == (rupees(85), rupees(15))


def test_a_payout_leaves_by_four_eyes_and_settles_by_its_debit(desk: FinanceDesk) -> None:
    payout = released(desk, paid_contract(desk))
    services.request_payouts(desk.anna, [payout.public_id])
    assert stand(2200, 2300) == [0, -7920]
    with pytest.raises(NotAllowed, match="another person"):
        services.approve_payout(desk.anna, payout.public_id)
    services.approve_payout(desk.ben, payout.public_id)
    exported = services.export_payouts(desk.anna, "INR")
    assert (exported.count, exported.total_minor) == (1, 7920)
    assert payout.end_to_end_id.encode() in exported.file.read()
    with pytest.raises(Conflict):
        services.export_payouts(desk.ben, "INR")
    desk.bank_sends(Entry("-79.20", end_to_end_id=payout.end_to_end_id))
    assert payout.state is PayoutState.SETTLED
    assert stand(1010, 1090, 2200, 2300) == [2080, 0, 0, 0]


def test_a_payout_has_one_debit_and_one_return(desk: FinanceDesk) -> None:
    payout = released(desk, paid_contract(desk))
    desk.pay_out(payout.public_id)
    desk.bank_sends(Entry("79.20", end_to_end_id=payout.end_to_end_id, reference="R1"))
    assert stand(2900) == [-7920]
    desk.bank_sends(
        Entry("-79.20", end_to_end_id=payout.end_to_end_id, reference="D1"),
        Entry("-79.20", end_to_end_id=payout.end_to_end_id, reference="D2"),
    )
    desk.bank_sends(Entry("79.20", end_to_end_id=payout.end_to_end_id, reference="R2"))
    assert payout.state is PayoutState.RETURNED
    assert stand(1010, 1090, 2900, 2200, 2300) == [10000, 7920, -7920, -7920, 0]
    retried = db.session.query(Payout).filter_by(retry_of_id=payout.id).one()
    assert (retried.state, retried.amount) == (PayoutState.DUE, payout.amount)
    assert retried.held_reason == "The bank sent the last payment back."
    with pytest.raises(Conflict, match="is held"):
        services.request_payouts(desk.anna, [retried.public_id])
    services.confirm_account(desk.ben, retried.public_id, "called them")
    services.request_payouts(desk.anna, [retried.public_id])
    assert retried.state is PayoutState.REQUESTED


def test_a_rejected_payout_puts_the_money_back_and_is_due_again(desk: FinanceDesk) -> None:
    payout = released(desk, paid_contract(desk))
    services.request_payouts(desk.anna, [payout.public_id])
    retried = services.reject_payout(desk.ben, payout.public_id, "wrong day")
    assert retried is not None
    assert (payout.state, retried.state) == (PayoutState.REJECTED, PayoutState.DUE)
    assert stand(2200, 2300) == [-7920, 0]


def test_fees_are_swept_to_the_hubs_own_account(desk: FinanceDesk) -> None:
    desk.own_account()
    released(desk, paid_contract(desk))
    sweep = services.request_sweep(desk.anna, "INR")
    services.approve_payout(desk.ben, sweep.public_id)
    services.export_payouts(desk.ben, "INR")
    desk.bank_sends(Entry("-5.80", end_to_end_id=sweep.end_to_end_id))
    assert sweep.state is PayoutState.SETTLED
    assert stand(1010, 1020, 1150, 2150, 2300) == [9420, 580, 0, 0, 0]
    desk.bank_sends(Entry("5.80", end_to_end_id=sweep.end_to_end_id))
    assert stand(1010, 1020, 1150, 2150, 2900) == [10000, 0, 580, -580, 0]


def test_bank_charges_are_made_good_from_the_hubs_own_money(desk: FinanceDesk) -> None:
    desk.bank_sends(Entry("-2.50", text="charges"))
    charge = line_of("-2.50")
    assert stand(1010, 1090) == [-250, 250]
    services.explain_charges(desk.anna, charge.public_id, "account fee")
    assert stand(1010, 1090, 5100, 1020) == [-250, 250, 250, -250]
    desk.bank_sends(Entry("2.50", text="making good"))
    services.make_good(desk.anna, line_of("2.50").public_id, charge.public_id, "arrived")
    assert stand(1010, 1090, 2900, 5100, 1020) == [0, 0, 0, 250, -250]


def test_a_company_takes_its_credit_back(desk: FinanceDesk) -> None:
    desk.bank_sends(Entry("30.00", text="no idea"))
    company = desk.make.company()
    payout = services.return_to_payer(
        desk.anna, line_of("30.00").public_id, company.id, "sent by mistake"
    )
    assert line_of("30.00").state is LineState.RETURNED
    assert credit_of(company.id, "INR") == rupees(0)
    desk.pay_out(payout.public_id)
    desk.bank_sends(Entry("-30.00", end_to_end_id=payout.end_to_end_id))
    assert payout.state is PayoutState.SETTLED
    assert stand(1010, 2110, 2300, 2900) == [0, 0, 0, 0]


def test_the_chart_has_every_account_of_the_domain() -> None:
    assert len(chart.CHART) == 24
