"""Bulk import: good rows are posted, bad ones told by line and column, repetitions left alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.accounts.models import Company, CompanyBankAccount, Verification
from hub.catalogue import services as catalogue
from hub.catalogue.models import AttributeKind, Commodity, CommodityAttribute, Region
from hub.core import audit
from hub.core.actor import SYSTEM, Actor, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotAllowed
from hub.posting import queries, services
from hub.posting.drafting import terms_stand
from hub.posting.events import ListingChanged, ListingsImported
from hub.posting.fields import FIELDS
from hub.posting.history import history
from hub.posting.importing import COLUMNS
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


#: A row that differs in one field, the column that this changes, and what it becomes.
CHANGES = [
    ("grade", "Super", "grade", "Super"),
    ("attribute_moisture", "12.5", "attributes", {"colour": "red", "moisture": "12.5"}),
    ("quantity", "41", "quantity", Decimal(41)),
    ("unit", "TNE", "quantity", Decimal(400)),
    ("min_lot", "6", "minimum_lot", Decimal(6)),
    ("price", "2151", "unit_price", Decimal(2151)),
    ("currency", "USD", "currency", "USD"),
    ("region", "NCT of Delhi", "region_id", None),
    ("ready_from", "2026-12-06", "ready_from", date(2026, 12, 6)),
    ("ready_until", "2026-12-20", "ready_until", date(2026, 12, 20)),
    ("valid_until", "2026-12-15", "valid_until", date(2026, 12, 15)),
    *((each.name, "Other words", each.column, "Other words") for each in FIELDS if each.extra),
]
WIDE = (*COLUMNS, "attribute_colour", "attribute_moisture")


def with_attributes(onion: Commodity) -> None:
    onion.attributes = [
        CommodityAttribute(code=code, name=code.title(), kind=AttributeKind.TEXT)
        for code in ("colour", "moisture")
    ]
    db.session.commit()


@pytest.mark.parametrize(("name", "text", "column", "value"), CHANGES)
def test_a_known_reference_with_another_term_changes_the_listing(
    trader: Actor, onion: Commodity, name: str, text: str, column: str, value: object
) -> None:
    with_attributes(onion)
    first = texts(attribute_colour="red")
    services.import_listings(trader, csv_file(first, columns=WIDE), "onions.csv")
    (listing,) = listings()
    before = getattr(listing, column)
    version = listing.version
    data = csv_file(first | {name: text}, columns=WIDE)
    batch = services.import_listings(trader, data, "onions.csv")
    outcome = (batch.accepted, batch.changed, batch.unchanged, batch.refused)
    assert outcome == (0, 1, 0, 0), refused(batch)
    (listing,) = listings()
    if name == "region":
        value = db.session.scalars(select(Region.id).where(Region.name == text)).one()
    assert (getattr(listing, column), listing.version) == (value, version + 1)
    entry = audit.history([("listing", listing.id)])[0]
    assert (entry.action, entry.user_id) == ("listing_changed", trader.user_id)
    noted = [audit.json_value(each) for each in (before, getattr(listing, column))]
    assert entry.details["changes"][column] == noted
    line = history(trader, listing)[0]
    assert line.what.startswith("Terms changed: ")
    assert "details" not in line.what
    again = services.import_listings(trader, data, "onions.csv")
    assert (again.changed, again.unchanged, again.refused) == (0, 1, 0)


def test_every_field_that_a_file_may_change_is_tried_above() -> None:
    tried = {name.split("_moisture")[0] if "attribute" in name else name for name, *_ in CHANGES}
    able = {"attribute" if each.spread else each.name for each in FIELDS if each.compared}
    assert tried - {"unit"} == able - {"commodity"}


def test_a_region_is_told_by_its_name(trader: Actor) -> None:
    services.import_listings(trader, csv_file(texts()), "onions.csv")
    services.import_listings(trader, csv_file(texts(region="NCT of Delhi")), "onions.csv")
    line = history(trader, queries.by_id(listings()[0].id))[0]
    assert (line.what, line.before, line.after) == (
        "Terms changed: region",
        "Maharashtra",
        "NCT of Delhi",
    )


def test_columns_that_a_file_lacks_change_nothing(trader: Actor, onion: Commodity) -> None:
    with_attributes(onion)
    whole = texts(packaging="jute bags", attribute_colour="red", attribute_moisture="12")
    services.import_listings(trader, csv_file(whole, columns=WIDE), "onions.csv")
    narrow = tuple(name for name in WIDE if name not in {"packaging", "grade", "attribute_colour"})
    same = services.import_listings(trader, csv_file(whole, columns=narrow), "onions.csv")
    assert (same.changed, same.unchanged, same.refused) == (0, 1, 0)
    dry = csv_file(whole | {"attribute_moisture": "9"}, columns=narrow)
    assert services.import_listings(trader, dry, "onions.csv").changed == 1
    (listing,) = listings()
    assert (listing.packaging, listing.grade) == ("jute bags", "FAQ")
    assert listing.attributes == {"colour": "red", "moisture": "9"}


def test_a_changed_row_keeps_to_the_rules_of_editing(
    trader: Actor, make: Factories, published: list[object]
) -> None:
    company = db.session.get_one(Company, trader.company_id)
    make.commodity("Garlic")
    for reference in ("OPEN", "TAKEN"):
        make.listing(company=company, reference=reference, packaging="bags")
    taken = next(each for each in listings() if each.reference == "TAKEN")
    services.reserve(SYSTEM, taken.id, Decimal(5))
    services.import_listings(
        trader, csv_file(texts(), texts(reference="S-2"), texts(reference="S-3")), "onions.csv"
    )
    published.clear()
    batch = services.import_listings(
        trader,
        csv_file(
            texts(reference="OPEN", packaging="jute"),
            texts(reference="TAKEN", packaging="jute"),
            texts(reference="S-1", commodity="Garlic"),
            texts(reference="S-2", valid_until="2026-11-30"),
            texts(reference="S-3", packaging="jute"),
            texts(reference="S-3", packaging="sacks"),
            texts(reference="S-3", packaging="jute"),
        ),
        "onions.csv",
    )
    assert (batch.accepted, batch.changed, batch.unchanged) == (0, 2, 1)
    assert refused(batch) == [
        (
            3,
            "reference",
            terms_stand(),
        ),
        (4, "reference", "S-1 is already posted with other terms."),
        (5, "valid_until", "2026-11-30 is in the past."),
        (7, "reference", "S-3 is already posted with other terms."),
    ]
    found = {each.reference: each for each in listings()}
    assert {name: each.packaging for name, each in found.items()} == {
        "OPEN": "jute",
        "TAKEN": "bags",
        "S-1": "",
        "S-2": "",
        "S-3": "jute",
    }
    assert published == [ListingChanged(found["OPEN"].id)]
    assert found["S-3"].state is ListingState.PENDING_REVIEW


def test_a_changed_price_is_looked_at_again(make: Factories, trader: Actor) -> None:
    for _ in range(5):
        make.listing()
    services.import_listings(trader, csv_file(texts()), "onions.csv")
    for price, flagged in (("20", True), ("2150", False)):
        services.import_listings(trader, csv_file(texts(price=price)), "onions.csv")
        assert listings()[-1].implausible_price is flagged


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
    assert refused(batch) == [(3, "", f"The row has 7 cells instead of {len(COLUMNS)}.")]


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


def test_a_book_of_both_sides_is_taken_whole_and_once(
    onion: Commodity, published: list[object]
) -> None:
    """A reference is a company's own for each side; all are made at once, and again none."""
    book = csv_file(
        texts(company="First Ltd."),
        texts(company="First Ltd.", side="demand", commodity="Garlic", region="NCT of Delhi"),
        texts(company="First Ltd.", reference="S-2", currency="USD", commodity="Garlic"),
        texts(company="Second Ltd.", price="2150.5"),
        texts(company="Second Ltd.", side="demand", unit="TNE", quantity="4", min_lot="1"),
        texts(company="First Ltd."),
    )
    batch = services.import_listings(SYSTEM, book, "book.csv", create=True)
    assert (batch.accepted, batch.unchanged, batch.refused) == (5, 1, 0)
    posted = db.session.execute(
        select(
            Company.legal_name,
            Listing.side,
            Listing.reference,
            Commodity.name,
            Listing.quantity,
        )
        .join(Company, Company.id == Listing.company_id)
        .join(Commodity, Commodity.id == Listing.commodity_id)
        .order_by(Listing.id)
    ).all()
    assert posted == [
        ("First Ltd.", "supply", "S-1", "Onion", 40),
        ("First Ltd.", "demand", "S-1", "Garlic", 40),
        ("First Ltd.", "supply", "S-2", "Garlic", 40),
        ("Second Ltd.", "supply", "S-1", "Onion", 40),
        ("Second Ltd.", "demand", "S-1", "Onion", 40),
    ]
    paid_in = db.session.execute(
        select(Company.legal_name, CompanyBankAccount.currency)
        .join(CompanyBankAccount.company)
        .order_by(CompanyBankAccount.id)
    ).all()
    assert paid_in == [("First Ltd.", "INR"), ("First Ltd.", "USD"), ("Second Ltd.", "INR")]
    before = [(row.id, row.version, row.state) for row in listings()]
    published.clear()
    again = services.import_listings(SYSTEM, book, "again.csv", create=True)
    assert (again.accepted, again.unchanged, again.refused) == (0, 6, 0)
    assert [(row.id, row.version, row.state) for row in listings()] == before
    assert (db.session.query(Company).count(), published) == (2, [])


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
