"""A listing's way: submitted, reviewed, paused, withdrawn, expired."""

from collections.abc import Sequence

from sqlalchemy import select

from hub.accounts import queries as accounts
from hub.core import audit, bus, paths, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, HubError, Invalid
from hub.core.i18n import N_, _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.posting import queries
from hub.posting.counters import is_due
from hub.posting.events import (
    ListingClosed,
    ListingOpened,
    ListingReturned,
    ListingSubmitted,
)
from hub.posting.fields import read_text
from hub.posting.models import Listing, ListingState
from hub.posting.plan_limits import claim_place, take_standing
from hub.posting.prices import PriceGuard

_EXPIRED_AT_ONCE = 500


def expect_version(listing: Listing, expected_version: int) -> None:
    """Raise Conflict if the listing was changed since the page that asks was shown."""
    if listing.version != expected_version:
        raise Conflict(
            _("The listing has changed since you opened this page. Look at it again first.")
        )


def own_listing(actor: Actor, public_id: str) -> Listing:
    """A listing that the actor may act on for the company.

    Raises:
        NotFound: none, or another company's.
        NotAllowed: not an owner or trader, or the company isn't verified.
    """
    listing = queries.listing(actor, public_id)
    actor.require_trader(listing.company_id)
    return listing


def flag_price(listing: Listing) -> None:
    """Look again whether the price is plausible (needs the commodity loaded)."""
    guard = PriceGuard.load([listing.currency])
    listing.implausible_price = guard.is_implausible(
        listing.commodity_id, listing.commodity.unit_id, listing.currency, listing.unit_price
    )


def check_validity(listing: Listing) -> None:
    """Raise Invalid if the listing's validity or delivery window is over."""
    today = settings.today()
    for name in ("ready_until", "valid_until"):
        day = getattr(listing, name)
        if day < today:
            sentence = _("%(date)s is in the past.", date=day.isoformat())
            raise Invalid(
                _("The dates of this listing have passed; change them first."), {name: [sentence]}
            )


@use_case
def submit(actor: Actor, public_id: str, expected_version: int) -> Listing:
    """Hand a draft to the broker.

    Raises:
        Conflict: changed meanwhile, or not a draft.
        Invalid: its dates have passed.
        LimitReached: the company's plan includes no more open listings.
    """
    listing = own_listing(actor, public_id)
    expect_version(listing, expected_version)
    claim_place(listing.company_id)
    listing.submit(actor)
    check_validity(listing)
    flag_price(listing)
    bus.publish(ListingSubmitted(listing.id))
    return listing


def _under_review(actor: Actor, public_id: str, expected_version: int | None) -> Listing:
    actor.require(StaffRole.BROKER)
    listing = queries.listing(actor, public_id)
    if expected_version is not None:
        expect_version(listing, expected_version)
    return listing


@use_case
def approve(actor: Actor, public_id: str, expected_version: int | None = None) -> Listing:
    """Let a submitted listing onto the market.

    Raises:
        Conflict: changed meanwhile, not in review, or the company may not trade at present.
        Invalid: its dates have passed.
    """
    listing = _under_review(actor, public_id, expected_version)
    listing.approve(actor)
    take_standing(listing)
    check_validity(listing)
    if not accounts.company(listing.company_id).can_trade:
        raise Conflict(_("The company is not verified and active; its listings can't open."))
    _tell(listing, N_("Your listing %(reference)s is open on the market."))
    bus.publish(ListingOpened(listing.id))
    return listing


@use_case
def approve_many(actor: Actor, public_ids: Sequence[str]) -> tuple[int, dict[str, str]]:
    """Approve several; those that can't be are left, with the reason by reference."""
    approved, left = 0, {}
    for public_id in public_ids:
        try:
            with db.session.begin_nested():
                approve(actor, public_id)
            approved += 1
        except HubError as error:
            left[queries.listing(actor, public_id).reference] = error.message
    return approved, left


def _reason(text: str) -> str:
    return read_text(required_reason(text, _("Say why, in a sentence.")), 1000, lines=True)


@use_case
def return_to_draft(
    actor: Actor, public_id: str, reason: str, expected_version: int | None = None
) -> Listing:
    """Send a submitted listing back to be corrected; the company is told ``reason``."""
    listing = _under_review(actor, public_id, expected_version)
    reason = _reason(reason)
    listing.return_to_draft(actor, reason)
    _tell(listing, N_("Your listing %(reference)s came back to be corrected: %(reason)s"), reason)
    bus.publish(ListingReturned(listing.id, reason))
    return listing


@use_case
def reject(
    actor: Actor, public_id: str, reason: str, expected_version: int | None = None
) -> Listing:
    """Keep a submitted listing off the market; the company is told ``reason``."""
    listing = _under_review(actor, public_id, expected_version)
    reason = _reason(reason)
    listing.reject(actor, reason)
    _tell(listing, N_("Your listing %(reference)s was rejected: %(reason)s"), reason)
    bus.publish(ListingReturned(listing.id, reason))
    return listing


@use_case
def confirm_price(actor: Actor, public_id: str) -> Listing:
    """The broker has looked at a flagged price and found it right."""
    listing = _under_review(actor, public_id, None)
    if listing.implausible_price:
        listing.implausible_price = False
        audit.record(actor, listing, "listing_price_confirmed", price=str(listing.unit_price))
    return listing


@use_case
def pause(actor: Actor, public_id: str) -> Listing:
    """Take an open listing off the market for a while; what is reserved stays reserved."""
    listing = own_listing(actor, public_id)
    listing.pause(actor)
    bus.publish(ListingClosed(listing.id))
    return listing


@use_case
def pause_for_company(actor: Actor, company_id: int, reason: str) -> int:
    """Take all open listings of a company that may not trade off the market.

    What is reserved stays reserved. Returns how many were paused; the company puts them back
    itself once it may trade again.
    """
    opened = db.session.scalars(
        select(Listing)
        .where(Listing.company_id == company_id, Listing.state == ListingState.OPEN)
        .order_by(Listing.id)
    ).all()
    for listing in opened:
        listing.pause(actor, reason)
        bus.publish(ListingClosed(listing.id))
    return len(opened)


@use_case
def resume(actor: Actor, public_id: str) -> Listing:
    """Put a paused listing back on the market.

    Raises:
        Conflict: it is not paused. Invalid: its dates have passed.
        LimitReached: the company's plan includes no more open listings.
    """
    listing = own_listing(actor, public_id)
    if listing.state is not ListingState.PAUSED:
        raise Conflict(_("This listing is not paused."))
    check_validity(listing)
    claim_place(listing.company_id)
    listing.resume(actor)
    take_standing(listing)
    bus.publish(ListingOpened(listing.id))
    return listing


@use_case
def withdraw(actor: Actor, public_id: str) -> Listing:
    """Take a listing off the market for good.

    Raises:
        Conflict: part of it is reserved for a proposal.
    """
    listing = own_listing(actor, public_id)
    if listing.reserved:
        raise Conflict(
            _(
                "Part of this listing is reserved for a proposal that somebody consented to. "
                "It can be withdrawn when that has ended."
            )
        )
    was_open = listing.state is ListingState.OPEN
    listing.withdraw(actor)
    if was_open:
        bus.publish(ListingClosed(listing.id))
    return listing


@use_case
def expire_due(actor: Actor) -> int:
    """Expire listings whose last valid day (in the hub's zone) is over; returns how many.

    A listing with a reservation stays until that is released.
    """
    today = settings.today()
    due = db.session.scalars(
        select(Listing)
        .where(
            Listing.state.in_(
                (ListingState.PENDING_REVIEW, ListingState.OPEN, ListingState.PAUSED)
            ),
            Listing.valid_until < today,
            Listing.reserved == 0,
        )
        .order_by(Listing.id)
        .limit(_EXPIRED_AT_ONCE)
    ).all()
    for listing in filter(is_due, due):
        listing.expire(actor)
        _tell(listing, N_("Your listing %(reference)s has expired."))
        bus.publish(ListingClosed(listing.id))
    return len(due)


def _tell(listing: Listing, message: str, reason: str = "") -> None:
    messaging.notify_company(
        listing.company_id,
        None,
        message,
        {"reference": listing.reference, "reason": reason},
        paths.listing(listing.public_id),
    )
