"""Places on pages that are booked by the day or by views: artwork, bookings, serving.

A booking is drafted, reviewed, paid, scheduled, runs, and is completed.
"""
