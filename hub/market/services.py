"""Keeping the search index in step with the listings that are open.

The index is derived from listings, so it leaves no trace of its own in the audit log.
"""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from hub.accounts.models import Company
from hub.catalogue.models import Commodity, Region
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.core.words import words_of
from hub.market import kept
from hub.market.models import SearchEntry
from hub.posting.fields import EXTRA_COLUMNS
from hub.posting.models import Listing, ListingState

#: Listings of one statement; SQLite takes 32,766 parameters.
CHUNK = 1000


@use_case
def index_listings(actor: Actor, listing_ids: Sequence[int]) -> None:
    """Make the index say what these listings say now; those not open are not in it."""
    for start in range(0, len(listing_ids), CHUNK):
        _index_chunk(listing_ids[start : start + CHUNK])


@use_case
def index_batch(actor: Actor, batch_id: int) -> None:
    """Index the open listings of an import."""
    opened = db.session.scalars(
        select(Listing.id).where(Listing.batch_id == batch_id, Listing.state == ListingState.OPEN)
    )
    index_listings(actor, list(opened))


@use_case
def reindex(actor: Actor) -> int:
    """Build the whole index anew and return how many listings are in it.

    Needed after names in the catalogue have changed.

    Raises:
        NotAllowed: neither an administrator nor the system.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    gone = select(Listing.id).where(Listing.state != ListingState.OPEN)
    db.session.execute(delete(SearchEntry).where(SearchEntry.listing_id.in_(gone)))
    opened = list(
        db.session.scalars(
            select(Listing.id).where(Listing.state == ListingState.OPEN).order_by(Listing.id)
        )
    )
    index_listings(actor, opened)
    kept.forget_all()
    return len(opened)


def _index_chunk(listing_ids: Sequence[int]) -> None:
    session = db.session()
    wanted = _documents(listing_ids)
    entries = session.execute(
        select(SearchEntry.listing_id, SearchEntry.document).where(
            SearchEntry.listing_id.in_(listing_ids)
        )
    )
    present = {entry.listing_id: entry.document for entry in entries}
    gone = present.keys() - wanted.keys()
    if gone:
        session.execute(delete(SearchEntry).where(SearchEntry.listing_id.in_(gone)))
    fresh = [
        {"listing_id": key, "document": text} for key, text in wanted.items() if key not in present
    ]
    if fresh:
        session.execute(insert(SearchEntry), fresh)
    for key, text in wanted.items():
        if key in present and present[key] != text:
            session.execute(
                update(SearchEntry).where(SearchEntry.listing_id == key).values(document=text)
            )


def _documents(listing_ids: Sequence[int]) -> dict[int, str]:
    """The words of the open ones among these listings, by id."""
    rows = db.session.execute(
        select(
            Listing.id,
            Listing.reference,
            Listing.grade,
            Listing.attributes,
            *(getattr(Listing, name) for name in EXTRA_COLUMNS),
            Commodity.name.label("commodity"),
            Commodity.names.label("commodity_names"),
            Region.name.label("region"),
            Region.names.label("region_names"),
            Company.alias,
        )
        .join(Commodity, Commodity.id == Listing.commodity_id)
        .join(Region, Region.id == Listing.region_id)
        .join(Company, Company.id == Listing.company_id)
        .where(Listing.id.in_(listing_ids), Listing.state == ListingState.OPEN)
    )
    return {
        row.id: " ".join(
            words_of(
                [
                    row.commodity,
                    *(row.commodity_names or {}).values(),
                    row.grade,
                    *map(str, (row.attributes or {}).values()),
                    row.region,
                    *(row.region_names or {}).values(),
                    row.reference,
                    *(getattr(row, name) for name in EXTRA_COLUMNS),
                    row.alias,
                ]
            )
        )
        for row in rows
    }
