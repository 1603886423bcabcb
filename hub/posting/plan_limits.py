"""What a company's plan means for its listings: how many are open, and how they stand in lists."""

from sqlalchemy import ColumnElement, func, select, update

from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.statements import changed
from hub.core.use_case import use_case
from hub.membership.entitlements import services as entitlements
from hub.membership.entitlements.services import Rights
from hub.posting.models import Listing, ListingState

#: The entitlement that counts the listings that are open or wait to be.
OPEN_LISTINGS = "open_listings"
_COUNTED = (ListingState.PENDING_REVIEW, ListingState.OPEN)


def listings_in_use(company_id: int) -> int:
    """How many listings of the company are open or in review."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Listing)
            .where(Listing.company_id == company_id, Listing.state.in_(_COUNTED))
        )
        or 0
    )


def claim_place(company_id: int) -> None:
    """Make sure that the company may have one more listing open or in review.

    Raises:
        LimitReached: its plan includes no more.
    """
    entitlements.claim(company_id, OPEN_LISTINGS)


def take_standing(listing: Listing) -> None:
    """Let an opening listing stand where the company's plan puts it."""
    rights = entitlements.rights_of(listing.company_id)
    listing.natural_position, listing.plan_badge = rights.natural_position, rights.badge


@use_case
def refresh_standing(actor: Actor, company_id: int | None) -> int:
    """Let open listings stand where their companies' plans put them now; returns how many moved.

    For one company, or (None) for all that have no entitled subscription of their own. Derived
    from plans, so it raises no version and leaves no trace of its own in the audit log.
    """
    if company_id is not None:
        return _stand(entitlements.rights_of(company_id), Listing.company_id == company_id)
    _own, default = entitlements.rights_by_company()
    return _stand(default, Listing.company_id.not_in(entitlements.companies_with_plan()))


def _stand(rights: Rights, whose: ColumnElement[bool]) -> int:
    position, badge = rights.natural_position, rights.badge
    return changed(
        update(Listing)
        .where(
            Listing.state == ListingState.OPEN,
            whose,
            (Listing.natural_position != position) | (Listing.plan_badge != badge),
        )
        .values(natural_position=position, plan_badge=badge)
        .execution_options(synchronize_session="fetch")
    )
