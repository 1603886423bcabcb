"""Step 2 of a trade: the hub brings a supply and a demand together, and both consent.

Owns match_run and proposal. A proposal goes proposed -> asked -> consented (one side) ->
accepted (both), or dismissed by the broker, declined by a side, expired, superseded. A side's
consent reserves the quantity of its own listing; leaving the path releases it.
Publishes ProposalAccepted.
"""
