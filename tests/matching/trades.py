"""A broker, two companies and listings that fit each other."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.core.actor import Actor, StaffRole
from hub.matching import services
from hub.matching.models import Proposal
from hub.posting.models import Listing, Side
from tests.factories import Factories


@dataclass
class Partners:
    """A supplier of 40 DTN onions at 2,150 and a purchaser who bids 3,050 for 40 DTN."""

    broker: Actor
    supplier: Actor
    purchaser: Actor
    supply: Listing
    demand: Listing


def make_partners(
    make: Factories,
    supply: dict[str, Any] | None = None,
    demand: dict[str, Any] | None = None,
) -> Partners:
    make.freight_rate()
    seller, buyer = make.company("Nashik Growers Ltd."), make.company("Delhi Foods Ltd.")
    return Partners(
        broker=make.staff(StaffRole.BROKER),
        supplier=make.trader(seller, name="Asha Kulkarni"),
        purchaser=make.trader(buyer, name="Rohan Mehta"),
        supply=make.listing(Side.SUPPLY, company=seller, **(supply or {})),
        demand=make.listing(Side.DEMAND, company=buyer, **(demand or {})),
    )


def propose(partners: Partners, quantity: str = "40", price: str = "2400") -> Proposal:
    return services.propose(
        partners.broker,
        partners.supply.public_id,
        partners.demand.public_id,
        Decimal(quantity),
        Decimal(price),
    )


def ask(partners: Partners, quantity: str = "40", price: str = "2400") -> Proposal:
    proposal = propose(partners, quantity, price)
    return services.ask_consent(partners.broker, proposal.public_id, proposal.version)
