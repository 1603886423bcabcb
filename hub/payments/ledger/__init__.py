"""The double-entry ledger: the chart of accounts, append-only entries, stored balances.

Owns ledger entries and lines, balances, and the designated bank accounts they are about.
"""
