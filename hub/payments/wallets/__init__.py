"""Accounts of members at the hub: topped up, charged, withdrawn."""
