"""Stock: lots, append-only moves between bins and the outside, reservations."""
