"""What is checked of booked places: each check tells what breaks its rule, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Update, delete, insert, select, update

from hub.ads.display import bookings, serving
from hub.ads.display.invariants import CHECKS
from hub.ads.display.models import AdKind, AdPage, Booking, DisplayClick, DisplayView, Pricing
from hub.ads.states import CampaignState
from hub.core import clock
from hub.core.db.base import db
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance
from tests.ads.campaign_factories import AdDesk
from tests.ads.display_factories import PlaceDesk
from tests.broken_books import broken, told
from tests.factories import Factories
from tests.payments.money_factories import Entry
from tests.transactions import rolled_back

CHECKED = [check for _group, _rule, check in CHECKS]


@dataclass
class Booked:
    """A running booking with two views of it, the unpaid one after it, and another's invoice."""

    running: Booking
    unpaid: Booking
    counted_id: int
    uncounted_id: int
    invoice_id: int


@pytest.fixture(scope="module")
def booked(schema_app: Flask) -> Iterator[Booked]:
    """Bookings two days later: one runs, one waits, one was cancelled, one is over."""
    with rolled_back(schema_app):
        booked = _booked(PlaceDesk(AdDesk(Factories())))
        assert broken(CHECKED) == {}
        yield booked


def _booked(desk: PlaceDesk) -> Booked:
    owner, finance = desk.ads.member(), desk.ads.finance
    order = finance.invoice("10.00")
    order_id = order.id
    finance.bank_sends(Entry("10.00", structured=order.reference))
    desk.place(AdPage.FRONT, AdKind.TEXT)
    by_day = desk.place()
    by_thousand = desk.place(AdPage.LISTING, pricing=Pricing.THOUSAND_VIEWS, price="77.77")
    cancelled = desk.paid(owner, by_day, first=1, last=5)
    bookings.cancel(owner, cancelled.public_id, cancelled.version)
    running = desk.paid(owner, by_day, first=1, last=3)
    unpaid = desk.approved(owner, by_day, first=4, last=5)
    by_views = desk.paid(owner, by_thousand, first=1, last=1, thousands=1)
    desk.sleep(1)
    shown = [_shown(desk.again(running), counted) for counted in (True, False)]
    serving.record([_shown(desk.again(by_views), True), *shown], "")
    counted_id, uncounted_id = (_view_id(each.view_id) for each in shown)
    for view_id, reason in ((counted_id, ""), (uncounted_id, "own")):
        db.session.add(DisplayClick(view_id=view_id, at=clock.now(), reason=reason))
    db.session.commit()
    desk.sleep(1)
    return Booked(desk.again(running), desk.again(unpaid), counted_id, uncounted_id, order_id)


def _shown(booking: Booking, counted: bool) -> serving.Shown:
    assert booking.creative is not None
    return serving.Shown(
        serving.new_public_id(),
        booking.place.page,
        booking.place.kind,
        booking.creative,
        counted=counted,
        booking_id=booking.id,
    )


def _view_id(public_id: str) -> int:
    wanted = select(DisplayView.id).where(DisplayView.public_id == public_id)
    return db.session.scalars(wanted).one()


def changed(booking: Booking, **values: object) -> Update:
    return update(Booking).where(Booking.id == booking.id).values(**values)


def test_no_place_is_booked_more_often_than_it_has_room(booked: Booked) -> None:
    place = booked.running.place
    last, first = booked.running.ends_on, booked.unpaid.starts_on
    assert (first - last).days == 1
    for damage, day in (
        (changed(booked.unpaid, starts_on=last), last),
        (changed(booked.running, ends_on=first), first),
    ):
        assert told(CHECKED, damage) == {
            "no_place_is_oversold": [f"Place {place.public_id} holds 2 bookings on {day}, of 1."]
        }


def test_what_is_earned_is_the_part_that_was_delivered(booked: Booked) -> None:
    def earned(booking: Booking, amount: str, units: str) -> dict[str, list[str]]:
        sentence = f"Booking {booking.public_id} earned {amount} INR for {units}."
        return {"earned_follows_delivery": [sentence]}

    running, unpaid = booked.running, booked.unpaid
    one_less = changed(running, earned_minor=99_99, returned_minor=1)
    assert told(CHECKED, one_less) == earned(running, "99.99", "1 of 3")
    assert told(CHECKED, changed(running, delivered=2)) == earned(running, "100.00", "2 of 3")
    assert told(CHECKED, changed(unpaid, earned_minor=1)) == earned(unpaid, "0.01", "0 of 2")
    assert told(CHECKED, changed(unpaid, delivered=1)) == earned(unpaid, "0.00", "1 of 2")


def test_what_was_paid_is_earned_returned_or_still_held(booked: Booked) -> None:
    def told_of(booking: Booking, sums: str) -> dict[str, list[str]]:
        return {"paid_is_earned_held_or_returned": [f"Booking {booking.public_id}: {sums}"]}

    running = booked.running
    mine = LedgerBalance.holder == f"booking:{running.id}"
    held = update(LedgerBalance).where(mine, LedgerBalance.account == chart.HELD_FOR_CONTRACT)
    sums = "300.00 INR paid, 100.00 INR earned, {} INR returned, {} held."
    for minor in (199_99, 200_01):
        damage = held.values(balance_minor=-minor)
        assert told(CHECKED, damage) == told_of(running, sums.format("0.00", minor))
    for damage in (
        held.values(account=chart.HELD_IN_DISPUTE),
        delete(LedgerBalance).where(mine),
    ):
        assert told(CHECKED, damage) == told_of(running, sums.format("0.00", 0))
    more_back = changed(running, returned_minor=1)
    assert told(CHECKED, more_back) == told_of(running, sums.format("0.01", 200_00))


@pytest.mark.parametrize("state", ["completed", "cancelled", "rejected"])
def test_nothing_is_held_for_what_has_ended(booked: Booked, state: str) -> None:
    name = f"Booking {booked.running.public_id}"
    sentence = f"{name}: 300.00 INR paid, 100.00 INR earned, 0.00 INR returned, 20000 held."
    damage = changed(booked.running, state=CampaignState(state))
    assert told(CHECKED, damage) == {"paid_is_earned_held_or_returned": [sentence]}


def test_the_invoice_of_something_else_with_its_number_pays_no_booking(booked: Booked) -> None:
    same_number = update(Invoice).where(Invoice.id == booked.invoice_id)
    assert told(CHECKED, same_number.values(subject_id=booked.unpaid.id)) == {}


def test_a_click_counts_only_on_a_view_that_counts(booked: Booked) -> None:
    def clicked(view_id: int, reason: str) -> dict[str, list[str]]:
        values = {"id": 10**6, "view_id": view_id, "at": clock.now(), "reason": reason}
        return told(CHECKED, insert(DisplayClick).values(values))

    assert clicked(booked.uncounted_id, "") == {
        "clicks_have_counted_views": [f"Click {10**6} counts on a view that doesn't."]
    }
    assert clicked(booked.uncounted_id, "own") == {}
    assert clicked(booked.counted_id, "repeated") == {}
