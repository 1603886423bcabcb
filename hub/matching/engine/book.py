"""The open listings as the engine's book, loaded with a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hub.accounts.models import AccountState, Company, Verification
from hub.accounts.queries import blocked_pairs
from hub.catalogue.freight import FreightTable
from hub.catalogue.models import Commodity
from hub.core import settings
from hub.core.db.base import db
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES
from hub.matching.engine.clearing import Demand, Supply
from hub.matching.engine.goods import goods_of, wish_of
from hub.matching.models import ACTIVE, MatchedListing, Origin, Proposal, ProposalState
from hub.posting.models import Listing, ListingState, Side

#: In the commodity's unit. A few hundred listings beyond this would leave the range in which the
#: engine is exact, and stop the matching of the commodity for everybody.
MAXIMUM_QUANTITY = Decimal(10) ** 10

_LISTING_COLUMNS = (
    Listing.id,
    Listing.version,
    Listing.side,
    Listing.company_id,
    Listing.commodity_id,
    Listing.currency,
    Listing.region_id,
    Listing.grade,
    Listing.attributes,
    (Listing.quantity - Listing.reserved - Listing.filled).label("available"),
    Listing.minimum_lot,
    Listing.unit_price,
    Listing.ready_from,
    Listing.ready_until,
    Listing.valid_until,
    MatchedListing.matched_at,
)


def scaled(value: Decimal, places: int) -> int:
    """``value`` as a whole number of its last decimal place."""
    return int(value.scaleb(places))


def unscaled(value: int, places: int) -> Decimal:
    """The decimal that :func:`scaled` made a whole number of."""
    return Decimal(value).scaleb(-places)


@dataclass
class Book:
    """What the engine is given, and what is needed to store its answer.

    ``versions`` holds the version of every open listing looked at: an answer about a listing
    that has changed since is not stored. ``unmatched`` are those no run has looked at before.
    """

    freight: FreightTable
    supplies: list[Supply] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    versions: dict[int, int] = field(default_factory=dict)
    unmatched: set[int] = field(default_factory=set)
    units: dict[int, int] = field(default_factory=dict)
    blocked: Collection[Collection[int]] = frozenset()
    excluded: set[tuple[int, int]] = field(default_factory=set)

    def freight_of(self, commodity: int, currency: str, origin: int, target: int) -> int:
        """Freight of a unit in ten-thousandths, as the engine asks for it."""
        quote = self.freight.quote(currency, self.units[commodity], origin, target)
        if quote is None:
            raise LookupError(f"no freight rate for commodity {commodity} in {currency}")
        return scaled(quote.per_unit, UNIT_PRICE_PLACES)


def load(commodity_ids: Collection[int] | None = None) -> Book:
    """The book of all open listings, or of those of some commodities.

    Left out are listings of companies that may not trade, that are no longer valid, whose
    delivery window is over, that have nothing left after what consent was asked for or more than
    anybody has, or for whose unit and currency no freight rate is set.
    """
    book = Book(FreightTable.load(), blocked=blocked_pairs(), excluded=excluded_pairs())
    asked = _asked_for()
    today = settings.today()
    for row in db.session.execute(_open_listings(commodity_ids)):
        book.versions[row.id] = row.version
        if row.matched_at is None:
            book.unmatched.add(row.id)
        available = row.available - asked[row.id]
        book.units[row.commodity_id] = row.unit_id
        if (
            row.may_trade
            and 0 < available <= MAXIMUM_QUANTITY
            and min(row.valid_until, row.ready_until) >= today
            and book.freight.rate(row.currency, row.unit_id) is not None
        ):
            _enter(book, row, available)
    return book


def _open_listings(commodity_ids: Collection[int] | None) -> Any:
    wanted = (
        select(
            *_LISTING_COLUMNS,
            Commodity.unit_id,
            (
                (Company.state == Verification.VERIFIED)
                & (Company.account_state == AccountState.ACTIVE)
            ).label("may_trade"),
        )
        .join(Commodity, Commodity.id == Listing.commodity_id)
        .join(Company, Company.id == Listing.company_id)
        .outerjoin(MatchedListing, MatchedListing.listing_id == Listing.id)
        .where(Listing.state == ListingState.OPEN)
        .order_by(Listing.id)
    )
    return (
        wanted if commodity_ids is None else wanted.where(Listing.commodity_id.in_(commodity_ids))
    )


def _enter(book: Book, row: Any, available: Decimal) -> None:
    common: dict[str, Any] = {
        "key": row.id,
        "company": row.company_id,
        "commodity": row.commodity_id,
        "currency": row.currency,
        "region": row.region_id,
        "quantity": scaled(available, QUANTITY_PLACES),
        "minimum_lot": scaled(row.minimum_lot, QUANTITY_PLACES),
        "price": scaled(row.unit_price, UNIT_PRICE_PLACES),
        "ready_from": row.ready_from.toordinal(),
        "ready_until": row.ready_until.toordinal(),
    }
    if row.side is Side.SUPPLY:
        book.supplies.append(Supply(attributes=goods_of(row.grade, row.attributes), **common))
    else:
        book.demands.append(Demand(attributes=wish_of(row.grade, row.attributes), **common))


def _asked_for() -> dict[int, Decimal]:
    """What consent was asked for and is not reserved yet, by listing."""
    spoken_for: dict[int, Decimal] = defaultdict(Decimal)
    for row in db.session.execute(
        select(
            Proposal.supply_id,
            Proposal.demand_id,
            Proposal.quantity,
            Proposal.supply_consented_at,
            Proposal.demand_consented_at,
        ).where(Proposal.state.in_((ProposalState.ASKED, ProposalState.CONSENTED)))
    ):
        if row.supply_consented_at is None:
            spoken_for[row.supply_id] += row.quantity
        if row.demand_consented_at is None:
            spoken_for[row.demand_id] += row.quantity
    return spoken_for


def excluded_pairs() -> set[tuple[int, int]]:
    """Pairs of listings (supply, demand) that a run leaves alone.

    A proposal between them is under way that no run may replace, or a broker dismissed or a
    company declined one: such a pair comes back only by hand.
    """
    supply, demand = aliased(Listing), aliased(Listing)
    settled = Proposal.state.in_((ProposalState.DISMISSED, ProposalState.DECLINED))
    under_way = Proposal.state.in_(ACTIVE) & ~replaceable()
    rows: Iterator[Any] = iter(
        db.session.execute(
            select(Proposal.supply_id, Proposal.demand_id)
            .join(supply, supply.id == Proposal.supply_id)
            .join(demand, demand.id == Proposal.demand_id)
            .where(
                supply.state == ListingState.OPEN,
                demand.state == ListingState.OPEN,
                settled | under_way,
            )
        )
    )
    return {(row.supply_id, row.demand_id) for row in rows}


def replaceable() -> Any:
    """The condition for proposals of earlier runs that nobody has touched."""
    return (Proposal.state == ProposalState.PROPOSED) & (Proposal.origin == Origin.COMPUTED)
