"""Forms of administration: shape and type only; the services judge what was typed."""
