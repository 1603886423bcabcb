"""What a line settles is exactly what fits it, once, and for what still waits for money."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.messaging.models import StaffTask
from hub.payments import services
from hub.payments.bank import settlement
from hub.payments.bank.models import Allocation, StatementLine
from hub.payments.invariants import check
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import Payout, PayoutState
from hub.payments.payouts.queries import credit_of, payouts_of
from tests.payments.money_factories import Entry, FinanceDesk, rupees


def stand(*accounts: int) -> list[int]:
    """The stored balances in minor units; credits negative."""
    return [ledger.balance(account, "INR").minor for account in accounts]


def line_of(reference: str) -> StatementLine:
    return db.session.query(StatementLine).filter_by(bank_reference=reference).one()


# A debit or a return of another amount


@use_case
def settle(desk: FinanceDesk, line: StatementLine, payout: Payout) -> None:
    settlement.settle_payout(desk.anna, line, payout, "hand", "it is")


@use_case
def take_back(desk: FinanceDesk, line: StatementLine, payout: Payout) -> None:
    settlement.take_return(desk.anna, line, payout, "hand", "it is")


@pytest.mark.parametrize("amount", ["-8.99", "-9.01", "9.00"])
def test_a_payout_is_settled_by_a_debit_of_its_amount_alone(desk: FinanceDesk, amount: str) -> None:
    payout = desk.exported_payout()
    desk.bank_sends(Entry(amount, reference="L"))
    before = stand(1010, 1090, 2300, 2500, 2900)
    with pytest.raises(Conflict, match="not of the same amount"):
        settle(desk, line_of("L"), payout)
    assert (payout.state, line_of("L").allocated_minor) == (PayoutState.EXPORTED, 0)
    assert stand(1010, 1090, 2300, 2500, 2900) == before
    assert check() == []


@pytest.mark.parametrize("amount", ["8.99", "9.01", "-9.00"])
def test_a_payout_comes_back_by_a_credit_of_its_amount_alone(
    desk: FinanceDesk, amount: str
) -> None:
    payout = desk.exported_payout()
    desk.bank_sends(
        Entry("-9.00", end_to_end_id=payout.end_to_end_id), Entry(amount, reference="L")
    )
    before = stand(1010, 1090, 2300, 2500, 2900)
    with pytest.raises(Conflict, match="not of the same amount"):
        take_back(desk, line_of("L"), payout)
    assert (payout.state, line_of("L").allocated_minor) == (PayoutState.SETTLED, 0)
    assert stand(1010, 1090, 2300, 2500, 2900) == before
    assert check() == []


@pytest.mark.parametrize("step", [settle, take_back])
def test_a_line_of_which_a_part_is_used_settles_and_returns_nothing(
    desk: FinanceDesk, step: Callable[[FinanceDesk, StatementLine, Payout], None]
) -> None:
    payout = desk.exported_payout()
    desk.bank_sends(Entry("-9.00", reference="debit"), Entry("9.00", reference="credit"))
    debit, credit = line_of("debit"), line_of("credit")
    if step is take_back:
        services.settle_by_hand(desk.anna, debit.public_id, payout.public_id, "it is")
        services.put_to_credit(
            desk.anna, credit.public_id, desk.make.company().id, "part", rupees(1)
        )
    else:
        desk.bank_sends(Entry("1.00", reference="mends"))
        mends = line_of("mends").public_id
        services.make_good(desk.anna, mends, debit.public_id, "a part of it")
    state = payout.state
    with pytest.raises(Conflict, match="not of the same amount"):
        step(desk, credit if step is take_back else debit, payout)
    assert payout.state is state
    assert check() == []


def test_a_line_fits_by_hand_and_then_no_other_payout(desk: FinanceDesk) -> None:
    first, second = desk.exported_payout(), desk.exported_payout()
    desk.bank_sends(Entry("-9.00", reference="L"))
    services.settle_by_hand(desk.anna, line_of("L").public_id, first.public_id, "it is")
    with pytest.raises(Conflict, match="explained already"):
        services.settle_by_hand(desk.anna, line_of("L").public_id, second.public_id, "it is")
    assert (first.state, second.state) == (PayoutState.SETTLED, PayoutState.EXPORTED)
    assert stand(1010, 1090, 2300) == [900, 0, -900]


# Money for an invoice that needs none any more


def lapsed(invoice: Invoice) -> None:
    start = clock.now()
    for days in (8, 11):
        clock.set_to(start + timedelta(days=days))
        services.work_through_deadlines(SYSTEM)


def cancelled(invoice: Invoice) -> None:
    services.cancel_invoice(SYSTEM, invoice.subject, "terminated")


@pytest.mark.parametrize(
    ("end", "state", "amount"),
    [
        (lapsed, InvoiceState.LAPSED, "20.00"),
        (lapsed, InvoiceState.LAPSED, "70.00"),
        (cancelled, InvoiceState.CANCELLED, "20.00"),
        (cancelled, InvoiceState.CANCELLED, "90.00"),
    ],
)
def test_money_for_an_invoice_that_ended_is_credit_and_a_clerk_is_told(
    desk: FinanceDesk, end: Callable[[Invoice], None], state: InvoiceState, amount: str
) -> None:
    """Also less than was due, exactly what was due, and more."""
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("30.00", structured=invoice.reference))
    end(invoice)
    desk.bank_sends(Entry(amount, structured=invoice.reference, reference="late"))
    assert (invoice.state, invoice.paid) == (state, rupees(30))
    credit = rupees(30) + rupees(amount)
    assert credit_of(invoice.payer_id, "INR") == credit
    assert stand(2100, 2110, 2900) == [0, -credit.minor, 0]
    late = line_of("late")
    (allocation,) = db.session.query(Allocation).filter_by(line_id=late.id)
    assert (allocation.company_id, allocation.invoice_id) == (invoice.payer_id, None)
    assert late.unallocated == rupees(0)
    (task,) = db.session.query(StaffTask).filter_by(kind="paid_too_late")
    assert (task.subject_id, task.parameters["number"]) == (late.id, invoice.number)
    assert check() == []


def test_money_for_an_invoice_that_is_paid_is_credit_and_no_work(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    for number in (1, 2):
        desk.bank_sends(Entry("100.00", structured=invoice.reference, reference=f"{number}"))
    assert (invoice.state, invoice.paid) == (InvoiceState.PAID, rupees(100))
    assert stand(2100, 2110, 2900) == [-10000, -10000, 0]
    assert db.session.query(StaffTask).filter_by(kind="paid_too_late").count() == 0


def test_an_overdue_invoice_still_takes_money(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    clock.set_to(clock.now() + timedelta(days=8))
    services.work_through_deadlines(SYSTEM)
    desk.bank_sends(Entry("40.00", structured=invoice.reference))
    assert (invoice.state, invoice.due) == (InvoiceState.OVERDUE, rupees(60))
    desk.bank_sends(Entry("60.01", structured=invoice.reference))
    assert (invoice.state, invoice.due) == (InvoiceState.PAID, rupees(0))
    assert stand(2100, 2110) == [-10000, -1]


# Released once, refunded as often as asked


def release(desk: FinanceDesk, invoice: Invoice, payee: int, account: int, **amounts: Money):
    usual = {"goods": rupees(40), "commission": rupees(1), "freight": rupees(2)}
    return services.release(
        SYSTEM, invoice.subject, payee_id=payee, bank_account_id=account, **(usual | amounts)
    )


def paid_invoice(desk: FinanceDesk) -> Invoice:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    return invoice


def test_the_very_same_release_is_not_paid_twice(desk: FinanceDesk) -> None:
    """Another one would be refused for its other amounts; this one has the same."""
    invoice, supplier = paid_invoice(desk), desk.make.company()
    account = supplier.bank_accounts[0].id
    payout = release(desk, invoice, supplier.id, account)
    with pytest.raises(Conflict, match="was released before"):
        release(desk, invoice, supplier.id, account)
    assert payouts_of(invoice.subject) == [payout]
    assert stand(2100, 2200, 2150) == [-5800, -3900, -300]


def test_one_subject_s_release_is_not_anothers(desk: FinanceDesk) -> None:
    supplier = desk.make.company()
    account = supplier.bank_accounts[0].id
    for _number in range(2):
        assert release(desk, paid_invoice(desk), supplier.id, account) is not None
    assert stand(2100, 2200, 2150) == [-11600, -7800, -600]


@pytest.mark.parametrize(
    "amounts",
    [
        {"goods": rupees(-1), "commission": rupees(0)},
        {"commission": rupees("-0.01")},
        {"freight": rupees("-0.01")},
        {"commission": rupees("40.01")},
    ],
)
def test_a_release_of_less_than_nothing_is_a_defect(
    desk: FinanceDesk, amounts: dict[str, Money]
) -> None:
    invoice, supplier = paid_invoice(desk), desk.make.company()
    with pytest.raises(ValueError, match="aren't negative"):
        release(desk, invoice, supplier.id, supplier.bank_accounts[0].id, **amounts)
    assert stand(2100, 2200, 2150) == [-10000, 0, 0]


def test_commission_may_take_all_and_nothing_is_paid_out(desk: FinanceDesk) -> None:
    invoice, supplier = paid_invoice(desk), desk.make.company()
    account = supplier.bank_accounts[0].id
    assert release(desk, invoice, supplier.id, account, commission=rupees(40)) is None
    assert payouts_of(invoice.subject) == []
    assert stand(2100, 2200, 2150) == [-5800, 0, -4200]


def test_two_refunds_alike_are_two_refunds_and_nothing_is_none(desk: FinanceDesk) -> None:
    invoice = paid_invoice(desk)

    def refund(amount: str) -> Payout | None:
        return services.refund(
            SYSTEM,
            invoice.subject,
            payee_id=invoice.payer_id,
            amount=rupees(amount),
            reason="short",
        )

    first, nothing, second = refund("10.00"), refund("0"), refund("10.00")
    assert nothing is None
    assert payouts_of(invoice.subject) == [first, second]
    assert stand(2100, 2500) == [-8000, -2000]
    with pytest.raises(Conflict, match="There is not that much money"):
        refund("80.01")
    assert stand(2100, 2500) == [-8000, -2000]
