"""Both sides sign the exact bytes; then the hub seals, or the time to sign is over."""
