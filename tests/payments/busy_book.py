"""A sound book in which something of everything has happened, in two currencies."""

from decimal import Decimal

from hub.accounts.queries import current_bank_account
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments import services
from hub.payments.bank.models import StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.models import DesignatedAccount
from hub.payments.ledger.queries import subject_holder
from hub.payments.payouts.models import Payout
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk, euros, rupees


class BusyBook:
    """Two purchasers, two suppliers, and every kind of thing that happens to their money.

    Rows are found by the names that they have here: ``orders`` (the ids), ``payouts`` (id and
    end-to-end id) and ``lines`` (the ids, by the bank's reference).
    """

    def __init__(self, make: Factories) -> None:
        self.desk = FinanceDesk(make)
        self.desk.own_account()
        self.asha, self.bram, self.chen, self.dora = (
            self.desk.trader_in_both().id for _number in range(4)
        )
        self.account, self.former, self.euro_account = (
            each.id for each in (self.desk.account, self.desk.former, self.desk.euros)
        )
        self._closing = {self.account: Decimal("500.00"), self.euro_account: Decimal("0.00")}
        self.orders: dict[str, int] = {}
        self.invoices: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self.payouts: dict[str, tuple[int, str]] = {}
        self._open_orders()
        self._money_arrives()
        self._it_is_disposed_of()
        self._payouts_leave_and_come_back()
        self.lines = {
            line.bank_reference: line.id
            for line in db.session.query(StatementLine)
            if line.bank_reference
        }

    def _open_orders(self) -> None:
        former = self.desk.former
        self._order("paid", "100.00", self.asha)
        self._order("overpaid", "100.00", self.bram)
        self._order("credited", "50.00", self.bram)
        self._order("cancelled", "40.00", self.asha)
        self._order("by wallet", "20.00", self.asha)
        self._order("former", "70.00", self.bram, account=former)
        self._order("euros", "100.00", self.asha, "EUR")
        self._order("part of euros", "60.00", self.bram, "EUR")

    def _order(
        self,
        name: str,
        amount: str,
        payer_id: int,
        currency: str = "INR",
        account: DesignatedAccount | None = None,
    ) -> None:
        self._keep(name, self.desk.invoice(amount, payer_id, currency, account))

    def _keep(self, name: str, invoice: Invoice) -> None:
        self.orders[name] = invoice.subject_id
        self.invoices[name] = invoice.number
        self._references[name] = invoice.reference

    def _bank_sends(self, to: DesignatedAccount, *entries: Entry) -> None:
        """A statement that follows the one before; those of the former account tell no balances."""
        opening = self._closing.get(to.id)
        if opening is None:
            self.desk.bank_sends(*entries, to=to)
            return
        self.desk.bank_sends(*entries, to=to, opening=f"{opening}")
        self._closing[to.id] += sum((entry.signed for entry in entries), Decimal(0))

    def _money_arrives(self) -> None:
        wallet = services.open_wallet(SYSTEM, self.asha, "INR")
        fee = services.open_fee_invoice(
            SYSTEM,
            subject=("service", 1),
            payer_id=self.bram,
            currency="INR",
            lines=[("advertising", "A place", rupees("36.00")), ("tax", "None", rupees("0.50"))],
            due_on=self.desk.make.someday(7),
            lapses_on=self.desk.make.someday(10),
        )
        self._keep("fee", fee)
        self._bank_sends(
            self.desk.account,
            self._pays("paid", "100.00"),
            self._pays("overpaid", "130.00"),
            self._pays("cancelled", "10.00"),
            self._pays("fee", "36.50"),
            Entry("60.00", structured=wallet.reference, reference="top up"),
            Entry("12.00", text="onions", reference="unknown"),
            Entry("30.00", text="sorry", reference="by mistake"),
            Entry("79.20", text="hello", reference="like a return"),
            Entry("-79.20", text="hello", reference="like a payout"),
            Entry("-2.50", text="?", reference="unexplained"),
            Entry("-3.00", text="fee", reference="charge"),
        )
        self._bank_sends(
            self.desk.euros,
            self._pays("euros", "100.00", currency="EUR"),
            self._pays("part of euros", "25.00", currency="EUR"),
            Entry("9.00", text="tulips", reference="unknown euros", currency="EUR"),
            Entry("-7.00", text="?", reference="unexplained euros", currency="EUR"),
        )
        self._bank_sends(
            self.desk.former,
            self._pays("former", "70.00"),
            Entry("3.00", text="late", reference="unknown to the former"),
        )

    def _pays(self, name: str, amount: str, currency: str = "INR") -> Entry:
        return Entry(
            amount, structured=self._references[name], reference=f"pays {name}", currency=currency
        )

    def _it_is_disposed_of(self) -> None:
        anna = self.desk.anna
        for name, supplier in (("paid", self.chen), ("overpaid", self.dora), ("euros", self.chen)):
            self._release(name, supplier)
        self._refund("paid", "refund", rupees("15.00"), self.asha)
        self._refund("former", "refund of the former", rupees("20.00"), self.bram)
        for number in (1, 2, 3):
            self._refund("euros", f"refund of euros {number}", euros(number), self.asha)
        services.use_credit(anna, self._invoice("credited").public_id)
        services.pay_from_wallet(anna, self._invoice("by wallet").public_id)
        services.cancel_invoice(SYSTEM, ("order", self.orders["cancelled"]), "terminated")
        self._dispute("by wallet", rupees("5.00"))
        services.charge_wallet(
            SYSTEM,
            key="click:1",
            kind="ad_click",
            company_id=self.asha,
            amount=rupees("4.00"),
            income=chart.ADVERTISING_INCOME,
            subject=("campaign", 1),
        )
        share = (chart.ADVERTISING_INCOME, "", rupees("30.00"))
        services.earn(SYSTEM, ("service", 1), "earn:1", [share])
        services.held_to_wallet(SYSTEM, ("service", 1), rupees("6.50"), "rest:1", "Not needed.")
        services.explain_charges(anna, self._line("charge").public_id, "account fee")
        sent_back = services.return_to_payer(
            anna, self._line("by mistake").public_id, self.chen, "sent by mistake"
        )
        self._name_payout("credit", sent_back)
        self._name_payout("sweep", services.request_sweep(anna, "INR"))

    def _release(self, name: str, supplier: int) -> None:
        currency = self._invoice(name).currency
        account = current_bank_account(supplier, currency)
        assert account is not None
        payout = services.release(
            SYSTEM,
            ("order", self.orders[name]),
            payee_id=supplier,
            bank_account_id=account.id,
            goods=Money(8000, currency),
            commission=Money(80, currency),
            freight=Money(500, currency),
        )
        self._name_payout(name, payout)

    def _refund(self, order: str, name: str, amount: Money, payee_id: int) -> None:
        subject = ("order", self.orders[order])
        payout = services.refund(SYSTEM, subject, payee_id=payee_id, amount=amount, reason="short")
        self._name_payout(name, payout)

    def _name_payout(self, name: str, payout: Payout | None) -> None:
        assert payout is not None
        self.payouts[name] = (payout.id, payout.end_to_end_id)

    @use_case
    def _dispute(self, order: str, amount: Money) -> None:
        subject = ("order", self.orders[order])
        holder = subject_holder(subject)
        lines = [
            ledger.debit(chart.HELD_FOR_CONTRACT, holder, amount),
            ledger.credit(chart.HELD_IN_DISPUTE, holder, amount),
        ]
        ledger.post(
            self.desk.anna,
            ledger.Draft("dispute:1", "dispute", subject, self.desk.make.someday(0), lines),
        )

    def _payouts_leave_and_come_back(self) -> None:
        anna, ben = self.desk.anna, self.desk.ben
        leaving = ("paid", "overpaid", "refund", "credit", "refund of the former", "euros")
        asked = [self._payout(name).public_id for name in (*leaving, "refund of euros 3")]
        services.request_payouts(anna, asked)
        services.reject_payout(ben, self._payout("refund of euros 3").public_id, "wrong day")
        for name in (*leaving, "sweep"):
            services.approve_payout(ben, self._payout(name).public_id)
        for currency in ("INR", "INR", "EUR"):
            services.export_payouts(anna, currency)
        services.request_payouts(anna, [self._payout("refund of euros 1").public_id])
        services.request_payouts(anna, [self._payout("refund of euros 2").public_id])
        services.approve_payout(ben, self._payout("refund of euros 2").public_id)
        self._bank_sends(
            self.desk.account,
            *(self._leaves(name) for name in ("paid", "overpaid", "refund", "sweep")),
            Entry("1.00", text="for the fee", reference="makes good"),
        )
        self._bank_sends(self.desk.former, self._leaves("refund of the former"))
        self._bank_sends(self.desk.euros, self._leaves("euros"))
        services.make_good(
            anna, self._line("makes good").public_id, self._line("charge").public_id, "arrived"
        )
        _id, end_to_end_id = self.payouts["overpaid"]
        self._bank_sends(
            self.desk.account,
            Entry("79.20", end_to_end_id=end_to_end_id, reference="overpaid comes back"),
        )

    def _leaves(self, name: str) -> Entry:
        payout = self._payout(name)
        return Entry(
            f"-{payout.amount.decimal}",
            end_to_end_id=payout.end_to_end_id,
            reference=f"{name} leaves",
            currency=payout.currency,
        )

    def _payout(self, name: str) -> Payout:
        return db.session.get_one(Payout, self.payouts[name][0])

    def _invoice(self, name: str) -> Invoice:
        return db.session.query(Invoice).filter_by(number=self.invoices[name]).one()

    def _line(self, reference: str) -> StatementLine:
        return db.session.query(StatementLine).filter_by(bank_reference=reference).one()
