"""The tables of membership: plans in versions, subscriptions and charges, commission rules."""
