"""Whether two listings may trade by hand, and on which terms: the engine's rules, in words.

The rules are those of :func:`hub.matching.engine.clearing.open_market`; here each one that stands
against a pair becomes a sentence for the person who asked. One differs: a run proposes only what
gains something, while by hand two limits that just meet are enough.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from hub.accounts.queries import blocked_pairs
from hub.catalogue.freight import FreightQuote, FreightTable
from hub.core import settings
from hub.core.errors import Invalid
from hub.core.formats import quantity as written_quantity
from hub.core.formats import unit_price as written_price
from hub.core.i18n import _
from hub.core.numbers import UNIT_PRICE_PLACES, multiply, round_half_even
from hub.matching.engine.goods import goods_of, satisfies, wish_of
from hub.posting.models import Listing, ListingState, Side

#: States in which a listing can be proposed for a trade; consent is asked for open ones only.
PROPOSABLE = (ListingState.OPEN, ListingState.PENDING_REVIEW)


@dataclass(frozen=True)
class Pair:
    """Two listings that may trade, and what the transport between them costs a unit."""

    supply: Listing
    demand: Listing
    quote: FreightQuote

    @property
    def lowest_price(self) -> Decimal:
        """The ask."""
        return self.supply.unit_price

    @property
    def highest_price(self) -> Decimal:
        """What the bid leaves for the goods after freight."""
        return self.demand.unit_price - self.quote.per_unit

    @property
    def surplus_per_unit(self) -> Decimal:
        return self.highest_price - self.lowest_price

    @property
    def middle_price(self) -> Decimal:
        """Half way between both limits."""
        return round_half_even((self.lowest_price + self.highest_price) / 2, UNIT_PRICE_PLACES)

    @property
    def least(self) -> Decimal:
        """The larger of the two minimum lots."""
        return max(self.supply.minimum_lot, self.demand.minimum_lot)

    @property
    def most(self) -> Decimal:
        """What both still have."""
        return min(self.supply.available, self.demand.available)

    def surplus(self, quantity: Decimal) -> Decimal:
        """(bid - ask - freight) x quantity, exact with 7 places."""
        return multiply(self.surplus_per_unit, quantity)

    def reasons(self) -> dict[str, str]:
        """The numbers that explain a proposal made by hand."""
        return {
            "ask": str(self.supply.unit_price),
            "bid": str(self.demand.unit_price),
            "surplus_per_unit": str(self.surplus_per_unit),
        }

    def check_terms(self, quantity: Decimal, unit_price: Decimal) -> None:
        """Raise Invalid, field by field, unless the terms lie within what both sides allow."""
        fields: dict[str, list[str]] = {}
        unit = self.supply.commodity.unit.code
        if not self.least <= quantity <= self.most:
            fields["quantity"] = [
                _(
                    "The quantity must lie between %(least)s (the larger minimum lot) and "
                    "%(most)s (what both still have).",
                    least=written_quantity(self.least, unit),
                    most=written_quantity(self.most, unit),
                )
            ]
        if not self.lowest_price <= unit_price <= self.highest_price:
            fields["unit_price"] = [
                _(
                    "The price must lie between %(lowest)s (the ask) and %(highest)s (the bid "
                    "less freight).",
                    lowest=written_price(self.lowest_price, self.supply.currency, unit),
                    highest=written_price(self.highest_price, self.supply.currency, unit),
                )
            ]
        if fields:
            raise Invalid(_("These terms are outside what both sides allow."), fields)


def pair(
    supply: Listing,
    demand: Listing,
    freight: FreightTable | None = None,
    blocked: Collection[frozenset[int]] | None = None,
) -> Pair:
    """The two listings as a pair (both loaded with company, commodity and region).

    ``freight`` and ``blocked`` (as ``accounts.queries.blocked_pairs`` gives them) are looked up
    unless the caller has them for many pairs.

    Raises:
        Invalid: they may not trade; the message says every reason why.
    """
    obstacles = _obstacles(supply, demand, blocked_pairs() if blocked is None else blocked)
    if not obstacles:
        table = freight or FreightTable.load(supply.currency)
        quote = table.quote(
            supply.currency, supply.commodity.unit_id, supply.region_id, demand.region_id
        )
        if quote is None:
            obstacles = [
                _(
                    "The hub has no freight rate for %(unit)s in %(currency)s.",
                    unit=supply.commodity.unit.code,
                    currency=supply.currency,
                )
            ]
        else:
            found = Pair(supply, demand, quote)
            if found.surplus_per_unit >= 0:
                return found
            obstacles = [_price_obstacle(found)]
    raise Invalid(" ".join(obstacles))


def _price_obstacle(found: Pair) -> str:
    unit, currency = found.supply.commodity.unit.code, found.supply.currency
    return _(
        "The prices don't meet: the ask of %(ask)s and freight of %(freight)s are above the "
        "bid of %(bid)s.",
        ask=written_price(found.supply.unit_price, currency, unit),
        freight=written_price(found.quote.per_unit, currency, unit),
        bid=written_price(found.demand.unit_price, currency, unit),
    )


def _obstacles(supply: Listing, demand: Listing, blocked: Collection[frozenset[int]]) -> list[str]:
    if supply.side is not Side.SUPPLY or demand.side is not Side.DEMAND:
        return [_("A proposal brings one supply and one demand together.")]
    companies = frozenset({supply.company_id, demand.company_id})
    today = settings.today()
    first = max(supply.ready_from, demand.ready_from, today)
    checks = (
        (supply.commodity_id != demand.commodity_id, _("The commodities differ.")),
        (supply.currency != demand.currency, _("The currencies differ.")),
        (len(companies) == 1, _("Both listings belong to the same company.")),
        (companies in blocked, _("These two companies don't trade with each other.")),
        (
            not (supply.company.can_trade and demand.company.can_trade),
            _("One of the two companies may not trade at present."),
        ),
        (
            first > min(supply.ready_until, demand.ready_until),
            _("The delivery windows have no day in common that lies ahead."),
        ),
        (
            not satisfies(
                goods_of(supply.grade, supply.attributes),
                wish_of(demand.grade, demand.attributes).items(),
            ),
            _("The goods don't have the grade and attributes that the demand asks for."),
        ),
        (
            supply.state not in PROPOSABLE or demand.state not in PROPOSABLE,
            _("One of the two listings is not open."),
        ),
        (
            supply.available <= 0 or demand.available <= 0,
            _("One of the two listings has nothing left."),
        ),
    )
    return [sentence for stands_against, sentence in checks if stands_against]
