"""Ways to an agreement by hand; so far inquiries: a question about a listing, and its answers.

Owns inquiries (delivered -> opened -> replied; closed, expired; spam, invalid) with the messages
of their threads, both sides under their aliases, the price that opening one costs a company whose
plan doesn't include it, and the contests (open -> upheld / refused) of those who paid. Publishes
nothing: the hub's income from inquiries is announced by payments.
"""
