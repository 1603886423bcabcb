"""The purchaser accepts or refuses; silence is acceptance."""
