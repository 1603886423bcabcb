"""Depots with their bins: made, changed, read from files."""
