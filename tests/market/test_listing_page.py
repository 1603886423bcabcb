"""One listing, one commodity, and their pictures."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from hub.core import files
from hub.core.actor import ANONYMOUS, SYSTEM, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.market import listing_queries, price_queries
from hub.market.delivered_price import price_at
from hub.posting.models import Listing, ListingPicture, ListingState, Side
from tests.factories import Factories

CLOSED = sorted(set(ListingState) - {ListingState.OPEN})


@pytest.mark.parametrize("state", CLOSED)
def test_a_closed_listing_is_seen_by_its_company_and_staff_only(
    make: Factories, client: FlaskClient, state: ListingState
) -> None:
    company = make.company()
    listing = make.listing(company=company, state=state)
    for stranger in (ANONYMOUS, make.trader()):
        with pytest.raises(NotFound):
            listing_queries.listing_page(stranger, listing.public_id)
    for insider in (make.trader(company), make.staff(StaffRole.BROKER)):
        page = listing_queries.listing_page(insider, listing.public_id)
        assert page.listing.id == listing.id
        assert not page.is_open
    assert client.get(f"/market/listings/{listing.public_id}").status_code == 404


def test_an_unknown_listing_is_not_found(app: object, client: FlaskClient) -> None:
    assert client.get("/market/listings/0000000000000").status_code == 404


def test_the_page_tells_what_a_trader_asks(make: Factories, client: FlaskClient) -> None:
    listing = make.listing(
        quantity=Decimal(40),
        reserved=Decimal("2.5"),
        minimum_lot=Decimal(5),
        unit_price=Decimal("2150.5"),
        packaging="jute sacks",
        description="stored dry <b>",
        attributes={"moisture": "12 %"},
    )
    page = client.get(f"/market/listings/{listing.public_id}").text
    for text in (
        "Onion, grade FAQ",
        "2,150.50 INR/",
        "37.5 <abbr",
        "of 40 DTN",
        "jute sacks",
        "stored dry &lt;b&gt;",
        "12 %",
        "Free carrier (Incoterms 2020)",
        "decitonne, 100 kg",
        f"/market/listings/{listing.public_id}/propose",
    ):
        assert text in page, text


def test_price_plus_freight_is_the_delivered_price(make: Factories, client: FlaskClient) -> None:
    make.freight_rate("0.30")
    supply = make.listing(Side.SUPPLY)
    delhi = make.region("NCT of Delhi")
    at = price_at(Side.SUPPLY, supply.unit_price, "INR", make.unit().id, supply.region_id, delhi.id)
    assert at is not None
    assert at.freight == (at.rate * at.kilometres).quantize(Decimal("0.0001"))
    assert at.total == supply.unit_price + at.freight
    back = price_at(Side.DEMAND, Decimal(3050), "INR", make.unit().id, delhi.id, supply.region_id)
    assert back is not None
    assert (back.freight, back.total) == (at.freight, Decimal(3050) - at.freight)
    page = client.get(f"/market/listings/{supply.public_id}?to=NCT+of+Delhi").text
    assert "Delivered to NCT of Delhi" in page
    assert price_at(Side.SUPPLY, Decimal(1), "USD", make.unit().id, delhi.id, delhi.id) is None


def test_own_region_is_taken_where_none_is_asked_for(make: Factories) -> None:
    delhi = make.region("NCT of Delhi")
    viewer = make.trader(make.company(region=delhi))
    listing = make.listing()
    page = listing_queries.listing_page(viewer, listing.public_id)
    assert page.listing.viewer_region_id == delhi.id
    assert (
        listing_queries.listing_page(ANONYMOUS, listing.public_id).listing.viewer_region_id is None
    )


def test_neighbours_are_the_best_of_both_sides(make: Factories) -> None:
    listing = make.listing(Side.SUPPLY)
    supplies = [make.listing(Side.SUPPLY, unit_price=Decimal(price)) for price in (30, 10, 20)]
    demands = [make.listing(Side.DEMAND, unit_price=Decimal(price)) for price in (30, 50, 40)]
    make.listing(Side.DEMAND, commodity=make.commodity("Rice"))
    make.listing(Side.DEMAND, currency="USD")
    make.listing(Side.DEMAND, state=ListingState.PAUSED)
    page = listing_queries.listing_page(ANONYMOUS, listing.public_id)
    around = listing_queries.neighbours(page.listing)
    assert [row.id for row in around.same_side] == [supplies[i].id for i in (1, 2, 0)]
    assert [row.id for row in around.other_side] == [demands[i].id for i in (1, 2, 0)]


@pytest.mark.parametrize(
    ("prices", "middle"), [([5], 5), ([1, 9], 1), ([9, 1, 4], 4), ([4, 4, 1, 9], 4)]
)
def test_the_range_of_prices(make: Factories, prices: list[int], middle: int) -> None:
    company = make.company()
    for price in prices:
        make.listing(Side.SUPPLY, company=company, unit_price=Decimal(price))
    make.listing(Side.SUPPLY, state=ListingState.FILLED, unit_price=Decimal(1000))
    make.listing(Side.DEMAND, unit_price=Decimal(7))
    commodity = make.commodity()
    supply, demand = price_queries.price_ranges(commodity.id)
    assert (supply.side, supply.currency, supply.listings) == (Side.SUPPLY, "INR", len(prices))
    assert (supply.lowest, supply.median, supply.highest) == (min(prices), middle, max(prices))
    assert (demand.lowest, demand.median, demand.highest) == (7, 7, 7)


def test_commodities_form_a_tree_with_counts(make: Factories, client: FlaskClient) -> None:
    group = make.commodity("Vegetables")
    make.listing(commodity=make.commodity("Onion", parent_id=group.id))
    page = client.get("/market/commodities").text
    assert "1 supply, 0 demand" in page
    assert client.get("/market/commodities/vegetables").status_code == 200
    assert "070310" in client.get("/market/commodities/onion").text
    assert client.get("/market/commodities/nothing").status_code == 404


def picture_of(listing: Listing) -> ListingPicture:
    big = files.store(SYSTEM, b"big", "goods.jpg", "image/jpeg")
    small = files.store(SYSTEM, b"small", "goods-small.jpg", "image/jpeg")
    db.session.flush()
    picture = ListingPicture(
        listing_id=listing.id, file_id=big.id, thumbnail_id=small.id, width=800, height=600
    )
    db.session.add(picture)
    db.session.commit()
    return picture


def test_pictures_of_open_listings_are_public(make: Factories, client: FlaskClient) -> None:
    listing = make.listing()
    picture = picture_of(listing)
    path = f"/market/pictures/{picture.public_id}"
    answer = client.get(path)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"big", "image/jpeg")
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert client.get(f"{path}/thumbnail").data == b"small"
    assert path in client.get(f"/market/listings/{listing.public_id}").text
    assert client.get("/market/pictures/0000000000000").status_code == 404


def test_pictures_of_closed_listings_are_not(make: Factories, client: FlaskClient) -> None:
    company = make.company()
    listing = make.listing(company=company, state=ListingState.WITHDRAWN)
    picture = picture_of(listing)
    assert client.get(f"/market/pictures/{picture.public_id}").status_code == 404
    file, public = listing_queries.picture_file(
        make.trader(company), picture.public_id, thumbnail=False
    )
    assert (file.file_name, public) == ("goods.jpg", False)
    with pytest.raises(NotFound):
        listing_queries.picture_file(make.trader(), picture.public_id, thumbnail=True)
