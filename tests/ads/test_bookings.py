"""A booking's way: days held, reviewed, paid, run, over; and its money to the last minor unit."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.accounts.models import AccountState, Company
from hub.ads.display import bookings, places, serving
from hub.ads.display import invariants as display_invariants
from hub.ads.display import overview as display_queries
from hub.ads.display import review as display_review
from hub.ads.display.jobs import advance_bookings
from hub.ads.display.models import AdKind, AdPage, Booking, CampaignState, Pricing
from hub.ads.display.money import earned_by
from hub.cli.check import run_checks
from hub.core import clock
from hub.core.actor import SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.money import Money
from hub.messaging.models import StaffTask
from hub.payments import services as payments
from hub.payments.invoices.models import InvoiceState
from hub.payments.invoices.queries import invoice_of
from hub.payments.jobs import work_through_deadlines
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.wallets.queries import wallet_balance
from tests.ads.campaign_factories import AdDesk
from tests.ads.display_factories import SITE, PlaceDesk
from tests.ads.display_factories import given as artwork
from tests.examples import examples
from tests.factories import Factories
from tests.payments.money_factories import rupees
from tests.signing_in import sign_in
from tests.threads import refusals

DRAFT, REVIEW = CampaignState.DRAFT, CampaignState.PENDING_REVIEW
APPROVED, SCHEDULED = CampaignState.APPROVED, CampaignState.SCHEDULED
RUNNING, PAUSED = CampaignState.RUNNING, CampaignState.PAUSED
COMPLETED, CANCELLED = CampaignState.COMPLETED, CampaignState.CANCELLED


def _income() -> Money:
    return ledger.owed(chart.ADVERTISING_INCOME, "INR", "")


def _broken() -> list[str]:
    return [
        sentence
        for finding in run_checks([*display_invariants.CHECKS]).values()
        for sentence in finding["broken"]
    ]


def _show(booking: Booking, times: int) -> None:
    """Show a booking's advertisement so often."""
    for _number in range(times):
        shown = serving.Shown(
            serving.new_public_id(),
            AdPage.MARKET,
            AdKind.BANNER,
            booking.creative,  # type: ignore[arg-type]
            counted=True,
            booking_id=booking.id,
        )
        serving.record([shown], "")


def test_a_booking_by_days_runs_and_is_earned_day_by_day(place_desk: PlaceDesk) -> None:
    owner = place_desk.ads.member("1000.00")
    made = place_desk.submitted(owner, place_desk.place(price="33.33"), first=2, last=4)
    assert (made.state, made.amount, made.units) == (REVIEW, rupees("99.99"), 3)
    display_review.approve(place_desk.ads.clerk, made.public_id, made.version)
    invoice = invoice_of(made.subject)
    assert invoice is not None
    assert (invoice.amount, invoice.due_on) == (rupees("99.99"), place_desk.day(1))
    payments.pay_from_wallet(owner, invoice.public_id)
    assert made.state is SCHEDULED
    expected = [
        *[("scheduled", "0")] * 2,
        ("running", "0"),
        ("running", "33.33"),
        ("running", "66.66"),
    ]
    for state, earned in [*expected, ("completed", "99.99")]:
        assert (made.state.value, made.earned, _income()) == (state, rupees(earned), rupees(earned))
        place_desk.sleep(1)
    assert (made.state, made.returned) == (COMPLETED, rupees("0"))
    assert wallet_balance(owner.company_id or 0, "INR") == rupees("900.01")
    assert _broken() == []


def test_the_job_may_run_often_or_late(place_desk: PlaceDesk) -> None:
    made = place_desk.running(place_desk.ads.member(), place_desk.place(), first=1, last=3)
    assert [advance_bookings() for _again in range(3)] == [0, 0, 0]
    clock.advance(timedelta(days=40))
    assert advance_bookings() == 1
    assert (made.state, made.earned) == (COMPLETED, rupees("300.00"))


def test_a_booking_by_views_earns_what_was_shown_and_returns_the_rest(
    place_desk: PlaceDesk,
) -> None:
    owner = place_desk.ads.member("1000.00")
    place = place_desk.place(pricing=Pricing.THOUSAND_VIEWS, price="77.77")
    made = place_desk.running(owner, place, first=1, last=2, thousands=1)
    assert (made.units, made.amount) == (1000, rupees("77.77"))
    _show(made, 30)
    place_desk.sleep(1)
    assert (made.delivered, made.earned) == (30, rupees("2.33"))  # 2.3331
    _show(made, 7)
    place_desk.sleep(1)
    assert (made.state, made.delivered, made.earned) == (COMPLETED, 37, rupees("2.87"))
    assert made.returned == rupees("74.90")
    assert wallet_balance(owner.company_id or 0, "INR") == rupees("997.13")
    assert _broken() == []


def test_days_with_a_pause_are_not_charged(place_desk: PlaceDesk) -> None:
    owner = place_desk.ads.member("1000.00")
    made = place_desk.running(owner, place_desk.place(), first=1, last=5)
    clerk = place_desk.ads.clerk
    place_desk.sleep(1)
    display_review.pause(clerk, made.public_id, made.version, "The link is broken")
    assert (made.state, made.reason) == (PAUSED, "The link is broken")
    place_desk.sleep(1)
    display_review.resume(clerk, made.public_id, made.version)
    place_desk.sleep(1)
    assert (made.delivered, made.earned) == (1, rupees("100.00"))
    place_desk.sleep(2)
    assert (made.state, made.earned, made.returned) == (
        COMPLETED,
        rupees("300.00"),
        rupees("200.00"),
    )
    costs = [day.figures.cost for day in display_queries.report(made).days]
    assert costs == [rupees(amount) for amount in ("100", "0", "0", "100", "100")]
    assert _broken() == []


@pytest.mark.parametrize(
    ("days_passed", "back"), [(0, "500.00"), (1, "400.00"), (3, "200.00"), (5, "0.00")]
)
def test_ending_it_gives_back_what_was_not_delivered(
    place_desk: PlaceDesk, days_passed: int, back: str
) -> None:
    owner = place_desk.ads.member("500.00")
    made = place_desk.paid(owner, place_desk.place(), first=1, last=5)
    place_desk.sleep(days_passed)
    bookings.cancel(owner, made.public_id, made.version)
    assert (made.state, made.returned) == (CANCELLED, rupees(back))
    assert wallet_balance(owner.company_id or 0, "INR") == rupees(back)
    assert _income() == rupees("500.00") - rupees(back)
    assert bookings.taken_by_day(made.place_id, made.starts_on, made.ends_on) == {}
    assert _broken() == []


def test_one_that_is_not_paid_before_its_start_ends_and_frees_its_days(
    place_desk: PlaceDesk,
) -> None:
    owner, place = place_desk.ads.member(), place_desk.place()
    made = place_desk.approved(owner, place, first=3, last=5)
    for day in range(3):
        assert made.state is APPROVED, day
        clock.advance(timedelta(days=1))
        work_through_deadlines()
        work_through_deadlines()
    assert (made.state, made.earned, made.returned) == (CANCELLED, rupees("0"), rupees("0"))
    invoice = invoice_of(made.subject)
    assert invoice is not None
    assert invoice.state is InvoiceState.LAPSED
    assert bookings.full_days(place, made.starts_on, made.ends_on) == []
    assert _broken() == []


def test_cancelling_before_payment_cancels_the_invoice(place_desk: PlaceDesk) -> None:
    owner = place_desk.ads.member()
    made = place_desk.approved(owner, place_desk.place())
    bookings.cancel(owner, made.public_id, made.version)
    invoice = invoice_of(made.subject)
    assert invoice is not None
    assert (made.state, invoice.state) == (CANCELLED, InvoiceState.CANCELLED)


def test_a_draft_keeps_its_days_for_a_day(place_desk: PlaceDesk) -> None:
    owner, place = place_desk.ads.member(), place_desk.place()
    made = place_desk.draft(owner, place)
    assert bookings.full_days(place, made.starts_on, made.ends_on) != []
    clock.advance(timedelta(hours=23))
    advance_bookings()
    assert made.state is DRAFT
    clock.advance(timedelta(hours=1))
    advance_bookings()
    assert made.state is CANCELLED
    assert bookings.full_days(place, made.starts_on, made.ends_on) == []


def test_one_that_is_not_reviewed_in_time_ends(place_desk: PlaceDesk) -> None:
    made = place_desk.submitted(place_desk.ads.member(), place_desk.place())
    assert display_queries.waiting_for_review() == 1
    place_desk.sleep(1)
    assert (made.state, display_queries.waiting_for_review()) == (CANCELLED, 0)


def test_staff_send_back_and_reject_with_a_reason(place_desk: PlaceDesk) -> None:
    owner, clerk = place_desk.ads.member(), place_desk.ads.clerk
    made = place_desk.submitted(owner, place_desk.place(), first=5, last=6)
    for verb in (display_review.send_back, display_review.reject):
        with pytest.raises(Invalid):
            verb(clerk, made.public_id, made.version, " ")
        assert place_desk.again(made).state is REVIEW
    display_review.send_back(clerk, made.public_id, made.version, "Name the price")
    assert (made.state, made.reason, made.held_until) == (
        DRAFT,
        "Name the price",
        clock.now() + timedelta(hours=24),
    )
    bookings.set_artwork(owner, made.public_id, made.version, artwork())
    bookings.submit(owner, made.public_id, made.version)
    display_review.reject(clerk, made.public_id, made.version, "Not for this site")
    assert made.state is CampaignState.REJECTED
    assert bookings.full_days(made.place, made.starts_on, made.ends_on) == []
    with pytest.raises(Conflict):
        display_review.approve(clerk, made.public_id, made.version)


def test_artwork_is_fixed_once_it_is_sent(place_desk: PlaceDesk) -> None:
    owner = place_desk.ads.member()
    made = place_desk.submitted(owner, place_desk.place())
    with pytest.raises(Conflict):
        bookings.set_artwork(owner, made.public_id, made.version, artwork())
    assert made.creative is not None
    assert made.creative.target == SITE


def test_nobody_books_at_another_price_than_was_shown(place_desk: PlaceDesk) -> None:
    owner, place = place_desk.ads.member(), place_desk.place(price="100.00")
    for shown in ("299.99 INR", "", "300.00 EUR"):
        with pytest.raises(Conflict):
            bookings.book(owner, place.public_id, place_desk.day(1), place_desk.day(3), None, shown)
    assert db.session.query(Booking).count() == 0


@pytest.mark.parametrize(
    ("field", "first", "last", "thousands"),
    [
        ("starts_on", 0, 2, None),
        ("starts_on", -3, 2, None),
        ("ends_on", 3, 2, None),
        ("ends_on", 80, 93, None),
        ("thousands", 1, 2, None),
        ("thousands", 1, 2, 0),
        ("thousands", 1, 2, -5),
        ("thousands", 1, 2, 100_001),
    ],
)
def test_days_and_numbers_that_cannot_be_are_told_at_their_field(
    place_desk: PlaceDesk, field: str, first: int, last: int, thousands: int | None
) -> None:
    by_views = field == "thousands"
    place = place_desk.place(pricing=Pricing.THOUSAND_VIEWS if by_views else Pricing.DAY)
    with pytest.raises(Invalid) as refusal:
        bookings.book(
            place_desk.ads.member(),
            place.public_id,
            place_desk.day(first),
            place_desk.day(last),
            thousands,
            "",
        )
    assert list(refusal.value.fields) == [field]
    assert db.session.query(Booking).count() == 0


def test_nobody_keeps_more_than_five_drafts(place_desk: PlaceDesk) -> None:
    owner, place = place_desk.ads.member(), place_desk.place(capacity=10)
    for _number in range(5):
        place_desk.draft(owner, place)
    with pytest.raises(Conflict):
        place_desk.draft(owner, place)
    place_desk.draft(place_desk.ads.member(), place)


def test_only_traders_book_and_only_the_company_sees(
    place_desk: PlaceDesk, make: Factories
) -> None:
    place = place_desk.place(capacity=5)
    owner = place_desk.ads.member()
    made = place_desk.draft(owner, place)
    company = db.session.get_one(Company, owner.company_id)
    viewer = make.trader(company, role=CompanyRole.VIEWER)
    for who in (viewer, place_desk.ads.clerk, make.staff(StaffRole.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            place_desk.draft(who, place)
        assert bookings.booking(who, made.public_id).id == made.id
    for stranger in (make.trader(), make.staff(StaffRole.BROKER)):
        with pytest.raises(NotFound):
            bookings.booking(stranger, made.public_id)
    with pytest.raises(NotAllowed):
        bookings.cancel(viewer, made.public_id, made.version)
    with pytest.raises(Invalid):
        bookings.cancel(place_desk.ads.clerk, made.public_id, made.version)
    assert made.state is DRAFT


def test_what_a_suspended_company_runs_is_paused(place_desk: PlaceDesk) -> None:
    owner = place_desk.ads.member()
    made = place_desk.running(owner, place_desk.place())
    display_review.pause_for_company(SYSTEM, owner.company_id or 0, "Suspended")
    assert (made.state, made.reason) == (PAUSED, "Suspended")


def test_the_last_free_day_goes_to_one_of_two(committed_app: Flask) -> None:
    with committed_app.app_context():
        desk = PlaceDesk(AdDesk(Factories()))
        place, people = desk.place(capacity=2), [desk.ads.member("0") for _number in range(3)]
        desk.draft(people.pop(), place, first=1, last=3)

    def book(number: int) -> object:
        return desk.draft(people[number], place, first=3, last=4)

    refused = refusals(committed_app, [lambda: book(0), lambda: book(1)])
    assert refused.count(None) == 1
    assert sum(isinstance(error, Conflict) for error in refused) == 1
    with committed_app.app_context():
        assert len(db.session.scalars(select(Booking)).all()) == 2
        assert bookings.taken_by_day(place.id, desk.day(3), desk.day(3)) == {desk.day(3): 2}


@settings(max_examples=examples(60))
@given(
    amount=st.integers(1, 10**9),
    units=st.integers(1, 10**6),
    steps=st.lists(st.integers(0, 10**6), max_size=12),
)
def test_earned_parts_add_up_whatever_was_delivered_when(
    amount: int, units: int, steps: list[int]
) -> None:
    booking = Booking(amount_minor=amount, units=units, currency="INR")
    delivered, earned = 0, 0
    for step in steps:
        delivered += step
        target = earned_by(booking, delivered).minor
        assert earned <= target <= amount
        earned = target
    assert earned == amount * min(delivered, units) // units
    assert earned_by(booking, units).minor == amount


@settings(
    max_examples=examples(6),
)
@given(
    price=st.integers(1, 999),
    days=st.integers(1, 6),
    steps=st.lists(st.sampled_from(["sleep", "pause", "resume", "cancel"]), max_size=9),
)
def test_whatever_happens_what_was_paid_is_earned_or_back(
    place_desk: PlaceDesk, price: int, days: int, steps: list[str]
) -> None:
    owner = place_desk.ads.member("1000.00")
    place = place_desk.place(price=f"{price / 100:.2f}")
    made = place_desk.paid(owner, place, first=1, last=days)
    for step in [*steps, *["sleep"] * (days + 1)]:
        if step == "sleep":
            place_desk.sleep(1)
        elif step == "pause" and made.state is RUNNING:
            display_review.pause(place_desk.ads.clerk, made.public_id, made.version, "why")
        elif step == "resume" and made.state is PAUSED:
            display_review.resume(place_desk.ads.clerk, made.public_id, made.version)
        elif step == "cancel" and made.can_cancel:
            bookings.cancel(owner, made.public_id, made.version)
    assert _broken() == []
    assert made.state in (COMPLETED, CANCELLED)
    assert made.earned + made.returned == made.amount
    assert wallet_balance(owner.company_id or 0, "INR") == rupees("1000.00") - made.earned
    places.retire(place_desk.ads.clerk, place.public_id, place.version)


def test_a_member_books_over_the_site_and_staff_approve(
    place_desk: PlaceDesk, client: FlaskClient
) -> None:
    owner, place = place_desk.ads.member(), place_desk.place(AdPage.FRONT, AdKind.TEXT)
    sign_in(client, owner)
    first, last = place_desk.day(2).isoformat(), place_desk.day(4).isoformat()
    address = f"/advertising/bookings/new?place={place.public_id}"
    shown = client.get(f"{address}&starts_on={first}&ends_on={last}")
    assert "Book for 300.00 INR" in shown.text
    form = {"starts_on": first, "ends_on": last, "price": "300.00 INR"}
    answer = client.post(address, data=form)
    made = db.session.scalars(select(Booking)).one()
    page = f"/advertising/bookings/{made.public_id}"
    assert (answer.status_code, answer.location) == (302, page)
    told = client.post(
        f"{page}/artwork",
        data={"version": "1", "headline": "Onions", "text": "Fresh", "target": SITE},
    )
    assert told.status_code == 302
    assert client.post(f"{page}/submit", data={"version": str(made.version)}).status_code == 302
    assert "Waiting for the hub to review it" in client.get(page).text
    refused = client.post(address, data=form)
    assert refused.status_code == 409
    assert "Some of these days are not free any more." in refused.text
    sign_in(client, place_desk.ads.clerk)
    desk = f"/ad-desk/bookings/{made.public_id}"
    seen = client.get(desk).text
    assert SITE in seen
    assert "Approve: send the invoice of 300.00 INR" in seen
    without_reason = client.post(f"{desk}/reject", data={"version": str(made.version)})
    assert without_reason.status_code == 422
    assert client.post(f"{desk}/approve", data={"version": str(made.version)}).status_code == 302
    assert made.state is APPROVED
    sign_in(client, owner)
    assert "Pay the invoice" in client.get(page).text


def test_a_company_that_may_not_trade_is_not_charged_for_days_that_nobody_saw(
    place_desk: PlaceDesk,
) -> None:
    owner = place_desk.ads.member("1000.00")
    made = place_desk.paid(owner, place_desk.place(), first=2, last=4)
    company = db.session.get_one(Company, owner.company_id)
    company.account_state = AccountState.SUSPENDED
    db.session.commit()
    place_desk.sleep(3)
    assert place_desk.again(made).state is CampaignState.PAUSED
    place_desk.sleep(3)
    assert place_desk.again(made).state is CampaignState.COMPLETED
    assert _income() == rupees("0")
    assert wallet_balance(company.id, "INR") == rupees("1000.00")
    assert _broken() == []


def test_a_booking_that_ends_in_review_leaves_no_task(place_desk: PlaceDesk) -> None:
    owner = place_desk.ads.member()
    made = place_desk.submitted(owner, place_desk.place())
    waiting = select(StaffTask.id).where(StaffTask.closed_at.is_(None))
    assert len(db.session.scalars(waiting).all()) == 1
    bookings.cancel(owner, made.public_id, made.version)
    assert db.session.scalars(waiting).all() == []
