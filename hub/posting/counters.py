"""The quantity of a listing that is reserved and filled, counted by conditional updates.

Each verb is one UPDATE that holds only where the result stays possible, so that two proposals can
never take the same quantity, on SQLite and PostgreSQL alike. It also raises the listing's version:
whoever edits terms on the strength of the old counters is refused.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, update

from hub.accounts import queries as accounts
from hub.core import audit, bus, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.statements import changed_one
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.posting.events import ListingChanged, ListingClosed, ListingOpened
from hub.posting.models import Listing, ListingState
from hub.posting.plan_limits import take_standing

_COUNTED = ["quantity", "reserved", "filled", "state", "version"]


@use_case
def reserve(actor: Actor, listing_id: int, quantity: Decimal) -> None:
    """Keep ``quantity`` (in the commodity's unit) of an open listing for a proposal.

    Raises:
        Conflict: the listing is not open, or less than that is available.
    """
    listing = _count(
        actor,
        listing_id,
        "listing_reserved",
        quantity,
        (Listing.state == ListingState.OPEN)
        & (Listing.quantity - Listing.reserved - Listing.filled >= quantity),
        reserved=Listing.reserved + quantity,
    )
    bus.publish(ListingChanged(listing.id))


@use_case
def release(actor: Actor, listing_id: int, quantity: Decimal) -> None:
    """Give a reserved ``quantity`` back; a filled listing opens again,
    or is paused where its company may not trade.

    Raises:
        Conflict: less than that is reserved.
    """
    listing = _count(
        actor,
        listing_id,
        "listing_released",
        quantity,
        Listing.reserved >= quantity,
        reserved=Listing.reserved - quantity,
    )
    _after_return(actor, listing)


@use_case
def fill(actor: Actor, listing_id: int, quantity: Decimal) -> None:
    """Turn a reserved ``quantity`` into a sold or bought one; with nothing left it is filled.

    Raises:
        Conflict: less than that is reserved.
    """
    listing = _count(
        actor,
        listing_id,
        "listing_quantity_filled",
        quantity,
        Listing.reserved >= quantity,
        reserved=Listing.reserved - quantity,
        filled=Listing.filled + quantity,
    )
    if not listing.available and listing.state in (ListingState.OPEN, ListingState.PAUSED):
        listing.become_filled(actor)
        bus.publish(ListingClosed(listing.id))


@use_case
def unfill(actor: Actor, listing_id: int, quantity: Decimal) -> None:
    """Undo :func:`fill` because the contract fell through: the quantity is free again.

    Raises:
        Conflict: less than that is filled.
    """
    listing = _count(
        actor,
        listing_id,
        "listing_quantity_freed",
        quantity,
        Listing.filled >= quantity,
        filled=Listing.filled - quantity,
    )
    _after_return(actor, listing)


def _count(
    actor: Actor,
    listing_id: int,
    action: str,
    quantity: Decimal,
    condition: ColumnElement[bool],
    **counters: Any,
) -> Listing:
    if quantity <= 0:
        raise Invalid(_("The quantity must be above zero."))
    db.session.flush()
    counted = changed_one(
        update(Listing)
        .where(Listing.id == listing_id, condition)
        .values(version=Listing.version + 1, **counters)
    )
    listing = db.session.get(Listing, listing_id)
    if listing is None:
        raise NotFound(_("There is no such listing."))
    db.session.refresh(listing, _COUNTED)
    if not counted:
        raise Conflict(
            _(
                "Listing %(reference)s no longer has this quantity to give. Nothing was changed.",
                reference=listing.reference,
            )
        )
    audit.record(
        actor,
        listing,
        action,
        quantity=str(quantity),
        reserved=str(listing.reserved),
        filled=str(listing.filled),
    )
    return listing


def _after_return(actor: Actor, listing: Listing) -> None:
    if listing.state is ListingState.FILLED:
        listing.reopen(actor)
        take_standing(listing)
        if accounts.company(listing.company_id).can_trade:
            bus.publish(ListingOpened(listing.id))
        else:
            listing.pause(
                actor, _("The company is not verified and active; its listings can't open.")
            )
    elif listing.state is ListingState.OPEN:
        bus.publish(ListingChanged(listing.id))
    if is_due(listing):
        listing.expire(actor)
        bus.publish(ListingClosed(listing.id))


def is_due(listing: Listing) -> bool:
    """Whether the listing should expire: its last valid day is over and nothing is reserved."""
    return (
        listing.state in (ListingState.PENDING_REVIEW, ListingState.OPEN, ListingState.PAUSED)
        and not listing.reserved
        and listing.valid_until < settings.today()
    )
