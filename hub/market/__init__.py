"""The public floor: anyone browses the open listings, by words, facets and prices.

Owns search_entry, the words of each listing that is on the market now, and reads the rest from
posting, catalogue and accounts. Companies show as alias, region and badge. Has no states and
publishes no events; it reacts to listings that open, change and close.
"""
