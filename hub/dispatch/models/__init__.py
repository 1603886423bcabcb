"""The tables of dispatch: deliveries in, release orders out."""
