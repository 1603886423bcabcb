"""A membership through time: renewed, reminded, past due, suspended, back again, ended, granted."""

from datetime import date, timedelta

import pytest

from hub.accounts.models import Company
from hub.core import clock, settings
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.membership import services
from hub.membership.entitlements import services as entitlements
from hub.membership.models.plans import PlanVersion
from hub.membership.models.subscriptions import ChargeKind, ChargeState, SubscriptionState
from hub.messaging.models import Notice
from hub.payments import services as payments
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.wallets.models import Wallet
from tests.membership.membership_factories import (
    FIRST_DAY,
    MONTH,
    YEAR,
    Actor,
    MembershipDesk,
    rupees,
)

S = SubscriptionState
END = date(2028, 1, 1)


def notices(owner: Actor, words: str) -> int:
    """How many notices to the owner hold these words."""
    return (
        db.session.query(Notice)
        .filter(Notice.user_id == owner.user_id, Notice.message.contains(words))
        .count()
    )


def rights(owner: Actor) -> PlanVersion | None:
    return entitlements.rights_of(owner.company_id or 0).version


def test_the_renewal_is_invoiced_thirty_days_ahead(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.go_to(date(2027, 12, 1))
    assert members.waiting_invoice(owner) is None
    members.go_to(date(2027, 12, 2))
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert (invoice.amount, invoice.due_on) == (rupees(365), END)
    assert invoice.lapses_on == END + timedelta(days=60)
    members.run_jobs()
    assert db.session.query(Invoice).count() == 2


def test_a_monthly_renewal_is_invoiced_a_third_ahead(members: MembershipDesk) -> None:
    owner = members.member(members.plan(prices={MONTH: "31.00"}), MONTH)
    members.go_to(date(2027, 1, 21))
    assert members.waiting_invoice(owner) is None
    members.go_to(date(2027, 1, 22))
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.due_on == date(2027, 2, 1)


def test_reminders_come_once_each_while_it_is_unpaid(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    told = []
    members.go_to(date(2027, 12, 2))
    for left in (16, 15, 14, 13, 8, 7, 6, 2, 1):
        before = notices(owner, "goes on without a break")
        members.go_to(END - timedelta(days=left))
        members.run_jobs()
        told += [left] * (notices(owner, "goes on without a break") - before)
    assert told == [14, 7, 1]


def test_what_is_paid_ahead_goes_on_without_a_break(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.go_to(date(2027, 12, 10))
    members.pay(owner)
    assert members.subscription(owner).paid_until == date(2029, 1, 1)
    assert members.charges(owner)[-1].starts_on == END
    members.go_to(date(2027, 12, 31))
    assert notices(owner, "goes on without a break") == 0
    members.go_to(END)
    assert members.state(owner) is S.ACTIVE
    assert (members.income(), members.deferred()) == (rupees(365), rupees(365))


def test_unpaid_it_is_past_due_then_suspended_then_ended(members: MembershipDesk) -> None:
    default = members.plan(0, {}, default=True, open_listings=1)
    gold = members.plan(2, open_listings=10)
    owner = members.member(gold)
    members.go_to(date(2027, 12, 2))
    members.go_to(END - timedelta(days=1))
    assert members.state(owner) is S.ACTIVE
    members.go_to(END)
    assert members.state(owner) is S.PAST_DUE
    assert rights(owner) == gold
    assert notices(owner, "has not arrived. Its rights stay") == 1
    members.go_to(END + timedelta(days=13))
    assert members.state(owner) is S.PAST_DUE
    members.go_to(END + timedelta(days=14))
    assert members.state(owner) is S.SUSPENDED
    assert rights(owner) == default
    assert notices(owner, "The rights of") == 1
    members.go_to(END + timedelta(days=60))
    assert members.state(owner) is S.SUSPENDED
    members.go_to(END + timedelta(days=61))
    subscription = members.subscription(owner)
    assert (subscription.state, subscription.ended_on) == (S.EXPIRED, END + timedelta(days=61))
    assert notices(owner, "has ended") == 1
    assert members.income() == rupees(365)


def test_paid_in_the_grace_time_there_is_no_break(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.go_to(date(2027, 12, 2))
    members.go_to(END + timedelta(days=13))
    assert members.state(owner) is S.PAST_DUE
    members.pay(owner)
    charge = members.charges(owner)[-1]
    assert members.state(owner) is S.ACTIVE
    assert (charge.starts_on, charge.ends_on) == (END, date(2029, 1, 1))


def test_paid_after_the_suspension_it_begins_on_that_day(members: MembershipDesk) -> None:
    members.plan(0, {}, default=True)
    gold = members.plan(2)
    owner = members.member(gold)
    members.go_to(date(2027, 12, 2))
    members.go_to(END + timedelta(days=30))
    assert members.state(owner) is S.SUSPENDED
    members.pay(owner)
    charge = members.charges(owner)[-1]
    assert members.state(owner) is S.ACTIVE
    assert rights(owner) == gold
    assert (charge.starts_on, charge.ends_on) == (date(2028, 1, 31), date(2029, 1, 31))
    assert members.deferred() == rupees(365)


def test_jobs_that_stood_still_catch_up(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.go_to(END + timedelta(days=20))
    assert members.state(owner) is S.SUSPENDED
    assert notices(owner, "Its rights stay") == 0
    members.pay(owner)
    assert members.state(owner) is S.ACTIVE
    assert members.income() == rupees(365)


def test_never_paid_it_expires(members: MembershipDesk) -> None:
    owner = members.owner()
    services.subscribe(owner, members.plan().public_id, YEAR, "INR")
    members.pay(owner, "64.99")
    members.go_to(date(2027, 1, 12))
    assert members.state(owner) is S.EXPIRED
    assert members.charges(owner)[0].state is ChargeState.CANCELLED
    assert members.credit(owner) == rupees("64.99")


def test_money_that_comes_after_the_end_is_credit(members: MembershipDesk) -> None:
    owner = members.owner()
    services.subscribe(owner, members.plan().public_id, YEAR, "INR")
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    services.cancel(owner)
    members.transfer(invoice, "365.00")
    assert members.state(owner) is S.CANCELLED
    assert members.credit(owner) == rupees(365)


def test_cancelled_while_past_due_or_suspended_it_ends_at_once(members: MembershipDesk) -> None:
    basic = members.plan()
    owner, other = members.member(basic), members.member(basic)
    members.go_to(date(2027, 12, 2))
    members.go_to(END)
    services.cancel(owner)
    assert members.state(owner) is S.CANCELLED
    members.go_to(END + timedelta(days=14))
    services.cancel(other, "closing down")
    assert members.state(other) is S.CANCELLED
    assert members.waiting_invoice(other) is None


def test_a_change_while_past_due_is_invoiced_anew(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(gold)
    members.go_to(date(2027, 12, 2))
    members.go_to(END + timedelta(days=5))
    services.change_later(owner, basic.public_id, YEAR)
    members.pay(owner)
    subscription = members.subscription(owner)
    assert (subscription.state, subscription.version_id) == (S.ACTIVE, basic.id)
    assert members.charges(owner)[-1].starts_on == END


def test_a_trial_is_invoiced_before_it_ends_and_paid_it_goes_on(members: MembershipDesk) -> None:
    basic, owner = members.plan(trial_days=30), members.owner()
    services.subscribe(owner, basic.public_id, YEAR, "INR")
    members.go_to(date(2027, 1, 20))
    assert members.waiting_invoice(owner) is None
    members.go_to(date(2027, 1, 21))
    members.pay(owner)
    charge = members.charges(owner)[0]
    assert members.state(owner) is S.ACTIVE
    assert (charge.kind, charge.starts_on) == (ChargeKind.START, date(2027, 1, 31))
    assert charge.ends_on == date(2028, 1, 31)
    members.go_to(date(2027, 1, 31))
    assert members.income() == rupees(0)
    members.go_to(date(2027, 2, 1))
    assert members.income() == rupees(1)


def test_a_trial_that_is_not_paid_runs_out(members: MembershipDesk) -> None:
    basic, owner = members.plan(trial_days=30), members.owner()
    services.subscribe(owner, basic.public_id, YEAR, "INR")
    members.go_to(date(2027, 1, 21))
    members.go_to(date(2027, 1, 31))
    assert members.state(owner) is S.PAST_DUE
    members.go_to(date(2027, 2, 14))
    assert members.state(owner) is S.SUSPENDED
    members.go_to(date(2027, 4, 2))
    assert members.state(owner) is S.EXPIRED
    assert (members.income(), members.deferred()) == (rupees(0), rupees(0))


def test_a_renewal_is_paid_from_the_account_on_its_day(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    services.set_pays_from_wallet(owner, True)
    members.top_up(owner, "400.00")
    members.go_to(END - timedelta(days=1))
    assert members.wallet(owner) == rupees(400)
    members.go_to(END)
    assert members.state(owner) is S.ACTIVE
    assert members.subscription(owner).paid_until == date(2029, 1, 1)
    assert members.wallet(owner) == rupees(35)


def test_a_top_up_pays_a_renewal_that_is_overdue(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    services.set_pays_from_wallet(owner, True)
    members.top_up(owner, "364.99")
    members.go_to(END + timedelta(days=3))
    assert members.state(owner) is S.PAST_DUE
    members.top_up(owner, "0.01")
    assert members.state(owner) is S.ACTIVE
    assert members.wallet(owner) == rupees(0)
    assert members.charges(owner)[-1].starts_on == END


def test_the_account_is_left_alone_unless_the_company_said_so(members: MembershipDesk) -> None:
    owner = members.member(members.plan())
    members.top_up(owner, "400.00")
    members.go_to(END + timedelta(days=3))
    assert members.state(owner) is S.PAST_DUE
    assert members.wallet(owner) == rupees(400)
    services.set_pays_from_wallet(owner, True)
    assert members.state(owner) is S.ACTIVE
    assert members.wallet(owner) == rupees(35)


def test_money_paid_for_an_upgrade_after_the_paid_time_goes_to_the_account(
    members: MembershipDesk,
) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 12, 31))
    services.upgrade(owner, gold.public_id)
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.due_on == invoice.lapses_on == date(2027, 12, 31)
    clock.advance(timedelta(days=1))  # the money is there before the jobs have run
    members.transfer(invoice)
    assert members.wallet(owner) == invoice.amount
    assert db.session.query(Wallet).filter_by(company_id=owner.company_id).count() == 1
    assert members.subscription(owner).version_id == basic.id


def test_a_grant_gives_a_plan_without_payment(members: MembershipDesk) -> None:
    gold, owner = members.plan(2), members.owner()
    company = db.session.get_one(Company, owner.company_id)
    services.grant(
        members.admin, company.public_id, gold.plan.public_id, date(2027, 3, 1), "First of all"
    )
    subscription = members.subscription(owner)
    assert (subscription.state, subscription.paid_until) == (S.ACTIVE, date(2027, 3, 1))
    assert subscription.grant_reason == "First of all"
    assert rights(owner) == gold
    members.go_to(date(2027, 2, 28))
    assert members.waiting_invoice(owner) is None
    members.go_to(date(2027, 3, 1))
    assert members.state(owner) is S.EXPIRED
    assert db.session.query(Invoice).count() == 0


def test_a_grant_can_go_on_as_a_paid_membership(members: MembershipDesk) -> None:
    gold, owner = members.plan(2), members.owner()
    company = db.session.get_one(Company, owner.company_id)
    services.grant(members.admin, company.public_id, gold.plan.public_id, date(2027, 3, 1), "Yes")
    services.undo_cancel(owner)
    members.go_to(date(2027, 2, 10))
    members.pay(owner)
    assert members.charges(owner)[-1].starts_on == date(2027, 3, 1)
    assert members.subscription(owner).paid_until == date(2028, 3, 1)


def test_a_grant_is_added_to_what_a_company_has_paid(members: MembershipDesk) -> None:
    basic = members.plan()
    owner = members.member(basic)
    members.go_to(date(2027, 12, 10))
    renewal = members.waiting_invoice(owner)
    assert renewal is not None
    company = db.session.get_one(Company, owner.company_id)
    services.grant(
        members.admin, company.public_id, basic.plan.public_id, date(2028, 2, 1), "Our mistake"
    )
    assert db.session.get_one(Invoice, renewal.id).state is InvoiceState.CANCELLED
    assert members.charges(owner)[-1].starts_on == END
    members.go_to(date(2028, 1, 10))
    assert members.state(owner) is S.ACTIVE
    assert members.income() == rupees(365)
    members.pay(owner)
    assert members.charges(owner)[-1].starts_on == date(2028, 2, 1)


def test_a_grant_brings_a_suspended_company_back(members: MembershipDesk) -> None:
    basic = members.plan()
    owner = members.member(basic)
    members.go_to(END + timedelta(days=20))
    company = db.session.get_one(Company, owner.company_id)
    services.grant(
        members.admin, company.public_id, basic.plan.public_id, date(2028, 3, 1), "Strike"
    )
    assert members.state(owner) is S.ACTIVE
    assert members.charges(owner)[-1].starts_on == settings.today()


def test_grants_are_refused_with_a_reason(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2)
    owner = members.member(basic)
    company = db.session.get_one(Company, owner.company_id)
    name, plan = company.public_id, basic.plan.public_id
    until = date(2029, 1, 1)
    with pytest.raises(NotAllowed):
        services.grant(owner, name, plan, until, "Me")
    with pytest.raises(Invalid) as refused:
        services.grant(members.admin, name, plan, until, " ")
    assert list(refused.value.fields) == ["reason"]
    for day in (END, FIRST_DAY, date(2040, 1, 1)):
        with pytest.raises(Invalid) as refused:
            services.grant(members.admin, name, plan, day, "Why")
        assert list(refused.value.fields) == ["ends_on"]
    with pytest.raises(Conflict, match="has the plan"):
        services.grant(members.admin, name, gold.plan.public_id, until, "Why")
    with pytest.raises(NotFound):
        services.grant(members.admin, "nobody", plan, until, "Why")
    assert members.subscription(owner).paid_until == END


def test_suspension_touches_nothing_that_is_open(members: MembershipDesk) -> None:
    members.plan(0, {}, default=True, open_listings=0)
    owner = members.member(members.plan(2, open_listings=10))
    company = db.session.get_one(Company, owner.company_id)
    listing = members.make.listing(company=company)
    members.go_to(END + timedelta(days=20))
    assert members.state(owner) is S.SUSPENDED
    db.session.refresh(listing)
    assert listing.state.value == "open"


def test_without_an_account_in_its_currency_finance_is_told(members: MembershipDesk) -> None:
    owner, other = members.member(members.plan()), members.member(members.plan())
    account = payments.payment_account("INR")
    account.retired_at = account.created_at
    db.session.commit()
    members.go_to(date(2027, 12, 2))
    assert members.state(owner) is S.ACTIVE
    told = db.session.query(Notice).filter(Notice.message.contains("can't be invoiced")).count()
    assert told == 4  # two memberships, two people of finance
    assert members.waiting_invoice(other) is None
