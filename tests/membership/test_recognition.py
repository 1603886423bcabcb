"""Fees are deferred and earned by the day, to the last minor unit, whatever happens between."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hub.accounts.models import Company
from hub.core import clock
from hub.core import settings as hub_settings
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.core.money import Money
from hub.membership import services
from hub.membership.models.plans import BillingInterval
from hub.membership.models.subscriptions import ChargeState
from hub.membership.subscriptions import recognition
from hub.membership.subscriptions.spans import add_months, interval_days, reminder_step, span_end
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.models import LedgerEntry
from tests.examples import examples
from tests.membership.membership_factories import (
    MONTH,
    QUARTER,
    YEAR,
    MembershipDesk,
    breaches,
    rupees,
)
from tests.transactions import undone


def test_a_fee_is_earned_by_the_day(members: MembershipDesk) -> None:
    members.member(members.plan(prices={MONTH: "100.00"}), MONTH)
    earned = []
    for day in (2, 3, 15, 31):
        members.go_to(date(2027, 1, day))
        earned.append(members.income().minor)
    assert earned == [322, 645, 4516, 9677]
    members.go_to(date(2027, 2, 1))
    assert members.income() == rupees(100)
    assert members.deferred() == rupees(0)


def test_days_that_were_missed_are_made_up(members: MembershipDesk) -> None:
    members.member(members.plan())
    members.go_to(date(2027, 1, 11))
    members.go_to(date(2027, 4, 11))
    assert members.income() == rupees(100)


def test_the_same_day_is_earned_once(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.go_to(date(2027, 1, 11))
    [charge] = members.charges(owner)
    recognition.recognise(SYSTEM, charge.id)
    members.run_jobs()
    entries = db.session.query(LedgerEntry).filter_by(kind="membership_recognised")
    assert [entry.subject_id for entry in entries] == [charge.id]
    assert members.income() == rupees(10)


def test_a_charge_is_closed_when_its_span_is_over(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.go_to(date(2027, 12, 31))
    assert members.charges(owner)[0].state is ChargeState.RUNNING
    members.go_to(date(2028, 1, 1))
    charge = members.charges(owner)[0]
    assert (charge.state, charge.earned_minor) == (ChargeState.CLOSED, 36500)
    recognition.recognise(SYSTEM, charge.id)
    assert members.income() == rupees(365)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 11, 15), 3, date(2028, 2, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
    ],
)
def test_months_end_where_they_end(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


def test_intervals_have_the_days_of_the_calendar() -> None:
    assert span_end(date(2028, 1, 1), YEAR) == date(2029, 1, 1)
    assert interval_days(date(2029, 1, 1), YEAR) == 366
    assert interval_days(date(2027, 4, 1), QUARTER) == 90
    steps = [reminder_step(days) for days in (15, 14, 8, 7, 2, 1, 0)]
    assert steps == [None, 14, 14, 7, 7, 1, 1]


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), interval=st.sampled_from(BillingInterval))
def test_a_span_is_never_empty_and_never_runs_over(day: date, interval: BillingInterval) -> None:
    end = span_end(day, interval)
    assert end.day <= day.day
    assert 28 * interval.months <= (end - day).days <= 31 * interval.months


class Membership(RuleBasedStateMachine):
    """One company that does anything with its plan, in any order, while days pass."""

    members: MembershipDesk

    def __init__(self) -> None:
        super().__init__()
        self.undo = undone()
        self.undo.__enter__()
        clock.set_to(clock.now().replace(year=2027, month=1, day=1))
        desk = self.members
        self.plans = [
            desk.plan(1, {MONTH: "33.37", YEAR: "364.99"}, open_listings=5),
            desk.plan(2, {MONTH: "99.99", YEAR: "997.13"}, trial_days=20),
            desk.plan(3, {MONTH: "0.01", YEAR: "1200.00"}),
            desk.plan(4, {MONTH: "250.00", YEAR: "0"}),
        ]
        draft = services.CouponDraft(code="THIRD", share=Decimal("0.333333"))
        services.create_coupon(desk.admin, draft)
        self.owner = desk.owner()
        self.company = db.session.get_one(Company, self.owner.company_id).public_id

    def teardown(self) -> None:
        self.undo.__exit__(None, None, None)

    plan_numbers = st.integers(0, 3)
    intervals = st.sampled_from([MONTH, YEAR])

    def _try(self, verb: Any, *arguments: Any, **options: Any) -> None:
        """A refusal is an answer; what it leaves is checked after every step."""
        db.session.expire_all()
        with suppress(HubError):
            verb(*arguments, **options)

    @initialize(number=plan_numbers, interval=intervals, wants_trial=st.booleans())
    def begin(self, number: int, interval: BillingInterval, wants_trial: bool) -> None:
        """Most of what can happen needs a membership that is paid."""
        self.subscribe(number, interval, wants_trial=wants_trial)
        self.pay(1)

    @rule(
        number=plan_numbers,
        interval=intervals,
        coupon=st.sampled_from(["", "THIRD"]),
        wants_trial=st.booleans(),
        pays_from_wallet=st.booleans(),
    )
    def subscribe(self, number: int, interval: BillingInterval, **options: Any) -> None:
        version = self.plans[number].public_id
        self._try(services.subscribe, self.owner, version, interval, "INR", **options)

    @rule(number=plan_numbers, from_wallet=st.booleans())
    def upgrade(self, number: int, from_wallet: bool) -> None:
        version = self.plans[number].public_id
        self._try(services.upgrade, self.owner, version, from_wallet=from_wallet)

    @rule(number=plan_numbers, interval=intervals)
    def change_later(self, number: int, interval: BillingInterval) -> None:
        self._try(services.change_later, self.owner, self.plans[number].public_id, interval)

    @rule(verb=st.sampled_from(["cancel", "undo_cancel", "drop_change", "cancel_upgrade"]))
    def change_mind(self, verb: str) -> None:
        self._try(getattr(services, verb), self.owner)

    @rule(days=st.integers(1, 90), number=plan_numbers)
    def grant(self, days: int, number: int) -> None:
        until = hub_settings.today() + timedelta(days=days)
        plan = self.plans[number].plan.public_id
        self._try(services.grant, self.members.admin, self.company, plan, until, "Goodwill")

    @rule(share=st.sampled_from([1, 1, 1, 2]))
    def pay(self, share: int) -> None:
        """All of an invoice that waits, or half of it."""
        invoice = self.members.waiting_invoice(self.owner)
        if invoice is not None and invoice.due.minor >= share:
            due = Money(invoice.due.minor // share, "INR")
            self.members.transfer(invoice, str(due.decimal))

    @rule(amount=st.sampled_from(["0.01", "120.00", "2000.00"]))
    def top_up(self, amount: str) -> None:
        self.members.top_up(self.owner, amount)

    @rule(days=st.sampled_from([1, 2, 9, 20, 45, 100, 340]), jobs=st.booleans())
    def days_pass(self, days: int, jobs: bool) -> None:
        clock.advance(timedelta(days=days))
        if jobs:
            self.members.run_jobs()

    @invariant()
    def everything_reconciles(self) -> None:
        assert breaches() == []
        came = -ledger.owed(chart.ESCROW_BANK, "INR").minor
        held = sum(
            ledger.owed(account, "INR").minor
            for account in (chart.HELD_FOR_CONTRACT, chart.BUYER_CREDIT, chart.MEMBER_WALLET)
        )
        assert came == held + self.members.deferred().minor + self.members.income().minor


def test_no_sequence_of_changes_loses_a_minor_unit(members: MembershipDesk) -> None:
    run_state_machine_as_test(
        type("MembershipOfDesk", (Membership,), {"members": members}),
        settings=settings(
            max_examples=examples(5),
            stateful_step_count=12,
            phases=(Phase.generate,),
            database=None,
        ),
    )
    assert db.session.query(Invoice).count() == 0
