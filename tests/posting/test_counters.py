"""Reserved and filled quantities: never more than there is, whatever the order of the verbs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core import audit, clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.posting import services
from hub.posting.events import ListingChanged, ListingClosed, ListingOpened
from hub.posting.models import Listing, ListingState
from tests.examples import examples
from tests.factories import Factories


def counters(listing: Listing) -> tuple[Decimal, Decimal, ListingState]:
    db.session.expire_all()
    fresh = db.session.get_one(Listing, listing.id)
    return fresh.reserved, fresh.filled, fresh.state


def test_reserving_takes_the_quantity_and_writes_it_down(
    make: Factories, published: list[object]
) -> None:
    listing = make.listing()
    version = listing.version
    services.reserve(SYSTEM, listing.id, Decimal("12.5"))
    assert counters(listing) == (Decimal("12.5"), Decimal(0), ListingState.OPEN)
    assert listing.version == version + 1
    assert listing.available == Decimal("27.5")
    entry = audit.history([("listing", listing.id)])[0]
    assert entry.action == "listing_reserved"
    assert entry.details == {"quantity": "12.5", "reserved": "12.500", "filled": "0.000"}
    assert published == [ListingChanged(listing.id)]


def test_two_reservations_never_take_the_same_quantity(make: Factories) -> None:
    listing = make.listing()
    services.reserve(SYSTEM, listing.id, Decimal(30))
    with pytest.raises(Conflict):
        services.reserve(SYSTEM, listing.id, Decimal("10.001"))
    assert counters(listing) == (Decimal(30), Decimal(0), ListingState.OPEN)
    services.reserve(SYSTEM, listing.id, Decimal(10))
    assert counters(listing) == (Decimal(40), Decimal(0), ListingState.OPEN)


@pytest.mark.parametrize(
    ("reserved", "filled"),
    [("0", "30"), ("30", "0"), ("10", "20")],
    ids=["filled", "reserved", "both"],
)
def test_what_is_reserved_or_filled_is_not_there_to_be_reserved(
    make: Factories, reserved: str, filled: str
) -> None:
    listing = make.listing(reserved=Decimal(reserved), filled=Decimal(filled))
    with pytest.raises(Conflict):
        services.reserve(SYSTEM, listing.id, Decimal("10.001"))
    assert counters(listing) == (Decimal(reserved), Decimal(filled), ListingState.OPEN)
    services.reserve(SYSTEM, listing.id, Decimal(10))
    assert counters(listing) == (Decimal(reserved) + 10, Decimal(filled), ListingState.OPEN)


@pytest.mark.parametrize("state", [state for state in ListingState if state != "open"])
def test_only_open_listings_can_be_reserved(make: Factories, state: ListingState) -> None:
    listing = make.listing(state=state)
    with pytest.raises(Conflict):
        services.reserve(SYSTEM, listing.id, Decimal(1))
    assert counters(listing) == (Decimal(0), Decimal(0), state)


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-1)])
def test_a_quantity_is_above_zero(make: Factories, quantity: Decimal) -> None:
    listing = make.listing(reserved=Decimal(5), filled=Decimal(5))
    for verb in (services.reserve, services.release, services.fill, services.unfill):
        with pytest.raises(Invalid):
            verb(SYSTEM, listing.id, quantity)
    assert counters(listing) == (Decimal(5), Decimal(5), ListingState.OPEN)


def test_the_last_filled_quantity_closes_and_a_freed_one_opens_again(
    make: Factories, published: list[object]
) -> None:
    listing = make.listing()
    services.reserve(SYSTEM, listing.id, Decimal(40))
    services.fill(SYSTEM, listing.id, Decimal(15))
    assert counters(listing) == (Decimal(25), Decimal(15), ListingState.FILLED)
    published.clear()
    services.release(SYSTEM, listing.id, Decimal(25))
    assert counters(listing) == (Decimal(0), Decimal(15), ListingState.OPEN)
    assert published == [ListingOpened(listing.id)]
    services.reserve(SYSTEM, listing.id, Decimal(25))
    services.fill(SYSTEM, listing.id, Decimal(25))
    assert counters(listing) == (Decimal(0), Decimal(40), ListingState.FILLED)
    services.unfill(SYSTEM, listing.id, Decimal(15))
    assert counters(listing) == (Decimal(0), Decimal(25), ListingState.OPEN)
    services.unfill(SYSTEM, listing.id, Decimal(25))
    assert counters(listing) == (Decimal(0), Decimal(0), ListingState.OPEN)


def test_more_than_is_reserved_or_filled_does_not_come_back(make: Factories) -> None:
    listing = make.listing(reserved=Decimal(10), filled=Decimal(20))
    for verb, quantity in (
        (services.release, "10.001"),
        (services.fill, "11"),
        (services.unfill, "20.5"),
    ):
        with pytest.raises(Conflict):
            verb(SYSTEM, listing.id, Decimal(quantity))
    assert counters(listing) == (Decimal(10), Decimal(20), ListingState.OPEN)


def test_a_reservation_keeps_an_overdue_listing_until_it_is_released(
    make: Factories, published: list[object]
) -> None:
    listing = make.listing()
    services.reserve(SYSTEM, listing.id, Decimal(10))
    clock.set_to(clock.now() + timedelta(days=60))
    assert services.expire_due(SYSTEM) == 0
    assert counters(listing)[2] is ListingState.OPEN
    published.clear()
    services.release(SYSTEM, listing.id, Decimal(10))
    assert counters(listing) == (Decimal(0), Decimal(0), ListingState.EXPIRED)
    assert published == [ListingChanged(listing.id), ListingClosed(listing.id)]


@pytest.mark.parametrize(
    ("days", "then"),
    [(0, ListingState.OPEN), (-1, ListingState.EXPIRED)],
    ids=["last day", "after"],
)
def test_what_comes_back_on_the_last_valid_day_stays_on_the_market(
    make: Factories, days: int, then: ListingState
) -> None:
    """And what comes back after it does not, whichever way it comes back."""
    released = make.listing(reserved=Decimal(10), valid_until=make.someday(days))
    freed = make.listing(
        filled=Decimal(40), state=ListingState.FILLED, valid_until=make.someday(days)
    )
    services.release(SYSTEM, released.id, Decimal(10))
    services.unfill(SYSTEM, freed.id, Decimal(15))
    assert counters(released) == (Decimal(0), Decimal(0), then)
    assert counters(freed) == (Decimal(0), Decimal(25), then)


def test_an_overdue_listing_stays_while_anything_of_it_is_reserved(make: Factories) -> None:
    listing = make.listing(reserved=Decimal(10), valid_until=make.someday(-1))
    services.release(SYSTEM, listing.id, Decimal("9.999"))
    assert counters(listing) == (Decimal("0.001"), Decimal(0), ListingState.OPEN)
    services.release(SYSTEM, listing.id, Decimal("0.001"))
    assert counters(listing) == (Decimal(0), Decimal(0), ListingState.EXPIRED)


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (ListingState.PAUSED, ListingState.EXPIRED),
        (ListingState.PENDING_REVIEW, ListingState.EXPIRED),
        (ListingState.WITHDRAWN, ListingState.WITHDRAWN),
        (ListingState.DRAFT, ListingState.DRAFT),
    ],
)
def test_only_what_waits_for_the_market_or_is_on_it_expires(
    make: Factories, state: ListingState, then: ListingState
) -> None:
    listing = make.listing(reserved=Decimal(10), state=state, valid_until=make.someday(-1))
    services.release(SYSTEM, listing.id, Decimal(10))
    assert counters(listing) == (Decimal(0), Decimal(0), then)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "release", "fill", "unfill"]),
        st.integers(min_value=1, max_value=45_000),
    ),
    max_size=12,
)


@settings(
    max_examples=examples(25),
)
@given(steps=STEPS)
def test_any_sequence_keeps_the_counters_as_a_model_says(
    make: Factories, steps: list[tuple[str, int]]
) -> None:
    listing = make.listing()
    quantity, reserved, filled, is_open = 40_000, 0, 0, True
    for verb, amount in steps:
        possible = {
            "reserve": is_open and quantity - reserved - filled >= amount,
            "release": reserved >= amount,
            "fill": reserved >= amount,
            "unfill": filled >= amount,
        }[verb]
        try:
            getattr(services, verb)(SYSTEM, listing.id, Decimal(amount).scaleb(-3))
            happened = True
        except Conflict:
            happened = False
        assert happened is possible
        if happened:
            reserved += {"reserve": amount, "release": -amount, "fill": -amount}.get(verb, 0)
            filled += {"fill": amount, "unfill": -amount}.get(verb, 0)
            if verb == "fill" and quantity == reserved + filled:
                is_open = False
            if verb in ("release", "unfill"):
                is_open = True
    state = ListingState.OPEN if is_open else ListingState.FILLED
    assert counters(listing) == (
        Decimal(reserved).scaleb(-3),
        Decimal(filled).scaleb(-3),
        state,
    )
