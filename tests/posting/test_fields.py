"""The table of fields is whole: what is forgotten there or beside it is told in a sentence."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import String

from hub.catalogue.models import Commodity
from hub.core.errors import Invalid
from hub.posting import services
from hub.posting.drafting import texts_of
from hub.posting.fields import COMPARED, DERIVED_COLUMNS, EXTRA_COLUMNS, FIELDS, Entry
from hub.posting.models import Listing
from hub.posting.terms import TermsReader
from tests.factories import Factories
from tests.posting.posting_factories import texts
from tests.signing_in import sign_in

#: Columns of a listing that no trader writes: whose it is, and what became of it.
NOT_TERMS = {
    "id",
    "public_id",
    "version",
    "state",
    "company_id",
    "reserved",
    "filled",
    "implausible_price",
    "natural_position",
    "plan_badge",
    "created_at",
    "created_by",
    "submitted_at",
    "opened_at",
    "batch_id",
}
EXTRA = [each for each in FIELDS if each.extra]
SHORT = [each for each in EXTRA if each.entry is Entry.LINE]


def test_every_column_of_the_terms_is_in_the_table() -> None:
    known = {each.column for each in FIELDS if each.column} | set(DERIVED_COLUMNS)
    columns = set(Listing.__table__.columns.keys())
    for name in sorted(columns - NOT_TERMS - known):
        pytest.fail(
            f"Listing.{name} is in no line of FIELDS (hub/posting/fields.py), so no form, file or "
            f"history knows it. Add the line; if no trader writes it, name it in NOT_TERMS here."
        )
    for name in sorted(known - columns):
        pytest.fail(
            f"FIELDS names the column {name}, which Listing lacks: add it to hub/posting/models.py "
            f"and write a migration."
        )


def test_every_field_of_the_table_is_read(onion: Commodity) -> None:
    values = TermsReader().read(texts()).values()
    for each in FIELDS:
        if each.column and each.name != "reference":
            assert each.column in values, f"{each.name} has no `read`, and TermsReader reads it not"


def test_what_may_change_has_a_word_in_the_history() -> None:
    for each in COMPARED:
        if each.name != "commodity":
            assert each.word is not None, f"a change of {each.name} would be told as “details”"


@pytest.mark.parametrize("name", [each.name for each in EXTRA])
def test_free_words_fit_their_column(name: str) -> None:
    (field,) = (each for each in EXTRA if each.name == name)
    assert field.read is not None
    kind = Listing.__table__.columns[field.column].type
    longest = kind.length if isinstance(kind, String) and kind.length else 4000
    assert field.read("x" * longest) == "x" * longest
    with pytest.raises(Invalid, match=f"longer than {longest} characters"):
        field.read("x" * (longest + 1))


@pytest.mark.parametrize("name", [each.name for each in EXTRA])
def test_free_words_may_be_left_out_and_come_back_as_they_were_written(
    make: Factories, onion: Commodity, name: str
) -> None:
    trader = make.trader(make.company())
    bare = services.create_draft(trader, texts(reference="BARE"))
    assert getattr(bare, name) == ""
    listing = services.create_draft(trader, texts(**{name: "Some words"}))
    shown = texts_of(listing)
    assert shown[name] == "Some words"
    version = listing.version
    assert services.edit(trader, listing.public_id, version, shown).version == version


def test_the_form_asks_for_every_field_that_has_a_label(
    client: FlaskClient, make: Factories, onion: Commodity
) -> None:
    trader = make.trader(make.company())
    sign_in(client, trader)
    page = client.get("/listings/new?side=supply&commodity=onion").text
    for each in FIELDS:
        if each.label is not None:
            place = f"templates/posting/edit.html has no place for {each.name}"
            assert page.count(f' name="{each.name}"') == 1, place


def test_free_words_stand_on_the_pages_of_the_listing(
    client: FlaskClient, make: Factories, onion: Commodity
) -> None:
    words = {each.column: f"words-of-{each.name}" for each in EXTRA}
    company = make.company()
    listing = make.listing(company=company, **words)
    trader = make.trader(company)
    sign_in(client, trader)
    for path in (f"/listings/{listing.public_id}", f"/market/listings/{listing.public_id}"):
        page = client.get(path).text
        for column in EXTRA_COLUMNS:
            assert page.count(words[column]) == 1, f"{path} does not show {column} once"
        for each in SHORT:
            assert f"{each.label}</dt>" in page
