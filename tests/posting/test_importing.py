"""Bulk import: good rows are posted, bad ones told by line and column, repetitions left alone."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.accounts.models import Company, Verification
from hub.catalogue import services as catalogue
from hub.catalogue.models import Commodity
from hub.core import audit
from hub.core.actor import SYSTEM, Actor, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotAllowed
from hub.posting import services
from hub.posting.events import ListingsImported
from hub.posting.models import ImportBatch, ImportRefusal, Listing, ListingState
from tests.factories import Factories
from tests.posting.posting_factories import csv_file, texts


def listings() -> list[Listing]:
    return list(db.session.scalars(select(Listing).order_by(Listing.id)))


def refused(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.reason) for each in batch.refusals]


@pytest.fixture
def trader(make: Factories, onion: Commodity) -> Actor:
    return make.trader(make.company("Nashik Growers"))


def test_a_traders_rows_wait_for_review(
    trader: Actor, onion: Commodity, published: list[object]
) -> None:
    data = csv_file(texts(company="Nashik Growers"), texts(reference="S-2", quantity="7"))
    batch = services.import_listings(trader, data, "onions.csv")
    assert (batch.accepted, batch.unchanged, batch.refused) == (2, 0, 0)
    first, second = listings()
    assert (first.reference, first.company_id) == ("S-1", trader.company_id)
    assert (first.state, first.opened_at) == (ListingState.PENDING_REVIEW, None)
    assert (first.quantity, first.minimum_lot) == (Decimal(40), Decimal(5))
    assert first.commodity_id == onion.id
    assert second.quantity == Decimal(7)
    assert first.public_id != second.public_id
    assert published == [ListingsImported(batch.id)]
    entry = audit.history([("listing", second.id)])[0]
    assert (entry.action, entry.state_to) == ("listing_imported", "pending_review")
    assert entry.user_id == trader.user_id
    assert batch.file.read() == data


def test_the_same_file_again_changes_nothing(trader: Actor, published: list[object]) -> None:
    data = csv_file(texts(), texts(reference="S-2"))
    services.import_listings(trader, data, "onions.csv")
    published.clear()
    before = [(row.id, row.version, row.state) for row in listings()]
    batch = services.import_listings(trader, data, "other-name.csv")
    assert (batch.accepted, batch.unchanged, batch.refused) == (0, 2, 0)
    assert [(row.id, row.version, row.state) for row in listings()] == before
    assert published == []


def test_a_known_reference_with_other_terms_is_refused(trader: Actor) -> None:
    services.import_listings(trader, csv_file(texts()), "onions.csv")
    batch = services.import_listings(trader, csv_file(texts(price="2151")), "onions.csv")
    assert (batch.accepted, batch.unchanged, batch.refused) == (0, 0, 1)
    assert refused(batch) == [(2, "reference", "S-1 is already posted with other terms.")]
    assert [row.unit_price for row in listings()] == [Decimal(2150)]


def test_bad_rows_are_told_and_the_others_posted(trader: Actor) -> None:
    data = csv_file(
        texts(reference="S-1"),
        texts(reference="S-2", quantity="NaN"),
        texts(reference="S-3", price="1e309", unit="XXX"),
        texts(reference="", min_lot="41"),
        texts(reference="S-5", company="Somebody Else"),
        texts(reference="S-6", valid_until="2026-11-30"),
        texts(reference="S-7", ready_from="2026-12-20"),
        texts(reference="S-1", price="9"),
        texts(reference="S-1"),
        texts(reference="S-9", side="both"),
    )
    batch = services.import_listings(trader, data, "onions.csv")
    assert (batch.accepted, batch.unchanged, batch.refused) == (1, 1, 8)
    told = [(line, column) for line, column, _reason in refused(batch)]
    assert told == [
        (3, "quantity"),
        (4, "unit"),
        (4, "price"),
        (5, "reference"),
        (5, "min_lot"),
        (6, "company"),
        (7, "valid_until"),
        (8, "ready_until"),
        (9, "reference"),
        (11, "side"),
    ]
    assert [row.reference for row in listings()] == ["S-1"]


def test_a_row_with_a_cell_too_many_is_told(trader: Actor) -> None:
    data = csv_file(texts()) + b"S-2,supply,,Onion,FAQ,40,DTN\r\n"
    batch = services.import_listings(trader, data, "onions.csv")
    assert (batch.accepted, batch.refused) == (1, 1)
    assert refused(batch) == [(3, "", "The row has 7 cells instead of 14.")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"reference,side\nS-1,supply\n", "Line 1 lacks"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8"),
        (b"%PDF-1.7\x00", "lacks|binary"),
        (b"a" * (15 * 1024 * 1024 + 1), "larger than 15 MB"),
        (csv_file(texts()) + b'S-2,"open', "can't be read"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_whole(
    trader: Actor, data: bytes, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        services.import_listings(trader, data, "onions.csv")
    assert listings() == []
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_who_may_import(make: Factories, onion: Commodity) -> None:
    company = make.company("Nashik Growers")
    for actor in (
        make.trader(company, role=CompanyRole.VIEWER),
        make.trader(make.company(state=Verification.SUBMITTED)),
    ):
        with pytest.raises(NotAllowed):
            services.import_listings(actor, csv_file(texts()), "onions.csv")
    trader = make.trader(company)
    with pytest.raises(NotAllowed):
        services.import_listings(trader, csv_file(texts()), "onions.csv", create=True)
    with pytest.raises(NotAllowed):
        services.import_listings(trader, csv_file(texts()), "x.csv", company=make.company())
    assert listings() == []


def test_without_create_unknown_companies_and_commodities_are_refused(
    make: Factories, onion: Commodity
) -> None:
    make.company("Unverified Ltd.", state=Verification.SUBMITTED)
    batch = services.import_listings(
        SYSTEM,
        csv_file(
            texts(company="New Ltd."),
            texts(company="Unverified Ltd."),
            texts(company=""),
            texts(company="New Ltd.", commodity="Garlic"),
        ),
        "x.csv",
    )
    assert [(line, column) for line, column, _reason in refused(batch)] == [
        (2, "company"),
        (3, "company"),
        (4, "company"),
        (5, "company"),
        (5, "commodity"),
    ]
    assert listings() == []


def test_with_create_companies_and_commodities_are_made_and_listings_open(
    onion: Commodity, published: list[object]
) -> None:
    data = csv_file(
        texts(company="New  Ltd.", commodity="Garlic (wet)", unit="TNE"),
        texts(company="New Ltd.", reference="S-2", commodity="garlic (wet)", unit="TNE"),
        texts(company="Never Ltd.", commodity="Saffron", quantity="0"),
    )
    batch = services.import_listings(SYSTEM, data, "x.csv", create=True)
    assert (batch.accepted, batch.refused) == (2, 1)
    company = db.session.scalars(select(Company)).one()
    assert (company.legal_name, company.can_trade) == ("New Ltd.", True)
    made = db.session.scalars(select(Commodity).where(Commodity.name != "Onion")).one()
    assert (made.name, made.code, made.unit.code) == ("Garlic (wet)", "garlic-wet", "TNE")
    assert {row.state for row in listings()} == {ListingState.OPEN}
    assert all(row.opened_at is not None and row.company_id == company.id for row in listings())
    assert published == [ListingsImported(batch.id)]


def test_implausible_prices_are_flagged_not_refused(trader: Actor, onion: Commodity) -> None:
    prices = ["2000", "2100", "2200", "2300", "2400", "549", "550", "8800", "8801"]
    rows = [texts(reference=f"S-{price}", price=price) for price in prices]
    batch = services.import_listings(trader, csv_file(*rows), "onions.csv")
    assert (batch.accepted, batch.refused, batch.flagged) == (9, 0, 2)
    flagged = [row.reference for row in listings() if row.implausible_price]
    assert flagged == ["S-549", "S-8801"]


def test_refused_rows_keep_what_was_written(trader: Actor) -> None:
    services.import_listings(trader, csv_file(texts(price="=1+1")), "onions.csv")
    kept = db.session.scalars(select(ImportRefusal)).one()
    assert kept.row["price"] == "=1+1"
    assert "not a plain number" in kept.reason


@pytest.mark.shared_data
@pytest.mark.one_database
def test_the_shared_book_is_taken_whole(onion: Commodity, shared_data: Path) -> None:
    regions = (shared_data / "regions" / "india_states.csv").read_bytes()
    catalogue.import_regions(SYSTEM, regions)
    for side, count in (("supply", 4903), ("demand", 3900)):
        data = (shared_data / "listings" / f"{side}.csv").read_bytes()
        batch = services.import_listings(SYSTEM, data, f"{side}.csv", create=True)
        assert (batch.accepted, batch.unchanged, batch.refused) == (count, 0, 0)
    cheap = db.session.execute(
        select(Listing.implausible_price, func.count())
        .where(Listing.unit_price < 100)
        .group_by(Listing.implausible_price)
    ).all()
    assert cheap == [(True, 226)]
    again = services.import_listings(
        SYSTEM, (shared_data / "listings" / "supply.csv").read_bytes(), "again.csv", create=True
    )
    assert (again.accepted, again.unchanged, again.refused) == (0, 4903, 0)
