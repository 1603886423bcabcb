"""The demo's advertising and inquiries: places, bookings, bids, questions about listings."""

import io
from datetime import timedelta
from decimal import Decimal

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from config import ROOT
from hub.ads.display import bookings, house_ads, places
from hub.ads.display import review as display_review
from hub.ads.display.artwork import Given
from hub.ads.display.jobs import advance_bookings
from hub.ads.display.models import AdKind, AdPage, AdPlace, Booking
from hub.ads.ranking import campaigns
from hub.ads.ranking.jobs import work_through_days
from hub.ads.ranking.terms import Terms
from hub.catalogue.models import Commodity
from hub.core import paths, settings
from hub.core.db.base import db
from hub.core.money import Money
from hub.demo import data, income_data, people
from hub.negotiation import services as negotiation
from hub.negotiation.asking import Question
from hub.negotiation.models import Ground
from hub.payments import services as payments
from hub.payments.invoices.queries import invoice_of
from hub.posting.models import Listing, ListingState, Side

FONT = ROOT / "hub" / "static" / "fonts" / "NotoSans-Bold.ttf"
HEADLINE = "Sell to buyers in eight regions"


def offer_places() -> None:
    """The places for advertising, and what the hub shows on them itself."""
    clerk = people.member_of_staff("Advertising clerk")
    for each in income_data.PLACES:
        terms = places.PlaceTerms(
            each.width, each.height, each.pricing, Decimal(each.price), each.capacity
        )
        places.add(clerk, each.page, each.kind, terms)
    house_ads.add(
        clerk,
        AdPage.LISTING,
        AdKind.TEXT,
        Given(paths.NEW_LISTING, HEADLINE, "Post a listing: the hub reviews it within a day."),
    )


def draw(size: tuple[int, int], lines: tuple[str, str], ground: str) -> bytes:
    """A banner as a PNG: two lines of text on a plain ground."""
    width, height = size
    image = Image.new("RGB", size, ground)
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((0, height - 8, width, height), fill="#f2b84b")
    for number, text in enumerate(lines):
        font = ImageFont.truetype(str(FONT), height // (4 + number * 2))
        pencil.text((height // 4, height // 6 + number * height // 2.5), text, "white", font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Advertisers:
    """Plays what companies book and bid, and how the hub's clerk answers."""

    def __init__(self, companies: list[int]) -> None:
        self.companies = companies
        self.clerk = people.member_of_staff("Advertising clerk")

    def play(self, ago: int) -> None:
        """Everything of one day: bookings made and paid, and what the day itself brings."""
        if ago == 9:
            self._book(3, AdPage.MARKET, ("Doaba potatoes, graded and washed", "Lots from 10 DTN"))
        if ago == 5:
            self._book(0, AdPage.MARKET, ("Onions straight from Nashik", "Picked, cured, bagged"))
        advance_bookings()
        work_through_days()

    def _book(
        self, company: int, page: AdPage, lines: tuple[str, str], *, pay: bool = True
    ) -> None:
        owner = people.owner_of(self.companies[company])
        place = db.session.scalars(
            select(AdPlace).where(AdPlace.page == page, AdPlace.kind == AdKind.BANNER)
        ).one()
        first = settings.today() + timedelta(days=1)
        last = first + timedelta(days=13)
        price = bookings.price_of(place, first, last, None)
        made = bookings.book(owner, place.public_id, first, last, None, str(price))
        self._submit(owner, made, place, lines)
        if pay:
            fresh = self._fresh(made)
            display_review.approve(self.clerk, fresh.public_id, fresh.version)
            invoice = invoice_of(("booking", made.id))
            assert invoice is not None
            payments.pay_from_wallet(owner, invoice.public_id)

    def _submit(self, owner: object, made: Booking, place: AdPlace, lines: tuple[str, str]) -> None:
        size = (place.width or 970, place.height or 120)
        given = Given(
            target="https://www.example.org/",
            alternative=f"{lines[0]}. {lines[1]}.",
            picture=("banner.png", draw(size, lines, "#0d5a73")),
        )
        bookings.set_artwork(owner, made.public_id, self._fresh(made).version, given)  # type: ignore[arg-type]
        bookings.submit(owner, made.public_id, self._fresh(made).version)  # type: ignore[arg-type]

    def _fresh(self, made: Booking) -> Booking:
        return db.session.get_one(Booking, made.id, populate_existing=True)

    def bid(self) -> None:
        """Campaigns on today's listings; one more waits for the clerk, and so does a booking."""
        for described in income_data.CAMPAIGNS:
            listing = self._newest(described.company, described.commodity)
            if listing is None:
                continue
            owner = people.owner_of(self.companies[described.company])
            draft = campaigns.create_draft(
                owner,
                Terms(
                    name=described.name,
                    listing_id=listing.public_id,
                    max_bid=Money.from_decimal(Decimal(described.bid), data.CURRENCY),
                    daily_budget=Money.from_decimal(Decimal(described.daily), data.CURRENCY),
                    total_budget=Money.from_decimal(Decimal(described.total), data.CURRENCY),
                    starts_on=settings.today(),
                    ends_on=settings.today() + timedelta(days=30),
                    keywords=(described.keyword,),
                    commodities=(described.commodity,),
                ),
            )
            sent = campaigns.submit(owner, draft.public_id, draft.version)
            if described.approved:
                campaigns.approve(self.clerk, sent.public_id, sent.version)
        self._book(4, AdPage.MARKET, ("Cotton, long staple", "Ginned in Rajkot"), pay=False)

    def _newest(self, company: int, commodity: str) -> Listing | None:
        return db.session.scalars(
            select(Listing)
            .join(Commodity, Commodity.id == Listing.commodity_id)
            .where(
                Listing.company_id == self.companies[company],
                Commodity.code == commodity,
                Listing.state == ListingState.OPEN,
            )
            .order_by(Listing.id.desc())
        ).first()

    def ask(self) -> None:
        """Inquiries: answered, waiting, masked because they cost something, contested."""
        asked = [
            self._ask(asker, company, text)
            for asker, company, text in (
                (1, 0, "Could you deliver in two loads, ten days apart?"),
                (5, 0, "What is the share of bulbs above 55 mm?"),
                (10, 2, "Is the moisture below 12%, and do you have a certificate?"),
                (7, 8, "Can you hold the price until the end of the month?"),
                (6, 4, "Which staple length do you guarantee?"),
            )
        ]
        if asked[0] is not None:
            owner = people.owner_of(self.companies[0])
            negotiation.write(owner, asked[0], "Yes: the second load is in the store by then.")
        if asked[4] is not None:
            owner = people.owner_of(self.companies[4])
            negotiation.contest(
                owner, asked[4], Ground.OTHER_GOODS, "They asked about yarn, which we don't sell."
            )

    def _ask(self, asker: int, company: int, text: str) -> str | None:
        listing = db.session.scalars(
            select(Listing)
            .where(
                Listing.company_id == self.companies[company],
                Listing.state == ListingState.OPEN,
                Listing.side == Side.SUPPLY,
            )
            .order_by(Listing.id.desc())
        ).first()
        if listing is None:
            return None
        owner = people.owner_of(self.companies[asker])
        return negotiation.ask(owner, listing.public_id, Question(text)).public_id
