"""The member's pages over HTTP: who sees and decides what, and exactly what it costs."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from hub.accounts.models import Company
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.membership import services
from hub.membership.models.subscriptions import Subscription, SubscriptionState
from hub.membership.services import CouponDraft
from hub.payments.invoices.models import Invoice
from tests.membership.membership_factories import (
    MONTH,
    QUARTER,
    YEAR,
    Decimal,
    MembershipDesk,
    rupees,
)
from tests.membership.page_reading import page, words_of
from tests.signing_in import sign_in

S = SubscriptionState


def colleague(members: MembershipDesk, owner: Actor, role: CompanyRole) -> Actor:
    return members.make.trader(db.session.get_one(Company, owner.company_id), role=role)


def test_the_pages_are_for_people_of_companies(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version = members.plan()
    assert client.get("/membership").status_code == 302
    assert client.get(f"/membership/plans/{version.public_id}").status_code == 302
    assert client.get("/membership/plans").status_code == 200
    sign_in(client, members.make.staff(StaffRole.BROKER))
    assert client.get("/membership").status_code == 403
    assert client.get(f"/membership/plans/{version.public_id}").status_code == 403
    sign_in(client, members.admin)
    assert client.get("/membership").headers["Location"] == "/admin/memberships"


def test_without_plans_nothing_is_limited_and_the_page_says_so(
    client: FlaskClient, members: MembershipDesk
) -> None:
    owner = members.owner()
    assert "The hub limits nothing at present" in page(client, owner, "/membership")
    assert "There are no plans" in page(client, owner, "/membership/plans")


def test_without_a_choice_the_default_plan_is_told_with_what_is_used_and_needed(
    client: FlaskClient, members: MembershipDesk
) -> None:
    members.plan(rank=0, prices={}, code="basic", default=True, open_listings=2)
    members.plan(rank=1, prices={MONTH: "120.00"}, code="silver", open_listings=20)
    owner = members.owner()
    company = db.session.get_one(Company, owner.company_id)
    for _number in range(2):
        members.make.listing(company=company)
    text = page(client, owner, "/membership")
    assert "“Basic” holds for every company without a plan" in text
    assert "2 of 2 used, 0 left" in text
    assert "The plan “Basic” includes 2 listings open or in review at a time, and 2 are." in text
    assert "“Silver” includes 20, for 120.00 INR a month" in text


def test_plans_are_compared_by_interval(client: FlaskClient, members: MembershipDesk) -> None:
    silver = members.plan(
        rank=1,
        prices={MONTH: "120.00", YEAR: "1200.00"},
        code="silver",
        badge="Silver member",
        trial_days=14,
        open_listings=20,
        users=None,
        commission_rate="0.009",
    )
    gold = members.plan(rank=2, prices={YEAR: "3000.00"}, code="gold")
    text = page(client, None, "/membership/plans")
    assert "1,200.00 INR a year" in text
    assert "3,000.00 INR a year" in text
    assert "Open listings 20" in text
    assert "People of the company without limit" in text
    assert "Commission on sales 0.9%" in text
    assert "Badge beside the alias Silver member" in text
    assert "The first 14 days are free, once a company." in text
    monthly = client.get("/membership/plans?interval=month").text
    assert f"/membership/plans/{silver.public_id}?interval=month" in monthly
    assert f"/membership/plans/{gold.public_id}" not in monthly
    assert "Not offered like this" in monthly
    assert client.get("/membership/plans?interval=century&currency=XXX").status_code == 200


def test_a_plan_is_chosen_and_waits_for_its_invoice(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version, owner = members.plan(code="silver"), members.owner()
    path = f"/membership/plans/{version.public_id}"
    text = page(client, owner, f"{path}?interval=year&currency=INR")
    assert "Choose Silver for 365.00 INR a year" in text
    assert "it holds 0.00 INR, 365.00 INR too little" in text
    answer = client.post(
        f"{path}/subscribe",
        data={
            "interval": "year",
            "currency": "INR",
            "payment": "transfer",
            "renew_from_account": "y",
        },
    )
    assert answer.headers["Location"] == "/membership"
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert (invoice.due, members.subscription(owner).pays_from_wallet) == (rupees(365), True)
    text = page(client, owner, "/membership")
    assert "waiting for payment" in text
    assert "Pay 365.00 INR, and the plan begins." in text
    assert f"Pay invoice {invoice.number}" in text
    again = page(client, owner, path)
    assert "which waits for payment. Pay it or cancel it" in again
    assert "Choose Silver for" not in again


def test_paid_from_the_account_it_holds_at_once(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version, owner = members.plan(code="silver"), members.owner()
    members.top_up(owner, "400.00")
    path = f"/membership/plans/{version.public_id}"
    assert "now: it holds 400.00 INR" in page(client, owner, path)
    terms = {"interval": "year", "currency": "INR", "payment": "account"}
    answer = client.post(f"{path}/subscribe", data=terms, follow_redirects=True)
    assert "“Silver” holds from now on." in answer.text
    assert (members.state(owner), members.wallet(owner)) == (S.ACTIVE, rupees(35))
    assert "This is the plan your company has" in page(client, owner, path)


def test_too_little_in_the_account_is_told_and_nothing_lost(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version, owner = members.plan(), members.owner()
    members.top_up(owner, "100.00")
    sign_in(client, owner)
    answer = client.post(
        f"/membership/plans/{version.public_id}/subscribe",
        data={"interval": "year", "currency": "INR", "payment": "account"},
    )
    assert answer.status_code == 409
    assert "Top it up by 265.00 INR first" in answer.text
    assert 'checked id="payment-1"' in answer.text
    assert db.session.query(Subscription).count() == 0
    assert members.wallet(owner) == rupees(100)


def test_a_coupon_is_shown_before_it_is_used(client: FlaskClient, members: MembershipDesk) -> None:
    version, owner = members.plan(code="silver"), members.owner()
    services.create_coupon(members.admin, CouponDraft("HARVEST20", share=Decimal("0.2")))
    path = f"/membership/plans/{version.public_id}/subscribe"
    terms = {"interval": "year", "currency": "INR", "payment": "transfer", "coupon": "harvest20"}
    sign_in(client, owner)
    shown = client.post(path, data={**terms, "show": "discount"})
    assert shown.status_code == 200
    assert "Coupon −73.00 INR" in words_of(shown.text)
    assert "The first time 292.00 INR" in words_of(shown.text)
    assert 'value="harvest20"' in shown.text
    assert db.session.query(Subscription).count() == 0
    assert client.post(path, data=terms).status_code == 302
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert invoice.due == rupees(292)


@pytest.mark.parametrize("show", [{}, {"show": "discount"}])
def test_a_wrong_coupon_is_told_at_its_field(
    client: FlaskClient, members: MembershipDesk, show: dict[str, str]
) -> None:
    version, owner = members.plan(), members.owner()
    sign_in(client, owner)
    terms = {"interval": "year", "currency": "INR", "payment": "transfer", "coupon": "nothing"}
    answer = client.post(f"/membership/plans/{version.public_id}/subscribe", data={**terms, **show})
    assert answer.status_code == 422
    assert "There is no such coupon." in answer.text
    assert 'value="nothing"' in answer.text
    assert db.session.query(Subscription).count() == 0


def test_a_trial_begins_or_is_passed_over(client: FlaskClient, members: MembershipDesk) -> None:
    version = members.plan(code="silver", trial_days=14)
    path = f"/membership/plans/{version.public_id}"
    terms = {"interval": "year", "currency": "INR", "payment": "transfer"}
    tries, pays = members.owner(), members.owner()
    assert "14 days without charge" in page(client, tries, path)
    client.post(f"{path}/subscribe", data={**terms, "trial": "y"})
    assert members.state(tries) is S.TRIAL
    text = page(client, tries, "/membership")
    assert "Free trial to the end of 14 Jan 2027" in text
    assert "The invoice of 365.00 INR for the time after it comes on 11 Jan 2027." in text
    sign_in(client, pays)
    client.post(f"{path}/subscribe", data=terms)
    assert members.state(pays) is S.PENDING_PAYMENT


def test_an_upgrade_shows_its_sum_and_charges_just_that(
    client: FlaskClient, members: MembershipDesk
) -> None:
    silver = members.plan(rank=1, code="silver")
    gold = members.plan(rank=2, prices={YEAR: "730.00"}, code="gold")
    owner = members.member(silver)
    members.go_to(date(2027, 4, 11))
    path = f"/membership/plans/{gold.public_id}"
    text = page(client, owner, path)
    assert "530.00 INR" in text
    assert "Paid for Silver and not used −265.00 INR" in text
    assert "To be paid now 265.00 INR" in text
    assert "Go over to Gold for 265.00 INR" in text
    answer = client.post(
        f"{path}/upgrade", data={"payment": "transfer", "interval": "year"}, follow_redirects=True
    )
    assert "The higher plan begins when its invoice of 265.00 INR is paid." in answer.text
    assert "“Gold” waits for payment" in answer.text
    assert client.post("/membership/cancel-upgrade").status_code == 302
    assert members.waiting_invoice(owner) is None
    members.top_up(owner, "265.00")
    client.post(f"{path}/upgrade", data={"payment": "account", "interval": "year"})
    assert members.subscription(owner).version_id == gold.id
    assert members.wallet(owner) == rupees(0)


def test_a_lower_plan_waits_for_the_end_of_the_paid_time_and_can_be_dropped(
    client: FlaskClient, members: MembershipDesk
) -> None:
    silver = members.plan(rank=1, code="silver", prices={YEAR: "365.00"})
    gold = members.plan(rank=2, code="gold", prices={YEAR: "730.00"})
    owner = members.member(gold)
    path = f"/membership/plans/{silver.public_id}"
    assert "Change to Silver after 31 Dec 2027" in page(client, owner, path)
    assert client.post(f"{path}/change", data={"interval": "year"}).status_code == 302
    assert members.subscription(owner).next_version_id == silver.id
    text = page(client, owner, "/membership")
    assert "After 31 Dec 2027: Silver, by the year, for 365.00 INR a year." in text
    assert client.post("/membership/keep-plan").status_code == 302
    assert members.subscription(owner).next_version_id is None
    assert client.post("/membership/keep-plan").status_code == 409


def test_a_lower_plan_is_refused_while_more_is_in_use(
    client: FlaskClient, members: MembershipDesk
) -> None:
    silver = members.plan(rank=1, code="silver", open_listings=1)
    gold = members.plan(rank=2, code="gold", open_listings=None)
    owner = members.member(gold)
    company = db.session.get_one(Company, owner.company_id)
    for _number in range(3):
        members.make.listing(company=company)
    path = f"/membership/plans/{silver.public_id}"
    text = page(client, owner, path)
    assert "Open listings: 3 in use, 1 allowed; 2 fewer are needed." in text
    assert "Change to Silver after" not in text
    answer = client.post(f"{path}/change", data={"interval": "year"})
    assert answer.status_code == 409
    assert "You use more than this plan includes." in answer.text
    assert members.subscription(owner).next_version_id is None


def test_the_interval_is_changed_for_later_in_the_form_one_has(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version = members.plan(code="silver", prices={MONTH: "40.00", YEAR: "365.00"})
    owner = members.member(version, MONTH)
    members.again(version, {MONTH: "50.00", YEAR: "500.00"})
    text = page(client, owner, "/membership")
    assert "Pay by the year instead" in text
    path = f"/membership/plans/{version.public_id}"
    assert "365.00 INR a year" in page(client, owner, f"{path}?interval=year")
    assert client.post(f"{path}/change", data={"interval": "year"}).status_code == 302
    changed = members.subscription(owner)
    assert (changed.next_version_id, changed.next_interval) == (version.id, YEAR)


def test_a_form_that_is_not_offered_any_more_is_not_found(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version, owner = members.plan(), members.owner()
    members.again(version, {YEAR: "500.00"})
    sign_in(client, owner)
    path = f"/membership/plans/{version.public_id}"
    assert client.get(path).status_code == 404
    terms = {"interval": "year", "currency": "INR", "payment": "transfer"}
    assert client.post(f"{path}/subscribe", data=terms).status_code == 404
    assert client.get("/membership/plans/0000000000000").status_code == 404
    current = version.plan.current
    wrong = client.get(f"/membership/plans/{current.public_id}?interval=month")
    assert wrong.status_code == 404
    assert db.session.query(Subscription).count() == 0


def test_cancelling_says_what_happens_and_can_be_undone(
    client: FlaskClient, members: MembershipDesk
) -> None:
    owner = members.member(members.plan(code="silver"))
    text = page(client, owner, "/membership")
    assert "The plan holds to the end of 31 Dec 2027; nothing is paid back" in text
    answer = client.post("/membership/cancel", data={"reason": "too dear"}, follow_redirects=True)
    assert "Cancelled: the plan holds to the end of 31 Dec 2027." in answer.text
    assert members.subscription(owner).ends_at_period
    assert "It ends after 31 Dec 2027." in words_of(answer.text)
    assert client.post("/membership/cancel").status_code == 409
    assert client.post("/membership/undo-cancel").status_code == 302
    assert not members.subscription(owner).ends_at_period
    assert client.post("/membership/undo-cancel").status_code == 409


def test_too_long_a_reason_is_kept_and_nothing_cancelled(
    client: FlaskClient, members: MembershipDesk
) -> None:
    owner = members.member(members.plan())
    sign_in(client, owner)
    answer = client.post("/membership/cancel", data={"reason": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.text
    assert '<details class="confirm" open>' in answer.text
    assert not members.subscription(owner).ends_at_period


def test_what_waits_for_payment_is_cancelled_at_once(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version, owner = members.plan(), members.owner()
    services.subscribe(owner, version.public_id, YEAR, "INR")
    invoice = members.waiting_invoice(owner)
    assert invoice is not None
    assert "The membership ends at once" in page(client, owner, "/membership")
    assert client.post("/membership/cancel").status_code == 302
    assert members.state(owner) is S.CANCELLED
    assert not db.session.get_one(Invoice, invoice.id).is_payable
    assert "Earlier: " in page(client, owner, "/membership")


def test_overdue_and_suspended_say_until_when_and_what_to_pay(
    client: FlaskClient, members: MembershipDesk
) -> None:
    members.plan(rank=0, prices={}, code="basic", default=True, open_listings=2)
    version = members.plan(code="silver", prices={MONTH: "31.00"}, open_listings=20)
    owner = members.member(version, MONTH)
    members.go_to(date(2027, 2, 1))
    text = page(client, owner, "/membership")
    assert "Payment overdue since 1 Feb 2027 Pay 31.00 INR now." in text
    assert "The plan's rights hold to the end of 14 Feb 2027; then they are suspended." in text
    members.go_to(date(2027, 2, 15))
    text = page(client, owner, "/membership")
    assert "Suspended: the renewal was not paid Pay 31.00 INR by 2 Apr 2027" in text
    assert "0 of 2 used, 2 left" in text


def test_renewals_are_paid_from_the_account_or_not(
    client: FlaskClient, members: MembershipDesk
) -> None:
    owner = members.member(members.plan())
    assert "Pay renewals from the account" in page(client, owner, "/membership")
    client.post("/membership/pay-from-account", data={"pays": "yes"})
    assert members.subscription(owner).pays_from_wallet
    assert "Stop paying from the account" in page(client, owner, "/membership")
    client.post("/membership/pay-from-account", data={"pays": "no"})
    assert not members.subscription(owner).pays_from_wallet


@pytest.mark.parametrize("role", [CompanyRole.TRADER, CompanyRole.VIEWER])
def test_others_of_the_company_read_and_do_not_decide(
    client: FlaskClient, members: MembershipDesk, role: CompanyRole
) -> None:
    silver = members.plan(rank=1, code="silver", prices={QUARTER: "90.00", YEAR: "365.00"})
    gold = members.plan(rank=2, code="gold", prices={YEAR: "730.00"})
    owner = members.member(silver)
    reader = colleague(members, owner, role)
    text = page(client, reader, "/membership")
    assert "Paid to the end of 31 Dec 2027" in text
    assert "chooses, changes and cancels the plan" in text
    for absent in ("Cancel the membership", "Choose another plan", "Pay renewals from the account"):
        assert absent not in text
    path = f"/membership/plans/{gold.public_id}"
    assert "Go over to Gold" not in page(client, reader, path)
    assert client.post(f"{path}/upgrade", data={"payment": "transfer"}).status_code == 403
    lower = f"/membership/plans/{silver.public_id}"
    assert client.post(f"{lower}/change", data={"interval": "quarter"}).status_code == 403
    terms = {"interval": "year", "currency": "INR", "payment": "transfer"}
    assert client.post(f"{path}/subscribe", data=terms).status_code == 403
    for verb in ("cancel", "undo-cancel", "keep-plan", "cancel-upgrade", "pay-from-account"):
        assert client.post(f"/membership/{verb}").status_code == 403, verb
    found = members.subscription(owner)
    assert (found.version_id, found.ends_at_period, found.paid_until) == (
        silver.id,
        False,
        date(2028, 1, 1),
    )


def test_finance_people_decide_and_see_only_their_own_company(
    client: FlaskClient, members: MembershipDesk
) -> None:
    version = members.plan(code="silver")
    owner, other = members.member(version), members.member(version)
    finance = colleague(members, owner, CompanyRole.FINANCE)
    mine = members.charges(owner)[0]
    theirs = members.charges(other)[0]
    numbers = {
        each.subject_id: each.number
        for each in db.session.query(Invoice).filter_by(subject_kind=mine.THING)
    }
    text = page(client, finance, "/membership")
    assert numbers[mine.id] in text
    assert numbers[theirs.id] not in text
    assert client.post("/membership/cancel").status_code == 302
    assert members.subscription(owner).ends_at_period
    assert not members.subscription(other).ends_at_period
