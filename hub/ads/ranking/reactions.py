"""What campaigns do when something happens to their listings."""

from hub.ads.ranking.ends import end_for_listing
from hub.core.actor import SYSTEM
from hub.posting.events import ListingClosed


def on_listing_closed(event: ListingClosed) -> None:
    """Campaigns of a listing that is gone end with it."""
    end_for_listing(SYSTEM, event.listing_id)
