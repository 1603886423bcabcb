"""The order of the list without anybody's choice: relevance, the plan's position, freshness."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.words import read_search
from hub.market import queries, services
from hub.market.filters import Filter, read_filter
from hub.posting.models import Listing
from tests.examples import examples
from tests.factories import Factories


def filter_of(text: str = "") -> Filter:
    return Filter(text=text, search=read_search(text))


def references(wanted: Filter, **cursor: str) -> list[str]:
    by_id = dict(db.session.execute(db.select(Listing.id, Listing.reference)).all())
    return [by_id[row.id] for row in queries.listing_page(wanted, **cursor).rows]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)


def test_the_natural_order_is_the_default(make: Factories) -> None:
    company = make.company()
    for reference, position in (("old", 0), ("high", 2), ("middle", 1), ("new", 0), ("top", 2)):
        make.listing(company=company, reference=reference, natural_position=position)
    assert Filter().sort == "-natural"
    assert references(Filter()) == ["top", "high", "middle", "new", "old"]
    assert references(Filter(sort="-newest")) == ["top", "new", "middle", "high", "old"]


def test_without_plans_and_words_the_newest_come_first(make: Factories) -> None:
    company = make.company()
    made = [make.listing(company=company).reference for _number in range(5)]
    assert references(Filter()) == references(Filter(sort="-newest")) == made[::-1]


def test_what_the_words_name_comes_before_what_only_mentions_them(make: Factories) -> None:
    company = make.company()
    group = make.commodity("Vegetables", names={"zh_Hans": "蔬菜"})
    onion = make.commodity("Onion", parent_id=group.id, names={"zh_Hans": "洋葱"})
    rice = make.commodity("Rice")
    for reference, commodity, position in (
        ("onions", onion, 0),
        ("onions-high", onion, 1),
        ("rice", rice, 0),
        ("rice-high", rice, 5),
    ):
        make.listing(
            company=company,
            commodity=commodity,
            reference=reference,
            natural_position=position,
            description="Never stored with onion 洋葱 or vegetables.",
        )
    services.reindex(SYSTEM)
    relevant_first = ["onions-high", "onions", "rice-high", "rice"]
    assert references(filter_of("onion")) == relevant_first
    assert references(filter_of("stored onion")) == relevant_first
    assert references(filter_of("洋葱")) == relevant_first
    assert references(filter_of("vegetables")) == relevant_first
    assert references(filter_of("stored")) == ["rice-high", "onions-high", "rice", "onions"]
    assert references(Filter(text="onion", search=read_search("onion"), sort="-newest")) == [
        "rice-high",
        "rice",
        "onions-high",
        "onions",
    ]


@hypothesis_settings(
    max_examples=examples(20),
)
@given(
    positions=st.lists(st.tuples(st.booleans(), st.integers(0, 2)), min_size=9, max_size=9),
    words=st.sampled_from(["", "onion", "dry"]),
)
def test_pages_hold_every_listing_once_in_both_directions(
    make: Factories, small_pages: None, positions: list[tuple[bool, int]], words: str
) -> None:
    onion, rice = make.commodity("Onion"), make.commodity("Rice")
    listings = db.session.query(Listing).order_by(Listing.id).all()
    if not listings:
        company = make.company()
        listings = [make.listing(company=company, description="dry onion") for _number in range(9)]
        services.reindex(SYSTEM)
    for listing, (is_onion, position) in zip(listings, positions, strict=True):
        db.session.execute(
            update(Listing)
            .where(Listing.id == listing.id)
            .values(commodity_id=(onion if is_onion else rice).id, natural_position=position)
        )
    db.session.commit()

    def rank(listing: Listing) -> tuple[bool, int, int]:
        relevant = words == "onion" and listing.commodity_id == onion.id
        return relevant, listing.natural_position, listing.id

    db.session.expire_all()
    expected = [each.id for each in sorted(listings, key=rank, reverse=True)]
    wanted = filter_of(words)
    pages = [queries.listing_page(wanted)]
    while pages[-1].next_cursor:
        pages.append(queries.listing_page(wanted, after=pages[-1].next_cursor))
    assert [row.id for page in pages for row in page.rows] == expected
    assert [len(page.rows) for page in pages] == [3, 3, 3]
    back = [pages[-1]]
    while back[-1].previous_cursor:
        back.append(queries.listing_page(wanted, before=back[-1].previous_cursor))
    assert [row.id for page in reversed(back) for row in page.rows] == expected


def test_a_cursor_of_another_order_is_refused(make: Factories, client: FlaskClient) -> None:
    company = make.company()
    for _number in range(30):
        make.listing(company=company, description="stored")
    services.reindex(SYSTEM)
    cursor = queries.listing_page(Filter()).next_cursor
    assert client.get(f"/market?after={cursor}").status_code == 200
    assert client.get(f"/market?after={cursor}&sort=-newest").status_code == 422
    assert client.get(f"/market?q=onion&after={cursor}").status_code == 422


def test_the_page_offers_the_natural_order_and_shows_the_plans_word(
    make: Factories, client: FlaskClient
) -> None:
    listing = make.listing(plan_badge="Gold <b>")
    make.listing()
    page = client.get("/market").text
    assert '<option value="-natural" selected>Best match</option>' in page
    assert page.count('<span class="tag tone-quiet">Gold &lt;b&gt;</span>') == 1
    own = client.get(f"/market/listings/{listing.public_id}").text
    assert own.count('<span class="tag tone-quiet">Gold &lt;b&gt;</span>') == 1
    assert read_filter(MultiDict({"sort": "nonsense"})).sort == "-natural"
