"""The list: what narrows it, its order and pages, its counts, and what it never shows."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.words import read_search
from hub.market import queries, services
from hub.market.filters import Filter, read_filter
from hub.market.results import results
from hub.posting.models import ListingState, Side
from tests.factories import Factories
from tests.signing_in import sign_in
from tests.statement_counter import counted

pytestmark = pytest.mark.both_databases


def ids(wanted: Filter, **cursor: str) -> list[int]:
    return [row.id for row in queries.listing_page(wanted, **cursor).rows]


def test_only_open_listings_are_listed(make: Factories) -> None:
    opened = make.listing()
    for state in set(ListingState) - {ListingState.OPEN}:
        make.listing(state=state)
    assert ids(Filter()) == [opened.id]


def test_facets_narrow_the_list(make: Factories) -> None:
    onion, rice = make.commodity("Onion"), make.commodity("Rice")
    delhi = make.region("NCT of Delhi")
    one = make.listing(Side.SUPPLY, commodity=onion, unit_price=Decimal(100))
    two = make.listing(Side.DEMAND, commodity=rice, region=delhi, unit_price=Decimal(200))
    three = make.listing(
        Side.SUPPLY,
        commodity=rice,
        unit_price=Decimal("200.0001"),
        currency="USD",
        ready_from=date(2030, 1, 1),
        ready_until=date(2030, 1, 9),
    )
    assert ids(Filter(side=Side.SUPPLY)) == [three.id, one.id]
    assert ids(Filter(commodities=("rice",))) == [three.id, two.id]
    assert ids(Filter(commodities=("rice", "onion"))) == [three.id, two.id, one.id]
    assert ids(Filter(commodities=("unknown",))) == []
    assert ids(Filter(regions=("NCT of Delhi",))) == [two.id]
    assert ids(Filter(currency="USD")) == [three.id]
    assert ids(Filter(price_from=Decimal(200))) == [three.id, two.id]
    assert ids(Filter(price_to=Decimal(200))) == [two.id, one.id]
    assert ids(Filter(window_from=date(2030, 1, 9))) == [three.id]
    assert ids(Filter(window_from=date(2030, 1, 10))) == []
    assert ids(Filter(window_until=date(2029, 12, 31))) == [two.id, one.id]


def test_a_group_stands_for_its_parts(make: Factories) -> None:
    group = make.commodity("Vegetables")
    listing = make.listing(commodity=make.commodity("Onion", parent_id=group.id))
    make.listing(commodity=make.commodity("Rice"))
    assert ids(Filter(commodities=("vegetables",))) == [listing.id]


@pytest.mark.parametrize(
    "sort", ["-natural", "-newest", "price", "-price", "quantity", "-quantity", "ends"]
)
def test_pages_hold_every_listing_once_in_both_directions(
    make: Factories, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    queries._list_statement.cache_clear()
    company = make.company()
    made = [
        make.listing(
            company=company,
            unit_price=Decimal(100 + number % 3),
            quantity=Decimal(10 + number % 4),
            valid_until=make.someday(20 + number % 2),
            natural_position=number % 3,
        )
        for number in range(10)
    ]
    field = {
        "natural": lambda each: each.natural_position,
        "newest": lambda each: each.id,
        "price": lambda each: each.unit_price,
        "quantity": lambda each: each.available,
        "ends": lambda each: each.valid_until,
    }[sort.lstrip("-")]
    expected = sorted(made, key=lambda each: (field(each), each.id), reverse=sort.startswith("-"))
    wanted, seen, pages, after = Filter(sort=sort), [], [], ""
    while True:
        page = queries.listing_page(wanted, after=after)
        pages.append(page)
        seen += [row.id for row in page.rows]
        if page.next_cursor is None:
            break
        after = page.next_cursor
    assert seen == [listing.id for listing in expected]
    assert [len(page.rows) for page in pages] == [4, 4, 2]
    assert pages[0].previous_cursor is None
    assert pages[2].previous_cursor is not None
    back = queries.listing_page(wanted, before=pages[2].previous_cursor)
    assert [row.id for row in back.rows] == seen[4:8]
    assert back.next_cursor == pages[1].next_cursor
    first = queries.listing_page(wanted, before=back.previous_cursor or "")
    assert [row.id for row in first.rows] == seen[:4]
    assert first.previous_cursor is None
    queries._list_statement.cache_clear()


def test_a_broken_page_link_is_refused(make: Factories, client: FlaskClient) -> None:
    with pytest.raises(Invalid):
        queries.listing_page(Filter(), after="nonsense")
    assert client.get("/market?after=nonsense").status_code == 422


def test_counts_tell_where_each_choice_leads(make: Factories) -> None:
    onion, rice = make.commodity("Onion"), make.commodity("Rice")
    for side, commodity in (
        (Side.SUPPLY, onion),
        (Side.SUPPLY, onion),
        (Side.DEMAND, onion),
        (Side.SUPPLY, rice),
    ):
        make.listing(side, commodity=commodity)
    page = results(Filter(side=Side.SUPPLY, commodities=("onion",)), (), "en")
    assert page.total == 2
    assert [(each.label, each.count, each.selected) for each in page.sides] == [
        ("All", None, False),
        ("Supply", 2, True),
        ("Demand", 1, False),
    ]
    commodities, regions = page.facets
    assert [(each.label, each.count, each.selected) for each in commodities.options] == [
        ("Onion", 2, True),
        ("Rice", 1, False),
    ]
    assert commodities.options[0].url == "/market?side=supply"
    assert commodities.options[1].url == "/market?side=supply&commodity=onion&commodity=rice"
    assert [(each.label, each.count) for each in regions.options] == [("Maharashtra", 2)]


def test_a_search_with_too_many_results_is_not_counted_out(
    make: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED", 3)
    queries._count_statement.cache_clear()
    company, rice = make.company(), make.commodity("Rice")
    for _number in range(5):
        make.listing(company=company, description="dry")
    make.listing(company=company, commodity=rice, description="dry")
    services.reindex(SYSTEM)
    wanted = read_filter_of("dry")
    page = results(wanted, (), "en")
    assert (page.total, page.complete) == (4, False)
    assert {each.count for facet in page.facets for each in facet.options} == {None}
    narrowed = results(read_filter_of("dry", commodities=("rice",)), (), "en")
    assert (narrowed.total, narrowed.complete) == (1, True)
    queries._count_statement.cache_clear()


def read_filter_of(text: str, **values: object) -> Filter:
    return Filter(text=text, search=read_search(text), **values)  # type: ignore[arg-type]


def test_what_cannot_be_read_is_told_and_left_out(make: Factories, client: FlaskClient) -> None:
    make.listing()
    for query, sentence in (
        ("price_from=abc", "is not a plain number"),
        ("price_to=-1", "must be above zero"),
        ("price_from=9&price_to=8", "below the lowest"),
        ("window_from=2026-13-01", "is not a date"),
        ("window_from=2026-01-09&window_until=2026-01-01", "before the first"),
    ):
        answer = client.get(f"/market?{query}")
        assert answer.status_code == 200
        assert sentence in answer.text
        assert "1 open listing<" in answer.text
    assert client.get("/market?side=both&sort=x&commodity=&region=nowhere").status_code == 200


def test_companies_show_by_alias_only(make: Factories, client: FlaskClient) -> None:
    company = make.company("Secret Name Trading Ltd.", alias="T-42042")
    listing = make.listing(company=company)
    for path in ("/market", f"/market/listings/{listing.public_id}", "/market/commodities/onion"):
        page = client.get(path).text
        assert "T-42042" in page
        assert "Secret" not in page
        assert company.registration_number not in page
        assert company.public_id not in page


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_sends_more_than_eight_statements(
    make: Factories, client: FlaskClient, signed_in: bool
) -> None:
    company = make.company()
    listing = make.listing(company=company)
    for _number in range(30):
        make.listing(company=company)
        make.listing(Side.DEMAND, company=company)
    services.reindex(SYSTEM)
    if signed_in:
        sign_in(client, make.trader())
    for path in (
        "/market",
        "/market?q=onion&side=supply&region=Maharashtra&price_from=10&sort=price",
        f"/market/listings/{listing.public_id}",
        "/market/commodities",
        "/market/commodities/onion",
    ):
        with counted(db.engines[None]) as sent:
            assert client.get(path).status_code == 200
        assert len(sent) <= 8, sent


def test_an_empty_market_says_what_it_is_for(app: object, client: FlaskClient) -> None:
    assert "The market is empty" in client.get("/market").text
    assert "No open listing fits" in client.get("/market?q=onion").text


def test_filters_stay_in_the_address(make: Factories, client: FlaskClient) -> None:
    company = make.company()
    for _number in range(queries.PAGE_SIZE + 1):
        make.listing(company=company)
    page = client.get("/market?side=supply&commodity=onion&sort=price").text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    assert following[1].startswith(
        "/market?side=supply&amp;commodity=onion&amp;sort=price&amp;after="
    )
    second = client.get(following[1].replace("&amp;", "&")).text
    assert second.count("/market/listings/") == 1


def test_the_filter_of_an_address() -> None:
    class Arguments(dict[str, str]):
        def getlist(self, key: str) -> list[str]:
            return [self[key]] if key in self else []

    found = read_filter(
        Arguments(q="  red   onion ", side="demand", commodity="onion", sort="ends")
    )
    assert found.text == "red onion"
    assert found.search == read_filter_of("red onion").search
    assert (found.side, found.commodities, found.sort) == (Side.DEMAND, ("onion",), "ends")
    assert found.active == 2
    assert found.errors == ()
