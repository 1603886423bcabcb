"""Advertising: listings lifted by bids in an auction, and places on pages that are booked.

Owns campaigns and bookings (draft -> pending_review -> approved -> scheduled -> running <-> paused
-> completed; rejected, exhausted, cancelled), the record of every auction, impressions and clicks
(append-only), ad places and their artwork. Nothing here ever touches matching.
"""
