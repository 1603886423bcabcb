"""Subscriptions: begun, paid by charges, renewed, upgraded, suspended, ended; income by the day."""
