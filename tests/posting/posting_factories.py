"""Texts of listings and CSV files as people write them."""

import csv
import io
from datetime import UTC, datetime

from hub.posting.importing import COLUMNS

NOW = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def texts(**changes: str) -> dict[str, str]:
    """The terms of a supply of onions that is right in every field."""
    return {
        "reference": "S-1",
        "side": "supply",
        "commodity": "Onion",
        "grade": "FAQ",
        "quantity": "40",
        "unit": "DTN",
        "min_lot": "5",
        "price": "2150",
        "currency": "INR",
        "region": "Maharashtra",
        "ready_from": "2026-12-05",
        "ready_until": "2026-12-19",
        "valid_until": "2026-12-14",
    } | changes


def csv_file(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A CSV file of these rows; what a row lacks is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
