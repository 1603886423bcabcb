"""The forms of advertising."""
