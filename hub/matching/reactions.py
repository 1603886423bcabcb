"""What matching does when listings change below it. New ones are found by the job."""

from hub.core.actor import SYSTEM
from hub.matching.proposals.consenting import supersede_for
from hub.posting.events import ListingChanged, ListingClosed, ListingOpened, ListingReturned


def on_listing_opened(event: ListingOpened) -> None:
    """It may have been open before, on other terms: the next run looks at it again."""
    supersede_for(SYSTEM, event.listing_id)


def on_listing_changed(event: ListingChanged) -> None:
    """What its new terms or what is left of it no longer allow has ended."""
    supersede_for(SYSTEM, event.listing_id)


def on_listing_returned(event: ListingReturned) -> None:
    """It does not come onto the market: what a trader proposed with it has ended."""
    supersede_for(SYSTEM, event.listing_id)


def on_listing_closed(event: ListingClosed) -> None:
    """It left the market."""
    supersede_for(SYSTEM, event.listing_id)
