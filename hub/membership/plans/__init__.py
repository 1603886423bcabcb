"""Plans in versions: what the hub offers, at which prices, with which entitlements."""
