"""Whatever happens to money, in whatever order, the books stay right."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hub.accounts.queries import current_bank_account
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments import services
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.escrow.queries import escrow_of
from hub.payments.invariants import check
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import CHART, Kind, Pool
from hub.payments.ledger.models import DesignatedAccount, LedgerBalance, LedgerEntry
from hub.payments.payouts.models import Payout
from tests.examples import examples
from tests.payments.money_factories import Entry, FinanceDesk, rupees, statement
from tests.transactions import undone

QUICK = settings(
    max_examples=examples(8),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)


def balances() -> dict[tuple[int, str, str], int]:
    """Every stored balance that isn't nothing."""
    return {
        (row.account, row.holder, row.currency): row.balance_minor
        for row in db.session.query(LedgerBalance)
        if row.balance_minor
    }


def release(invoice: Invoice, payee_id: int, account_id: int, goods: Money) -> Payout | None:
    return services.release(
        SYSTEM,
        invoice.subject,
        payee_id=payee_id,
        bank_account_id=account_id,
        goods=goods,
        commission=Money(goods.minor // 100, goods.currency),
        freight=Money.zero(goods.currency),
    )


CODES = sorted(CHART)
CURRENCIES = ("INR", "EUR")
POSTINGS = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from(CODES),
        st.sampled_from(CURRENCIES),
        st.integers(1, 500),
    ),
    max_size=12,
)


@QUICK
@given(postings=POSTINGS)
def test_postings_keep_pools_apart_and_liabilities_whole(
    desk: FinanceDesk, postings: list[tuple[int, int, str, int]]
) -> None:
    with undone():
        model: dict[tuple[int, str], int] = {}
        for number, (taken, given_to, currency, minor) in enumerate(postings):
            amount = Money(minor, currency)
            lines = [ledger.debit(taken, "x", amount), ledger.credit(given_to, "x", amount)]
            if CHART[taken].pool is not CHART[given_to].pool:
                with pytest.raises(ValueError, match="doesn't balance within each pool"):
                    ledger.Draft("k", "t", ("test", 1), desk.make.someday(0), lines)
                continue
            debited, credited = (taken, currency), (given_to, currency)
            before = {each: model.get(each, 0) for each in (debited, credited)}
            model[debited] = model.get(debited, 0) + minor
            model[credited] = model.get(credited, 0) - minor
            short = CHART[taken].kind is Kind.LIABILITY and model[debited] > 0
            try:
                _post(desk, number, lines)
                assert not short
            except Conflict:
                assert short
                model |= before
            _post_twice_changes_nothing(desk, number, lines, refused=short)
        wanted = {
            (code, "x", currency): minor for (code, currency), minor in model.items() if minor
        }
        assert balances() == wanted
        assert [breach for breach in check() if breach.number in (1, 3, 9)] == []


@use_case
def _post(desk: FinanceDesk, number: int, lines: Sequence[ledger.Line]) -> LedgerEntry:
    day = desk.make.someday(0)
    return ledger.post(desk.anna, ledger.Draft(f"test:{number}", "test", ("test", 1), day, lines))


def _post_twice_changes_nothing(
    desk: FinanceDesk, number: int, lines: Sequence[ledger.Line], *, refused: bool
) -> None:
    if refused:
        return
    stored = balances()
    _post(desk, number, lines)
    with pytest.raises(Conflict, match="with other amounts"):
        _post(desk, number, [ledger.Line(one.account, "y", one.amount) for one in lines])
    assert balances() == stored


class Office:
    """Three open invoices, one that was paid, and two payouts that the bank has been sent.

    One invoice is in euros, and one names the former account.
    """

    def __init__(self, desk: FinanceDesk) -> None:
        payer, supplier = desk.make.company(), desk.make.company()
        self.invoices = [
            desk.invoice("100.00", payer.id),
            desk.invoice("50.00", payer.id, "EUR"),
            desk.invoice("70.00", payer.id, account=desk.former),
        ]
        self.bank = [desk.account, desk.account, desk.former, desk.euros]
        paid = desk.invoice("100.00")
        desk.bank_sends(Entry("100.00", structured=paid.reference, reference="first"))
        account = supplier.bank_accounts[0]
        released = release(paid, supplier.id, account.id, rupees("80.00"))
        refunded = services.refund(
            SYSTEM, paid.subject, payee_id=paid.payer_id, amount=rupees("20.00"), reason="short"
        )
        assert released is not None
        assert refunded is not None
        desk.pay_out(released.public_id, refunded.public_id)
        self.payouts = [
            (released.end_to_end_id, released.amount.decimal),
            (refunded.end_to_end_id, refunded.amount.decimal),
        ]
        self.references = [(one.reference, one.number) for one in self.invoices]
        payer_account = payer.bank_accounts[0].account_number or ""
        self.accounts = ["", payer_account]


@st.composite
def entry(draw: st.DrawFn, office: Office) -> Entry:
    """A line that a bank might send this office, sensible or not."""
    reference = draw(st.sampled_from(["E1", "E2", "E3"]))
    kind = draw(st.sampled_from(["pays", "debits", "returns", "unknown"]))
    if kind in ("debits", "returns"):
        end_to_end_id, amount = draw(st.sampled_from(office.payouts))
        signed = -amount if kind == "debits" else amount
        return Entry(f"{signed}", end_to_end_id=end_to_end_id, reference=reference)
    amount = draw(st.sampled_from(["30.00", "50.00", "100.00", "130.00"]))
    account = draw(st.sampled_from(office.accounts))
    if kind == "unknown":
        return Entry(amount, text="onions", account=account, reference=reference)
    rf, number = draw(st.sampled_from(office.references))
    how = draw(st.sampled_from(["structured", "end_to_end_id", "text", "number"]))
    said = {"text": number} if how == "number" else {how: rf}
    return Entry(amount, reference=reference, account=account, **said)


def sent_to(account: DesignatedAccount, entries: Sequence[Entry], number: str) -> bytes:
    """A statement of the account with these entries, in its currency."""
    return statement(
        [replace(one, currency=account.currency) for one in entries],
        opening=None,
        number=number,
        account=account.identification,
        currency=account.currency,
    )


@QUICK
@given(data=st.data())
def test_the_order_of_files_and_replays_change_no_balance(
    app: Flask, desk: FinanceDesk, data: st.DataObject
) -> None:
    with undone():
        office = Office(desk)
        entries = data.draw(st.lists(st.lists(entry(office), max_size=4), min_size=1, max_size=4))
        files = [
            sent_to(data.draw(st.sampled_from(office.bank)), lines, f"F-{number}")
            for number, lines in enumerate(entries)
        ]
        order = data.draw(st.permutations(files))
        with undone():
            for file in files:
                assert services.import_statement(desk.anna, file, "a.xml").error is None
            first = balances()
            for file in order:
                services.import_statement(desk.ben, file + b"\n", "again.xml")
            assert balances() == first
            assert check() == []
        with undone():
            for file in order:
                services.import_statement(desk.anna, file, "b.xml")
            assert balances() == first


class Trade(RuleBasedStateMachine):
    """Invoices, payments, releases, refunds and payouts in any order, with every check after.

    All of it happens in two currencies, and in one of them on two accounts.
    """

    desk: FinanceDesk

    def __init__(self) -> None:
        super().__init__()
        self.undo = undone()
        self.undo.__enter__()
        self.payers = [self.desk.trader_in_both() for _number in range(2)]
        self.supplier = self.desk.trader_in_both()
        self.bank = (self.desk.account, self.desk.euros, self.desk.former)
        self.files: list[bytes] = []

    def teardown(self) -> None:
        self.undo.__exit__(None, None, None)

    def _send(self, account_id: int, entry: Entry) -> None:
        (account,) = [each for each in self.bank if each.id == account_id]
        data = sent_to(account, [entry], f"T-{len(self.files)}")
        self.files.append(data)
        services.import_statement(self.desk.anna, data, "t.xml")

    def _any(self, kind: type, **conditions: object) -> list:
        return db.session.query(kind).filter_by(**conditions).order_by(kind.id).all()

    @rule(amount=st.integers(1, 300), payer=st.integers(0, 1), place=st.integers(0, 2))
    def sign(self, amount: int, payer: int, place: int) -> None:
        account = self.bank[place]
        self.desk.invoice(f"{amount}.00", self.payers[payer].id, account.currency, account)

    @rule(data=st.data(), minor=st.integers(1, 40000), elsewhere=st.integers(0, 9))
    def pay(self, data: st.DataObject, minor: int, elsewhere: int) -> None:
        """Now and then into an account that the invoice doesn't name."""
        invoices = self._any(Invoice)
        if invoices:
            invoice = data.draw(st.sampled_from(invoices))
            account_id = self.bank[elsewhere].id if elsewhere < 3 else invoice.account_id
            amount = f"{Money(minor, 'INR').decimal}"
            self._send(account_id, Entry(amount, structured=invoice.reference))

    @rule(minor=st.integers(-500, 9000).filter(bool), place=st.integers(0, 2))
    def something_unknown(self, minor: int, place: int) -> None:
        self._send(self.bank[place].id, Entry(f"{Money(minor, 'INR').decimal}", text="?"))

    @rule()
    def explain(self) -> None:
        for line in self._any(StatementLine, state=LineState.UNRECONCILED)[:1]:
            invoices = self._any(Invoice)
            if not line.is_credit:
                services.explain_charges(self.desk.anna, line.public_id, "charge")
            elif invoices:
                with suppress(Invalid):  # of another currency
                    services.allocate(
                        self.desk.anna, line.public_id, invoices[-1].public_id, "they called"
                    )

    @rule(data=st.data())
    def use_credit(self, data: st.DataObject) -> None:
        invoices = self._any(Invoice)
        if invoices:
            with suppress(Conflict):
                chosen = data.draw(st.sampled_from([one.public_id for one in invoices]))
                services.use_credit(self.desk.anna, chosen)

    @rule()
    def cancel(self) -> None:
        for invoice in [one for one in self._any(Invoice) if one.is_payable][:1]:
            services.cancel_invoice(SYSTEM, invoice.subject, "terminated")

    @rule(share=st.integers(0, 100))
    def accept(self, share: int) -> None:
        """A part of the held goods is accepted, the rest refunded."""
        for invoice in self._any(Invoice, state="paid"):
            escrow = escrow_of(invoice.subject)
            if escrow is None or not escrow.held:
                continue
            goods = Money(escrow.held.minor * share // 100, invoice.currency)
            account = current_bank_account(self.supplier.id, invoice.currency)
            if goods and account:
                release(invoice, self.supplier.id, account.id, goods)
            services.refund(
                SYSTEM,
                invoice.subject,
                payee_id=invoice.payer_id,
                amount=escrow.held - goods,
                reason="short",
            )

    @rule()
    def request(self) -> None:
        due = [one.public_id for one in self._any(Payout, state="due") if not one.held_reason]
        if due:
            services.request_payouts(self.desk.anna, due)

    @rule(approves=st.booleans())
    def decide(self, approves: bool) -> None:
        for payout in self._any(Payout, state="requested"):
            if approves:
                services.approve_payout(self.desk.ben, payout.public_id)
            else:
                services.reject_payout(self.desk.ben, payout.public_id, "no")

    @rule(currency=st.sampled_from(CURRENCIES))
    def sweep(self, currency: str) -> None:
        with suppress(Conflict):
            services.request_sweep(self.desk.anna, currency)

    @rule(currency=st.sampled_from(CURRENCIES))
    def export(self, currency: str) -> None:
        with suppress(Conflict):
            services.export_payouts(self.desk.anna, currency)

    @rule(comes_back=st.booleans())
    def bank_pays_out(self, comes_back: bool) -> None:
        for payout in self._any(Payout, state="exported")[:2]:
            amount, name = payout.amount.decimal, payout.end_to_end_id
            self._send(payout.account_id, Entry(f"-{amount}", end_to_end_id=name))
            if comes_back:
                self._send(payout.account_id, Entry(f"{amount}", end_to_end_id=name))

    @rule()
    def confirm(self) -> None:
        for payout in self._any(Payout, state="due"):
            if payout.held_reason:
                services.confirm_account(self.desk.ben, payout.public_id, "called")

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        if self.files:
            before = balances()
            again = data.draw(st.sampled_from(self.files))
            services.import_statement(self.desk.ben, again + b" ", "again.xml")
            assert balances() == before

    @invariant()
    def books_are_right(self) -> None:
        assert check() == []
        pool = [code for code, account in CHART.items() if account.pool is Pool.CLIENT]
        for currency in CURRENCIES:
            mine = [
                minor
                for (code, _holder, each), minor in balances().items()
                if code in pool and each == currency
            ]
            assert sum(mine) == 0


def test_no_sequence_of_events_breaks_the_books(desk: FinanceDesk) -> None:
    for currency in CURRENCIES:
        desk.own_account(currency)
    machine = type("TradeOfDesk", (Trade,), {"desk": desk})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(6),
            stateful_step_count=20,
            phases=(Phase.generate,),
            database=None,
        ),
    )
