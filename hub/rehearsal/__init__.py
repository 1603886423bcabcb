"""The whole trade without a browser: real listings in, goods delivered and everybody paid.

Owns nothing. It plays companies, staff and the designated bank through the same services that
the pages use, sets the clock, and checks every invariant at the end.
"""
