"""Two people at once, on a committed database: exactly one of them does it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.payments import services
from hub.payments.bank.models import BankFile, StatementLine
from hub.payments.invariants import check
from hub.payments.payouts.models import PaymentFile, Payout, PayoutState
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk, rupees, statement
from tests.threads import at_once


def winners(outcomes: list[object]) -> int:
    assert {one.status for one in outcomes if isinstance(one, HubError)} <= {409}
    return sum(not isinstance(one, HubError) for one in outcomes)


@pytest.fixture
def desk(committed_app: Flask) -> Iterator[FinanceDesk]:
    with committed_app.app_context():
        yield FinanceDesk(Factories())
        db.session.remove()


def test_one_clerk_allocates_a_line(committed_app: Flask, desk: FinanceDesk) -> None:
    first, second = desk.invoice("40.00").public_id, desk.invoice("40.00").public_id
    desk.bank_sends(Entry("40.00", text="onions"))
    line = db.session.query(StatementLine).one().public_id
    outcomes = at_once(
        committed_app,
        [
            lambda: services.allocate(desk.anna, line, first, "called"),
            lambda: services.allocate(desk.ben, line, second, "called"),
        ],
    )
    assert winners(outcomes) == 1
    assert check() == []


def test_two_clerks_import_one_file(committed_app: Flask, desk: FinanceDesk) -> None:
    data = statement([Entry("1.00"), Entry("2.00")])
    at_once(
        committed_app,
        [
            lambda: services.import_statement(desk.anna, data, "a.xml"),
            lambda: services.import_statement(desk.ben, data, "b.xml"),
        ],
    )
    assert db.session.query(BankFile).count() == 1
    assert db.session.query(StatementLine).count() == 2
    assert check() == []


def test_a_payout_is_requested_approved_and_exported_once(
    committed_app: Flask, desk: FinanceDesk
) -> None:
    invoice = desk.invoice("100.00")
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    payout = services.refund(
        SYSTEM, invoice.subject, payee_id=invoice.payer_id, amount=rupees("9.00"), reason="short"
    )
    assert payout is not None
    name = payout.public_id
    people = (desk.anna, desk.ben)
    requests = [lambda who=who: services.request_payouts(who, [name]) for who in people]
    assert winners(at_once(committed_app, requests)) == 1
    carla = desk.make.staff(*desk.anna.staff_roles)
    dora = desk.make.staff(*desk.anna.staff_roles)
    approvals = [lambda who=who: services.approve_payout(who, name) for who in (carla, dora)]
    assert winners(at_once(committed_app, approvals)) == 1
    exports = [lambda who=who: services.export_payouts(who, "INR") for who in people]
    assert winners(at_once(committed_app, exports)) == 1
    assert db.session.query(PaymentFile).count() == 1
    assert db.session.query(Payout).one().state is PayoutState.EXPORTED
    assert check() == []


def test_credit_is_used_once(committed_app: Flask, desk: FinanceDesk) -> None:
    payer = desk.make.company()
    paid = desk.invoice("10.00", payer.id)
    desk.bank_sends(Entry("25.00", structured=paid.reference))
    names = [desk.invoice("15.00", payer.id).public_id for _number in range(2)]
    uses = [lambda name=name: services.use_credit(desk.anna, name) for name in names]
    assert winners(at_once(committed_app, uses)) == 1
    assert check() == []
