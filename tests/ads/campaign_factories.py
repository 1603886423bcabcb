"""What tests of sponsored places need: members with money, listings, and campaigns that run."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.accounts.models import Company
from hub.ads.ranking import campaigns
from hub.ads.ranking.campaigns import Terms
from hub.ads.ranking.models import Campaign
from hub.ads.ranking.targeting import Aim, aim
from hub.core import clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.words import read_search
from hub.market.labels import labels_with
from hub.payments import services as payments
from hub.posting.models import Listing
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk, rupees

#: Noon in the hub's zone (India is 5:30 ahead of UTC).
NOON = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)


@dataclass
class AdDesk:
    """The hub's advertising desk, its clerk, and the members who advertise. Time stands at noon."""

    make: Factories

    def __post_init__(self) -> None:
        clock.set_to(NOON)
        self.finance = FinanceDesk(self.make)
        self.clerk = self.make.staff(StaffRole.ADVERTISING)

    def member(self, balance: str = "1000.00", **values: Any) -> Actor:
        """An owner of a verified company whose account holds ``balance`` rupees."""
        owner = self.make.trader(self.make.company(**values))
        wallet = payments.open_wallet(owner, owner.company_id or 0, "INR")
        if rupees(balance):
            number = f"S-{wallet.id}"
            self.finance.bank_sends(Entry(balance, structured=wallet.reference), number=number)
        return owner

    def listing(self, owner: Actor, **values: Any) -> Listing:
        """An open listing of the owner's company."""
        company = db.session.get_one(Company, owner.company_id)
        return self.make.listing(company=company, **values)

    def terms(self, listing: Listing, **changes: Any) -> Terms:
        """A campaign on the word onion: 4.00 a click, 40.00 a day, 400.00 in all."""
        usual: dict[str, Any] = {
            "name": "Onions first",
            "listing_id": listing.public_id,
            "max_bid": rupees("4.00"),
            "daily_budget": rupees("40.00"),
            "total_budget": rupees("400.00"),
            "starts_on": settings.today(),
            "ends_on": None,
            "keywords": ("onion",),
            "commodities": (),
        }
        return Terms(**(usual | changes))

    def draft(self, owner: Actor, listing: Listing | None = None, **changes: Any) -> Campaign:
        found = listing or self.listing(owner)
        return campaigns.create_draft(owner, self.terms(found, **changes))

    def submitted(self, owner: Actor, listing: Listing | None = None, **changes: Any) -> Campaign:
        draft = self.draft(owner, listing, **changes)
        return campaigns.submit(owner, draft.public_id, draft.version)

    def running(
        self, owner: Actor | None = None, listing: Listing | None = None, **changes: Any
    ) -> Campaign:
        """An approved campaign; it waits if its first day is still to come."""
        campaign = self.submitted(owner or self.member(), listing, **changes)
        return campaigns.approve(self.clerk, campaign.public_id, campaign.version)


def searching(text: str, *commodity_ids: int) -> Aim:
    """What a page is about that shows these commodities or was searched for ``text``."""
    known = labels_with(set(commodity_ids), set())
    return aim(read_search(text), commodity_ids, known.commodities)
