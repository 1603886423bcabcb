"""Reading places and bookings: what is offered and free, whose they are, what they got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from hub.ads.display import money as booking_money
from hub.ads.display.bookings import BOOKABLE_DAYS
from hub.ads.display.models import (
    AdPlace,
    Booking,
    CampaignState,
    Creative,
    DisplayClick,
    DisplaySeen,
    DisplayView,
    HouseAd,
)
from hub.ads.display.places import taken_by_day
from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.files import StoredFile
from hub.core.i18n import _
from hub.core.money import Money

PAGE_SIZE = 30
#: The states in which everybody may see a booking's picture.
_PUBLIC_STATES = (
    CampaignState.SCHEDULED,
    CampaignState.RUNNING,
    CampaignState.COMPLETED,
)
_OVER = (CampaignState.COMPLETED, CampaignState.CANCELLED, CampaignState.REJECTED)


def offered_places() -> Sequence[AdPlace]:
    """The places that can be booked, by page and kind."""
    return db.session.scalars(
        select(AdPlace)
        .where(AdPlace.retired_at.is_(None), AdPlace.currency == settings.current().fee_currency)
        .order_by(AdPlace.page, AdPlace.kind)
    ).all()


def all_places() -> Sequence[AdPlace]:
    """All places, those that are offered first."""
    return db.session.scalars(
        select(AdPlace).order_by(
            AdPlace.retired_at.is_not(None), AdPlace.page, AdPlace.kind, AdPlace.id
        )
    ).all()


def house_ads() -> Sequence[HouseAd]:
    """The house's own advertisements, those that are shown first."""
    return db.session.scalars(
        select(HouseAd).order_by(HouseAd.active.desc(), HouseAd.page, HouseAd.kind, HouseAd.id)
    ).all()


@dataclass(frozen=True)
class CalendarDay:
    """How many bookings a day still has room for; ``bookable`` is false for days out of reach."""

    day: date
    free: int
    bookable: bool


def calendar(place: AdPlace) -> list[list[CalendarDay]]:
    """What is free of a place, month by month, as far ahead as can be booked."""
    today = settings.today()
    first, last = today.replace(day=1), today + timedelta(days=BOOKABLE_DAYS)
    taken = taken_by_day(place.id, today, last)
    months: list[list[CalendarDay]] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.day == 1:
            months.append([])
        free = max(place.capacity - taken.get(day, 0), 0)
        months[-1].append(CalendarDay(day, free, bookable=day > today))
    return months


def latest_bookings(actor: Actor, limit: int = 10) -> Sequence[Booking]:
    """The company's bookings that aren't over, newest first, then others, at most ``limit``."""
    return db.session.scalars(
        select(Booking)
        .where(Booking.company_id == (actor.company_id or 0))
        .order_by(Booking.state.in_(_OVER), Booking.id.desc())
        .limit(limit)
    ).all()


def review_page(actor: Actor, cursor: str | None = None) -> Page:
    """Bookings that wait for review, the longest waiting first; for those who may see them."""
    actor.require(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR)
    return _page([Booking.state == CampaignState.PENDING_REVIEW], cursor, descending=False)


def waiting_for_review() -> int:
    """How many bookings wait for review."""
    return int(
        db.session.scalar(select(func.count()).where(Booking.state == CampaignState.PENDING_REVIEW))
        or 0
    )


def _page(conditions: list[ColumnElement[bool]], cursor: str | None, *, descending: bool) -> Page:
    wanted = select(Booking).options(joinedload(Booking.company)).where(*conditions)
    keys = [SortKey(Booking.id, descending)]
    rows = db.session.scalars(keyset(wanted, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


@dataclass(frozen=True)
class Got:
    """What a booking got, and what of its price that took."""

    views: int
    seen: int
    clicks: int
    cost: Money


@dataclass(frozen=True)
class ReportDay:
    """What a booking got on one day."""

    day: date
    figures: Got


@dataclass(frozen=True)
class Report:
    """A booking day by day, as far as it has gone, and altogether."""

    days: tuple[ReportDay, ...]
    total: Got


def report(booking: Booking) -> Report:
    """What a booking got so far. Today's cost is what it will be if the day ends as it is now."""
    until = min(settings.today() + timedelta(days=1), booking.after_end)
    if booking.state in _OVER:
        until = min(until, booking.counted_until)
    units = booking_money.units_by_day(booking, booking.starts_on, until)
    figures = {row.day: row for row in _figures(booking.id)}
    days, delivered = [], 0
    for day, count in units.items():
        before = booking_money.earned_by(booking, delivered)
        delivered += count
        row = figures.get(day)
        got = Got(
            views=int(row.views) if row else 0,
            seen=int(row.seen) if row else 0,
            clicks=int(row.clicks) if row else 0,
            cost=booking_money.earned_by(booking, delivered) - before,
        )
        days.append(ReportDay(day, got))
    total = Got(
        views=sum(each.figures.views for each in days),
        seen=sum(each.figures.seen for each in days),
        clicks=sum(each.figures.clicks for each in days),
        cost=booking_money.earned_by(booking, delivered),
    )
    return Report(tuple(days), total)


def _figures(booking_id: int) -> Sequence[Any]:
    """Views, viewable views and clicks that count, by day."""
    clicked = select(DisplayClick.view_id).where(DisplayClick.reason == "").distinct().subquery()
    return db.session.execute(
        select(
            DisplayView.day,
            func.count(DisplayView.id).label("views"),
            func.count(DisplaySeen.view_id).label("seen"),
            func.count(clicked.c.view_id).label("clicks"),
        )
        .outerjoin(DisplaySeen, DisplaySeen.view_id == DisplayView.id)
        .outerjoin(clicked, clicked.c.view_id == DisplayView.id)
        .where(DisplayView.booking_id == booking_id, DisplayView.counted.is_(True))
        .group_by(DisplayView.day)
    ).all()


def artwork_file(actor: Actor, public_id: str) -> tuple[StoredFile, bool]:
    """The picture of an advertisement, and whether everybody may see it.

    Raises:
        NotFound: there is none, or it isn't the actor's to see.
    """
    creative = db.session.scalar(select(Creative).where(Creative.public_id == public_id))
    missing = NotFound(_("There is no such picture, or it isn't yours to see."))
    if creative is None or creative.file is None:
        raise missing
    of_house = select(HouseAd.id).where(HouseAd.creative_id == creative.id)
    shown = select(Booking.id).where(
        Booking.creative_id == creative.id, Booking.state.in_(_PUBLIC_STATES)
    )
    if any(db.session.scalar(each.limit(1)) is not None for each in (of_house, shown)):
        return creative.file, True
    if actor.has(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR):
        return creative.file, False
    own = select(Booking.id).where(
        Booking.creative_id == creative.id, Booking.company_id == (actor.company_id or 0)
    )
    if db.session.scalar(own.limit(1)) is None:
        raise missing
    return creative.file, False
