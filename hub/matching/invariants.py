"""What must hold between proposals and the quantities reserved on listings.

Each check gives one sentence for each thing that is wrong; none when all is well. What contracts
make of accepted proposals is checked beside the contracts.
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select

from hub.core.db.base import db
from hub.matching.models import Proposal, ProposalState
from hub.posting.models import Listing


def _promised(*states: ProposalState) -> dict[int, Decimal]:
    """The quantity, by listing, of proposals in these states whose side has consented."""
    promised: dict[int, Decimal] = defaultdict(Decimal)
    for row in db.session.execute(
        select(
            Proposal.supply_id,
            Proposal.demand_id,
            Proposal.quantity,
            Proposal.supply_consented_at,
            Proposal.demand_consented_at,
        ).where(Proposal.state.in_(states))
    ):
        if row.supply_consented_at is not None:
            promised[row.supply_id] += row.quantity
        if row.demand_consented_at is not None:
            promised[row.demand_id] += row.quantity
    return promised


def consents_are_reserved() -> list[str]:
    """A listing has reserved at least what its side consented to, and no more than consents
    and accepted proposals justify."""
    consented = _promised(ProposalState.CONSENTED)
    accepted = _promised(ProposalState.ACCEPTED)
    involved = select(Listing.id, Listing.reference, Listing.reserved, Listing.filled)
    broken = []
    for row in db.session.execute(
        involved.where(
            or_(
                Listing.reserved > 0,
                Listing.filled > 0,
                Listing.id.in_(select(Proposal.supply_id).where(_is_binding())),
                Listing.id.in_(select(Proposal.demand_id).where(_is_binding())),
            )
        )
    ):
        least = consented[row.id]
        most = least + accepted[row.id]
        if row.reserved < least or row.reserved + row.filled > most:
            broken.append(
                f"Listing {row.reference}: {row.reserved} reserved and {row.filled} filled, but "
                f"consents ask for {least} and accepted proposals allow for {most} in all."
            )
    return broken


def _is_binding() -> ColumnElement[bool]:
    return Proposal.state.in_((ProposalState.CONSENTED, ProposalState.ACCEPTED))


def no_listing_gives_more_than_it_has() -> list[str]:
    """Reserved and filled together never exceed the quantity."""
    rows = db.session.execute(
        select(Listing.reference).where(
            or_(
                Listing.reserved < 0,
                Listing.filled < 0,
                Listing.reserved + Listing.filled > Listing.quantity,
            )
        )
    )
    return [f"Listing {row.reference} gives more than it has." for row in rows]


#: (group, rule, check)
CHECKS: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
    (
        "matching",
        "What is reserved on a listing is what was consented to, and no more.",
        consents_are_reserved,
    ),
    ("matching", "No listing gives more than it has.", no_listing_gives_more_than_it_has),
)
