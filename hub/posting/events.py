"""Facts about listings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ListingSubmitted:
    listing_id: int


@dataclass(frozen=True)
class ListingOpened:
    """The listing is on the market, for the first time or again after a pause."""

    listing_id: int


@dataclass(frozen=True)
class ListingChanged:
    """An open listing's terms or its available quantity changed."""

    listing_id: int


@dataclass(frozen=True)
class ListingReturned:
    """The broker sent it back (to draft) or rejected it."""

    listing_id: int
    reason: str


@dataclass(frozen=True)
class ListingClosed:
    """The listing left the market: paused, filled, withdrawn or expired."""

    listing_id: int


@dataclass(frozen=True)
class ListingsImported:
    """Many listings came in with one file (``Listing.batch_id``), open or waiting for review.

    No ListingOpened or ListingSubmitted is published for them.
    """

    batch_id: int
