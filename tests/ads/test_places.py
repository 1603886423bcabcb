"""Places for advertising: kept by staff, offered to members with what is free of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from hub.ads.display import house_ads, places
from hub.ads.display import overview as display_queries
from hub.ads.display.models import AdKind, AdPage, AdPlace, Pricing
from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from tests.ads.display_factories import PlaceDesk, given
from tests.factories import Factories
from tests.payments.money_factories import rupees
from tests.signing_in import sign_in


def _terms(**changes: Any) -> places.PlaceTerms:
    usual: dict[str, Any] = {
        "width": 728,
        "height": 90,
        "pricing": Pricing.DAY,
        "price": Decimal("100.00"),
        "capacity": 2,
    }
    return places.PlaceTerms(**(usual | changes))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("width", {"width": 0}),
        ("height", {"height": None}),
        ("height", {"height": 1601}),
        ("price", {"price": Decimal(0)}),
        ("price", {"price": Decimal("0.005")}),
        ("capacity", {"capacity": 0}),
        ("capacity", {"capacity": 101}),
    ],
)
def test_terms_that_cannot_be_are_told_at_their_field(
    place_desk: PlaceDesk, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        places.add(place_desk.ads.clerk, AdPage.MARKET, AdKind.BANNER, _terms(**changes))
    assert list(refusal.value.fields) == [field]
    assert db.session.query(AdPlace).count() == 0


def test_text_has_no_size(place_desk: PlaceDesk) -> None:
    added = places.add(place_desk.ads.clerk, AdPage.FRONT, AdKind.TEXT, _terms())
    assert (added.width, added.height, added.price) == (None, None, rupees("100.00"))


def test_only_advertising_staff_keep_places(place_desk: PlaceDesk, make: Factories) -> None:
    place = place_desk.place()
    steps: list[Callable[[Any], object]] = [
        lambda who: places.add(who, AdPage.FRONT, AdKind.BANNER, _terms()),
        lambda who: places.change(who, place.public_id, place.version, _terms()),
        lambda who: places.retire(who, place.public_id, place.version),
    ]
    for who in (make.trader(), make.staff(StaffRole.BROKER), make.staff(StaffRole.ADMINISTRATOR)):
        for step in steps:
            with pytest.raises(NotAllowed):
                step(who)
    assert db.session.query(AdPlace).count() == 1
    assert place_desk.place(AdPage.FRONT).is_active


def test_a_page_has_one_place_of_a_kind_at_a_time(place_desk: PlaceDesk) -> None:
    first = place_desk.place()
    with pytest.raises(Conflict):
        place_desk.place()
    places.retire(place_desk.ads.clerk, first.public_id, first.version)
    second = place_desk.place(price="150.00")
    assert [each.id for each in display_queries.offered_places()] == [second.id]
    assert [each.id for each in display_queries.all_places()] == [second.id, first.id]
    with pytest.raises(Conflict):
        places.change(place_desk.ads.clerk, first.public_id, first.version, _terms())


def test_a_changed_place_leaves_bookings_their_price(place_desk: PlaceDesk) -> None:
    place = place_desk.place(price="100.00")
    made = place_desk.submitted(place_desk.ads.member(), place, first=1, last=3)
    version = place.version
    places.change(
        place_desk.ads.clerk, place.public_id, version, _terms(price=Decimal("900.00"), width=300)
    )
    assert place_desk.again(made).amount == rupees("300.00")
    assert place.price == rupees("900.00")
    with pytest.raises(Conflict):
        places.change(place_desk.ads.clerk, place.public_id, version, _terms())


def test_the_calendar_counts_what_is_free(place_desk: PlaceDesk) -> None:
    place = place_desk.place(capacity=2)
    place_desk.submitted(place_desk.ads.member(), place, first=1, last=2)
    place_desk.submitted(place_desk.ads.member(), place, first=2, last=4)
    days = {each.day: each for month in display_queries.calendar(place) for each in month}
    free = [days[place_desk.day(number)].free for number in range(1, 6)]
    assert free == [1, 0, 1, 1, 2]
    assert not days[place_desk.day(0)].bookable
    assert max(days) == place_desk.day(92)
    assert [len(month) for month in display_queries.calendar(place)] == [31, 31, 28, 3]


def test_places_are_shown_with_prices_and_what_is_free(
    place_desk: PlaceDesk, make: Factories, client: FlaskClient
) -> None:
    place = place_desk.place()
    place_desk.draft(place_desk.ads.member(), place, first=1, last=2)
    sign_in(client, make.trader())
    page = client.get(f"/advertising/places?place={place.public_id}").text
    assert "Market: banner" in page
    assert "728 × 90 pixels" in page
    assert "100.00 INR" in page
    assert page.count('class="is-full"') == 2
    assert client.get(f"/advertising/bookings/new?place={place.public_id}").status_code == 200


def test_staff_add_change_and_retire_a_place_over_the_site(
    place_desk: PlaceDesk, client: FlaskClient
) -> None:
    sign_in(client, place_desk.ads.clerk)
    form = {
        "page": "listing",
        "kind": "popup",
        "width": "400",
        "height": "300",
        "pricing": "thousand_views",
        "price": "80.00",
        "capacity": "3",
    }
    wrong = client.post("/ad-desk/places/new", data=form | {"width": "0"})
    assert wrong.status_code == 422
    assert "From 1 to 1600 pixels." in wrong.text
    assert client.post("/ad-desk/places/new", data=form).status_code == 302
    place = db.session.query(AdPlace).one()
    assert (place.page, place.kind, place.capacity) == (AdPage.LISTING, AdKind.POPUP, 3)
    address = f"/ad-desk/places/{place.public_id}"
    changed = client.post(address, data=form | {"price": "95.00", "version": str(place.version)})
    assert changed.status_code == 302
    assert place.price == rupees("95.00")
    assert client.post(f"{address}/retire", data={"version": "1"}).status_code == 409
    assert client.post(f"{address}/retire", data={"version": str(place.version)}).status_code == 302
    assert not place.is_active
    assert "retired" in client.get("/ad-desk/places").text


def test_the_house_shows_its_own_only_within_the_site(
    place_desk: PlaceDesk, client: FlaskClient
) -> None:
    sign_in(client, place_desk.ads.clerk)
    form = {"page": "market", "kind": "text", "headline": "Join", "text": "It is free."}
    for target in ("https://example.org", "//example.org", "/\\example.org", "market", ""):
        refused = client.post("/ad-desk/house", data=form | {"target": target})
        assert refused.status_code == 422, target
    assert display_queries.house_ads() == []
    assert client.post("/ad-desk/house", data=form | {"target": "/register"}).status_code == 302
    (shown,) = display_queries.house_ads()
    hide = f"/ad-desk/house/{shown.public_id}/hide"
    assert client.post(hide, data={"version": str(shown.version)}).status_code == 302
    assert shown.active is False


def test_the_house_needs_a_place_for_a_picture(place_desk: PlaceDesk) -> None:
    with pytest.raises(Invalid) as refusal:
        house_ads.add(place_desk.ads.clerk, AdPage.MARKET, AdKind.BANNER, given(target="/register"))
    assert "kind" in refusal.value.fields


def test_a_place_keeps_room_for_what_is_booked(place_desk: PlaceDesk) -> None:
    place = place_desk.place(capacity=3)
    for _number in range(2):
        place_desk.draft(place_desk.ads.member(), place)
    terms = places.PlaceTerms(728, 90, Pricing.DAY, Decimal("100.00"), 1)
    with pytest.raises(Invalid) as refused:
        places.change(place_desk.ads.clerk, place.public_id, place.version, terms)
    assert list(refused.value.fields) == ["capacity"]
    terms = places.PlaceTerms(728, 90, Pricing.DAY, Decimal("100.00"), 2)
    changed = places.change(place_desk.ads.clerk, place.public_id, place.version, terms)
    assert changed.capacity == 2
