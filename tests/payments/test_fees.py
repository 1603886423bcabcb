"""Invoices for the hub's own services, and the shares of partners."""

import pytest

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, NotFound
from hub.payments import invariants, services
from hub.payments.escrow.queries import escrow_of
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.payouts.models import PayoutState
from tests.payments.money_factories import Entry, FinanceDesk, rupees

SUBJECT = ("service", 7)
DEFERRED = "service:7"


def stand(*accounts: int) -> list[int]:
    """The stored balances in minor units; credits negative."""
    return [ledger.balance(account, "INR").minor for account in accounts]


def fee(desk: FinanceDesk, amount: str = "100.00", subject: tuple[str, int] = SUBJECT) -> Invoice:
    return services.open_fee_invoice(
        SYSTEM,
        subject=subject,
        payer_id=desk.make.company().id,
        currency="INR",
        lines=[("membership", "Trade plan, a year", rupees(amount))],
        due_on=desk.make.someday(7),
        lapses_on=desk.make.someday(10),
    )


def test_fees_are_numbered_on_their_own(desk: FinanceDesk) -> None:
    desk.invoice()
    first, second = fee(desk), fee(desk, subject=("service", 8))
    assert [first.number[4:], second.number[4:]] == [
        f"{first.issued_on.year}-000001",
        f"{first.issued_on.year}-000002",
    ]
    assert {first.number[:4], second.number[:4]} == {"FEE-"}


@pytest.mark.parametrize("spelling", ["FEE-{0}", "fee {0}", "FEE/{0}"])
def test_a_transfer_that_names_a_fee_pays_it_and_not_a_contract(
    desk: FinanceDesk, spelling: str
) -> None:
    trade = desk.invoice("100.00")
    own = fee(desk)
    assert own.number[4:] == trade.number[4:] == f"{own.issued_on.year}-000001"
    desk.bank_sends(Entry("100.00", text=spelling.format(own.number[4:])))
    assert (own.state, trade.state) == (InvoiceState.PAID, InvoiceState.OPEN)
    desk.bank_sends(Entry("100.00", text=f"contract {trade.number[4:]}"))
    assert trade.state is InvoiceState.PAID


def test_held_money_is_earned_deferred_and_recognised(desk: FinanceDesk) -> None:
    invoice = fee(desk)
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    shares = [
        (chart.DEFERRED_MEMBERSHIP, DEFERRED, rupees("90.00")),
        (chart.ADVERTISING_INCOME, "", rupees("0")),
    ]
    services.earn(SYSTEM, SUBJECT, "earn:7", shares)
    services.earn(SYSTEM, SUBJECT, "earn:7", shares)
    assert stand(2100, 2150, 1150, 2700) == [-1000, -9000, 9000, -9000]
    services.held_to_wallet(SYSTEM, SUBJECT, rupees("10.00"), "rest:7", "Not needed.")
    services.recognise_deferred(SYSTEM, SUBJECT, "day:7:1", DEFERRED, rupees("0.25"))
    services.move_deferred(SYSTEM, SUBJECT, "move:7", DEFERRED, "other:1", rupees("1.00"))
    assert stand(2100, 2710, 2700, 4200) == [0, -1000, -8975, -25]
    assert services.deferred(DEFERRED, "INR") == rupees("88.75")
    with pytest.raises(Conflict):
        services.recognise_deferred(SYSTEM, SUBJECT, "day:7:2", DEFERRED, rupees("88.76"))
    with pytest.raises(Conflict):
        services.earn(SYSTEM, SUBJECT, "earn:8", [(chart.ADVERTISING_INCOME, "", rupees("0.01"))])
    escrow = escrow_of(SUBJECT)
    assert escrow is not None
    assert (escrow.paid, escrow.held) == (rupees("100.00"), rupees("0"))
    assert (escrow.released, escrow.refunded) == (rupees("90.00"), rupees("10.00"))
    assert invariants.check() == []


def test_nothing_is_earned_without_an_invoice(desk: FinanceDesk) -> None:
    with pytest.raises(NotFound):
        services.earn(SYSTEM, ("service", 9), "x", [(chart.ADVERTISING_INCOME, "", rupees("1.00"))])
    with pytest.raises(NotFound):
        services.held_to_wallet(SYSTEM, ("service", 9), rupees("1.00"), "y", "")
    assert stand(4300, 2710) == [0, 0]


def test_a_partner_is_paid_out_of_fees(desk: FinanceDesk) -> None:
    partner = desk.make.company()
    invoice = fee(desk)
    desk.bank_sends(Entry("100.00", structured=invoice.reference))
    services.earn(
        SYSTEM, SUBJECT, "earn:7", [(chart.DEFERRED_MEMBERSHIP, DEFERRED, rupees("100.00"))]
    )
    share = {"company_id": partner.id, "subject": SUBJECT}
    services.accrue_partner_share(SYSTEM, key="share:1", amount=rupees("10.00"), **share)
    services.take_back_partner_share(SYSTEM, key="back:1", amount=rupees("2.50"), **share)
    assert stand(2800, 5300) == [-750, 750]
    with pytest.raises(Conflict):
        services.take_back_partner_share(SYSTEM, key="back:2", amount=rupees("7.51"), **share)
    payout = services.pay_partner_share(SYSTEM, key="paid:1", amount=rupees("7.50"), **share)
    assert (payout.state, payout.payee_id, payout.amount) == (
        PayoutState.DUE,
        partner.id,
        rupees("7.50"),
    )
    assert stand(2800, 1150, 2150, 2110) == [0, 9250, -9250, -750]
    desk.pay_out(payout.public_id)
    desk.bank_sends(Entry("-7.50", end_to_end_id=payout.end_to_end_id))
    assert stand(2110, 2300) == [0, 0]
    assert invariants.check() == []


def test_a_partner_waits_while_the_fees_are_in_the_own_bank(desk: FinanceDesk) -> None:
    partner = desk.make.company()
    share = {"company_id": partner.id, "subject": SUBJECT}
    services.accrue_partner_share(SYSTEM, key="share:1", amount=rupees("10.00"), **share)
    with pytest.raises(Conflict, match="have left"):
        services.pay_partner_share(SYSTEM, key="paid:1", amount=rupees("10.00"), **share)
    assert stand(2800, 2110) == [-1000, 0]
