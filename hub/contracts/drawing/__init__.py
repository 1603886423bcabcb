"""Contracts drawn from agreed terms: frozen, numbered, set in PDF."""
