"""Which open listings the engine is given, with how much of them, and which it is not."""

from decimal import Decimal
from typing import Any

import pytest

from hub.accounts.models import AccountState, Verification
from hub.catalogue.models import Unit
from hub.core import clock
from hub.core.db.base import db
from hub.matching.engine import book
from hub.matching.models import MatchedListing, Origin, Proposal, ProposalState
from hub.posting.models import Listing, ListingState, Side
from tests.factories import Factories

LEAST = Decimal("0.001")


@pytest.fixture(autouse=True)
def freight(make: Factories) -> None:
    make.freight_rate()


def entered() -> dict[int, int]:
    """The ids of the listings in the book, with their quantities in thousandths."""
    loaded = book.load()
    return {each.key: each.quantity for each in (*loaded.supplies, *loaded.demands)}


def propose(
    supply: Listing,
    demand: Listing,
    quantity: Decimal,
    state: ProposalState,
    *consents: Side,
    origin: Origin = Origin.BROKER,
) -> None:
    proposal = Proposal(
        state=state,
        origin=origin,
        supply=supply,
        demand=demand,
        currency="INR",
        quantity=quantity,
        unit_price=Decimal(2600),
        freight_per_unit=Decimal(0),
        freight_rate=Decimal(0),
        kilometres=Decimal(0),
        commission_rate=Decimal(0),
        surplus=Decimal(0),
        created_at=clock.now(),
        consent_until=clock.now(),
        supply_consented_at=clock.now() if Side.SUPPLY in consents else None,
        demand_consented_at=clock.now() if Side.DEMAND in consents else None,
    )
    db.session.add(proposal)
    db.session.commit()


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({}, "40"),
        ({"reserved": Decimal(30), "filled": Decimal("9.999")}, "0.001"),
        ({"reserved": Decimal(30), "filled": Decimal(10)}, None),
        ({"quantity": book.MAXIMUM_QUANTITY}, "10000000000"),
        ({"quantity": book.MAXIMUM_QUANTITY + LEAST}, None),
        ({"quantity": book.MAXIMUM_QUANTITY + LEAST, "filled": LEAST}, "10000000000"),
    ],
)
def test_a_listing_is_entered_with_what_is_left_of_it(
    make: Factories, side: Side, values: dict[str, Any], left: str | None
) -> None:
    listing = make.listing(side, **values)
    assert entered() == ({} if left is None else {listing.id: int(Decimal(left).scaleb(3))})


@pytest.mark.parametrize("last_day", ["valid_until", "ready_until"])
def test_a_listing_is_entered_up_to_the_last_day_that_it_names(
    make: Factories, last_day: str
) -> None:
    today, yesterday = make.someday(0), make.someday(-1)
    others = {"ready_from": make.someday(-5), "valid_until": make.someday(9)}
    kept = make.listing(**(others | {last_day: today}))
    make.listing(**(others | {last_day: yesterday}))
    assert list(entered()) == [kept.id]


@pytest.mark.parametrize(
    "company",
    [
        {"state": Verification.UNDER_REVIEW},
        {"state": Verification.REVOKED},
        {"account_state": AccountState.SUSPENDED},
    ],
)
def test_a_company_that_may_not_trade_is_left_out(make: Factories, company: dict[str, Any]) -> None:
    make.listing(company=make.company(**company))
    trading = make.listing()
    assert list(entered()) == [trading.id]


def test_without_a_freight_rate_for_its_unit_and_currency_it_is_left_out(make: Factories) -> None:
    dozen = Unit(code="DZN", name="dozen", symbol="dz", dimension="count", numerator=12)
    make.listing(currency="USD")
    make.listing(commodity=make.commodity("Eggs", unit=dozen))
    carried = make.listing()
    assert list(entered()) == [carried.id]


@pytest.mark.parametrize("state", [state for state in ListingState if state != "open"])
def test_what_is_not_open_is_not_looked_at(make: Factories, state: ListingState) -> None:
    make.listing(state=state)
    loaded = book.load()
    assert (loaded.supplies, loaded.versions, loaded.unmatched) == ([], {}, set())


def test_what_is_left_out_was_looked_at_all_the_same(make: Factories) -> None:
    """A run that has seen it need not be repeated for it."""
    over = make.listing(valid_until=make.someday(-1))
    matched = make.listing()
    db.session.add(MatchedListing(listing_id=matched.id, matched_at=clock.now()))
    matched.packaging = "sacks of 50 kg"
    db.session.commit()
    loaded = book.load()
    assert loaded.versions == {over.id: 1, matched.id: 2}
    assert loaded.unmatched == {over.id}


def test_only_the_goods_asked_for_are_loaded(make: Factories) -> None:
    onions, garlic = make.listing(), make.listing(commodity=make.commodity("Garlic"))
    assert list(entered()) == [onions.id, garlic.id]
    loaded = book.load([garlic.commodity_id])
    assert [each.key for each in loaded.supplies] == [garlic.id]
    assert list(loaded.versions) == [garlic.id]


def test_a_listing_is_entered_in_whole_numbers(make: Factories) -> None:
    listing = make.listing(
        quantity=Decimal("12.345"), minimum_lot=LEAST, unit_price=Decimal("2150.0001")
    )
    [entry] = book.load().supplies
    assert (entry.quantity, entry.minimum_lot, entry.price) == (12345, 1, 21500001)
    assert (entry.company, entry.region, entry.currency, entry.commodity) == (
        listing.company_id,
        listing.region_id,
        "INR",
        listing.commodity_id,
    )
    window = (listing.ready_from.toordinal(), listing.ready_until.toordinal())
    assert (entry.ready_from, entry.ready_until) == window


@pytest.mark.parametrize(
    ("state", "consents", "left"),
    [
        (ProposalState.PROPOSED, (), ("40", "40")),
        (ProposalState.ASKED, (), ("0.001", "0.001")),
        (ProposalState.CONSENTED, (Side.SUPPLY,), ("40", "0.001")),
        (ProposalState.CONSENTED, (Side.DEMAND,), ("0.001", "40")),
        (ProposalState.ACCEPTED, (Side.SUPPLY, Side.DEMAND), ("40", "40")),
        (ProposalState.DECLINED, (), ("40", "40")),
        (ProposalState.EXPIRED, (), ("40", "40")),
    ],
)
def test_what_consent_was_asked_for_is_kept_until_the_side_reserves_it(
    make: Factories, state: ProposalState, consents: tuple[Side, ...], left: tuple[str, str]
) -> None:
    supply, demand = make.listing(), make.listing(Side.DEMAND)
    propose(supply, demand, Decimal("39.999"), state, *consents)
    assert entered() == {
        listing.id: int(Decimal(quantity).scaleb(3))
        for listing, quantity in zip((supply, demand), left, strict=True)
    }


def test_what_consent_was_asked_for_to_the_last_unit_is_left_out(make: Factories) -> None:
    supply, demand, other = make.listing(), make.listing(Side.DEMAND), make.listing(Side.DEMAND)
    propose(supply, demand, Decimal(25), ProposalState.ASKED)
    propose(supply, other, Decimal(15), ProposalState.ASKED)
    assert entered() == {demand.id: 15_000, other.id: 25_000}


@pytest.mark.parametrize(
    ("state", "origin", "excluded"),
    [
        (ProposalState.PROPOSED, Origin.COMPUTED, False),
        (ProposalState.PROPOSED, Origin.BROKER, True),
        (ProposalState.PROPOSED, Origin.TRADER, True),
        (ProposalState.ASKED, Origin.COMPUTED, True),
        (ProposalState.CONSENTED, Origin.COMPUTED, True),
        (ProposalState.DISMISSED, Origin.COMPUTED, True),
        (ProposalState.DECLINED, Origin.COMPUTED, True),
        (ProposalState.EXPIRED, Origin.COMPUTED, False),
        (ProposalState.SUPERSEDED, Origin.COMPUTED, False),
        (ProposalState.ACCEPTED, Origin.COMPUTED, False),
    ],
)
def test_a_pair_is_left_alone_while_it_is_under_way_or_once_somebody_refused_it(
    make: Factories, state: ProposalState, origin: Origin, excluded: bool
) -> None:
    supply, demand = make.listing(), make.listing(Side.DEMAND)
    both = (Side.SUPPLY, Side.DEMAND) if state is ProposalState.ACCEPTED else ()
    propose(supply, demand, Decimal(5), state, *both, origin=origin)
    assert book.load().excluded == ({(supply.id, demand.id)} if excluded else set())


@pytest.mark.parametrize("closed", Side)
def test_a_refused_pair_need_not_be_remembered_once_one_of_them_is_closed(
    make: Factories, closed: Side
) -> None:
    supply, demand = make.listing(), make.listing(Side.DEMAND)
    propose(supply, demand, Decimal(5), ProposalState.DECLINED)
    gone = supply if closed is Side.SUPPLY else demand
    gone.state = ListingState.WITHDRAWN
    db.session.commit()
    assert book.load().excluded == set()
