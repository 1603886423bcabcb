"""The pages of posting over HTTP: what they show, whom they let in, and what a repetition does."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from hub.accounts.models import Company
from hub.catalogue.models import Commodity
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.posting import services
from hub.posting.models import Listing, ListingState, Side
from tests.factories import Factories
from tests.posting.posting_factories import csv_file, texts
from tests.signing_in import sign_in


@pytest.fixture
def company(make: Factories, onion: Commodity) -> Company:
    return make.company("Nashik Growers")


@pytest.fixture
def trader(make: Factories, company: Company) -> Actor:
    return make.trader(company)


def only_listing() -> Listing:
    db.session.expire_all()
    return db.session.scalars(select(Listing)).one()


def how_many() -> int:
    return db.session.scalar(select(func.count()).select_from(Listing)) or 0


def typed(**changes: str) -> dict[str, str]:
    sent = texts(**changes)
    return {name: sent[name] for name in sent if name not in {"side", "commodity"}}


NEW = "/listings/new?side=supply&commodity=onion"


def test_choosing_then_writing_then_sending(client: FlaskClient, trader: Actor) -> None:
    sign_in(client, trader)
    chooser = client.get("/listings/new")
    assert chooser.status_code == 200
    assert '<option value="onion"' in chooser.text
    page = client.get(NEW)
    assert page.status_code == 200
    assert 'value="TNE"' in page.text
    assert how_many() == 0
    sent = client.post(NEW, data=typed() | {"then": "submit"})
    listing = only_listing()
    assert (sent.status_code, sent.location) == (302, f"/listings/{listing.public_id}")
    assert (listing.state, listing.side) == (ListingState.PENDING_REVIEW, Side.SUPPLY)
    assert "sent to the hub&#39;s broker" in client.get(sent.location).text


def test_units_of_other_dimensions_are_not_offered(
    client: FlaskClient, trader: Actor, make: Factories
) -> None:
    make.unit("KGM").dimension = "count"
    db.session.commit()
    sign_in(client, trader)
    page = client.get(NEW)
    assert 'value="KGM"' not in page.text
    refused = client.post(NEW, data=typed(unit="KGM"))
    assert (refused.status_code, how_many()) == (422, 0)


def test_wrong_terms_come_back_with_what_was_typed(client: FlaskClient, trader: Actor) -> None:
    sign_in(client, trader)
    sent = client.post(NEW, data=typed(quantity="1e309", packaging="jute bags"))
    assert sent.status_code == 422
    assert 'value="1e309"' in sent.text
    assert 'value="jute bags"' in sent.text
    assert "not a plain number" in sent.text
    assert how_many() == 0


def test_a_form_sent_twice_posts_once(client: FlaskClient, trader: Actor) -> None:
    sign_in(client, trader)
    form = typed(reference="") | {"then": "draft", "_key": "one-key"}
    first = client.post(NEW, data=form)
    second = client.post(NEW, data=form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.location == first.location
    assert how_many() == 1
    other = client.post(NEW, data=form | {"price": "9"})
    assert (other.status_code, how_many()) == (409, 1)


def test_editing_keeps_the_version(client: FlaskClient, trader: Actor) -> None:
    listing = services.create_draft(trader, texts())
    sign_in(client, trader)
    url = f"/listings/{listing.public_id}/edit"
    page = client.get(url)
    assert f'name="version" type="hidden" value="{listing.version}"' in page.text
    done = client.post(url, data=typed(price="2300") | {"version": str(listing.version)})
    assert done.status_code == 302
    stale = client.post(url, data=typed(price="9") | {"version": "1"})
    assert stale.status_code == 409
    assert only_listing().unit_price == Decimal(2300)
    history = client.get(f"/listings/{listing.public_id}").text
    assert "2150.0000" in history
    assert "2300.0000" in history


def test_the_list_has_tabs_and_search_and_pages(
    client: FlaskClient, trader: Actor, company: Company, make: Factories
) -> None:
    for _ in range(51):
        make.listing(company=company)
    make.listing(company=company, reference="RARE-1", state=ListingState.PAUSED)
    other = make.listing(reference="FOREIGN")
    sign_in(client, trader)
    first = client.get("/listings")
    assert "RARE-1" in first.text
    assert other.reference not in first.text
    assert "after=" in first.text
    found = client.get("/listings?q=rare")
    assert found.text.count('class="main"') == 1
    assert client.get("/listings?state=open&q=rare").text.count('class="main"') == 0
    assert client.get("/listings?state=paused").text.count('class="main"') == 1
    assert client.get("/listings?after=rubbish").status_code == 422


def test_pausing_resuming_withdrawing_and_steps_out_of_order(
    client: FlaskClient, trader: Actor, company: Company, make: Factories
) -> None:
    listing = make.listing(company=company)
    url = f"/listings/{listing.public_id}"
    sign_in(client, trader)
    assert client.post(f"{url}/submit", data={"version": "1"}).status_code == 409
    assert client.post(f"{url}/resume").status_code == 409
    assert only_listing().state is ListingState.OPEN
    assert client.post(f"{url}/pause").status_code == 302
    assert client.post(f"{url}/pause").status_code == 409
    assert only_listing().state is ListingState.PAUSED
    assert client.post(f"{url}/resume").status_code == 302
    services.reserve(SYSTEM, listing.id, Decimal(1))
    assert client.post(f"{url}/withdraw").status_code == 409
    assert only_listing().state is ListingState.OPEN
    services.release(SYSTEM, listing.id, Decimal(1))
    assert client.post(f"{url}/withdraw").status_code == 302
    assert only_listing().state is ListingState.WITHDRAWN


OWN_POSTS = ("submit", "pause", "resume", "withdraw", "edit", "pictures", "pictures/x/remove")
REVIEW_POSTS = ("approve", "return", "reject", "confirm-price")


def test_other_companies_are_told_there_is_nothing(
    client: FlaskClient, make: Factories, company: Company
) -> None:
    listing = make.listing(company=company)
    sign_in(client, make.trader())
    url = f"/listings/{listing.public_id}"
    assert client.get(url).status_code == 404
    assert client.get(f"{url}/edit").status_code == 404
    assert client.get(f"{url}/pictures/x").status_code == 404
    for verb in OWN_POSTS:
        status = client.post(f"{url}/{verb}", data={"version": "1"}).status_code
        assert status == 404, verb
    for verb in REVIEW_POSTS:
        assert client.post(f"/review/{listing.public_id}/{verb}").status_code == 403
    assert (only_listing().state, only_listing().version) == (ListingState.OPEN, 1)


def test_a_viewer_sees_but_does_nothing(
    client: FlaskClient, make: Factories, company: Company
) -> None:
    listing = make.listing(company=company)
    sign_in(client, make.trader(company, role=CompanyRole.VIEWER))
    assert client.get(f"/listings/{listing.public_id}").status_code == 200
    assert client.get("/listings").status_code == 200
    assert client.get(NEW).status_code == 403
    assert client.get("/listings/import").status_code == 403
    assert client.post(f"/listings/{listing.public_id}/pause").status_code == 403
    assert only_listing().state is ListingState.OPEN


@pytest.mark.parametrize("path", ["/listings", "/listings/new", "/listings/import", "/review"])
def test_strangers_sign_in_first(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_the_broker_reviews(client: FlaskClient, make: Factories, company: Company) -> None:
    waiting = ListingState.PENDING_REVIEW
    first = make.listing(company=company, state=waiting, implausible_price=True)
    second = make.listing(company=company, state=waiting)
    third = make.listing(company=company, state=waiting)
    sign_in(client, make.staff(StaffRole.BROKER))
    queue = client.get("/review")
    assert queue.text.count('type="checkbox"') == 3
    assert "unusual price" in queue.text
    page = client.get(f"/listings/{first.public_id}")
    assert "Nashik Growers" in page.text
    assert "Unusual price" in page.text
    stale = client.post(f"/review/{first.public_id}/approve", data={"version": "7"})
    assert stale.status_code == 409
    empty = client.post(f"/review/{first.public_id}/return", data={"version": "1", "reason": ""})
    assert empty.status_code == 422
    assert "Say why, in a sentence." in empty.text
    assert (
        client.post(
            f"/review/{first.public_id}/return", data={"version": "1", "reason": "Which variety?"}
        ).status_code
        == 302
    )
    assert (
        client.post(
            f"/review/{second.public_id}/reject", data={"version": "1", "reason": "Not here"}
        ).status_code
        == 302
    )
    assert client.post("/review/approve", data={"listing": [third.public_id]}).status_code == 302
    db.session.expire_all()
    assert [each.state for each in (first, second, third)] == ["draft", "rejected", "open"]
    assert "Nothing to review" in client.get("/review").text


def test_a_partner_stays_unnamed_in_the_history(
    client: FlaskClient, trader: Actor, company: Company, make: Factories
) -> None:
    listing = make.listing(company=company)
    partner = make.trader(make.company(), name="Secret Partner")
    services.reserve(trader, listing.id, Decimal(4))
    services.release(partner, listing.id, Decimal(4))
    sign_in(client, trader)
    page = client.get(f"/listings/{listing.public_id}").text
    assert "Secret Partner" not in page
    assert "Trading partner" in page


def test_pictures_over_http(
    client: FlaskClient, trader: Actor, company: Company, make: Factories
) -> None:
    listing = make.listing(company=company)
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    sign_in(client, trader)
    url = f"/listings/{listing.public_id}/pictures"
    bad = client.post(url, data={"pictures": (io.BytesIO(b"no picture"), "x.png")})
    assert bad.status_code == 422
    assert "not a PNG, JPEG or WebP" in bad.text
    good = client.post(url, data={"pictures": (io.BytesIO(out.getvalue()), "x.png")})
    assert good.status_code == 302
    picture = only_listing().pictures[0]
    for address in (f"{url}/{picture.public_id}", f"{url}/{picture.public_id}/thumbnail"):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.post(f"{url}/{picture.public_id}/remove").status_code == 302
    assert only_listing().pictures == []


def upload(client: FlaskClient, data: bytes, **more: str) -> object:
    return client.post("/listings/import", data={"file": (io.BytesIO(data), "listings.csv")} | more)


def test_an_import_tells_and_hands_back_what_was_refused(
    client: FlaskClient, trader: Actor, make: Factories
) -> None:
    sign_in(client, trader)
    data = csv_file(texts(), texts(reference="S-2", price="-5", company="=cmd()"))
    answer = upload(client, data, _key="import-1")
    assert answer.status_code == 302  # type: ignore[attr-defined]
    location = answer.location  # type: ignore[attr-defined]
    page = client.get(location).text
    assert "must be above zero" in page
    rows = client.get(f"{location}/refused.csv")
    assert rows.mimetype == "text/csv"
    lines = rows.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("line,column,reason,reference,side,company")
    assert lines[1].startswith("3,company,")
    assert "'=cmd()" in lines[1]
    assert "'-5" in lines[2]
    again = upload(client, data, _key="import-1")
    assert again.location == location  # type: ignore[attr-defined]
    assert how_many() == 1
    sign_in(client, make.trader())
    assert client.get(location).status_code == 404
    assert client.get(f"{location}/refused.csv").status_code == 404


def test_an_import_that_only_changes_listings_says_so(client: FlaskClient, trader: Actor) -> None:
    sign_in(client, trader)
    upload(client, csv_file(texts()))
    changed = upload(client, csv_file(texts(packaging="jute bags")))
    page = client.get(changed.location).text  # type: ignore[attr-defined]
    assert "have the terms of the file now" in page
    assert "nothing was changed" not in page
    assert "jute bags" in client.get(f"/listings/{only_listing().public_id}").text
    same = upload(client, csv_file(texts(packaging="jute bags")), _key="again")
    assert "nothing was changed" in client.get(same.location).text  # type: ignore[attr-defined]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\x00\x01\x02", b"\xff\xfe"])
def test_a_wrong_file_is_refused_on_the_page(
    client: FlaskClient, trader: Actor, data: bytes
) -> None:
    sign_in(client, trader)
    answer = upload(client, data)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Nothing was saved" in answer.text  # type: ignore[attr-defined]
    assert how_many() == 0


def test_the_template_can_be_imported_as_it_is(client: FlaskClient, trader: Actor) -> None:
    sign_in(client, trader)
    template = client.get("/listings/import/template.csv")
    assert template.status_code == 200
    clock.set_to(clock.now() - timedelta(days=1))
    assert upload(client, template.data).status_code == 302  # type: ignore[attr-defined]
    assert only_listing().reference == "S-0001"


def test_an_upload_of_fifty_megabytes_is_refused(client: FlaskClient, trader: Actor) -> None:
    sign_in(client, trader)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
    body = head + b"a" * (50 * 1024 * 1024) + b"\r\n--x--\r\n"
    answer = client.post(
        "/listings/import", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert how_many() == 0
