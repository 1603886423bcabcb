"""What the hub lives on, one of each kind: plans, partners, inquiries, advertising."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from flask import current_app

from hub.ads.display import bookings, house_ads, places, serving
from hub.ads.display import review as display_review
from hub.ads.display.artwork import Given
from hub.ads.display.jobs import advance_bookings
from hub.ads.display.models import AdKind, AdPage, AdPlace, Booking, Pricing
from hub.ads.ranking import campaigns, clicks
from hub.ads.ranking.models import Campaign, Surface
from hub.ads.services import aim, sponsored
from hub.affiliates import services as affiliates
from hub.affiliates.models import Partner
from hub.affiliates.terms import terms_for
from hub.core import clock, settings
from hub.core.actor import ANONYMOUS, Actor
from hub.core.db.base import db
from hub.core.money import Money
from hub.core.words import read_search
from hub.market.labels import labels
from hub.membership import services as membership
from hub.membership.commission.services import add_rule
from hub.membership.models.plans import BillingInterval, Plan
from hub.negotiation import services as negotiation
from hub.negotiation.asking import Question
from hub.negotiation.models import Ground, Inquiry
from hub.payments import services as payments
from hub.payments.invoices.queries import invoice_of
from hub.posting.models import Listing
from tests.dispatch.dispatch_factories import picture

WORD = "onion"
SITE = "https://www.example.org/offers"


@dataclass(frozen=True)
class Actors:
    """Who makes it; the supplier has money in its account."""

    supplier: Actor
    purchaser: Actor
    stranger: Actor
    advertising: Actor
    administrator: Actor


def transfer_to_account(owner: Actor) -> dict[str, str]:
    """What the bank states of a transfer that tops up the account of the owner's company."""
    wallet = payments.open_wallet(owner, owner.company_id or 0, "INR")
    return {"payer": owner.company_name, "amount": "50000.00", "reference": wallet.reference}


class Income:
    """Makes one of each; ``ids`` holds what addresses and forms name.

    ``asked`` and ``answered`` are open listings of the supplier. Of campaigns and bookings there
    are a draft, one in review, and one that runs.
    """

    def __init__(self, actors: Actors, asked: Listing, answered: Listing) -> None:
        self.actors = actors
        self.ids: dict[str, str] = {}
        self._offer_plans()
        self._take_partners()
        self._inquire(asked, answered)
        self._bid(answered)
        self._book()
        self._show_ads()

    # -- members and partners ----------------------------------------------------------------

    def _offer_plans(self) -> None:
        """Nothing is limited, so that nothing else is refused for want of a plan."""
        administrator, supplier = self.actors.administrator, self.actors.supplier
        plan, higher = self._plan("trade", 1, "100.00"), self._plan("trade-plus", 2, "300.00")
        subscription = membership.subscribe(
            supplier, plan.current.public_id, BillingInterval.MONTH, "INR", from_wallet=True
        )
        coupon = membership.create_coupon(
            administrator, membership.CouponDraft("HARVEST", share=Decimal("0.2"))
        )
        rule = add_rule(
            administrator,
            rate=Decimal("0.01"),
            valid_from=settings.today() + timedelta(days=30),
            note="From next season on.",
        )
        self.ids |= {
            "plan": plan.public_id,
            "plan_version": str(plan.version),
            "offer": plan.current.public_id,
            "higher_offer": higher.current.public_id,
            "subscription": subscription.public_id,
            "coupon": coupon.public_id,
            "rule": rule.public_id,
            "rule_version": str(rule.version),
            "plan_end": (settings.today() + timedelta(days=60)).isoformat(),
        }

    def _plan(self, code: str, rank: int, price: str) -> Plan:
        prices = [membership.PriceDraft(BillingInterval.MONTH, "INR", Decimal(price))]
        draft = membership.PlanDraft(name=code.title(), rank=rank, prices=prices)
        return membership.create_plan(self.actors.administrator, code, draft)

    def _take_partners(self) -> None:
        mark = terms_for(None).mark
        affiliates.join(self.actors.supplier, mark)
        partner: Partner = affiliates.join(self.actors.stranger, mark)
        self.ids |= {
            "partner": partner.public_id,
            "partner_version": str(partner.version),
            "partner_code": partner.code,
            "partner_terms": mark,
        }

    # -- inquiries -----------------------------------------------------------------------------

    def _inquire(self, asked: Listing, answered: Listing) -> None:
        administrator, supplier = self.actors.administrator, self.actors.supplier
        negotiation.set_price(administrator, asked.commodity.code, Decimal(80))
        sealed = self._ask(self.actors.purchaser, asked)
        opened = self._ask(self.actors.purchaser, answered)
        paid = self._ask(self.actors.stranger, asked)
        negotiation.open_inquiry(supplier, paid.public_id, paid.price_minor)
        negotiation.contest(supplier, paid.public_id, Ground.OTHER_GOODS, "They want a forklift.")
        db.session.refresh(paid)
        self.ids |= {
            "sealed": sealed.public_id,
            "sealed_price": str(sealed.price_minor),
            "opened": opened.public_id,
            "contested": paid.public_id,
            "contested_version": str(paid.contest.version if paid.contest else 0),
        }

    def _ask(self, who: Actor, listing: Listing) -> Inquiry:
        return negotiation.ask(who, listing.public_id, Question("Is it from this harvest?"))

    # -- campaigns and bookings ----------------------------------------------------------------

    def _bid(self, listing: Listing) -> None:
        supplier, clerk = self.actors.supplier, self.actors.advertising
        draft, pending, running = (self._campaign(listing) for _number in range(3))
        for each in (pending, running):
            campaigns.submit(supplier, each.public_id, each.version)
        db.session.refresh(running)
        campaigns.approve(clerk, running.public_id, running.version)
        self._keep("campaign", draft, pending, running)

    def _campaign(self, listing: Listing) -> Campaign:
        terms = campaigns.Terms(
            name="Onions first",
            listing_id=listing.public_id,
            max_bid=_rupees(4),
            daily_budget=_rupees(40),
            total_budget=_rupees(400),
            starts_on=settings.today(),
            ends_on=None,
            keywords=(WORD,),
            commodities=(listing.commodity.code,),
        )
        return campaigns.create_draft(self.actors.supplier, terms)

    def _book(self) -> None:
        supplier, clerk = self.actors.supplier, self.actors.advertising
        terms = places.PlaceTerms(728, 90, Pricing.DAY, Decimal(100), 3)
        place = places.add(clerk, AdPage.MARKET, AdKind.BANNER, terms)
        # The first day can be tomorrow at the earliest, so the one that runs was booked before.
        with clock.standing_at(clock.now() - timedelta(days=1)):
            running = self._with_artwork(place)
            bookings.submit(supplier, running.public_id, running.version)
            display_review.approve(clerk, running.public_id, running.version)
            invoice = invoice_of(running.subject)
            assert invoice is not None
            payments.pay_from_wallet(supplier, invoice.public_id)
        advance_bookings()
        draft, pending = self._booking(place), self._with_artwork(place)
        bookings.submit(supplier, pending.public_id, pending.version)
        self._keep("booking", draft, pending, running)
        assert pending.creative is not None
        assert running.creative is not None
        self.ids |= {
            "fee_invoice": invoice.public_id,
            "place": place.public_id,
            "place_version": str(place.version),
            "pending_artwork": pending.creative.public_id,
            "running_artwork": running.creative.public_id,
        }

    def _booking(self, place: AdPlace) -> Booking:
        first = settings.today() + timedelta(days=1)
        span = (first, first + timedelta(days=9))
        price = str(bookings.price_of(place, *span, None))
        return bookings.book(self.actors.supplier, place.public_id, *span, None, price)

    def _with_artwork(self, place: AdPlace) -> Booking:
        made = self._booking(place)
        banner = ("banner.png", picture(728, 90, "PNG"))
        given = Given(target=SITE, alternative="Fresh onions every week", picture=banner)
        return bookings.set_artwork(self.actors.supplier, made.public_id, made.version, given)

    def _keep(self, kind: str, *things: Campaign | Booking) -> None:
        for state, thing in zip(("draft", "pending", "running"), things, strict=True):
            db.session.refresh(thing)
            expected = "pending_review" if state == "pending" else state
            assert thing.state.value == expected
            self.ids |= {
                f"{state}_{kind}": thing.public_id,
                f"{state}_{kind}_version": str(thing.version),
            }

    # -- what readers were shown -----------------------------------------------------------------

    def _show_ads(self) -> None:
        """A house ad on the front page; a banner and a sponsored listing that were shown once."""
        words = Given(target="/register", headline="Sell here", text="It costs nothing to begin.")
        house = house_ads.add(self.actors.advertising, AdPage.FRONT, AdKind.TEXT, words)
        reader = serving.Reader(ANONYMOUS)
        shown = serving.booked(serving.page_ads(AdPage.MARKET), AdKind.BANNER, reader)
        assert shown is not None
        serving.record([shown], "")
        search = aim(read_search(WORD), (), labels().commodities)
        auction = sponsored(Surface.SEARCH, search)
        assert auction.auction_public_id is not None
        secret, campaign_id = str(current_app.config["SECRET_KEY"]), auction.placed[0].campaign_id
        self.ids |= {
            "house_ad": house.public_id,
            "house_ad_version": str(house.version),
            "ad_token": serving.token_of(secret, shown),
            "click_token": clicks.click_token(secret, auction.auction_public_id, campaign_id),
        }


def _rupees(amount: int) -> Money:
    return Money.from_decimal(Decimal(amount), "INR")
