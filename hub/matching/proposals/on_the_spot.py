"""Proposing a trade without having a listing for it: one is posted in the same step."""

from datetime import date
from decimal import Decimal

from hub.catalogue.freight import FreightTable
from hub.catalogue.models import Region
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.numbers import plain
from hub.core.use_case import use_case
from hub.matching import queries
from hub.matching.models import Proposal
from hub.matching.proposals.brokering import propose
from hub.posting.models import Listing, Side
from hub.posting.services import ATTRIBUTE_PREFIX, create_draft, submit

#: Terms of a listing that the proposal's own field decides.
_FIELDS = {"price": "unit_price", "min_lot": "quantity", "valid_until": "ready_until"}


@use_case
def propose_on_the_spot(
    actor: Actor,
    partner_public_id: str,
    quantity: Decimal,
    unit_price: Decimal,
    region: Region,
    ready_from: date,
    ready_until: date,
    note: str = "",
) -> Proposal:
    """Post what answers a listing on the market, and propose the trade between the two.

    The new listing has the goods of the other one. Its limit is the proposed price ex region,
    for a demand with the freight to ``region`` on top. A broker reviews it; consent is asked once
    it is open.

    Raises:
        NotFound: no such listing on the market.
        NotAllowed: not an owner or trader of a verified company.
        Invalid: the hub carries nothing between the two regions, or the terms can't be posted or
            proposed, field by field.
    """
    partner = queries.listing_for_proposal(actor, partner_public_id)
    side = partner.side.other
    limit = unit_price if side is Side.SUPPLY else unit_price + _freight(partner, region)
    draft = _draft(
        actor,
        {
            "side": side.value,
            "commodity": partner.commodity.name,
            "grade": partner.grade,
            "quantity": plain(quantity),
            "unit": partner.commodity.unit.code,
            "min_lot": plain(min(quantity, partner.minimum_lot)),
            "price": plain(limit),
            "currency": partner.currency,
            "region": region.name,
            "ready_from": ready_from.isoformat(),
            "ready_until": ready_until.isoformat(),
            "valid_until": ready_until.isoformat(),
            **{f"{ATTRIBUTE_PREFIX}{code}": text for code, text in partner.attributes.items()},
        },
    )
    own = submit(actor, draft.public_id, draft.version)
    supply, demand = (own, partner) if side is Side.SUPPLY else (partner, own)
    return propose(actor, supply.public_id, demand.public_id, quantity, unit_price, note)


def _draft(actor: Actor, texts: dict[str, str]) -> Listing:
    """Post the listing; complaints about its terms stand beside the fields of the proposal."""
    try:
        return create_draft(actor, texts)
    except Invalid as error:
        fields: dict[str, list[str]] = {}
        for name, sentences in error.fields.items():
            fields.setdefault(_FIELDS.get(name, name), []).extend(sentences)
        raise Invalid(error.message, fields) from error


def _freight(supply: Listing, region: Region) -> Decimal:
    quote = FreightTable.load(supply.currency).quote(
        supply.currency, supply.commodity.unit_id, supply.region_id, region.id
    )
    if quote is None:
        raise Invalid(
            _(
                "The hub has no freight rate for %(unit)s in %(currency)s.",
                unit=supply.commodity.unit.code,
                currency=supply.currency,
            )
        )
    return quote.per_unit
