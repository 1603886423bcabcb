"""Time runs out on invoices; changed bank details hold payouts; files are shown, not posted."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from hub.cli.bank import read_statement
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.payments import services
from hub.payments.bank.models import StatementLine
from hub.payments.invariants import check
from hub.payments.invoices.models import InvoiceState
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import Payout, PayoutState
from hub.payments.payouts.queries import credit_of
from tests.payments.money_factories import Entry, FinanceDesk, rupees, statement


def test_an_unpaid_invoice_is_reminded_overdue_and_lapses(desk: FinanceDesk) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("30.00", structured=invoice.reference))
    start = clock.now()
    seen = []
    for days in (5, 6, 7, 8, 10, 11):
        clock.set_to(start + timedelta(days=days))
        taken = services.work_through_deadlines(SYSTEM)
        seen.append((days, taken, invoice.state.value))
        assert services.work_through_deadlines(SYSTEM) == 0
    assert seen == [
        (5, 0, "partly_paid"),
        (6, 1, "partly_paid"),
        (7, 0, "partly_paid"),
        (8, 1, "overdue"),
        (10, 0, "overdue"),
        (11, 1, "lapsed"),
    ]
    assert credit_of(invoice.payer_id, "INR") == rupees(30)
    desk.bank_sends(Entry("70.00", structured=invoice.reference))
    assert invoice.state is InvoiceState.LAPSED
    assert credit_of(invoice.payer_id, "INR") == rupees(100)
    assert check() == []


@pytest.mark.parametrize("reached", [PayoutState.DUE, PayoutState.REQUESTED, PayoutState.APPROVED])
def test_changed_bank_details_hold_whatever_has_not_left(
    desk: FinanceDesk, reached: PayoutState
) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    payout = services.refund(
        SYSTEM, invoice.subject, payee_id=invoice.payer_id, amount=rupees("9.00"), reason="short"
    )
    assert payout is not None
    if reached is not PayoutState.DUE:
        services.request_payouts(desk.anna, [payout.public_id])
    if reached is PayoutState.APPROVED:
        services.approve_payout(desk.ben, payout.public_id)
    account = db.session.get_one(type(desk.make.company().bank_accounts[0]), payout.bank_account_id)
    account.verified_at = None
    db.session.commit()
    services.hold_for_changed_account(SYSTEM, invoice.payer_id)
    held = db.session.query(Payout).filter_by(state=PayoutState.DUE).one()
    assert held.held_reason == "The payee's bank account has not been verified."
    assert ledger.balance(2300, "INR") == rupees(0)
    with pytest.raises(Conflict, match="is held"):
        services.request_payouts(desk.anna, [held.public_id])
    with pytest.raises(Conflict, match="no verified bank account"):
        services.confirm_account(desk.anna, held.public_id, "called")
    account.verified_at = clock.now()
    db.session.commit()
    services.confirm_account(desk.anna, held.public_id, "called")
    services.request_payouts(desk.anna, [held.public_id])
    assert held.state is PayoutState.REQUESTED
    assert check() == []


def test_read_statement_shows_files_and_touches_nothing(
    app: Flask, desk: FinanceDesk, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(statement([Entry("-1.50", text="fee")]))
    bad.write_bytes(b"no")
    runner = app.test_cli_runner()
    result = runner.invoke(read_statement, [str(good), str(bad), "--json"])
    assert result.exit_code == 0
    first, second = json.loads(result.output)
    assert first["error"] is None
    assert first["statements"][0]["entries"][0]["amount"] == "-1.50"
    assert (second["error"], second["statements"]) == ("This is not an XML file.", [])
    table = runner.invoke(read_statement, [str(good)])
    assert "-1.50 INR" in table.output
    assert db.session.query(StatementLine).count() == 0
