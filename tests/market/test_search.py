"""The search index gives what a plain reading of all listings would, and follows the listings."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.core.actor import ANONYMOUS, SYSTEM
from hub.core.db.base import db
from hub.core.errors import NotAllowed
from hub.core.words import Search, read_search, words_of
from hub.market import queries, reactions, services
from hub.market.filters import Filter
from hub.market.models import SearchEntry
from hub.posting.events import ListingChanged, ListingClosed, ListingOpened
from hub.posting.models import Listing, ListingState
from tests.examples import examples
from tests.factories import Factories

pytestmark = pytest.mark.both_databases

TEXTS = (
    "Onion red Nashik export",
    "onions, small; graded by hand",
    "Crème fraîche 250g",
    "洋葱头 一等品",
    "洋 葱",
    "大葱 Onion",
    "हल्दी turmeric finger",
    "turmeric bulb 1e5 2.50 -7 a.b c@d.org http://x.example/y",
    'O\'Neill "quoted" * & | ! : ( )',
    "straße STRASSE",
)
VOCABULARY = sorted({word for text in TEXTS for word in words_of([text])} | {"zzz", "on", "tur"})


@dataclass(frozen=True)
class Shelf:
    """The listings of a test and the words of each."""

    words: dict[int, frozenset[str]]

    def read_plainly(self, search: Search) -> set[int]:
        return {
            listing_id
            for listing_id, words in self.words.items()
            if set(search.words) <= words
            and (search.prefix is None or any(word.startswith(search.prefix) for word in words))
        }


@pytest.fixture
def shelf(make: Factories) -> Shelf:
    company = make.company()
    listings = [make.listing(company=company, description=text, grade="") for text in TEXTS]
    services.reindex(SYSTEM)
    entries = db.session.scalars(select(SearchEntry)).all()
    assert {entry.listing_id for entry in entries} == {listing.id for listing in listings}
    return Shelf({entry.listing_id: frozenset(entry.document.split(" ")) for entry in entries})


def found(text: str) -> set[int]:
    page = queries.listing_page(Filter(text=text, search=read_search(text)))
    return {row.id for row in page.rows}


@settings(
    max_examples=examples(80),
)
@given(
    st.one_of(
        st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(" ".join),
        st.text(alphabet="onitureabcd1e5洋葱头大 '\"*:&|!()-.हल्दी", min_size=1, max_size=12),
    )
)
def test_the_index_finds_what_a_plain_reading_finds(shelf: Shelf, text: str) -> None:
    search = read_search(text)
    expected = shelf.read_plainly(search) if search else set()
    if text.strip():
        assert found(text) == expected


def test_listings_are_found_by_all_that_a_visitor_may_know(make: Factories) -> None:
    company = make.company(alias="T-77777")
    listing = make.listing(
        company=company,
        commodity=make.commodity("Onion", names={"zh_Hans": "洋葱"}),
        region=make.region("Kerala", names={"zh_Hans": "喀拉拉邦"}),
        reference="REF-9",
        grade="Superior",
        attributes={"colour": "Purple"},
        packaging="jute sacks",
        description="stored dry",
    )
    services.reindex(SYSTEM)
    for text in (
        "onion",
        "洋葱",
        "kerala",
        "喀拉拉",
        "superior",
        "purple",
        "jute",
        "stored",
        "ref 9",
    ):
        assert found(text) == {listing.id}, text
    assert found("t 77777") == {listing.id}
    assert found(company.legal_name) == set()


def test_the_index_follows_the_listing(make: Factories) -> None:
    listing = make.listing(description="saffron")
    assert found("saffron") == set()
    reactions.on_listing_opened(ListingOpened(listing.id))
    assert found("saffron") == {listing.id}

    listing.description = "cardamom"
    db.session.commit()
    reactions.on_listing_changed(ListingChanged(listing.id))
    assert found("saffron") == set()
    assert found("cardamom") == {listing.id}

    db.session.execute(
        Listing.__table__.update().values(state=ListingState.PAUSED)  # type: ignore[attr-defined]
    )
    db.session.commit()
    reactions.on_listing_closed(ListingClosed(listing.id))
    assert db.session.scalars(select(SearchEntry)).all() == []
    assert found("cardamom") == set()


def test_only_administrators_build_the_index_anew(make: Factories) -> None:
    make.listing()
    with pytest.raises(NotAllowed):
        services.reindex(ANONYMOUS)
    assert db.session.scalars(select(SearchEntry)).all() == []
    assert services.reindex(SYSTEM) == 1
