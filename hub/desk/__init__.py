"""Everyone's first page, the rooms they may enter, and the one page of every trade. Read-only.

Owns no tables and no states and publishes nothing: it looks at the four steps from above.
"""
