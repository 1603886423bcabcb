"""Writing and editing the terms of one listing, with the history of every field."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from hub.core import audit, bus, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.posting import queries
from hub.posting.events import ListingChanged
from hub.posting.fields import ATTRIBUTE_PREFIX, FIELDS
from hub.posting.lifecycle import expect_version, flag_price, own_listing
from hub.posting.models import Listing, ListingState, Side
from hub.posting.terms import Terms, TermsReader, read_reference


def _read(texts: Mapping[str, str]) -> Terms:
    terms = TermsReader().read(texts)
    terms.check_dates(settings.today())
    return terms


def _free_reference(company_id: int, side: Side, text: str, listing: Listing | None = None) -> str:
    """``text`` if the company does not use it yet on this side; one is made if it is empty."""
    try:
        reference = read_reference(text or f"{side.value[0].upper()}-{new_public_id()[:6].upper()}")
    except Invalid as error:
        raise Invalid(error.message, {"reference": [error.message]}) from error
    other = db.session.scalar(
        select(Listing.id).where(
            Listing.company_id == company_id,
            Listing.side == side,
            Listing.reference == reference,
        )
    )
    if other is not None and (listing is None or other != listing.id):
        sentence = _("Your company has a listing called %(reference)s.", reference=reference)
        raise Invalid(sentence, {"reference": [sentence]})
    return reference


@use_case
def create_draft(actor: Actor, texts: Mapping[str, str]) -> Listing:
    """Write a draft for the actor's company from the texts of the form or of the CSV columns.

    Raises:
        NotAllowed: not an owner or trader of a verified company.
        Invalid: with sentences by field.
    """
    company_id = actor.require_trader()
    terms = _read(texts)
    listing = Listing(
        **terms.values(),
        company_id=company_id,
        reference=_free_reference(company_id, terms.side, texts.get("reference", "")),
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(listing)
    audit.record(actor, listing, "listing_drafted", state_to=ListingState.DRAFT.value)
    return queries.listing(actor, listing.public_id)


@use_case
def edit(actor: Actor, public_id: str, expected_version: int, texts: Mapping[str, str]) -> Listing:
    """Change the terms of a listing that nothing is reserved or sold of.

    The side and the commodity stay. An open listing stays open: the market and the proposals
    follow the change. Every changed field is in the history with its value before and after.

    Raises:
        Conflict: changed meanwhile, quantity spoken for, or closed.
        Invalid: with sentences by field.
    """
    listing = own_listing(actor, public_id)
    expect_version(listing, expected_version)
    if not listing.can_edit:
        raise Conflict(terms_stand())
    terms = _read({**texts, "side": listing.side.value, "commodity": listing.commodity.name})
    wanted = terms.values() | {
        "reference": _free_reference(
            listing.company_id, listing.side, texts.get("reference", ""), listing
        )
        if texts.get("reference")
        else listing.reference
    }
    if not change(actor, listing, wanted):
        return listing
    if listing.state is not ListingState.DRAFT:
        flag_price(listing)
    if listing.state is ListingState.OPEN:
        bus.publish(ListingChanged(listing.id))
    db.session.flush()
    return queries.listing(actor, public_id)


def terms_stand() -> str:
    """Why the terms of a listing can't be edited."""
    return _(
        "The terms can't change any more: part of the quantity is reserved or traded, or "
        "the listing is closed."
    )


def change(actor: Actor, listing: Listing, wanted: Mapping[str, Any]) -> bool:
    """Set the columns that differ from ``wanted``, and note each before and after.

    Returns whether any differed.
    """
    changes: dict[str, list[Any]] = {}
    for name, value in wanted.items():
        before = getattr(listing, name)
        if before != value:
            changes[name] = [audit.json_value(before), audit.json_value(value)]
            setattr(listing, name, value)
    if changes:
        audit.record(actor, listing, "listing_changed", changes=changes)
    return bool(changes)


def texts_of(listing: Listing) -> dict[str, str]:
    """The terms as the form shows them: in the unit they were given in.

    Needs the commodity and the region loaded.
    """
    return {each.name: each.text(listing) for each in FIELDS if not each.spread} | {
        ATTRIBUTE_PREFIX + code: value for code, value in listing.attributes.items()
    }
