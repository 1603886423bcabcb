"""Time: instants in UTC, days in a zone, also where clocks change, and a clock that is set."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from hub.core import clock, settings
from hub.core.actor import SYSTEM
from hub.core.use_case import use_case

A_MOMENT = timedelta(microseconds=1)

pytestmark = pytest.mark.one_database


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        # The last Sunday of March has 23 hours in Berlin, that of October 25.
        ("Europe/Berlin", date(2025, 3, 29), utc(2025, 3, 28, 23), utc(2025, 3, 29, 23)),
        ("Europe/Berlin", date(2025, 3, 30), utc(2025, 3, 29, 23), utc(2025, 3, 30, 22)),
        ("Europe/Berlin", date(2025, 10, 26), utc(2025, 10, 25, 22), utc(2025, 10, 26, 23)),
        # In Beirut and in Havana clocks change at midnight itself, on Lord Howe by half an hour.
        ("Asia/Beirut", date(2025, 3, 30), utc(2025, 3, 29, 22), utc(2025, 3, 30, 21)),
        ("America/Havana", date(2025, 11, 2), utc(2025, 11, 2, 4), utc(2025, 11, 3, 5)),
        ("Australia/Lord_Howe", date(2025, 4, 6), utc(2025, 4, 5, 13), utc(2025, 4, 6, 13, 30)),
        ("Asia/Kolkata", date(2028, 2, 29), utc(2028, 2, 28, 18, 30), utc(2028, 2, 29, 18, 30)),
        ("Asia/Kathmandu", date(2027, 3, 1), utc(2027, 2, 28, 18, 15), utc(2027, 3, 1, 18, 15)),
        ("Pacific/Kiritimati", date(2027, 1, 1), utc(2026, 12, 31, 10), utc(2027, 1, 1, 10)),
        ("UTC", date(2028, 2, 29), utc(2028, 2, 29), utc(2028, 3, 1)),
    ],
)
def test_a_day_is_the_zone_s_from_its_first_moment_to_its_last(
    zone: str, day: date, begins: datetime, ends: datetime
) -> None:
    assert clock.date_of(begins - A_MOMENT, zone) == day - timedelta(days=1)
    assert clock.date_of(begins, zone) == day
    assert clock.date_of(ends - A_MOMENT, zone) == day
    assert clock.date_of(ends, zone) == day + timedelta(days=1)
    with clock.standing_at(begins):
        assert clock.today(zone) == day
    # Who tells the instant by another clock means the same day.
    elsewhere = ZoneInfo("America/New_York")
    assert clock.date_of(begins.astimezone(elsewhere), zone) == day


def test_both_two_o_clocks_of_the_long_day_are_on_it() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for fold in (0, 1):
        instant = datetime(2025, 10, 26, 2, 30, tzinfo=berlin, fold=fold)
        with clock.standing_at(instant):
            assert clock.now() == utc(2025, 10, 26, fold, 30)
            assert clock.today("Europe/Berlin") == date(2025, 10, 26)


def test_today_is_the_hub_s_own_day(app: Flask) -> None:
    with clock.standing_at(utc(2028, 2, 28, 18, 30)):
        assert settings.today() == date(2028, 2, 29)
        use_case(lambda: settings.change(SYSTEM, time_zone="America/New_York"))()
        assert settings.today() == date(2028, 2, 28)


def test_the_real_time_runs_on_in_utc() -> None:
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first <= second
    with pytest.raises(RuntimeError, match="can't be moved"):
        clock.advance(timedelta(hours=1))
    assert clock.now() - second < timedelta(hours=1)


def test_a_set_clock_stands_and_moves_only_when_it_is_moved() -> None:
    with clock.standing_at(utc(2028, 2, 29)):
        noon = datetime(2028, 2, 29, 12, tzinfo=ZoneInfo("Asia/Kolkata"))
        clock.set_to(noon)
        assert clock.now() == noon
        assert clock.now().tzinfo is UTC
        clock.advance(timedelta(hours=12))
        assert clock.now() == utc(2028, 2, 29, 18, 30)
        clock.advance(timedelta(days=-1))
        assert clock.now() == utc(2028, 2, 28, 18, 30)
        clock.set_to(None)
        assert clock.now() != utc(2028, 2, 28, 18, 30)


def test_an_instant_without_a_zone_sets_nothing() -> None:
    instant = utc(2028, 2, 29)
    with clock.standing_at(instant):
        with pytest.raises(ValueError, match="time zone"):
            clock.set_to(instant.replace(tzinfo=None))
        assert clock.now() == instant


def test_a_clock_that_stood_for_a_while_is_as_it_was_before() -> None:
    outer, inner = utc(2028, 2, 28), utc(2028, 2, 29)
    with clock.standing_at(outer):
        with clock.standing_at(inner):
            assert clock.now() == inner
        assert clock.now() == outer
        with pytest.raises(KeyError), clock.standing_at(inner):
            raise KeyError
        assert clock.now() == outer
    assert clock.now() != outer
