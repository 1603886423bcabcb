"""What the market does when listings come, change and go."""

from hub.core.actor import SYSTEM
from hub.market import services
from hub.posting.events import ListingChanged, ListingClosed, ListingOpened, ListingsImported


def on_listing_opened(event: ListingOpened) -> None:
    services.index_listings(SYSTEM, [event.listing_id])


def on_listing_changed(event: ListingChanged) -> None:
    services.index_listings(SYSTEM, [event.listing_id])


def on_listing_closed(event: ListingClosed) -> None:
    services.index_listings(SYSTEM, [event.listing_id])


def on_listings_imported(event: ListingsImported) -> None:
    services.index_batch(SYSTEM, event.batch_id)
