"""What is checked of memberships: each check tells what breaks its rule, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Executable, Update, insert, select, text, update

from hub.core.actor import Actor
from hub.core.db.base import db
from hub.membership import services
from hub.membership.invariants import CHECKS
from hub.membership.models.subscriptions import (
    Charge,
    ChargeState,
    Coupon,
    Subscription,
    SubscriptionState,
)
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine
from tests.broken_books import broken, told
from tests.factories import Factories
from tests.membership.membership_factories import FIRST_DAY, MONTH, YEAR, MembershipDesk
from tests.payments.money_factories import Entry
from tests.transactions import rolled_back

CHECKED = [check for _number, _title, check in CHECKS]
A_DAY = timedelta(days=1)


@dataclass
class Members:
    """The owners of companies, named after what became of their memberships."""

    desk: MembershipDesk
    running: Actor
    upgraded: Actor
    lapsed: Actor
    ahead: Actor
    dollars: Actor
    trying: Actor
    paying: Actor
    gone: Actor

    def charges(self, owner: Actor) -> list[Charge]:
        return self.desk.charges(owner)

    def subscriptions(self, owner: Actor) -> list[Subscription]:
        """Oldest first."""
        found = select(Subscription).where(Subscription.company_id == owner.company_id)
        return list(db.session.scalars(found.order_by(Subscription.id)))


@pytest.fixture(scope="module")
def members(schema_app: Flask) -> Iterator[Members]:
    """Four months of memberships in every state, and a little other money that is held."""
    with rolled_back(schema_app):
        members = _four_months(MembershipDesk(Factories()))
        assert broken(CHECKED) == {}
        yield members


def _four_months(desk: MembershipDesk) -> Members:
    basic = desk.plan(prices={YEAR: "365.00", MONTH: "31.00"})
    gold, tried = desk.plan(2, {YEAR: "730.00"}), desk.plan(3, trial_days=30)
    for code in ("HALF", "UNUSED"):
        services.create_coupon(desk.admin, services.CouponDraft(code=code, share=Decimal("0.5")))
    running, upgraded, lapsed = desk.owner(), desk.member(basic), desk.member(basic, MONTH)
    services.subscribe(running, basic.public_id, YEAR, "INR", coupon="HALF")
    desk.pay(running)
    for days in (31, 45, 100):
        desk.go_to(FIRST_DAY + timedelta(days=days))
    services.upgrade(upgraded, gold.public_id)
    desk.pay(upgraded)
    ahead, dollars = desk.member(basic, MONTH), _member_in_dollars(desk)
    desk.go_to(FIRST_DAY + timedelta(days=121))
    desk.pay(ahead)
    trying, paying, gone = desk.owner(), desk.owner(), desk.owner()
    services.subscribe(trying, tried.public_id, YEAR, "INR")
    for owner in (lapsed, paying, gone):
        services.subscribe(owner, basic.public_id, YEAR, "INR")
    desk.pay(paying, "100.00")
    services.cancel(gone)
    desk.finance.bank_sends(Entry("10.00", structured=desk.finance.invoice("10.00").reference))
    return Members(desk, running, upgraded, lapsed, ahead, dollars, trying, paying, gone)


def _member_in_dollars(desk: MembershipDesk) -> Actor:
    account = desk.make.designated_account("USD", account_number="00000043").account_number
    price = services.PriceDraft(YEAR, "USD", Decimal("36.50"))
    draft = services.PlanDraft(name="Dollars", rank=4, prices=[price])
    plan = services.create_plan(desk.admin, "dollars", draft)
    owner = desk.owner()
    services.subscribe(owner, plan.current.public_id, YEAR, "USD")
    invoice = desk.waiting_invoice(owner)
    assert invoice is not None
    sent = Entry("36.50", structured=invoice.reference, currency="USD")
    desk.finance.bank_sends(sent, account=account, currency="USD")
    return owner


def of_charge(charge: Charge) -> Update:
    return update(Charge).where(Charge.id == charge.id)


def of_subscription(subscription: Subscription) -> Update:
    return update(Subscription).where(Subscription.id == subscription.id)


def balance(account: int, holder: str, currency: str = "INR") -> Update:
    """A balance of the ledger, to be changed."""
    return update(LedgerBalance).where(
        LedgerBalance.account == account,
        LedgerBalance.holder == holder,
        LedgerBalance.currency == currency,
    )


def line(kind: str, account: int, holder: str, minor: int) -> Executable:
    """One more line in an entry of this kind."""
    entry = select(LedgerEntry.id).where(LedgerEntry.kind == kind).order_by(LedgerEntry.id).limit(1)
    return insert(LedgerLine).values(
        entry_id=entry.scalar_subquery(),
        account=account,
        currency="INR",
        holder=holder,
        amount_minor=minor,
    )


def test_what_is_deferred_is_the_rest_of_each_charge(members: Members) -> None:
    name, account = "deferred_is_what_charges_say", chart.DEFERRED_MEMBERSHIP
    holder = members.charges(members.running)[0].holder
    less = balance(account, holder).values(balance_minor=-12199)
    assert told(CHECKED, less) == {
        name: [f"{holder} should have 12200 deferred; the ledger has 12199."]
    }
    assert told(CHECKED, balance(account, holder).values(currency="USD")) == {
        name: [
            f"{holder} has 12200 USD deferred and is no charge.",
            f"{holder} should have 12200 deferred; the ledger has 0.",
        ]
    }
    other = {"account": account, "currency": "INR", "holder": "order:1"}
    assert told(CHECKED, insert(LedgerBalance).values(balance_minor=0, **other)) == {}
    assert told(CHECKED, insert(LedgerBalance).values(balance_minor=-1, **other)) == {
        name: ["order:1 has 1 INR deferred and is no charge."]
    }


@pytest.mark.parametrize(
    ("part", "kind", "minor"),
    [
        ("value", "membership_recognised", -1),
        ("earned", "membership_recognised", 1),
        ("moved", "membership_moved", 1),
    ],
)
def test_each_part_of_a_charge_is_what_was_posted_for_it(
    members: Members, part: str, kind: str, minor: int
) -> None:
    charge = members.charges(members.upgraded)[0]
    said = {"value": 36500, "earned": 10000, "moved": 26500}[part]
    posted = line(kind, chart.DEFERRED_MEMBERSHIP, charge.holder, minor)
    assert told(CHECKED, posted) == {
        "charges_are_what_was_posted": [
            f"{charge.holder} says {part} {said}; the ledger {said + 1}."
        ]
    }
    assert told(CHECKED, line(kind, chart.FEES_DUE_TO_HUB, charge.holder, minor)) == {}


def test_the_income_is_what_the_charges_earned_in_each_currency(members: Members) -> None:
    name, account = "income_is_what_was_earned", chart.MEMBERSHIP_INCOME
    assert told(CHECKED, balance(account, "").values(balance_minor=-25521)) == {
        name: ["Charges earned 25520 INR; 4200 has 25521."]
    }
    assert told(CHECKED, balance(account, "", "USD").values(currency="EUR")) == {
        name: ["Charges earned 0 EUR; 4200 has 209.", "Charges earned 209 USD; 4200 has 0."]
    }


def test_money_is_held_only_for_charges_that_wait(members: Members) -> None:
    holder = members.charges(members.running)[0].holder
    held = balance(chart.HELD_FOR_CONTRACT, holder).values(balance_minor=-1)
    assert told(CHECKED, held) == {
        "nothing_stays_held": [f"1 is held for {holder}, which waits for nothing."]
    }


def test_a_company_has_one_living_subscription(members: Members) -> None:
    first, second = members.subscriptions(members.lapsed)
    assert (first.state, second.state) == (
        SubscriptionState.EXPIRED,
        SubscriptionState.PENDING_PAYMENT,
    )
    revived = of_subscription(first).values(state=SubscriptionState.SUSPENDED)
    assert told(CHECKED, text("DROP INDEX uq_subscription_living"), revived) == {
        "subscriptions_are_consistent": [
            f"Company {members.lapsed.company_id} has two living subscriptions."
        ]
    }


def test_running_charges_follow_each_other_without_an_overlap(members: Members) -> None:
    first, second = members.charges(members.ahead)
    name = f"Subscription {first.subscription_id}"
    assert first.ends_on == second.starts_on
    early = of_charge(second).values(starts_on=second.starts_on - A_DAY)
    assert told(CHECKED, early) == {
        "subscriptions_are_consistent": [
            f"{name}: {second.holder} begins before {first.holder} ends."
        ]
    }
    swapped = [
        of_charge(mine).values(starts_on=other.starts_on, ends_on=other.ends_on)
        for mine, other in ((first, second), (second, first))
    ]
    assert told(CHECKED, *swapped) == {}


@pytest.mark.parametrize("who", ["lapsed", "gone"])
def test_what_has_ended_waits_for_no_payment(members: Members, who: str) -> None:
    ended = members.subscriptions(getattr(members, who))[0]
    unpaid = [each for each in ended.charges if each.state is ChargeState.CANCELLED]
    damage = of_charge(unpaid[0]).values(state=ChargeState.OPEN)
    assert told(CHECKED, damage) == {
        "subscriptions_are_consistent": [
            f"Subscription {ended.id} has ended and still waits for payment."
        ]
    }


@pytest.mark.parametrize("who", ["running", "ahead", "lapsed", "trying"])
def test_a_subscription_is_paid_until_its_last_charge_ends(members: Members, who: str) -> None:
    """Or, before the first, until its trial does."""
    found = members.subscriptions(getattr(members, who))[0]
    assert found.paid_until is not None
    for days in (A_DAY, -A_DAY):
        said = found.paid_until + days
        assert told(CHECKED, of_subscription(found).values(paid_until=said)) == {
            "subscriptions_are_consistent": [
                f"Subscription {found.id} says paid until {said}, its charges {found.paid_until}."
            ]
        }


def test_a_coupon_counts_its_uses(members: Members) -> None:
    def counted(code: str, uses: int) -> dict[str, list[str]]:
        return told(CHECKED, update(Coupon).where(Coupon.code == code).values(used=uses))

    name = "coupons_count_their_uses"
    assert counted("HALF", 2) == {name: ["Coupon HALF counts 2 uses; there are 1."]}
    assert counted("HALF", 0) == {name: ["Coupon HALF counts 0 uses; there are 1."]}
    assert counted("UNUSED", 1) == {name: ["Coupon UNUSED counts 1 uses; there are 0."]}
