"""What a company's plan means for its listings: how many are open, pictures, and their standing."""

import io
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from hub.catalogue.models import Commodity
from hub.core import bus
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.membership.entitlements.services import LimitReached
from hub.membership.events import EntitlementsChanged
from hub.membership.models.subscriptions import SubscriptionState
from hub.posting import queries, services
from hub.posting.models import Listing, ListingState
from tests.factories import Factories
from tests.membership.plan_rows import plan_version, subscribe
from tests.posting.posting_factories import csv_file, texts
from tests.signing_in import sign_in
from tests.threads import at_once

FULL = (
    "The plan “Basic” includes 2 listings open or in review at a time, and 2 are. "
    "“Gold” includes 9, for 500.00 INR a month; see the plans."
)


@pytest.fixture
def trader(make: Factories, onion: Commodity) -> Actor:
    """Of a company on a plan with two open listings."""
    plan_version("Basic", {"open_listings": 2, "pictures": 2}, default=True)
    plan_version("Gold", {"open_listings": 9}, rank=2, monthly="500")
    return make.trader()


def states(*listings: Listing) -> list[ListingState]:
    db.session.expire_all()
    return [db.session.get_one(Listing, each.id).state for each in listings]


def draft(trader: Actor, reference: str) -> Listing:
    return services.create_draft(trader, texts(reference=reference))


def test_no_more_listings_are_submitted_than_the_plan_includes(
    make: Factories, trader: Actor
) -> None:
    first, second, third = (draft(trader, f"S-{number}") for number in range(3))
    services.submit(trader, first.public_id, first.version)
    services.submit(trader, second.public_id, second.version)
    with pytest.raises(LimitReached) as refused:
        services.submit(trader, third.public_id, third.version)
    assert refused.value.message == FULL
    assert states(first, second, third) == ["pending_review", "pending_review", "draft"]
    services.withdraw(trader, first.public_id)
    services.submit(trader, third.public_id, third.version)
    assert states(first, third) == ["withdrawn", "pending_review"]


def opened(make: Factories, trader: Actor, *references: str) -> list[Listing]:
    broker = make.staff(StaffRole.BROKER)
    listings = [draft(trader, reference) for reference in references]
    for each in listings:
        services.submit(trader, each.public_id, each.version)
        services.approve(broker, each.public_id, each.version)
    return listings


def test_a_paused_listing_leaves_its_place_to_others(make: Factories, trader: Actor) -> None:
    one, two = opened(make, trader, "S-1", "S-2")
    services.pause(trader, one.public_id)
    other = draft(trader, "S-3")
    services.submit(trader, other.public_id, other.version)
    with pytest.raises(LimitReached):
        services.resume(trader, one.public_id)
    assert states(one, two, other) == ["paused", "open", "pending_review"]
    services.pause(trader, two.public_id)
    services.resume(trader, one.public_id)
    assert states(one, two) == ["open", "paused"]


def test_what_a_fallen_trade_frees_opens_whatever_the_plan_includes(
    make: Factories, trader: Actor
) -> None:
    one, _two = opened(make, trader, "S-1", "S-2")
    services.reserve(SYSTEM, one.id, one.quantity)
    services.fill(SYSTEM, one.id, one.quantity)
    opened(make, trader, "S-3")
    services.unfill(SYSTEM, one.id, one.quantity)
    assert states(one) == ["open"]


def test_rows_beyond_the_plan_are_refused_and_the_others_taken(
    make: Factories, trader: Actor
) -> None:
    opened(make, trader, "S-1")
    rows = [texts(reference=f"S-{number}") for number in (1, 2, 3, 4)]
    batch = services.import_listings(trader, csv_file(*rows), "onions.csv")
    assert (batch.accepted, batch.unchanged, batch.refused) == (1, 1, 2)
    assert [(each.line, each.column, each.reason) for each in batch.refusals] == [
        (4, "", FULL),
        (5, "", FULL),
    ]
    again = services.import_listings(trader, csv_file(*rows[:2]), "onions.csv")
    assert (again.accepted, again.unchanged, again.refused) == (0, 2, 0)


def test_each_company_of_a_file_has_its_own_places(make: Factories, trader: Actor) -> None:
    make.company("Nashik Growers")
    make.company("Pune Growers")
    rows = [
        texts(reference=f"S-{number}", company=f"{town} Growers")
        for town in ("Nashik", "Pune")
        for number in range(3)
    ]
    admin = make.staff(StaffRole.ADMINISTRATOR)
    batch = services.import_listings(admin, csv_file(*rows), "all.csv")
    assert (batch.accepted, batch.refused) == (4, 2)
    assert [each.line for each in batch.refusals] == [4, 7]
    taken_over = services.import_listings(
        SYSTEM,
        csv_file(*(texts(reference=f"T-{n}", company="Nashik Growers") for n in range(9))),
        "book.csv",
        create=True,
    )
    assert (taken_over.accepted, taken_over.refused) == (9, 0)


def picture() -> tuple[str, bytes]:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "JPEG")
    return "onions.jpg", out.getvalue()


def test_no_more_pictures_than_the_plan_includes(make: Factories, trader: Actor) -> None:
    listing = draft(trader, "S-1")
    services.add_pictures(trader, listing.public_id, [picture()])
    with pytest.raises(LimitReached, match="includes 2 pictures a listing, and this one has 1"):
        services.add_pictures(trader, listing.public_id, [picture(), picture()])
    services.add_pictures(trader, listing.public_id, [picture()])
    db.session.expire_all()
    assert len(queries.listing(trader, listing.public_id).pictures) == 2


def standing(*listings: Listing) -> list[tuple[int, str]]:
    db.session.expire_all()
    rows = (db.session.get_one(Listing, each.id) for each in listings)
    return [(row.natural_position, row.plan_badge) for row in rows]


@use_case
def announce(company_id: int | None) -> None:
    bus.publish(EntitlementsChanged(company_id))


def test_listings_stand_where_the_plan_puts_them(make: Factories, trader: Actor) -> None:
    other = make.listing()
    first, second = opened(make, trader, "S-1", "S-2")
    services.pause(trader, second.public_id)
    gold = plan_version("Top", {"natural_position": 5}, rank=9, badge="Top seller")
    subscription = subscribe(trader.company_id or 0, gold)
    version = first.version
    announce(trader.company_id)
    assert standing(first, second, other) == [(5, "Top seller"), (0, ""), (0, "")]
    assert db.session.get_one(Listing, first.id).version == version
    services.resume(trader, second.public_id)
    (third,) = opened(make, trader, "S-3")
    assert standing(second, third) == [(5, "Top seller")] * 2
    subscription.state = SubscriptionState.EXPIRED
    db.session.commit()
    announce(trader.company_id)
    assert standing(first, second, third, other) == [(0, "")] * 4


def test_a_new_default_plan_moves_all_without_a_plan_of_their_own(
    make: Factories, trader: Actor
) -> None:
    other = make.listing(company=make.company("Pune Growers"))
    (own,) = opened(make, trader, "S-1")
    subscribe(trader.company_id or 0, plan_version("Top", {"natural_position": 5}, rank=9))
    announce(trader.company_id)
    plan_version("Basic", {"natural_position": 1}, badge="Member")
    announce(None)
    assert standing(own, other) == [(5, ""), (1, "Member")]
    data = csv_file(texts(reference="T-1", company="Pune Growers"))
    services.import_listings(SYSTEM, data, "book.csv", create=True)
    imported = db.session.query(Listing).filter_by(reference="T-1").one()
    assert (imported.natural_position, imported.plan_badge) == (1, "Member")


def test_pages_tell_early_what_is_left(make: Factories, trader: Actor, client: FlaskClient) -> None:
    sign_in(client, trader)
    one, two = draft(trader, "S-1"), draft(trader, "S-2")
    services.submit(trader, one.public_id, one.version)
    pages = ("/listings", "/listings/new", "/listings/new?side=supply&commodity=onion")
    for page in (*pages, "/listings/import", f"/listings/{two.public_id}"):
        text = client.get(page).text
        assert "1 of 2 listings open or in review." in text
        assert "Your plan is used up" not in text
    services.submit(trader, two.public_id, two.version)
    for page in pages:
        text = client.get(page).text
        assert "2 of 2 listings open or in review." in text
        assert 'href="/membership/plans"' in text


def test_a_refusal_comes_back_to_the_listing(
    make: Factories, trader: Actor, client: FlaskClient
) -> None:
    sign_in(client, trader)
    opened(make, trader, "S-1", "S-2")
    fields = {name: value for name, value in texts(reference="S-3").items() if name != "side"}
    made = client.post(
        "/listings/new?side=supply&commodity=onion",
        data=fields | {"then": "submit"},
        follow_redirects=True,
    )
    assert made.status_code == 200
    assert "The draft S-3 was saved." in made.text
    assert FULL in made.text
    third = db.session.query(Listing).filter_by(reference="S-3").one()
    assert third.state is ListingState.DRAFT
    sent = client.post(
        f"/listings/{third.public_id}/submit",
        data={"version": third.version},
        follow_redirects=True,
    )
    assert FULL in sent.text
    assert states(third) == ["draft"]
    pictures = {"pictures": [(io.BytesIO(picture()[1]), f"{n}.jpg") for n in range(3)]}
    assert "0 of 2" in client.get(f"/listings/{third.public_id}").text
    refused = client.post(f"/listings/{third.public_id}/pictures", data=pictures)
    assert refused.status_code == 403
    assert "includes 2 pictures a listing, and this one has 0" in refused.text


@pytest.mark.parametrize("verb", ["submit", "resume"])
def test_of_many_at_the_last_place_one_gets_it(committed_app: Flask, verb: str) -> None:
    with committed_app.app_context():
        make = Factories()
        plan_version("Basic", {"open_listings": 3}, default=True)
        company = make.company()
        trader = make.trader(company)
        for _number in range(2):
            make.listing(company=company)
        state = ListingState.DRAFT if verb == "submit" else ListingState.PAUSED
        waiting = [make.listing(company=company, state=state) for _number in range(6)]
        steps = [
            partial(services.submit, trader, each.public_id, each.version)
            if verb == "submit"
            else partial(services.resume, trader, each.public_id)
            for each in waiting
        ]
    outcomes = at_once(committed_app, steps)
    assert sum(isinstance(each, LimitReached) for each in outcomes) == 5
    assert sum(isinstance(each, Listing) for each in outcomes) == 1
    with committed_app.app_context():
        assert db.session.query(Listing).filter_by(state=state).count() == 5
