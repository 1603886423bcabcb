"""Step 1 of a trade: companies post what they offer (supply) and what they need (demand).

Owns listing, listing_picture, import_batch, import_refusal. A listing goes draft ->
pending_review -> open <-> paused -> filled / withdrawn / expired, or back to draft, or rejected;
its quantity is counted as reserved (somebody consented) and filled (a contract was signed).
Publishes ListingSubmitted, ListingOpened, ListingChanged, ListingReturned and ListingClosed.
"""
