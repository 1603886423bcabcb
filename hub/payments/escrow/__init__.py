"""Money held for a trade: released to supplier and hub, refunded to the purchaser."""
