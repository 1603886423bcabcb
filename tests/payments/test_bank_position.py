"""The bank's closing balance beside the ledger: claimed only where the statements tell it all."""

from hub.payments import services
from hub.payments.bank.position import BankPosition, bank_positions
from hub.payments.invariants import pool_is_covered
from hub.payments.ledger.models import DesignatedAccount
from tests.payments.money_factories import Entry, FinanceDesk, rupees, statement


def position_of(account: DesignatedAccount) -> BankPosition:
    (found,) = [each for each in bank_positions() if each.account.id == account.id]
    return found


def _read(desk: FinanceDesk, data: bytes, name: str) -> None:
    assert services.import_statement(desk.anna, data, name).error is None


def test_statements_in_a_row_tell_what_the_bank_holds(desk: FinanceDesk) -> None:
    _read(desk, statement([Entry("100.00")], opening="50.00", number="A"), "a.xml")
    _read(desk, statement([Entry("20.00", text="x")], opening="150.00", number="B"), "b.xml")
    position = position_of(desk.account)
    assert position.is_complete
    assert position.closing == rupees("170.00")
    assert position.difference == rupees("0")


def test_a_statement_without_balances_is_no_false_alarm(desk: FinanceDesk) -> None:
    _read(desk, statement([Entry("100.00")], opening="50.00", number="A"), "a.xml")
    _read(desk, statement([Entry("20.00", text="x")], opening=None, number="B"), "b.xml")
    position = position_of(desk.account)
    assert not position.is_complete
    assert pool_is_covered() == []
