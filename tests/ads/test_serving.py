"""Which advertisement fills a place, what is recorded of it, and where it leads."""

from datetime import timedelta
from re import findall, search
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from hub.accounts.models import Company
from hub.ads.display import overview as display_queries
from hub.ads.display import places, serving
from hub.ads.display import review as display_review
from hub.ads.display.models import (
    AdKind,
    AdPage,
    Booking,
    DisplayClick,
    DisplaySeen,
    DisplayView,
    Pricing,
)
from hub.ads.ranking.models import Impression
from hub.core import clock
from hub.core.actor import StaffRole
from hub.core.db.base import Base, db
from hub.posting.models import Listing
from tests.ads.campaign_factories import AdDesk
from tests.ads.display_factories import BROWSER, SITE, PlaceDesk, read
from tests.examples import examples
from tests.factories import Factories
from tests.signing_in import sign_in

ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def _views() -> list[tuple[int | None, bool]]:
    return [
        (booking_id, counted)
        for booking_id, counted in db.session.execute(
            select(DisplayView.booking_id, DisplayView.counted).order_by(DisplayView.id)
        )
    ]


def _token(page: str) -> str:
    found = search(r'data-ad-token="([^"]+)"', page)
    assert found is not None
    return found[1]


def _follow(client: FlaskClient, token: str, agent: str = BROWSER) -> Any:
    return client.get(f"/go-ad/{token}", headers={"User-Agent": agent})


def _reasons() -> list[str]:
    return list(db.session.scalars(select(DisplayClick.reason).order_by(DisplayClick.id)))


@pytest.fixture
def running(place_desk: PlaceDesk) -> Booking:
    """A banner on the market's page, in its first of three days."""
    owner = place_desk.ads.member(legal_name="Kisan Traders Ltd.")
    return place_desk.running(owner, place_desk.place())


def test_without_advertising_a_page_shows_nothing_of_it(
    place_desk: PlaceDesk, client: FlaskClient
) -> None:
    place_desk.place()
    page = read(client, "/market")
    assert "data-ad" not in page
    assert "Advertising" not in page
    assert _views() == []


def test_a_banner_names_who_paid_and_is_recorded_once(
    running: Booking, client: FlaskClient
) -> None:
    page = read(client, "/market")
    assert "Advertising · paid by Kisan Traders Ltd." in page
    assert 'alt="Fresh onions every week"' in page
    assert SITE not in page
    assert page.count("data-ad=") == 1
    assert _views() == [(running.id, True)]
    assert running.creative is not None
    assert client.get(f"/ads/artwork/{running.creative.public_id}").status_code == 200


def test_a_page_view_changes_nothing_but_advertising_records(
    running: Booking, place_desk: PlaceDesk, client: FlaskClient
) -> None:
    place_desk.house(AdPage.MARKET)

    def rows() -> dict[str, int]:
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }

    before, version = rows(), running.version
    read(client, "/market")
    changed = {
        name: count - before[name] for name, count in rows().items() if count != before[name]
    }
    assert changed == {"ad_display_view": 2}
    assert place_desk.again(running).version == version


def test_records_can_only_be_added(running: Booking, client: FlaskClient) -> None:
    token = _token(read(client, "/market"))
    client.post("/ads/seen", data={"token": token}, headers={"User-Agent": BROWSER})
    _follow(client, token)
    for table in ("ad_display_view", "ad_display_seen", "ad_display_click", "ad_creative"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):  # noqa: S608
            if "seen SET" in statement:
                statement = statement.replace("id = id", "view_id = view_id")
            with pytest.raises(Exception, match="append-only"), db.session.begin_nested():
                db.session.execute(text(statement))


def test_nobody_of_the_hub_and_no_machine_is_shown_any(
    running: Booking, make: Factories, client: FlaskClient
) -> None:
    for agent in (ROBOT, "curl/8.0", ""):
        assert "data-ad" not in client.get("/market", headers={"User-Agent": agent}).text
    ahead = {"User-Agent": BROWSER, "Sec-Purpose": "prefetch"}
    assert "data-ad" not in client.get("/market", headers=ahead).text
    assert client.head("/market", headers={"User-Agent": BROWSER}).status_code == 200
    depot = make.depot()
    for who in (make.staff(StaffRole.DEPOT, depots=(depot,)), make.staff(StaffRole.BROKER)):
        sign_in(client, who)
        assert "data-ad" not in read(client, "/market")
    assert _views() == []


def test_pages_with_forms_have_no_places(running: Booking, client: FlaskClient) -> None:
    for path in ("/sign-in", "/register", "/forgot-password", "/verify"):
        assert "data-ad=" not in read(client, path)


def test_the_advertisers_own_people_see_it_but_do_not_count(
    running: Booking, make: Factories, client: FlaskClient
) -> None:
    sign_in(client, make.trader(db.session.get_one(Company, running.company_id)))
    token = _token(read(client, "/market"))
    assert _follow(client, token).location == SITE
    assert _views() == [(running.id, False)]
    assert _reasons() == ["own"]
    assert display_queries.report(running).total.views == 0


def test_bookings_of_a_place_take_turns(place_desk: PlaceDesk, client: FlaskClient) -> None:
    place = place_desk.place(capacity=3)
    made = [place_desk.paid(place_desk.ads.member(), place, first=1, last=9) for _ in range(3)]
    place_desk.sleep(1)
    for _number in range(9):
        read(client, "/market")
    assert [booking_id for booking_id, _counted in _views()] == [each.id for each in made] * 3


def test_the_order_is_booked_then_the_houses_own(
    place_desk: PlaceDesk, client: FlaskClient
) -> None:
    place = place_desk.place(AdPage.FRONT, AdKind.TEXT)
    place_desk.house(AdPage.FRONT, "/register")
    page = read(client, "/")
    assert "From the hub" in page
    assert _follow(client, _token(page)).location == "/register"
    made = place_desk.running(place_desk.ads.member(), place, first=1, last=1)
    assert "paid by" in read(client, "/")
    place_desk.sleep(1)
    assert "From the hub" in read(client, "/")
    assert [booking_id for booking_id, _counted in _views()] == [None, made.id, None]


def test_one_browser_sees_a_booking_five_times_a_day(
    running: Booking, place_desk: PlaceDesk, client: FlaskClient
) -> None:
    seen = ["data-ad=" in read(client, "/market") for _number in range(7)]
    assert seen == [True] * 5 + [False] * 2
    assert "data-ad=" in read(client.application.test_client(), "/market")
    place_desk.sleep(1)
    assert "data-ad=" in read(client, "/market")


def test_a_popup_comes_once_a_day_and_only_its_script_records_it(
    place_desk: PlaceDesk, client: FlaskClient
) -> None:
    owner = place_desk.ads.member()
    made = place_desk.running(owner, place_desk.place(kind=AdKind.POPUP))
    page = read(client, "/market")
    assert search(r"<dialog(?![^>]* open)[^>]*data-ad=", page)
    assert _views() == []
    for _again in range(2):
        answer = client.post(
            "/ads/shown", data={"token": _token(page)}, headers={"User-Agent": BROWSER}
        )
        assert answer.status_code == 204
    assert _views() == [(made.id, True)]
    assert "data-ad=" not in read(client, "/market")
    place_desk.sleep(1)
    assert "data-ad=" in read(client, "/market")


@pytest.mark.parametrize(("page_at", "opened_at"), [(-1, 0), (0, -1)])
def test_a_popup_that_opens_on_another_day_than_its_page_is_not_recorded(
    place_desk: PlaceDesk, client: FlaskClient, page_at: int, opened_at: int
) -> None:
    """The minutes are counted from midnight in the hub's zone, half past six in UTC."""
    made = place_desk.running(place_desk.ads.member(), place_desk.place(kind=AdKind.POPUP))
    midnight = clock.now().replace(hour=18, minute=30)

    def opened(minutes: int) -> int:
        clock.set_to(midnight + timedelta(minutes=minutes))
        return client.post("/ads/shown", data=form, headers={"User-Agent": BROWSER}).status_code

    clock.set_to(midnight + timedelta(minutes=page_at))
    form = {"token": _token(read(client, "/market"))}
    assert opened(opened_at) == 404
    assert _views() == []
    assert opened(page_at) == 204
    assert _views() == [(made.id, True)]


def test_a_view_is_seen_once(running: Booking, client: FlaskClient) -> None:
    token = _token(read(client, "/market"))
    for _again in range(3):
        answer = client.post("/ads/seen", data={"token": token}, headers={"User-Agent": BROWSER})
        assert answer.status_code == 204
    assert db.session.query(DisplaySeen).count() == 1


def test_a_click_leads_to_the_bookings_address_and_counts_once(
    running: Booking, place_desk: PlaceDesk, client: FlaskClient
) -> None:
    token = _token(read(client, "/market"))
    answer = _follow(client, token)
    assert (answer.status_code, answer.location) == (303, SITE)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    _follow(client, token)
    _follow(client, _token(read(client, "/market")))
    assert _follow(client, token, ROBOT).location == SITE
    client.head(f"/go-ad/{token}", headers={"User-Agent": BROWSER})
    other = client.application.test_client()
    _follow(other, _token(read(other, "/market")))
    assert _reasons() == ["", "repeated", "repeated", "robot", ""]
    place_desk.sleep(2)
    assert _follow(client, token).location == SITE
    assert _reasons()[-1] == "expired"
    total = display_queries.report(running).total
    assert (total.views, total.seen, total.clicks) == (3, 0, 2)


def test_forged_tokens_lead_nowhere(running: Booking, client: FlaskClient) -> None:
    token = _token(read(client, "/market"))
    forged = serving.token_of(
        "another secret",
        serving.Shown(
            "0" * 13,
            AdPage.MARKET,
            AdKind.BANNER,
            running.creative,
            True,
            running.id,  # type: ignore[arg-type]
        ),
    )
    for wrong in (forged, token[:-1], f"{token}x", "https://evil.example", "x", f".{token}"):
        assert _follow(client, wrong).status_code == 404, wrong
        for path in ("/ads/seen", "/ads/shown"):
            answer = client.post(path, data={"token": wrong}, headers={"User-Agent": BROWSER})
            assert answer.status_code == 404, wrong
    assert _follow(client, f"{token}?next=https://evil.example").location == SITE
    assert _reasons() == [""]
    assert db.session.query(DisplaySeen).count() == 0


def test_views_are_spread_evenly_over_the_days(place_desk: PlaceDesk, client: FlaskClient) -> None:
    place = place_desk.place(pricing=Pricing.THOUSAND_VIEWS)
    made = place_desk.running(place_desk.ads.member(), place, first=1, last=4, thousands=1)
    assert [serving.due_by(made, place_desk.day(number)) for number in range(-1, 5)] == [
        0,
        250,
        500,
        750,
        1000,
        1000,
    ]
    reader = serving.Reader(place_desk.ads.member())
    ads = serving.page_ads(AdPage.MARKET)
    assert serving.booked(ads, AdKind.BANNER, reader) is not None
    full = serving.PageAds(ads.page, ads.day, ads.bookings, (), ads.today, {made.id: 250})
    assert serving.booked(full, AdKind.BANNER, reader) is None


@hypothesis_settings(max_examples=examples(60))
@given(units=st.integers(1, 10**8), days=st.integers(1, 92))
def test_the_pace_ends_with_all_views(units: int, days: int) -> None:
    first = clock.today("UTC")
    booking = Booking(units=units, starts_on=first, ends_on=first + timedelta(days=days - 1))
    due = [serving.due_by(booking, first + timedelta(days=number)) for number in range(-1, days)]
    assert (due[0], due[-1]) == (0, units)
    steps = [later - earlier for earlier, later in zip(due, due[1:], strict=False)]
    assert max(steps) - min(steps) <= 1


def test_a_paused_one_and_one_of_a_retired_place(
    running: Booking, place_desk: PlaceDesk, client: FlaskClient
) -> None:
    places.retire(place_desk.ads.clerk, running.place.public_id, running.place.version)
    assert "data-ad=" in read(client, "/market")
    display_review.pause(place_desk.ads.clerk, running.public_id, running.version, "why")
    assert "data-ad=" not in read(client, "/market")


def test_every_page_has_its_places(
    place_desk: PlaceDesk, make: Factories, client: FlaskClient
) -> None:
    listing = make.listing()
    paths = {
        AdPage.MARKET: "/market",
        AdPage.COMMODITY: "/market/commodities/onion",
        AdPage.LISTING: f"/market/listings/{listing.public_id}",
        AdPage.FRONT: "/",
    }
    owner = place_desk.ads.member("10000.00")
    for page in AdPage:
        for kind in AdKind:
            place_desk.paid(owner, place_desk.place(page, kind))
    place_desk.sleep(1)
    for path in paths.values():
        found = findall(r'data-ad="(\w+)"', read(client, path))
        assert sorted(found) == sorted(kind.value for kind in AdKind), path


def test_between_booked_and_the_houses_own_comes_the_auction(committed_app: Flask) -> None:
    with committed_app.app_context():
        desk = PlaceDesk(AdDesk(Factories()))
        desk.house(AdPage.LISTING)
        seller = desk.ads.member(alias="T-77777", legal_name="Secret Sellers Ltd.")
        sponsored = desk.ads.listing(seller).public_id
        campaign = desk.ads.running(
            seller, listing=_listing(sponsored), keywords=(), commodities=("onion",)
        )
        shown_on = f"/market/listings/{desk.ads.make.listing().public_id}"
        booked = desk.place(AdPage.LISTING, AdKind.TEXT)
    client = committed_app.test_client()
    page = read(client, shown_on)
    assert "Advertising · sponsored listings" in page
    assert "T-77777" in page
    assert "Secret Sellers" not in page
    assert "From the hub" not in page
    link = search(r'href="(/go/[^"]+)"', page)
    assert link is not None
    answer = client.get(link[1], headers={"User-Agent": BROWSER})
    assert answer.location == f"/market/listings/{sponsored}"
    assert "From the hub" in read(client, f"/market/listings/{sponsored}")
    with committed_app.app_context():
        impressions = db.session.scalars(select(Impression.campaign_id)).all()
        assert impressions == [campaign.id]
        desk.running(desk.ads.member(), booked)
    assert "paid by" in read(client, shown_on)


def _listing(public_id: str) -> Listing:
    return db.session.scalars(select(Listing).where(Listing.public_id == public_id)).one()
