"""Payouts move by the right people only, to the account that was approved, and leave a trace."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from hub.accounts.models import Company, CompanyBankAccount
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.payments import services
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import PaymentFile, Payout, PayoutKind, PayoutState
from hub.payments.payouts.queries import credit_of, payouts_of
from tests.payments.money_factories import Entry, FinanceDesk, rupees


@dataclass
class Steps:
    """A payout in each state that a step starts from, and fees to be swept."""

    due: Payout
    held: Payout
    requested: Payout
    approved: Payout


@pytest.fixture
def steps(desk: FinanceDesk) -> Steps:
    """All payouts of one payer, and a fee of 1.00."""
    desk.own_account()
    payer = desk.trader_in_both()
    invoice = desk.invoice("37.00", payer.id)
    desk.bank_sends(Entry("37.00", structured=invoice.reference))
    supplier = desk.make.company()
    services.release(
        SYSTEM,
        invoice.subject,
        payee_id=supplier.id,
        bank_account_id=supplier.bank_accounts[0].id,
        goods=rupees(1),
        commission=rupees(1),
        freight=rupees(0),
    )
    for _number in range(4):
        services.refund(
            SYSTEM, invoice.subject, payee_id=payer.id, amount=rupees(9), reason="short"
        )
    due, held, requested, approved = payouts_of(invoice.subject)
    held.held_reason = "It came back."
    db.session.commit()
    services.request_payouts(desk.anna, [requested.public_id, approved.public_id])
    services.approve_payout(desk.ben, approved.public_id)
    return Steps(due, held, requested, approved)


STEPS: dict[str, Callable[[Actor, Steps], object]] = {
    "request": lambda who, on: services.request_payouts(who, [on.due.public_id]),
    "approve": lambda who, on: services.approve_payout(who, on.requested.public_id),
    "reject": lambda who, on: services.reject_payout(who, on.requested.public_id, "no"),
    "reject an approved one": lambda who, on: services.reject_payout(
        who, on.approved.public_id, "no"
    ),
    "confirm": lambda who, on: services.confirm_account(who, on.held.public_id, "called"),
    "sweep": lambda who, on: services.request_sweep(who, "INR"),
    "export": lambda who, on: services.export_payouts(who, "INR"),
}


def everything() -> tuple[object, ...]:
    """All that a step with a payout could change."""
    payouts = db.session.execute(
        select(Payout.id, Payout.state, Payout.held_reason, Payout.version).order_by(Payout.id)
    ).all()
    balances = [ledger.balance(account, "INR").minor for account in (2150, 2300, 2500)]
    counts = (db.session.query(PaymentFile).count(), db.session.query(AuditEntry).count())
    return payouts, balances, counts


@pytest.mark.parametrize("step", STEPS)
def test_only_finance_people_move_payouts(desk: FinanceDesk, steps: Steps, step: str) -> None:
    company = db.session.get_one(Company, steps.due.payee_id)
    others = [
        desk.make.trader(company),
        desk.make.trader(company, role=CompanyRole.FINANCE),
        desk.make.staff(StaffRole.ADMINISTRATOR, StaffRole.BROKER, StaffRole.VERIFIER),
    ]
    before = everything()
    for who in others:
        with pytest.raises(NotAllowed, match="This is done by the hub's staff"):
            STEPS[step](who, steps)
    assert everything() == before
    STEPS[step](desk.make.staff(StaffRole.FINANCE), steps)
    assert everything() != before


@pytest.mark.parametrize("step", ["request", "approve", "confirm", "sweep"])
def test_the_system_is_not_one_of_four_eyes(steps: Steps, step: str) -> None:
    before = everything()
    with pytest.raises(NotAllowed, match="by people"):
        STEPS[step](SYSTEM, steps)
    assert everything() == before


def credited(desk: FinanceDesk) -> Company:
    """A company with a credit of 30.00."""
    company = desk.trader_in_both()
    paid = desk.invoice("10.00", company.id)
    desk.bank_sends(Entry("40.00", structured=paid.reference))
    return company


@pytest.mark.parametrize("role", [CompanyRole.TRADER, CompanyRole.VIEWER])
def test_traders_and_viewers_do_not_have_credit_paid_out(
    desk: FinanceDesk, role: CompanyRole
) -> None:
    company = credited(desk)
    with pytest.raises(NotAllowed, match="Only an owner or finance person"):
        services.pay_out_credit(desk.make.trader(company, role=role), company.id, "INR")
    assert credit_of(company.id, "INR") == rupees(30)
    assert db.session.query(Payout).count() == 0


@pytest.mark.parametrize("role", [CompanyRole.OWNER, CompanyRole.FINANCE])
def test_owners_and_finance_people_have_credit_paid_out_once(
    desk: FinanceDesk, role: CompanyRole
) -> None:
    company = credited(desk)
    owner = desk.make.trader(company, role=role)
    payout = services.pay_out_credit(owner, company.id, "INR")
    assert (payout.kind, payout.state, payout.amount, payout.payee_id) == (
        PayoutKind.CREDIT,
        PayoutState.DUE,
        rupees(30),
        company.id,
    )
    assert credit_of(company.id, "INR") == rupees(0)
    with pytest.raises(Conflict, match="no credit"):
        services.pay_out_credit(owner, company.id, "INR")
    assert db.session.query(Payout).count() == 1


def test_the_credit_of_another_company_is_nobodys_business(desk: FinanceDesk) -> None:
    company = credited(desk)
    for who in (desk.make.trader(), desk.make.staff(StaffRole.ADMINISTRATOR)):
        with pytest.raises(NotFound):
            services.pay_out_credit(who, company.id, "INR")
    assert credit_of(company.id, "INR") == rupees(30)
    assert services.pay_out_credit(desk.ben, company.id, "INR").amount == rupees(30)


def _not_verified(account: CompanyBankAccount) -> None:
    account.verified_at = None


def _retired(account: CompanyBankAccount) -> None:
    account.retired_at = clock.now()


def _replaced(account: CompanyBankAccount) -> None:
    account.retired_at = clock.now()
    db.session.flush()
    db.session.add(
        CompanyBankAccount(
            company_id=account.company_id,
            currency=account.currency,
            holder=account.holder,
            country="IN",
            clearing_code="SBIN0000002",
            account_number="99",
            created_at=clock.now(),
            verified_at=clock.now(),
        )
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_not_verified, "has not been verified"),
        (_retired, "has no bank account in this currency"),
        (_replaced, "is not the one that was frozen at signing"),
    ],
)
def test_nothing_is_exported_while_an_account_changed_after_its_approval(
    desk: FinanceDesk, change: Callable[[CompanyBankAccount], None], sentence: str
) -> None:
    """It is the later one of two that changed; whoever changed it told nobody."""
    payouts = [desk.due_payout(), desk.due_payout()]
    services.request_payouts(desk.anna, [payout.public_id for payout in payouts])
    for payout in payouts:
        services.approve_payout(desk.ben, payout.public_id)
    change(db.session.get_one(CompanyBankAccount, payouts[1].bank_account_id))
    db.session.commit()
    with pytest.raises(Conflict, match=f"{payouts[1].end_to_end_id} is held: .*{sentence}"):
        services.export_payouts(desk.anna, "INR")
    assert [payout.state for payout in payouts] == [PayoutState.APPROVED] * 2
    assert db.session.query(PaymentFile).count() == 0


def test_a_changed_account_is_neither_requested_nor_approved(desk: FinanceDesk) -> None:
    due, requested = desk.due_payout(), desk.due_payout()
    services.request_payouts(desk.anna, [requested.public_id])
    for payout in (due, requested):
        _replaced(db.session.get_one(CompanyBankAccount, payout.bank_account_id))
    db.session.commit()
    with pytest.raises(Conflict, match="is held"):
        services.request_payouts(desk.anna, [due.public_id])
    with pytest.raises(Conflict, match="is held"):
        services.approve_payout(desk.ben, requested.public_id)
    assert (due.state, requested.state) == (PayoutState.DUE, PayoutState.REQUESTED)
    assert ledger.balance(2300, "INR") == rupees(-9)


def test_an_export_leaves_a_trace_of_the_file_and_of_each_payout(desk: FinanceDesk) -> None:
    payouts = [desk.due_payout("9.00"), desk.due_payout("8.50")]
    desk.pay_out(*(payout.public_id for payout in payouts))
    file = db.session.query(PaymentFile).one()
    assert (file.count, file.total, file.created_by) == (2, rupees("17.50"), desk.anna.user_id)
    assert file.account_id == desk.account.id
    assert [payout.payment_file_id for payout in payouts] == [file.id] * 2

    def told(kind: str, thing_id: int) -> list[tuple[int | None, str | None, dict]]:
        rows = db.session.query(AuditEntry).filter_by(
            thing_kind=kind, thing_id=thing_id, action="exported"
        )
        return [(row.user_id, row.state_to, row.details) for row in rows]

    anna = desk.anna.user_id
    assert told("payment_file", file.id) == [(anna, None, {"count": 2, "total": "17.50 INR"})]
    for payout in payouts:
        assert told("payout", payout.id) == [(anna, "exported", {})]


def test_a_held_payout_goes_to_the_account_that_a_clerk_confirmed(desk: FinanceDesk) -> None:
    payout = desk.due_payout()
    before = payout.bank_account_id
    _replaced(db.session.get_one(CompanyBankAccount, before))
    db.session.commit()
    services.hold_for_changed_account(SYSTEM, payout.payee_id or 0)
    assert payout.held_reason == (
        "The payee's bank account is not the one that was frozen at signing."
    )
    services.confirm_account(desk.anna, payout.public_id, "called")
    account = db.session.get_one(CompanyBankAccount, payout.bank_account_id)
    assert (account.account_number, payout.held_reason) == ("99", "")
    (row,) = db.session.query(AuditEntry).filter_by(action="account_confirmed")
    assert (row.user_id, row.thing_id, row.reason) == (desk.anna.user_id, payout.id, "called")
    assert row.details == {"before": before, "after": account.id}
    with pytest.raises(Conflict, match="is not held"):
        services.confirm_account(desk.anna, payout.public_id, "called again")


def test_an_account_is_confirmed_only_while_the_payout_is_due(
    desk: FinanceDesk, steps: Steps
) -> None:
    """Even if a reason to hold it is still noted."""
    steps.requested.held_reason = "Old."
    db.session.commit()
    with pytest.raises(Conflict, match="is not held"):
        services.confirm_account(desk.anna, steps.requested.public_id, "called")
    assert steps.requested.held_reason == "Old."


def test_a_payout_is_rejected_until_the_bank_has_paid_it(desk: FinanceDesk) -> None:
    refused, settled, due = desk.exported_payout(), desk.exported_payout(), desk.due_payout()
    desk.bank_sends(Entry("-9.00", end_to_end_id=settled.end_to_end_id))
    retried = services.reject_payout(desk.ben, refused.public_id, "no such account")
    assert retried is not None
    assert (refused.state, retried.state, retried.retry_of_id) == (
        PayoutState.REJECTED,
        PayoutState.DUE,
        refused.id,
    )
    before = everything()
    for payout in (settled, due, refused):
        with pytest.raises(InvalidTransition):
            services.reject_payout(desk.ben, payout.public_id, "too late")
    with pytest.raises(Invalid, match="Say why"):
        services.reject_payout(desk.ben, retried.public_id, " ")
    assert everything() == before
    assert [ledger.balance(account, "INR") for account in (2300, 2500)] == [rupees(0), rupees(-18)]


def test_a_sweep_that_is_rejected_leaves_the_fees_to_be_asked_for_afresh(
    desk: FinanceDesk, steps: Steps
) -> None:
    sweep = services.request_sweep(desk.anna, "INR")
    assert services.reject_payout(desk.ben, sweep.public_id, "not now") is None
    assert db.session.query(Payout).filter_by(retry_of_id=sweep.id).count() == 0
    assert ledger.balance(2150, "INR") == rupees(-1)
    assert services.request_sweep(desk.ben, "INR").amount == rupees(1)
