"""The demonstration: a believable market that stays current, and the pages of the pretend bank.

Owns no tables. Only there when ``HUB_DEMO`` is on, which Production refuses.
"""
