"""Membership: plans, subscriptions, what a company may do, and the commission it bears.

Owns plans with their versions, prices and entitlements; subscriptions (trial or pending_payment ->
active -> past_due -> suspended; cancelled, expired) with the spans that are charged; coupons; and
the rules by which commission is found. Publishes EntitlementsChanged. ``entitlements`` is the one
place that says what a company may do.
"""
