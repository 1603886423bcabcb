"""What tests of booked places need: places, artwork, bookings on their way, and readers."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from hub.ads.display import bookings, house_ads, places
from hub.ads.display import review as display_review
from hub.ads.display.artwork import Given
from hub.ads.display.jobs import advance_bookings
from hub.ads.display.models import AdKind, AdPage, AdPlace, Booking, HouseAd, Pricing
from hub.core import clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.payments import services as payments
from hub.payments.invoices.queries import invoice_of
from tests.ads.campaign_factories import AdDesk

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
SITE = "https://www.example.org/offers"


def picture(width: int = 728, height: int = 90, kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new("RGB", (width, height), (13, 90, 115)).save(out, kind)
    return out.getvalue()


def given(**changes: Any) -> Given:
    """Artwork with a picture for a banner."""
    usual: dict[str, Any] = {
        "target": SITE,
        "alternative": "Fresh onions every week",
        "picture": ("banner.png", picture()),
    }
    return Given(**(usual | changes))


def words(**changes: Any) -> Given:
    """Artwork of words."""
    usual = {"target": SITE, "headline": "Fresh onions", "text": "From the field every week."}
    return Given(**(usual | changes))


def read(client: FlaskClient, path: str) -> str:
    """A page as a person's browser gets it."""
    response = client.get(path, headers={"User-Agent": BROWSER})
    assert response.status_code == 200
    return response.text


@dataclass
class PlaceDesk:
    """The hub's places, and members who book them. Time stands at noon of 1 December 2026."""

    ads: AdDesk

    def place(
        self,
        page: AdPage = AdPage.MARKET,
        kind: AdKind = AdKind.BANNER,
        *,
        price: str = "100.00",
        pricing: Pricing = Pricing.DAY,
        capacity: int = 1,
    ) -> AdPlace:
        size = (None, None) if kind is AdKind.TEXT else (728, 90)
        terms = places.PlaceTerms(*size, pricing, Decimal(price), capacity)
        return places.add(self.ads.clerk, page, kind, terms)

    def day(self, number: int) -> date:
        """The date so many days from today."""
        return settings.today() + timedelta(days=number)

    def draft(
        self,
        owner: Actor,
        place: AdPlace,
        first: int = 1,
        last: int = 3,
        thousands: int | None = None,
    ) -> Booking:
        """The days from ``first`` to ``last``, counted from today."""
        span = (self.day(first), self.day(last))
        price = str(bookings.price_of(place, *span, thousands))
        return bookings.book(owner, place.public_id, *span, thousands, price)

    def submitted(self, owner: Actor, place: AdPlace, **days: Any) -> Booking:
        made = self.draft(owner, place, **days)
        artwork = words() if place.kind is AdKind.TEXT else given()
        bookings.set_artwork(owner, made.public_id, made.version, artwork)
        return bookings.submit(owner, made.public_id, made.version)

    def approved(self, owner: Actor, place: AdPlace, **days: Any) -> Booking:
        made = self.submitted(owner, place, **days)
        return display_review.approve(self.ads.clerk, made.public_id, made.version)

    def paid(self, owner: Actor, place: AdPlace, **days: Any) -> Booking:
        """Paid from the owner's account; it runs from its first day on."""
        made = self.approved(owner, place, **days)
        invoice = invoice_of(made.subject)
        assert invoice is not None
        payments.pay_from_wallet(owner, invoice.public_id)
        return self.again(made)

    def running(self, owner: Actor, place: AdPlace, **days: Any) -> Booking:
        """Paid, and its first day has come."""
        made = self.paid(owner, place, **days)
        self.sleep(days.get("first", 1))
        return self.again(made)

    def sleep(self, days: int) -> None:
        """So many days pass, and each day the jobs run."""
        for _number in range(days):
            clock.advance(timedelta(days=1))
            advance_bookings()

    def again(self, booking: Booking) -> Booking:
        """The booking as the database has it now."""
        return db.session.get_one(Booking, booking.id, populate_existing=True)

    def house(self, page: AdPage = AdPage.MARKET, path: str = "/register") -> HouseAd:
        """A text of the house's own."""
        return house_ads.add(self.ads.clerk, page, AdKind.TEXT, words(target=path))
