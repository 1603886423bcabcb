"""Sponsored places on the pages of the market: marked, signed, and nothing to the natural list."""

import csv
import html
import io
import json
import re
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from hub.ads.ranking.models import Auction, Click, Impression, Surface
from hub.ads.visits import SESSION_KEY, viewer_hash
from hub.core import settings
from hub.core.actor import SYSTEM
from hub.core.db.base import Base, db
from hub.market.services import reindex
from hub.payments import services as payments
from hub.payments.wallets.queries import wallet_balance
from hub.posting.models import Listing, Side
from tests.ads.campaign_factories import AdDesk
from tests.examples import examples
from tests.factories import Factories
from tests.payments.money_factories import Entry, rupees

LINK = re.compile(r'<a href="(/go/[^"]+)" rel="([^"]+)">([^<]*)</a>')
#: The natural list of a page, from its table's caption to its end.
NATURAL = re.compile(r'<caption class="visually-hidden">Open listings</caption>.*?</table>', re.S)


def sponsored_block(page: str) -> str:
    found = re.search(r'<section class="sponsored".*?</section>', page, re.S)
    return found[0] if found else ""


def natural(page: str) -> str:
    found = NATURAL.search(page)
    return found[0] if found else ""


def rows_of_tables() -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


@pytest.fixture
def onions(ad_desk: AdDesk) -> list[Listing]:
    """Four companies' onions on the market, each lifted by a campaign with another bid."""
    bids = ("4.00", "3.00", "2.00", "1.50")
    owners = [ad_desk.member("0") for _bid in bids]
    wallets = [payments.open_wallet(owner, owner.company_id or 0, "INR") for owner in owners]
    ad_desk.finance.bank_sends(*(Entry("1000.00", structured=each.reference) for each in wallets))
    listings = []
    for number, (owner, bid) in enumerate(zip(owners, bids, strict=True)):
        listing = ad_desk.listing(owner, unit_price=Decimal(2150 + number))
        ad_desk.running(owner, listing, max_bid=rupees(bid), commodities=("onion",))
        listings.append(listing)
    reindex(SYSTEM)
    return listings


def test_places_are_marked_in_words_and_stand_above_the_list(
    onions: list[Listing], client: FlaskClient
) -> None:
    page = client.get("/market?q=onion").text
    block = sponsored_block(page)
    assert page.index(block) < page.index(natural(page))
    assert [rel for _url, rel, _title in LINK.findall(block)] == ["sponsored nofollow"] * 3
    rows = block.split("<tr>")[2:]
    assert [("Advertising</span>" in row, "Verified" in row) for row in rows] == [(True, True)] * 3
    assert [listing.company.alias in row for listing, row in zip(onions, rows, strict=False)] == [
        True
    ] * 3
    assert "Maharashtra" in rows[0]
    assert onions[0].company.legal_name not in page
    assert [found.place for found in db.session.scalars(select(Impression))] == [1, 2, 3]
    assert 'href="/market.csv?q=onion"' in page


def test_places_are_marked_in_the_readers_language(
    onions: list[Listing], app: Flask, client: FlaskClient
) -> None:
    with app.test_request_context(), force_locale("zh_Hans"):
        word = gettext("Advertising")
    with client.session_transaction() as cookie:
        cookie["language"] = "zh_Hans"
    block = sponsored_block(client.get("/market?q=onion").text)
    assert block.count(f"{word}</span>") == 3
    found = client.get("/market.json?q=onion").json
    assert found is not None
    assert [line["label"] for line in found["advertising"]] == [word] * 3


def test_a_sponsored_listing_keeps_its_natural_place(
    onions: list[Listing], client: FlaskClient
) -> None:
    page = client.get("/market?q=onion").text
    own = re.findall(r'href="/market/listings/([^"]+)"', natural(page))
    assert own == [listing.public_id for listing in reversed(onions)]


def test_the_pages_with_places(onions: list[Listing], client: FlaskClient) -> None:
    for path, surface in (
        ("/market?q=onion", Surface.SEARCH),
        ("/market?commodity=onion", Surface.CATEGORY),
        ("/market/commodities/onion", Surface.CATEGORY),
        ("/market.json?q=onion", Surface.JSON),
        ("/market.csv?q=onion", Surface.CSV),
    ):
        assert client.get(path).text.count("/go/") == 3
        auction = db.session.scalars(select(Auction).order_by(Auction.id.desc()).limit(1)).one()
        assert (auction.surface, auction.eligible) == (surface, 4)
    held = db.session.scalar(select(func.count()).select_from(Auction))
    listing = f"/market/listings/{onions[0].public_id}"
    for path in ("/market", listing, "/market/commodities", "/ranking", "/market?q=rice"):
        assert "/go/" not in client.get(path).text
    client.head("/market?q=onion")
    client.get("/market?q=onion", headers={"Sec-Purpose": "prefetch"})
    assert db.session.scalar(select(func.count()).select_from(Auction)) == held


def test_only_what_fits_the_filters_is_shown(onions: list[Listing], client: FlaskClient) -> None:
    for query, count in (
        ("price_to=2151", 2),
        ("side=demand", 0),
        ("region=NCT+of+Delhi", 0),
        ("currency=INR", 3),
        ("currency=USD", 0),
    ):
        assert client.get(f"/market?q=onion&{query}").text.count("/go/") == count


def test_only_the_first_page_has_places(onions: list[Listing], client: FlaskClient) -> None:
    first = json.loads(client.get("/market.json?q=onion&limit=2").text)
    assert len(first["advertising"]) == 3
    assert [len(first["listings"]), "after=" in first["next"]] == [2, True]
    second = json.loads(client.get(first["next"]).text)
    assert (second["advertising"], len(second["listings"]), second["next"]) == ([], 2, None)
    urls = [line["url"] for line in first["listings"] + second["listings"]]
    assert urls == [
        f"http://127.0.0.1:8000/market/listings/{listing.public_id}" for listing in reversed(onions)
    ]
    after = re.search(r"after=([^&]+)", first["next"])
    assert after is not None
    page = client.get(f"/market?q=onion&after={after[1]}").text
    assert (sponsored_block(page), natural(page) != "") == ("", True)


def test_no_more_places_than_the_hub_sells(onions: list[Listing], client: FlaskClient) -> None:
    for places in (1, 0):
        settings.change(SYSTEM, sponsored_places=places)
        db.session.commit()
        assert client.get("/market?q=onion").text.count("/go/") == places


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["onion", "faq onion", "oni", "rice", "T-00001"]),
        "side": st.sampled_from(["supply", "demand"]),
        "commodity": st.sampled_from(["onion", "rice", "vegetables"]),
        "region": st.sampled_from(["Maharashtra", "NCT of Delhi"]),
        "sort": st.sampled_from(["-natural", "-newest", "price", "-price", "quantity", "ends"]),
        "price_to": st.sampled_from(["2151", "9000"]),
    },
)


@hypothesis_settings(
    max_examples=examples(15),
)
@given(query=FILTERS)
def test_the_natural_list_is_the_same_with_advertising_off(
    onions: list[Listing], client: FlaskClient, make: Factories, query: dict[str, str]
) -> None:
    """Byte for byte on the page, and as values for programs; sponsored listings included."""
    answers = []
    for places in (3, 0):
        settings.change(SYSTEM, sponsored_places=places)
        db.session.commit()
        page = client.get("/market", query_string=query).text
        answers.append((natural(page), client.get("/market.json", query_string=query).json))
    (with_places, data), (without, plain) = answers
    assert data is not None
    assert plain is not None
    assert with_places == without
    assert data["listings"] == plain["listings"]
    assert (data["next"], plain["advertising"]) == (plain["next"], [])


def test_a_view_changes_nothing_but_the_records_of_advertising(
    onions: list[Listing], client: FlaskClient
) -> None:
    before = rows_of_tables()
    versions = [listing.version for listing in onions]
    for path in ("/market?q=onion", "/market/commodities/onion", "/market.json?q=onion"):
        client.get(path)
    after = rows_of_tables()
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {"ad_auction": 3, "ad_impression": 9}
    for listing, version in zip(onions, versions, strict=True):
        db.session.refresh(listing)
        assert listing.version == version
    held = {str(wallet_balance(listing.company_id, "INR")) for listing in onions}
    assert held == {"1000.00 INR"}


def test_nothing_at_all_is_written_where_nobody_bids(make: Factories, client: FlaskClient) -> None:
    make.listing()
    reindex(SYSTEM)
    before = rows_of_tables()
    assert client.get("/market?q=onion").status_code == 200
    assert rows_of_tables() == before
    with client.session_transaction() as cookie:
        assert SESSION_KEY not in cookie


def test_links_are_of_one_view_and_of_one_reader(
    onions: list[Listing], app: Flask, client: FlaskClient
) -> None:
    first, second = (LINK.findall(client.get("/market?q=onion").text) for _number in range(2))
    assert {url for url, _rel, _title in first}.isdisjoint({url for url, _rel, _title in second})
    with client.session_transaction() as cookie:
        viewer_id = cookie[SESSION_KEY]
    secret = str(app.config["SECRET_KEY"])
    known = {auction.viewer for auction in db.session.scalars(select(Auction))}
    assert known == {viewer_hash(secret, viewer_id, settings.today())}
    client.get(html.unescape(first[0][0]), headers={"User-Agent": "Mozilla/5.0 Firefox"})
    click = db.session.scalars(select(Click)).one()
    assert (click.viewer, click.reason) == (known.pop(), "too_fast")


def test_the_list_for_spreadsheets(onions: list[Listing], client: FlaskClient) -> None:
    onions[0].company.alias = "=cmd|' /C calc'!A0"
    db.session.commit()
    answer = client.get("/market.csv?q=onion")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[:4] == ["advertising", "side", "commodity", "grade"]
    assert [row[0] for row in rows] == ["Advertising"] * 3 + [""] * 4
    assert rows[0][head.index("company")] == "'=cmd|' /C calc'!A0"
    assert rows[3][1:10] == [
        "supply", "Onion", "FAQ", "Maharashtra", "40", "DTN", "2153", "INR",
        onions[3].ready_from.isoformat(),
    ]  # fmt: skip
    assert rows[0][-1].startswith("http://127.0.0.1:8000/go/")
    assert "Link" not in answer.headers


def test_the_list_for_programs(onions: list[Listing], client: FlaskClient) -> None:
    answer = client.get("/market.json?q=onion")
    assert answer.mimetype == "application/json"
    found = answer.json
    assert found is not None
    assert list(found) == ["advertising", "listings", "next"]
    assert {line["label"] for line in found["advertising"]} == {"Advertising"}
    assert found["advertising"][0]["company"] == onions[0].company.alias
    assert found["listings"][0] == {
        "side": "supply",
        "commodity": "Onion",
        "grade": "FAQ",
        "region": "Maharashtra",
        "available": "40",
        "unit": "DTN",
        "unit_price": "2153",
        "currency": "INR",
        "ready_from": onions[3].ready_from.isoformat(),
        "ready_until": onions[3].ready_until.isoformat(),
        "valid_until": onions[3].valid_until.isoformat(),
        "company": onions[3].company.alias,
        "verified": True,
        "url": f"http://127.0.0.1:8000/market/listings/{onions[3].public_id}",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("price_from=abc", "price_from"),
        ("window_from=2026-13-01", "window_from"),
    ],
)
def test_a_program_is_told_what_it_asked_wrongly(
    make: Factories, client: FlaskClient, query: str, field: str
) -> None:
    answer = client.get(f"/market.json?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    found = json.loads(answer.text)
    assert (found["status"], list(found["errors"])) == (422, [field])
    assert client.get("/market.json?after=nonsense").status_code == 422
    assert client.get("/market.csv?price_from=abc").status_code == 422


def test_the_natural_order_is_by_plan_level_and_then_by_freshness(
    make: Factories, client: FlaskClient
) -> None:
    company = make.company()
    old, lifted, new = (
        make.listing(company=company, natural_position=position) for position in (0, 2, 0)
    )
    demand = make.listing(Side.DEMAND, company=company, natural_position=1)

    def order(query: str = "") -> list[str]:
        return re.findall(r'href="/market/listings/([^"]+)"', client.get(f"/market{query}").text)

    natural_order = [each.public_id for each in (lifted, demand, new, old)]
    assert order() == natural_order
    assert order("?sort=-newest") == [each.public_id for each in (demand, new, lifted, old)]
    seen, url = [], "/market.json?limit=1"
    while url:
        found = client.get(url).json
        assert found is not None
        seen += [line["url"].rsplit("/", 1)[1] for line in found["listings"]]
        url = found["next"]
    assert seen == natural_order


def test_who_can_not_pay_is_not_shown(ad_desk: AdDesk, client: FlaskClient) -> None:
    owner = ad_desk.member("5.00")
    ad_desk.running(owner)
    reindex(SYSTEM)
    assert client.get("/market?q=onion").text.count("/go/") == 1
    payments.withdraw(owner, rupees("4.50"))
    assert client.get("/market?q=onion").text.count("/go/") == 0


def test_the_page_about_ranking_has_the_worked_example(app: Flask, client: FlaskClient) -> None:
    text = re.sub(r"<[^>]+>|\s+", " ", client.get("/ranking").text)
    text = " ".join(text.split())
    assert "C 2.00 INR 6 12 1 1.50 INR B 3.00 INR 3 9 2 2.67 INR D 1.00 INR 8 8 3 0.50 INR" in text
    for word in ("Relevance.", "Plan level.", "Freshness.", "matching", "robot or prefetch"):
        assert word in text
