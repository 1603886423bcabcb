"""Choosing, changing and cancelling a plan."""

from datetime import date, timedelta

import pytest

from hub.accounts.models import Company
from hub.core.actor import SYSTEM, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.membership import queries, services
from hub.membership.models.subscriptions import (
    Charge,
    ChargeKind,
    ChargeState,
    Subscription,
    SubscriptionState,
)
from hub.payments.invoices.models import Invoice, InvoiceState
from tests.membership.membership_factories import (
    FIRST_DAY,
    MONTH,
    QUARTER,
    YEAR,
    MembershipDesk,
    breaches,
    rupees,
)

S = SubscriptionState


def test_subscribing_asks_for_the_price_and_holds_from_the_payment_on(
    members: MembershipDesk,
) -> None:
    basic, owner = members.plan(), members.owner()
    subscription = services.subscribe(owner, basic.public_id, YEAR, "INR")
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert subscription.state is S.PENDING_PAYMENT
    assert not subscription.is_entitled
    assert (invoice.amount, invoice.due_on) == (rupees(365), FIRST_DAY + timedelta(days=7))
    assert invoice.lapses_on == FIRST_DAY + timedelta(days=10)
    members.go_to(date(2027, 1, 4))
    members.pay(owner)
    assert members.state(owner) is S.ACTIVE
    [charge] = members.charges(owner)
    assert (charge.starts_on, charge.ends_on) == (date(2027, 1, 4), date(2028, 1, 4))
    assert members.subscription(owner).paid_until == date(2028, 1, 4)
    assert (members.deferred(), members.income()) == (rupees(365), rupees(0))


def test_paid_from_the_account_it_holds_at_once(members: MembershipDesk) -> None:
    basic, owner = members.plan(), members.owner()
    members.top_up(owner, "400.00")
    services.subscribe(owner, basic.public_id, YEAR, "INR", from_wallet=True)
    assert members.state(owner) is S.ACTIVE
    assert (members.wallet(owner), members.deferred()) == (rupees(35), rupees(365))


def test_with_too_little_in_the_account_nothing_happens(members: MembershipDesk) -> None:
    basic, owner = members.plan(), members.owner()
    members.top_up(owner, "364.99")
    with pytest.raises(Conflict, match="holds 364.99 INR"):
        services.subscribe(owner, basic.public_id, YEAR, "INR", from_wallet=True)
    assert db.session.query(Subscription).count() == 0
    assert db.session.query(Invoice).count() == 0
    assert members.wallet(owner) == rupees("364.99")


def test_what_costs_nothing_holds_at_once_and_renews_itself(members: MembershipDesk) -> None:
    free, owner = members.plan(prices={MONTH: "0"}), members.owner()
    services.subscribe(owner, free.public_id, MONTH, "INR")
    assert members.state(owner) is S.ACTIVE
    members.go_to(date(2027, 4, 15))
    assert members.state(owner) is S.ACTIVE
    assert members.subscription(owner).paid_until == date(2027, 5, 1)
    assert [charge.state for charge in members.charges(owner)] == [ChargeState.CLOSED] * 3 + [
        ChargeState.RUNNING
    ]
    assert db.session.query(Invoice).count() == 0


@pytest.mark.parametrize("role", [CompanyRole.TRADER, CompanyRole.VIEWER])
def test_only_owners_and_finance_people_choose(members: MembershipDesk, role: CompanyRole) -> None:
    basic = members.plan()
    with pytest.raises(NotAllowed):
        services.subscribe(members.make.trader(role=role), basic.public_id, YEAR, "INR")
    with pytest.raises(NotAllowed):
        services.subscribe(members.admin, basic.public_id, YEAR, "INR")
    finance = members.make.trader(role=CompanyRole.FINANCE)
    assert services.subscribe(finance, basic.public_id, YEAR, "INR").state is S.PENDING_PAYMENT


def test_only_what_is_offered_can_be_chosen(members: MembershipDesk) -> None:
    basic, owner = members.plan(), members.owner()
    with pytest.raises(Invalid) as refused:
        services.subscribe(owner, basic.public_id, MONTH, "INR")
    assert list(refused.value.fields) == ["interval"]
    with pytest.raises(Invalid):
        services.subscribe(owner, basic.public_id, YEAR, "EUR")
    with pytest.raises(NotFound):
        services.subscribe(owner, "nothing", YEAR, "INR")
    dearer = members.again(basic, {YEAR: "400.00"})
    with pytest.raises(Conflict, match="has changed"):
        services.subscribe(owner, basic.public_id, YEAR, "INR")
    services.retire_plan(members.admin, dearer.plan.public_id, dearer.plan.version)
    with pytest.raises(Conflict, match="has changed"):
        services.subscribe(owner, dearer.public_id, YEAR, "INR")
    assert db.session.query(Subscription).count() == 0


def test_a_company_has_one_membership(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2)
    owner = members.member(basic)
    with pytest.raises(Conflict, match="a membership already"):
        services.subscribe(owner, gold.public_id, YEAR, "INR")
    assert len(members.charges(owner)) == 1


def test_a_plan_that_is_changed_keeps_its_old_form_for_those_who_have_it(
    members: MembershipDesk,
) -> None:
    basic = members.plan(open_listings=5)
    owner = members.member(basic)
    members.again(basic, {YEAR: "999.00"})
    members.go_to(date(2027, 12, 10))
    assert members.subscription(owner).version_id == basic.id
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.amount == rupees(365)


def test_a_trial_is_had_once(members: MembershipDesk) -> None:
    basic, owner = members.plan(trial_days=30), members.owner()
    subscription = services.subscribe(owner, basic.public_id, YEAR, "INR")
    assert subscription.state is S.TRIAL
    assert subscription.is_entitled
    assert subscription.trial_until == date(2027, 1, 31)
    assert members.waiting_invoice(owner) is None
    services.cancel(owner)
    members.go_to(date(2027, 1, 31))
    assert members.state(owner) is S.CANCELLED
    assert services.subscribe(owner, basic.public_id, YEAR, "INR").state is S.PENDING_PAYMENT


def test_a_trial_can_be_left_out(members: MembershipDesk) -> None:
    basic, owner = members.plan(trial_days=30), members.owner()
    services.subscribe(owner, basic.public_id, YEAR, "INR", wants_trial=False)
    assert members.state(owner) is S.PENDING_PAYMENT
    assert not queries.had_trial(owner.company_id or 0)


def test_the_plan_of_a_trial_can_be_raised_at_once(members: MembershipDesk) -> None:
    basic, gold = members.plan(trial_days=30), members.plan(2, {YEAR: "730.00"})
    owner = members.owner()
    services.subscribe(owner, basic.public_id, YEAR, "INR")
    members.go_to(date(2027, 1, 25))
    first = members.waiting_invoice(owner)
    assert first is not None
    assert services.upgrade(owner, gold.public_id) is None
    assert members.subscription(owner).version_id == gold.id
    assert db.session.get_one(Invoice, first.id).state is InvoiceState.CANCELLED
    members.pay(owner)
    charge = members.charges(owner)[-1]
    assert (charge.kind, charge.amount) == (ChargeKind.START, rupees(730))
    assert (charge.starts_on, charge.ends_on) == (date(2027, 1, 31), date(2028, 1, 31))
    assert members.state(owner) is S.ACTIVE


def test_an_upgrade_costs_the_rest_of_the_price_less_what_is_unused(
    members: MembershipDesk,
) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 4, 11))  # 100 of 365 days are over
    cost = services.quote(members.subscription(owner), gold)
    assert cost is not None
    assert (cost.price, cost.unused, cost.due) == (rupees(530), rupees(265), rupees(265))
    charge = services.upgrade(owner, gold.public_id)
    assert charge is not None
    assert members.subscription(owner).version_id == basic.id
    members.pay(owner)
    old, new = members.charges(owner)
    assert members.subscription(owner).version_id == gold.id
    assert (old.state, old.earned_minor, old.moved_minor) == (ChargeState.CLOSED, 10000, 26500)
    assert (new.state, new.value_minor) == (ChargeState.RUNNING, 53000)
    assert (new.starts_on, new.ends_on) == (date(2027, 4, 11), date(2028, 1, 1))
    assert (members.deferred(), members.income()) == (rupees(530), rupees(100))
    members.go_to(date(2027, 4, 12))
    assert members.income() == rupees(102)


def test_an_upgrade_paid_later_costs_what_it_costs_on_that_day(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 4, 11))
    services.upgrade(owner, gold.public_id)
    members.go_to(date(2027, 4, 16))  # 260 days are left: 520 less 260
    members.pay(owner)
    assert members.charges(owner)[-1].value == rupees(520)
    assert members.wallet(owner) == rupees(5)
    assert (members.deferred(), members.income()) == (rupees(520), rupees(105))


def test_an_upgrade_from_the_account_holds_at_once(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.top_up(owner, "300.00")
    with pytest.raises(Conflict, match="holds 300.00 INR"):
        services.upgrade(owner, gold.public_id, from_wallet=True)
    assert len(members.charges(owner)) == 1
    members.go_to(date(2027, 4, 11))
    services.upgrade(owner, gold.public_id, from_wallet=True)
    assert members.subscription(owner).version_id == gold.id
    assert members.wallet(owner) == rupees(35)


def test_an_upgrade_that_costs_nothing_holds_at_once(members: MembershipDesk) -> None:
    basic, odd = members.plan(), members.plan(2, {YEAR: "100.00"})
    owner = members.member(basic)
    charge = services.upgrade(owner, odd.public_id)
    assert charge is not None
    assert (charge.amount, members.charges(owner)[-1].value) == (rupees(0), rupees(365))
    assert members.subscription(owner).version_id == odd.id


def test_a_second_upgrade_replaces_the_one_that_waits(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    platinum = members.plan(3, {YEAR: "1095.00"})
    owner = members.member(basic)
    services.upgrade(owner, gold.public_id)
    first = members.waiting_invoice(owner)
    assert first is not None
    members.transfer(first, "65.00")
    services.upgrade(owner, platinum.public_id)
    assert db.session.get_one(Invoice, first.id).state is InvoiceState.CANCELLED
    assert members.credit(owner) == rupees(65)
    members.pay(owner)
    assert members.subscription(owner).version_id == platinum.id
    assert members.charges(owner)[-1].value == rupees(1095)
    services.cancel(owner)
    assert [charge.state for charge in members.charges(owner)] == [
        ChargeState.CLOSED,
        ChargeState.CANCELLED,
        ChargeState.RUNNING,
    ]


def test_two_upgrades_in_a_row_reconcile(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    platinum = members.plan(3, {YEAR: "1095.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 4, 11))
    services.upgrade(owner, gold.public_id)
    members.pay(owner)
    members.go_to(date(2027, 7, 20))  # 165 of 365 days are left: 495 less 330
    cost = services.quote(members.subscription(owner), platinum)
    assert cost is not None
    assert (cost.price, cost.unused, cost.due) == (rupees(495), rupees(330), rupees(165))
    services.upgrade(owner, platinum.public_id)
    members.pay(owner)
    members.go_to(date(2028, 1, 1))
    # 100 days of 1, 100 days of 2 and 165 days of 3 a day.
    assert (members.income(), members.deferred()) == (rupees(795), rupees(0))


def test_an_upgrade_after_a_renewal_was_paid_covers_it_too(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 12, 22))  # 10 days are left
    members.pay(owner)
    assert members.subscription(owner).paid_until == date(2029, 1, 1)
    cost = services.quote(members.subscription(owner), gold)
    assert cost is not None
    assert (cost.price, cost.unused, cost.due) == (rupees(750), rupees(375), rupees(375))
    services.upgrade(owner, gold.public_id)
    members.pay(owner)
    assert members.subscription(owner).paid_until == date(2029, 1, 1)
    members.go_to(date(2028, 1, 2))
    assert members.subscription(owner).version_id == gold.id


def test_a_renewal_paid_while_an_upgrade_waits_asks_for_the_upgrade_anew(
    members: MembershipDesk,
) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 12, 22))
    renewal = members.waiting_invoice(owner)
    assert renewal is not None
    services.upgrade(owner, gold.public_id)
    members.transfer(renewal)
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.amount == rupees(375)
    members.pay(owner)
    assert members.subscription(owner).version_id == gold.id
    assert members.deferred() == rupees(750)


def test_an_upgrade_replaces_the_renewal_that_waits(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    members.go_to(date(2027, 12, 22))
    services.upgrade(owner, gold.public_id)
    members.pay(owner)
    waiting = members.waiting_invoice(owner)
    assert waiting is not None
    assert waiting.amount == rupees(730)
    assert [charge.state for charge in members.charges(owner)] == [
        ChargeState.CLOSED,
        ChargeState.CANCELLED,
        ChargeState.RUNNING,
        ChargeState.OPEN,
    ]


def test_an_upgrade_not_paid_in_time_ends_alone(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    services.upgrade(owner, gold.public_id)
    members.go_to(date(2027, 1, 13))
    assert members.charges(owner)[-1].state is ChargeState.CANCELLED
    assert members.state(owner) is S.ACTIVE
    assert members.subscription(owner).version_id == basic.id


def test_an_upgrade_can_be_taken_back(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(basic)
    with pytest.raises(Conflict):
        services.cancel_upgrade(owner)
    services.upgrade(owner, gold.public_id)
    services.cancel_upgrade(owner)
    assert members.charges(owner)[-1].state is ChargeState.CANCELLED
    assert members.waiting_invoice(owner) is None


def test_upgrades_lead_up_and_only_from_what_is_paid(members: MembershipDesk) -> None:
    basic, gold = members.plan(1, {YEAR: "365.00", MONTH: "40.00"}), members.plan(2)
    owner = members.member(gold)
    with pytest.raises(Conflict, match="isn't higher"):
        services.upgrade(owner, basic.public_id)
    with pytest.raises(Conflict, match="isn't higher"):
        services.upgrade(owner, gold.public_id)
    monthly = members.member(basic, MONTH)
    with pytest.raises(Invalid) as refused:
        services.upgrade(monthly, gold.public_id)
    assert list(refused.value.fields) == ["version"]
    waiting = members.owner()
    services.subscribe(waiting, basic.public_id, YEAR, "INR")
    with pytest.raises(Conflict, match="must be paid first"):
        services.upgrade(waiting, gold.public_id)
    with pytest.raises(NotFound):
        services.upgrade(members.owner(), gold.public_id)


def test_a_lower_plan_holds_from_the_end_of_the_paid_time_on(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(gold)
    members.go_to(date(2027, 12, 10))
    first = members.waiting_invoice(owner)
    assert first is not None
    members.transfer(first, "30.00")
    services.change_later(owner, basic.public_id, YEAR)
    assert members.subscription(owner).version_id == gold.id
    assert members.credit(owner) == rupees(30)
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.amount == rupees(365)
    members.pay(owner)
    assert members.subscription(owner).version_id == gold.id
    members.go_to(date(2028, 1, 1))
    assert members.subscription(owner).version_id == basic.id
    assert members.subscription(owner).next_version_id is None
    assert members.income() == rupees(730)


def test_another_interval_holds_from_the_end_of_the_paid_time_on(members: MembershipDesk) -> None:
    basic = members.plan(prices={YEAR: "365.00", QUARTER: "100.00"})
    owner = members.member(basic)
    services.change_later(owner, basic.public_id, QUARTER)
    members.go_to(date(2027, 12, 10))
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.amount == rupees(100)
    members.pay(owner)
    members.go_to(date(2028, 1, 1))
    subscription = members.subscription(owner)
    assert (subscription.interval, subscription.paid_until) == (QUARTER, date(2028, 4, 1))


def test_a_planned_change_can_be_dropped(members: MembershipDesk) -> None:
    basic, gold = members.plan(), members.plan(2, {YEAR: "730.00"})
    owner = members.member(gold)
    with pytest.raises(Conflict):
        services.drop_change(owner)
    services.change_later(owner, basic.public_id, YEAR)
    with pytest.raises(Conflict, match="already"):
        services.change_later(owner, basic.public_id, YEAR)
    services.drop_change(owner)
    members.go_to(date(2027, 12, 10))
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.amount == rupees(730)


def test_a_lower_plan_is_refused_while_more_is_in_use(members: MembershipDesk) -> None:
    small = members.plan(1, open_listings=1)
    large = members.plan(2, open_listings=10)
    owner = members.member(large)
    company = db.session.get_one(Company, owner.company_id)
    for _number in range(3):
        members.make.listing(company=company)
    with pytest.raises(Conflict, match="3 in use, 1 included, 2 too many"):
        services.change_later(owner, small.public_id, YEAR)
    assert members.subscription(owner).next_version_id is None


def test_a_cancelled_membership_ends_with_what_is_paid(members: MembershipDesk) -> None:
    basic = members.plan()
    owner = members.member(basic)
    members.go_to(date(2027, 12, 10))
    renewal = members.waiting_invoice(owner)
    assert renewal is not None
    services.cancel(owner, "too dear")
    assert members.state(owner) is S.ACTIVE
    assert db.session.get_one(Invoice, renewal.id).state is InvoiceState.CANCELLED
    with pytest.raises(Conflict, match="cancelled before"):
        services.cancel(owner)
    members.go_to(date(2027, 12, 31))
    assert members.state(owner) is S.ACTIVE
    members.go_to(date(2028, 1, 1))
    assert members.state(owner) is S.CANCELLED
    assert (members.income(), members.deferred()) == (rupees(365), rupees(0))


def test_a_cancellation_can_be_undone_until_then(members: MembershipDesk) -> None:
    basic = members.plan()
    owner = members.member(basic)
    with pytest.raises(Conflict):
        services.undo_cancel(owner)
    services.cancel(owner)
    members.go_to(date(2027, 12, 10))
    assert members.waiting_invoice(owner) is None
    services.undo_cancel(owner)
    members.pay(owner)
    members.go_to(date(2028, 1, 1))
    assert members.state(owner) is S.ACTIVE


def test_what_waits_for_its_first_payment_is_cancelled_at_once(members: MembershipDesk) -> None:
    basic, owner = members.plan(), members.owner()
    services.subscribe(owner, basic.public_id, YEAR, "INR")
    members.pay(owner, "100.00")
    services.cancel(owner)
    assert members.state(owner) is S.CANCELLED
    assert members.charges(owner)[0].state is ChargeState.CANCELLED
    assert members.credit(owner) == rupees(100)
    with pytest.raises(NotFound):
        services.cancel(owner)


def test_another_company_is_not_touched(members: MembershipDesk) -> None:
    basic = members.plan()
    owner, other = members.member(basic), members.member(basic)
    services.cancel(owner)
    assert not members.subscription(other).ends_at_period
    assert queries.own_membership(other) is not None
    assert queries.own_membership(members.owner()) is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_states_follow_the_table(before: SubscriptionState, after: SubscriptionState) -> None:
    allowed = {
        S.TRIAL: {S.ACTIVE, S.PAST_DUE, S.CANCELLED, S.EXPIRED},
        S.PENDING_PAYMENT: {S.ACTIVE, S.CANCELLED, S.EXPIRED},
        S.ACTIVE: {S.PAST_DUE, S.CANCELLED, S.EXPIRED},
        S.PAST_DUE: {S.ACTIVE, S.SUSPENDED, S.CANCELLED, S.EXPIRED},
        S.SUSPENDED: {S.ACTIVE, S.CANCELLED, S.EXPIRED},
    }
    subscription = Subscription(id=1, state=before)
    if after in allowed.get(before, set()):
        subscription.move(after, SYSTEM, "tried")
        assert subscription.state is after
    else:
        with pytest.raises(InvalidTransition):
            subscription.move(after, SYSTEM, "tried")
        assert subscription.state is before


@pytest.mark.parametrize("before", ChargeState)
@pytest.mark.parametrize("after", ChargeState)
def test_charges_follow_their_table(before: ChargeState, after: ChargeState) -> None:
    allowed = {
        (ChargeState.OPEN, ChargeState.RUNNING),
        (ChargeState.OPEN, ChargeState.CANCELLED),
        (ChargeState.RUNNING, ChargeState.CLOSED),
    }
    assert (after in Charge.TRANSITIONS.get(before, frozenset())) is ((before, after) in allowed)


def test_no_upgrade_below_what_is_paid_ahead(members: MembershipDesk) -> None:
    low, middle, high = (
        members.plan(rank, {MONTH: price}) for rank, price in ((1, "10"), (2, "20"), (3, "100"))
    )
    owner = members.member(low, MONTH)
    services.change_later(owner, high.public_id, MONTH)
    members.go_to(FIRST_DAY + timedelta(days=25))
    members.pay(owner)
    before = [(each.state, each.value_minor) for each in members.charges(owner)]
    with pytest.raises(Conflict, match="is higher"):
        services.upgrade(owner, middle.public_id)
    assert [(each.state, each.value_minor) for each in members.charges(owner)] == before
    assert breaches() == []


def test_a_suspended_member_comes_back_with_a_free_plan(members: MembershipDesk) -> None:
    free = members.plan(0, {YEAR: "0"}, default=True)
    owner = members.member(members.plan(2))
    members.go_to(date(2027, 12, 2))
    members.go_to(date(2028, 1, 31))
    assert members.state(owner) is SubscriptionState.SUSPENDED
    services.change_later(owner, free.public_id, YEAR)
    subscription = members.subscription(owner)
    assert subscription.state is SubscriptionState.ACTIVE
    assert subscription.version_id == free.id
    assert members.waiting_invoice(owner) is None
    assert breaches() == []
