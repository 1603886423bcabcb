"""Members' accounts: topped up by transfer, spent, given back, paid out."""

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask

from hub import flow
from hub.accounts.models import Company
from hub.core import bus
from hub.core.actor import SYSTEM, Actor, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.money import Money
from hub.payments import invariants, services
from hub.payments.bank.models import StatementLine
from hub.payments.escrow.queries import escrow_of
from hub.payments.events import IncomeEarned, IncomeReturned, WalletToppedUp
from hub.payments.invoices.models import InvoiceState
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import PayoutState
from hub.payments.payouts.queries import credit_of
from hub.payments.wallets.models import Wallet
from hub.payments.wallets.queries import wallet_balance, wallets_of
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk, rupees
from tests.threads import at_once


def stand(*accounts: int) -> list[int]:
    """The stored balances in minor units; credits negative."""
    return [ledger.balance(account, "INR").minor for account in accounts]


def member(desk: FinanceDesk, balance: str = "0") -> Actor:
    """An owner of a company whose account holds ``balance``."""
    owner = desk.make.trader()
    wallet = services.open_wallet(owner, owner.company_id or 0, "INR")
    if rupees(balance):
        desk.bank_sends(Entry(balance, structured=wallet.reference))
    return owner


def charge(owner: Actor, amount: str, key: str = "click:1") -> None:
    services.charge_wallet(
        SYSTEM,
        key=key,
        kind="ad_click",
        company_id=owner.company_id or 0,
        amount=rupees(amount),
        income=chart.ADVERTISING_INCOME,
        subject=("campaign", 1),
    )


def give_back(owner: Actor, amount: str, key: str = "back:1") -> None:
    services.credit_wallet(
        SYSTEM,
        key=key,
        kind="credited",
        company_id=owner.company_id or 0,
        amount=rupees(amount),
        income=chart.ADVERTISING_INCOME,
        subject=("campaign", 1),
    )


def nothing_is_broken() -> bool:
    return invariants.check() == []


@pytest.mark.parametrize("field", ["structured", "text", "end_to_end_id"])
def test_a_transfer_that_quotes_the_account_tops_it_up(desk: FinanceDesk, field: str) -> None:
    owner = desk.make.trader()
    wallet = services.open_wallet(owner, owner.company_id or 0, "INR")
    desk.bank_sends(Entry("250.00", **{field: wallet.reference}))
    assert wallet_balance(wallet.company_id, "INR") == rupees("250.00")
    assert stand(1010, 2900, 2710) == [25000, 0, -25000]
    assert nothing_is_broken()


def test_money_that_came_before_finds_its_account_later(desk: FinanceDesk) -> None:
    owner = member(desk)
    wallet = wallets_of(owner.company_id or 0)[0]
    invoice = desk.invoice("50.00", owner.company_id)
    desk.bank_sends(Entry("70.00", text=f"{invoice.reference} and {wallet.reference}"))
    assert db.session.query(StatementLine).one().allocated_minor == 0
    assert stand(2900, 2710, 2100) == [-7000, 0, 0]


def test_an_account_is_opened_once_and_by_those_who_pay(desk: FinanceDesk) -> None:
    owner = member(desk)
    company_id = owner.company_id or 0
    assert services.open_wallet(owner, company_id, "INR").id == wallets_of(company_id)[0].id
    viewer = desk.make.trader(desk.make.company(), role=CompanyRole.VIEWER)
    with pytest.raises(NotAllowed):
        services.open_wallet(viewer, viewer.company_id or 0, "INR")
    with pytest.raises(NotAllowed):
        services.open_wallet(owner, viewer.company_id or 0, "INR")
    with pytest.raises(Invalid, match="USD"):
        services.open_wallet(owner, company_id, "USD")
    assert db.session.query(Wallet).count() == 1


def test_a_charge_becomes_income_in_both_pools_and_is_announced(
    desk: FinanceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    bus.install(
        {each: [heard.append] for each in (IncomeEarned, IncomeReturned, WalletToppedUp)}, {}
    )
    owner = member(desk, "10.00")
    company_id = owner.company_id or 0
    charge(owner, "4.00")
    assert stand(2710, 2150, 1150, 4300) == [-600, -400, 400, -400]
    charge(owner, "4.00")  # the same key: charged once
    assert stand(2710, 2150, 1150, 4300) == [-600, -400, 400, -400]
    give_back(owner, "1.00")
    assert stand(2710, 2150, 1150, 4300) == [-700, -300, 300, -300]
    earned = IncomeEarned("click:1", company_id, 4300, "INR", 400, "campaign", 1)
    returned = IncomeReturned("back:1", company_id, 4300, "INR", 100, "campaign", 1)
    assert heard == [WalletToppedUp(company_id, "INR"), earned, earned, returned]
    assert nothing_is_broken()


@pytest.fixture(autouse=True)
def usual_reactions() -> Iterator[None]:
    """What a test installed in the bus is gone afterwards."""
    yield
    bus.install(flow.REACTIONS, flow.GUARDS)


def test_no_more_is_charged_than_the_account_holds(desk: FinanceDesk) -> None:
    owner = member(desk, "10.00")
    with pytest.raises(Conflict):
        charge(owner, "10.01")
    assert stand(2710, 2150, 1150, 4300) == [-1000, 0, 0, 0]
    charge(owner, "10.00")
    with pytest.raises(Conflict):
        charge(owner, "0.01", "click:2")
    assert stand(2710, 4300) == [0, -1000]


def test_what_left_for_the_own_bank_can_not_be_given_back_from_client_money(
    desk: FinanceDesk,
) -> None:
    desk.own_account()
    owner = member(desk, "10.00")
    charge(owner, "4.00")
    services.request_sweep(desk.anna, "INR")
    with pytest.raises(Conflict, match="have left"):
        give_back(owner, "4.00")
    assert stand(2710, 2150) == [-600, 0]


def test_an_invoice_is_paid_from_the_account_in_full_or_not_at_all(desk: FinanceDesk) -> None:
    owner = member(desk, "99.99")
    invoice = desk.invoice("100.00", owner.company_id)
    with pytest.raises(Conflict, match="0.01"):
        services.pay_from_wallet(owner, invoice.public_id)
    assert invoice.state is InvoiceState.OPEN
    desk.bank_sends(Entry("0.01", structured=wallets_of(owner.company_id or 0)[0].reference))
    assert services.pay_from_wallet(owner, invoice.public_id) == rupees("100.00")
    assert invoice.state is InvoiceState.PAID
    assert stand(2710, 2100) == [0, -10000]
    with pytest.raises(Conflict):
        services.pay_from_wallet(owner, invoice.public_id)
    escrow = escrow_of(invoice.subject)
    assert escrow is not None
    assert (escrow.paid, escrow.held) == (rupees("100.00"), rupees("100.00"))
    assert nothing_is_broken()


def test_only_those_who_pay_for_the_company_use_its_account(desk: FinanceDesk) -> None:
    owner = member(desk, "100.00")
    invoice = desk.invoice("100.00", owner.company_id)
    with pytest.raises(NotFound):
        services.pay_from_wallet(desk.make.trader(), invoice.public_id)
    company = db.session.get_one(Company, owner.company_id)
    with pytest.raises(NotAllowed):
        services.pay_from_wallet(
            desk.make.trader(company, role=CompanyRole.VIEWER), invoice.public_id
        )
    with pytest.raises(NotAllowed):
        services.withdraw(desk.make.trader(company, role=CompanyRole.TRADER), rupees("1"))
    assert stand(2710) == [-10000]


def test_credit_moves_into_the_account_and_back_to_the_bank(desk: FinanceDesk) -> None:
    owner = member(desk, "10.00")
    company_id = owner.company_id or 0
    invoice = desk.invoice("50.00", company_id)
    desk.bank_sends(Entry("80.00", structured=invoice.reference))
    assert services.move_credit_to_wallet(owner, "INR") == rupees("30.00")
    with pytest.raises(Conflict):
        services.move_credit_to_wallet(owner, "INR")
    assert stand(2710, 2110) == [-4000, 0]
    payout = services.withdraw(owner, rupees("15.00"))
    assert (payout.state, payout.amount) == (PayoutState.DUE, rupees("15.00"))
    assert stand(2710, 2110) == [-2500, -1500]
    assert credit_of(company_id, "INR") == rupees("0")
    desk.pay_out(payout.public_id)
    desk.bank_sends(Entry("-15.00", end_to_end_id=payout.end_to_end_id))
    assert payout.state is PayoutState.SETTLED
    assert stand(2710, 2110, 2300) == [-2500, 0, 0]
    for amount in ("0", "25.01"):
        with pytest.raises((Invalid, Conflict)):
            services.withdraw(owner, rupees(amount))
    assert stand(2710) == [-2500]
    assert nothing_is_broken()


def test_charges_at_once_stop_at_the_last_unit(committed_app: Flask) -> None:
    with committed_app.app_context():
        owner = member(FinanceDesk(Factories()), "2.05")
    outcomes = at_once(
        committed_app, [partial(charge, owner, "0.10", f"click:{each}") for each in range(30)]
    )
    assert sum(outcome is None for outcome in outcomes) == 20
    assert {type(outcome) for outcome in outcomes} == {type(None), Conflict}
    with committed_app.app_context():
        assert wallet_balance(owner.company_id or 0, "INR") == Money(5, "INR")
        assert stand(4300) == [-200]
        assert nothing_is_broken()
