"""What is checked of reserved quantities: each check tells what breaks its rule, and no more."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Update, update

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.matching.invariants import CHECKS
from hub.matching.models import Origin, Proposal, ProposalState
from hub.posting import counters
from hub.posting.models import Listing, Side
from tests.broken_books import broken, told, unchecked
from tests.factories import Factories
from tests.transactions import rolled_back

CHECKED = [check for _group, _rule, check in CHECKS]
SUPPLY, DEMAND = Side.SUPPLY, Side.DEMAND
CONSENTED, ACCEPTED, DECLINED = (
    ProposalState.CONSENTED,
    ProposalState.ACCEPTED,
    ProposalState.DECLINED,
)


@dataclass
class Market:
    """Listings of 40 each by name: the id and the reference."""

    make: Factories
    found: dict[str, tuple[int, str]] = field(default_factory=dict)

    def list(self, side: Side, *names: str) -> None:
        for name in names:
            made = self.make.listing(side)
            self.found[name] = (made.id, made.reference)

    def propose(
        self, supply: str, demand: str, quantity: int, state: ProposalState, *consents: Side
    ) -> None:
        proposal = Proposal(
            state=state,
            origin=Origin.BROKER,
            supply_id=self.found[supply][0],
            demand_id=self.found[demand][0],
            currency="INR",
            quantity=Decimal(quantity),
            unit_price=Decimal(2600),
            freight_per_unit=Decimal(0),
            freight_rate=Decimal(0),
            kilometres=Decimal(0),
            commission_rate=Decimal(0),
            surplus=Decimal(0),
            created_at=clock.now(),
            supply_consented_at=clock.now() if SUPPLY in consents else None,
            demand_consented_at=clock.now() if DEMAND in consents else None,
        )
        db.session.add(proposal)
        db.session.commit()

    def reserve(self, name: str, quantity: int, filled: int = 0) -> None:
        listing_id = self.found[name][0]
        counters.reserve(SYSTEM, listing_id, Decimal(quantity))
        if filled:
            counters.fill(SYSTEM, listing_id, Decimal(filled))

    def changed(self, name: str, **values: object) -> Update:
        return update(Listing).where(Listing.id == self.found[name][0]).values(**values)


@pytest.fixture(scope="module")
def market(schema_app: Flask) -> Iterator[Market]:
    """Listings that proposals bind in every way, and a free one."""
    with rolled_back(schema_app):
        market = _market(Market(Factories()))
        assert broken(CHECKED) == {}
        yield market


def _market(market: Market) -> Market:
    market.list(SUPPLY, "asked twice", "accepted", "signed", "fallen through", "half asked")
    market.list(SUPPLY, "free")
    market.list(DEMAND, "first", "second", "third", "wanted", "bought", "given up", "declined")
    both = (SUPPLY, DEMAND)
    market.propose("asked twice", "first", 10, CONSENTED, SUPPLY)
    market.propose("asked twice", "second", 20, CONSENTED, SUPPLY)
    market.propose("half asked", "third", 15, CONSENTED, DEMAND)
    market.propose("free", "declined", 40, DECLINED, *both)
    market.propose("accepted", "wanted", 25, ACCEPTED, *both)
    market.propose("accepted", "first", 15, CONSENTED, SUPPLY)
    market.propose("signed", "bought", 25, ACCEPTED, *both)
    market.propose("fallen through", "given up", 25, ACCEPTED, *both)
    for name, quantity in (("asked twice", 30), ("third", 15), ("accepted", 40), ("wanted", 25)):
        market.reserve(name, quantity)
    for name in ("signed", "bought"):
        market.reserve(name, 25, filled=25)
    return market


@pytest.mark.parametrize(
    ("name", "reserved", "filled", "least", "most"),
    [
        ("asked twice", "29.999", "0.000", "30.000", "30.000"),
        ("third", "0.000", "0.000", "15.000", "15.000"),
        ("free", "0.001", "0.000", "0", "0"),
        ("free", "0.000", "0.001", "0", "0"),
        ("asked twice", "30.001", "0.000", "30.000", "30.000"),
        ("asked twice", "30.000", "0.001", "30.000", "30.000"),
        ("asked twice", "0.000", "0.000", "30.000", "30.000"),
        ("accepted", "14.999", "25.000", "15.000", "40.000"),
        ("wanted", "25.001", "0.000", "0", "25.000"),
        ("signed", "0.000", "25.001", "0", "25.000"),
        ("bought", "0.001", "25.000", "0", "25.000"),
    ],
)
def test_what_is_reserved_is_what_was_consented_to_and_no_more(
    market: Market, name: str, reserved: str, filled: str, least: str, most: str
) -> None:
    damage = market.changed(name, reserved=reserved, filled=filled)
    sentence = (
        f"Listing {market.found[name][1]}: {reserved} reserved and {filled} filled, but "
        f"consents ask for {least} and accepted proposals allow for {most} in all."
    )
    assert told(CHECKED, damage) == {"consents_are_reserved": [sentence]}


@pytest.mark.parametrize(
    ("name", "reserved", "filled"),
    [("accepted", "15", "25"), ("accepted", "15", "0"), ("bought", "10", "15")],
)
def test_what_was_accepted_may_be_reserved_filled_or_free_again(
    market: Market, name: str, reserved: str, filled: str
) -> None:
    assert told(CHECKED, market.changed(name, reserved=reserved, filled=filled)) == {}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("free", {"reserved": "-0.001"}),
        ("free", {"filled": "-0.001"}),
        ("accepted", {"quantity": "39.999"}),
        ("bought", {"quantity": "24.999"}),
    ],
)
def test_no_listing_gives_more_than_it_has(
    market: Market, name: str, values: dict[str, str]
) -> None:
    damage = [*unchecked("listing", "counters"), market.changed(name, **values)]
    assert told(CHECKED, *damage) == {
        "no_listing_gives_more_than_it_has": [
            f"Listing {market.found[name][1]} gives more than it has."
        ]
    }
