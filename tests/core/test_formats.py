"""Values as people read them: in their language and zone, with unit and currency."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from hub.core import clock, formats, settings
from hub.core.money import Money
from tests.factories import Factories
from tests.signing_in import sign_in

pytestmark = pytest.mark.one_database


@pytest.fixture
def reading(app: Flask) -> Callable[[str], Any]:
    """Reads in a language: ``with reading("zh_Hans"):``."""

    @contextmanager
    def read_in(language: str) -> Iterator[None]:
        with app.test_request_context(), force_locale(language):
            yield

    return read_in


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (lambda: formats.money(Money(412050, "INR")), "4,120.50 INR"),
        (lambda: formats.money(Money(-412000, "INR")), "-4,120.00 INR"),
        (lambda: formats.money(Money(4120, "JPY")), "4,120 JPY"),
        (lambda: formats.money(Money(4120500, "KWD")), "4,120.500 KWD"),
        (lambda: formats.money(Money(0, "INR")), "0.00 INR"),
        (lambda: formats.money(None), "–"),
        (lambda: formats.number(1234567), "1,234,567"),
        (lambda: formats.number(Decimal("1234.5670")), "1,234.567"),
        (lambda: formats.number(Decimal("0.1234"), 4), "0.1234"),
        (lambda: formats.number(Decimal("2.50"), 0), "2"),
        (lambda: formats.number(0), "0"),
        (lambda: formats.number(None), "–"),
        (lambda: formats.quantity(Decimal("40.000"), "DTN"), "40 DTN"),
        (lambda: formats.quantity(Decimal("40.125"), "DTN"), "40.125 DTN"),
        (lambda: formats.quantity(Decimal("1000")), "1,000"),
        (lambda: formats.quantity(None, "DTN"), "–"),
        (lambda: formats.unit_price(Decimal("4120"), "INR", "DTN"), "4,120 INR/DTN"),
        (lambda: formats.unit_price(Decimal("4120.5"), "INR", "DTN"), "4,120.50 INR/DTN"),
        (lambda: formats.unit_price(Decimal("0.0125"), "INR"), "0.0125 INR"),
        (lambda: formats.unit_price(Decimal("3")), "3"),
        (lambda: formats.unit_price(None, "INR", "DTN"), "–"),
        (lambda: formats.percent(Decimal("0.01")), "1%"),
        (lambda: formats.percent(Decimal("0.012345")), "1.2345%"),
        (lambda: formats.percent(Decimal("0")), "0%"),
        (lambda: formats.file_size(999), "999 B"),
        (lambda: formats.file_size(1000), "1 kB"),
        (lambda: formats.file_size(999_999), "999 kB"),
        (lambda: formats.file_size(1_000_000), "1.0 MB"),
        (lambda: formats.file_size(15_260_000), "15.3 MB"),
        (lambda: formats.short_date(None), "–"),
        (lambda: formats.instant(None), "–"),
        (lambda: formats.relative(None), "–"),
    ],
)
def test_numbers_have_group_marks_and_their_unit(
    reading: Callable[[str], Any], found: Callable[[], str], text: str
) -> None:
    with reading("en"):
        assert found() == text


def test_days_and_instants_are_written_in_the_reader_s_language(
    reading: Callable[[str], Any],
) -> None:
    """The zone is the hub's where the reader has none: 18:30 in UTC is midnight in India."""
    day, moment = date(2028, 2, 29), datetime(2028, 2, 28, 18, 30, tzinfo=UTC)
    with reading("en"):
        assert formats.short_date(day) == "29 Feb 2028"
        assert formats.month(day) == "Feb 2028"
        assert formats.instant(moment) == "29 Feb 2028 00:00"
    with reading("zh_Hans"):
        assert formats.short_date(day) == "2028年2月29日"
        assert formats.month(day) == "2028年2月"
        assert formats.instant(moment) == "2028年2月29日 00:00"


def test_an_instant_is_told_in_the_zone_of_who_reads(
    app: Flask, client: FlaskClient, make: Factories
) -> None:
    """The hour that comes twice when summer ends, and the hour after it."""
    sign_in(client, make.user(make.company(), zone="Europe/Berlin"))
    begin = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    with client:
        assert client.get("/account").status_code == 200
        told = [formats.instant(begin + timedelta(hours=hours)) for hours in range(3)]
    assert told == ["26 Oct 2025 02:30", "26 Oct 2025 02:30", "26 Oct 2025 03:30"]


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=2), "in 2 minutes"),
        (timedelta(hours=-2), "2 hours ago"),
        (timedelta(days=3), "in 3 days"),
    ],
)
def test_an_instant_is_told_by_its_distance(
    reading: Callable[[str], Any], distance: timedelta, text: str
) -> None:
    clock.set_to(clock.now())
    with reading("en"):
        assert formats.relative(clock.now() + distance) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "in 1 day"),
        (-1, "1 day ago"),
        (6, "in 6 days"),
        (10, "in 10 days"),
        (45, "in 45 days"),
        (-400, "400 days ago"),
    ],
)
def test_a_day_is_told_in_days_of_the_hub_s_zone(
    reading: Callable[[str], Any], days: int, text: str
) -> None:
    """A minute after midnight in India, where it is still yesterday in UTC."""
    clock.set_to(clock.now().replace(hour=18, minute=31))
    with reading("en"):
        assert formats.relative(settings.today() + timedelta(days=days)) == text


def test_things_are_named_in_the_reader_s_language(
    reading: Callable[[str], Any], make: Factories
) -> None:
    onion = make.commodity("Onion", names={"zh_Hans": "洋葱"})
    with reading("en"):
        assert formats.named(onion) == "Onion"
    with reading("zh_Hans"):
        assert formats.named(onion) == "洋葱"
        assert formats.named(make.commodity("Garlic")) == "Garlic"
