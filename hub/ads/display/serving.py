"""Which advertisement fills a place of a page: booked ones in turn, at last the house's own.

Choosing only reads. What was shown is recorded afterwards, one row for each, by :func:`record`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import AccountState, Company
from hub.ads.display.models import (
    AdKind,
    AdPage,
    AdPlace,
    Booking,
    CampaignState,
    Creative,
    DisplayView,
    HouseAd,
)
from hub.core import clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.db.statements import insert_or_ignore
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case

#: One browser sees one booking at most so many times a day.
MOST_A_DAY = 5
_SALT = "display"
#: A booking is shown from its first day on, even before the job says that it runs.
_SHOWN_STATES = (CampaignState.SCHEDULED, CampaignState.RUNNING)


@dataclass(frozen=True)
class Reader:
    """Who looks at a page, and what this browser was shown today."""

    actor: Actor
    is_robot: bool = False
    popup_shown: bool = False
    shown: Mapping[int, int] = field(default_factory=dict)

    @property
    def wants_none(self) -> bool:
        """Machines and the hub's own people are shown no advertising."""
        return self.is_robot or self.actor.is_staff


@dataclass(frozen=True)
class PageAds:
    """All that may fill the places of one page today.

    ``today`` counts the views of the day by booking, ``delivered`` those since its beginning.
    """

    page: AdPage
    day: date
    bookings: Sequence[Booking]
    house_ads: Sequence[HouseAd]
    today: Mapping[int, int]
    delivered: Mapping[int, int]


@dataclass(frozen=True)
class Shown:
    """An advertisement chosen for a place; ``payer`` is empty for the house's own."""

    view_id: str
    page: AdPage
    kind: AdKind
    creative: Creative
    counted: bool
    booking_id: int | None = None
    house_ad_id: int | None = None
    width: int | None = None
    height: int | None = None
    payer: str = ""


def page_ads(page: AdPage) -> PageAds:
    """What may be shown on a page today."""
    today = settings.today()
    bookings = db.session.scalars(
        select(Booking)
        .join(Booking.place)
        .join(Company, Company.id == Booking.company_id)
        .options(joinedload(Booking.company))
        .where(
            AdPlace.page == page,
            Booking.state.in_(_SHOWN_STATES),
            Booking.starts_on <= today,
            Booking.ends_on >= today,
            Company.account_state == AccountState.ACTIVE,
        )
        .order_by(Booking.id)
    ).all()
    house_ads = db.session.scalars(
        select(HouseAd).where(HouseAd.page == page, HouseAd.active.is_(True)).order_by(HouseAd.id)
    ).all()
    counts = _counts(bookings)
    return PageAds(
        page,
        today,
        bookings,
        house_ads,
        today={booking.id: counts.get((booking.id, today), 0) for booking in bookings},
        delivered={
            booking.id: booking.delivered
            + sum(
                count
                for (booking_id, day), count in counts.items()
                if booking_id == booking.id and day >= booking.counted_until
            )
            for booking in bookings
        },
    )


def _counts(bookings: Sequence[Booking]) -> dict[tuple[int, date], int]:
    """Views that count by booking and day, as far as the bookings haven't counted them yet."""
    if not bookings:
        return {}
    rows = db.session.execute(
        select(DisplayView.booking_id, DisplayView.day, func.count())
        .where(
            DisplayView.booking_id.in_([booking.id for booking in bookings]),
            DisplayView.day >= min(booking.counted_until for booking in bookings),
            DisplayView.counted.is_(True),
        )
        .group_by(DisplayView.booking_id, DisplayView.day)
    )
    return {(booking_id or 0, day): int(count) for booking_id, day, count in rows}


def due_by(booking: Booking, day: date) -> int:
    """So many views of a booking by views are due by the end of ``day``: evenly over its days."""
    passed = (min(day, booking.ends_on) - booking.starts_on + timedelta(days=1)).days
    return -(-booking.units * max(passed, 0) // booking.days)


def may_show(kind: AdKind, reader: Reader) -> bool:
    """Whether this reader is shown anything on a place of this kind now."""
    return not reader.wants_none and not (kind is AdKind.POPUP and reader.popup_shown)


def booked(ads: PageAds, kind: AdKind, reader: Reader) -> Shown | None:
    """The booked advertisement for the place of this kind, if there is one.

    Of several bookings the one with the fewest views today comes first, so that they take turns.
    """
    wanted = [
        booking
        for booking in ads.bookings
        if booking.place.kind is kind
        and reader.shown.get(booking.id, 0) < MOST_A_DAY
        and (not booking.is_by_views or ads.delivered[booking.id] < due_by(booking, ads.day))
    ]
    if not wanted:
        return None
    chosen = min(wanted, key=lambda booking: (ads.today[booking.id], booking.id))
    assert chosen.creative is not None, "the database lets no booking run without artwork"
    return Shown(
        new_public_id(),
        ads.page,
        kind,
        chosen.creative,
        counted=reader.actor.company_id != chosen.company_id,
        booking_id=chosen.id,
        width=chosen.place.width,
        height=chosen.place.height,
        payer=chosen.company.legal_name,
    )


def of_house(ads: PageAds, kind: AdKind) -> Shown | None:
    """The house's own advertisement for the place of this kind, if there is one; they alternate."""
    wanted = [each for each in ads.house_ads if each.kind is kind]
    if not wanted:
        return None
    chosen = wanted[clock.now().minute % len(wanted)]
    creative = chosen.creative
    return Shown(
        new_public_id(),
        ads.page,
        kind,
        creative,
        counted=True,
        house_ad_id=chosen.id,
        width=creative.width,
        height=creative.height,
    )


def token_of(secret: str, shown: Shown) -> str:
    """The signed token by which a page tells of this advertisement."""
    payload = [
        shown.view_id,
        shown.page.value,
        shown.kind.value,
        shown.booking_id,
        shown.house_ad_id,
        settings.today().isoformat(),
        shown.counted,
    ]
    return str(URLSafeSerializer(secret, _SALT).dumps(payload))


def read_token(secret: str, token: str) -> dict[str, Any]:
    """What a token says, by the columns of a view.

    Raises:
        NotFound: it is forged or damaged.
    """
    try:
        view_id, page, kind, booking_id, house_ad_id, day, counted = URLSafeSerializer(
            secret, _SALT
        ).loads(token)
    except BadSignature:
        raise NotFound(_("This link is damaged or wasn't made by the hub.")) from None
    return {
        "public_id": view_id,
        "page": AdPage(page),
        "kind": AdKind(kind),
        "booking_id": booking_id,
        "house_ad_id": house_ad_id,
        "day": date.fromisoformat(day),
        "counted": counted,
    }


@use_case
def record(shown: Iterable[Shown], viewer: str) -> None:
    """Record that these were shown to a browser known today as ``viewer``."""
    today = settings.today()
    for each in shown:
        _insert(
            {
                "public_id": each.view_id,
                "page": each.page,
                "kind": each.kind,
                "booking_id": each.booking_id,
                "house_ad_id": each.house_ad_id,
                "day": today,
                "counted": each.counted,
            },
            viewer,
        )


@use_case
def record_opened(secret: str, token: str, viewer: str) -> tuple[AdKind, int | None]:
    """Record, once, that one that opens by a script was opened; its kind and booking.

    Raises:
        NotFound: the token is forged, damaged or not of today.
    """
    values = read_token(secret, token)
    if values["day"] != settings.today():
        raise NotFound(_("This page is of another day."))
    _insert(values, viewer)
    return values["kind"], values["booking_id"]


def _insert(values: Mapping[str, Any], viewer: str) -> None:
    insert_or_ignore(DisplayView, ["public_id"], **values, at=clock.now(), viewer=viewer)
