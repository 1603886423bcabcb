"""From the money's arrival to completion, default or termination, to the last minor unit."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.contracts import invariants, reactions, services
from hub.contracts.models import Contract, ContractState
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from hub.core.money import Money, extend, share
from hub.messaging.models import Notice
from hub.payments import services as payments
from hub.payments.escrow.queries import escrow_of
from hub.payments.events import InvoiceLapsed, InvoicePaid, PayoutSettled
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.payouts.models import Payout, PayoutKind, PayoutState
from hub.payments.payouts.queries import credit_of
from tests.contracts.agreements import drawn, pay, performing, signed
from tests.contracts.test_signing import counters
from tests.examples import examples
from tests.factories import Factories
from tools import pretend_bank

pytestmark = pytest.mark.state("signed")


def rupees(minor: int) -> Money:
    return Money(minor, "INR")


def payouts_of(contract: Contract) -> dict[PayoutKind, int]:
    rows = db.session.scalars(select(Payout).where(Payout.subject_id == contract.id))
    return {payout.kind: payout.amount_minor for payout in rows}


def nothing_is_broken() -> bool:
    return all(not check() for _number, _rule, check in invariants.CHECKS)


def test_the_money_makes_it_effective_and_the_supplier_is_told(make: Factories) -> None:
    agreement, contract = signed(make)
    pay(contract)
    assert contract.state is ContractState.EFFECTIVE
    assert contract.effective_at is not None
    told = db.session.scalars(
        select(Notice.user_id).where(Notice.message.contains("The money for contract"))
    ).all()
    assert told == [agreement.supplier.user_id]
    assert nothing_is_broken()
    with pytest.raises(InvalidTransition):
        services.make_effective(SYSTEM, contract.id)


def test_part_of_the_money_does_not(make: Factories) -> None:
    _agreement, contract = signed(make)
    pay(contract, rupees(10_000_000))
    assert contract.state is ContractState.SIGNED


def test_all_accepted_pays_out_goods_less_commission(make: Factories) -> None:
    _agreement, contract = performing(make)
    services.settle(SYSTEM, contract.id, Decimal(40))
    assert contract.state is ContractState.PERFORMING
    assert payouts_of(contract) == {PayoutKind.SUPPLIER: 10_400_000 - 104_000}
    payout = db.session.scalars(select(Payout)).one()
    assert payout.bank_account_id == contract.supplier_account_id
    escrow = escrow_of(contract.subject)
    assert escrow is not None
    assert (escrow.paid, escrow.held) == (contract.total, rupees(0))
    assert (escrow.released, escrow.refunded) == (contract.total, rupees(0))
    assert nothing_is_broken()


def test_part_accepted_refunds_the_rest_with_its_freight(make: Factories) -> None:
    _agreement, contract = performing(make)
    services.settle(SYSTEM, contract.id, Decimal("12.345"))
    goods, freight = rupees(3_209_700), rupees(152_584)  # 1,525.842 rounds to 1,525.84
    assert payouts_of(contract) == {
        PayoutKind.SUPPLIER: goods.minor - 32_097,
        PayoutKind.REFUND: (contract.total - goods - freight).minor,
    }
    assert nothing_is_broken()


def test_nothing_accepted_refunds_everything(make: Factories) -> None:
    _agreement, contract = performing(make)
    services.settle(SYSTEM, contract.id, Decimal(0))
    assert payouts_of(contract) == {PayoutKind.REFUND: contract.total.minor}
    assert contract.accepted_quantity == 0
    assert nothing_is_broken()


@pytest.mark.parametrize("quantity", ["-0.001", "40.001"])
def test_refuses_a_quantity_that_was_not_agreed(make: Factories, quantity: str) -> None:
    _agreement, contract = performing(make)
    with pytest.raises(Invalid):
        services.settle(SYSTEM, contract.id, Decimal(quantity))
    assert contract.accepted_quantity is None
    assert payouts_of(contract) == {}


def test_is_settled_once_and_only_while_it_is_performed(make: Factories) -> None:
    _agreement, contract = signed(make)
    with pytest.raises(Conflict):
        services.settle(SYSTEM, contract.id, Decimal(40))
    pay(contract)
    with pytest.raises(Conflict):
        services.settle(SYSTEM, contract.id, Decimal(40))
    services.begin_performance(SYSTEM, contract.id)
    services.begin_performance(SYSTEM, contract.id)
    services.settle(SYSTEM, contract.id, Decimal(40))
    before = payouts_of(contract)
    with pytest.raises(Conflict):
        services.settle(SYSTEM, contract.id, Decimal(0))
    assert payouts_of(contract) == before
    assert contract.accepted_quantity == 40


@given(
    quantity=st.integers(1, 10**7),
    unit_price=st.integers(1, 10**8),
    freight=st.integers(0, 10**7),
    rate=st.integers(0, 10**6),
    share_accepted=st.integers(0, 1000),
)
@settings(
    max_examples=examples(12),
)
def test_released_and_refunded_are_what_was_paid(
    make: Factories, quantity: int, unit_price: int, freight: int, rate: int, share_accepted: int
) -> None:
    agreed = Decimal(quantity).scaleb(-3)
    price = Decimal(unit_price).scaleb(-4)
    if not extend(price, agreed, "INR"):
        return
    accepted = (agreed * share_accepted / 1000).quantize(Decimal("0.001"))
    _agreement, contract = performing(
        make,
        quantity=str(agreed),
        listed=str(agreed),
        unit_price=str(price),
        freight_per_unit=str(Decimal(freight).scaleb(-4)),
        commission_rate=str(Decimal(rate).scaleb(-6)),
    )
    services.settle(SYSTEM, contract.id, accepted)
    escrow = escrow_of(contract.subject)
    assert escrow is not None
    assert escrow.held == rupees(0)
    assert escrow.released + escrow.refunded == escrow.paid == contract.total
    goods = extend(price, accepted, "INR")
    assert escrow.released == goods + extend(contract.freight_per_unit, accepted, "INR")
    net = goods - share(goods, contract.commission_rate)
    assert payouts_of(contract).get(PayoutKind.SUPPLIER, 0) == net.minor
    assert payouts_of(contract).get(PayoutKind.REFUND, 0) == escrow.refunded.minor
    assert nothing_is_broken()


def send_out(make: Factories, contract: Contract) -> None:
    """Request, approve and export what is due, and import the bank's debits, one by one."""
    first, second = make.staff(StaffRole.FINANCE), make.staff(StaffRole.FINANCE)
    due = db.session.scalars(select(Payout).where(Payout.state == PayoutState.DUE)).all()
    for number, payout in enumerate(due):
        payments.request_payouts(first, [payout.public_id])
        payments.approve_payout(second, payout.public_id)
        ordered = payments.export_payouts(first, "INR")
        statement = pretend_bank.debit_statement(
            ordered.file.read(),
            opening="999999.00",
            statement_id=f"D-{contract.number}-{number}",
            date=clock.today("Asia/Kolkata").isoformat(),
        )
        payments.import_statement(SYSTEM, statement, f"debit-{number}.xml")
        last = number == len(due) - 1
        assert contract.state is (ContractState.COMPLETED if last else ContractState.PERFORMING)


def test_the_last_payout_completes_it(make: Factories) -> None:
    _agreement, contract = performing(make)
    services.settle(SYSTEM, contract.id, Decimal(30))
    assert len(payouts_of(contract)) == 2
    with pytest.raises(Conflict):
        services.complete(SYSTEM, contract.id)
    send_out(make, contract)
    assert contract.completed_at is not None
    assert nothing_is_broken()


def test_it_is_complete_at_once_when_nothing_has_to_be_paid_out(make: Factories) -> None:
    _agreement, contract = performing(make, commission_rate="1")
    services.settle(SYSTEM, contract.id, Decimal(40))
    assert contract.state is ContractState.COMPLETED
    assert payouts_of(contract) == {}
    assert nothing_is_broken()


@pytest.mark.state(None)
def test_unpaid_in_time_it_defaults_and_the_quantities_are_free(make: Factories) -> None:
    agreement, contract = signed(make, listed="40")
    pay(contract, rupees(400_000))
    invoice = db.session.scalars(select(Invoice)).one()
    clock.set_to(clock.now() + timedelta(days=8))
    payments.work_through_deadlines(SYSTEM)
    assert contract.state is ContractState.SIGNED
    clock.set_to(clock.now() + timedelta(days=3))
    payments.work_through_deadlines(SYSTEM)
    assert invoice.state is InvoiceState.LAPSED
    assert contract.state is ContractState.DEFAULTED
    assert contract.ended_at is not None
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(0))] * 2
    assert credit_of(contract.purchaser_id, "INR") == rupees(400_000)
    assert nothing_is_broken()


def end(make: Factories, contract: Contract) -> Actor:
    broker = make.staff(StaffRole.BROKER)
    services.terminate(broker, contract.public_id, "the supplier went silent")
    assert contract.state is ContractState.TERMINATED
    assert contract.ended_reason == "the supplier went silent"
    return broker


def test_a_broker_ends_it_before_payment(make: Factories) -> None:
    agreement, contract = signed(make)
    pay(contract, rupees(400_000))
    end(make, contract)
    assert db.session.scalars(select(Invoice.state)).one() is InvoiceState.CANCELLED
    assert credit_of(contract.purchaser_id, "INR") == rupees(400_000)
    assert payouts_of(contract) == {}
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(0))] * 2
    assert nothing_is_broken()


def test_a_broker_ends_it_after_payment_and_all_is_refunded(make: Factories) -> None:
    agreement, contract = signed(make)
    pay(contract)
    end(make, contract)
    assert payouts_of(contract) == {PayoutKind.REFUND: contract.total.minor}
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(0))] * 2
    assert nothing_is_broken()


def test_after_the_goods_arrived_the_quantities_stay_filled(make: Factories) -> None:
    agreement, contract = performing(make)
    end(make, contract)
    assert payouts_of(contract) == {PayoutKind.REFUND: contract.total.minor}
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(40))] * 2
    assert nothing_is_broken()


def test_what_is_settled_unsigned_or_over_is_not_ended(make: Factories) -> None:
    broker = make.staff(StaffRole.BROKER)
    _agreement, contract = performing(make)
    services.settle(SYSTEM, contract.id, Decimal(40))
    with pytest.raises(Conflict, match="final"):
        services.terminate(broker, contract.public_id, "no")
    issued = drawn(make)
    with pytest.raises(InvalidTransition):
        services.terminate(broker, issued.public_id, "no")
    assert (contract.state, issued.state) == (ContractState.PERFORMING, ContractState.ISSUED)


def test_only_a_broker_ends_a_signed_contract_and_says_why(make: Factories) -> None:
    agreement, contract = signed(make)
    people: list[Actor] = [
        agreement.supplier,
        agreement.purchaser,
        make.trader(agreement.supply.company, role=CompanyRole.VIEWER),
        make.staff(StaffRole.FINANCE),
    ]
    for actor in people:
        with pytest.raises(NotAllowed):
            services.terminate(actor, contract.public_id, "no")
    with pytest.raises(Invalid):
        services.terminate(make.staff(StaffRole.BROKER), contract.public_id, " ")
    assert contract.state is ContractState.SIGNED


@pytest.mark.parametrize(
    ("reaction", "fact"),
    [
        (reactions.on_invoice_paid, InvoicePaid),
        (reactions.on_invoice_lapsed, InvoiceLapsed),
        (reactions.on_payout_settled, PayoutSettled),
    ],
)
def test_facts_about_other_subjects_change_nothing(
    make: Factories, reaction: Callable[[Any], None], fact: Callable[..., object]
) -> None:
    _agreement, contract = signed(make)
    reaction(fact(1, "membership", contract.id))
    assert contract.state is ContractState.SIGNED
