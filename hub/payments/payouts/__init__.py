"""Money that the hub sends: payouts, refunds, credit, sweeps, shares of partners.

A payout is due, requested, approved by a second person, exported to the bank, settled.
"""
