"""Reading and rounding exact decimals. No binary floating point touches money or quantity."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

from hub.core.errors import Invalid
from hub.core.i18n import _

_PLAIN_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?")
_WIDE = Context(prec=60)

QUANTITY_PLACES = 3
UNIT_PRICE_PLACES = 4
RATE_PLACES = 6


def round_half_even(value: Decimal, places: int) -> Decimal:
    """``value`` rounded half to even to ``places`` decimals: the only rounding in the hub."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_WIDE)


def multiply(*factors: Decimal | int) -> Decimal:
    """The exact product (up to 60 digits)."""
    product = Decimal(1)
    for factor in factors:
        product = _WIDE.multiply(product, Decimal(factor))
    return product


def plain(value: Decimal) -> str:
    """``value`` without trailing zeros or an exponent: the same in every language."""
    return f"{value.normalize():f}"


def parse_decimal(text: str, places: int, *, positive: bool = True) -> Decimal:
    """Read a plain decimal such as ``4120.50``: no exponent, no group marks, no NaN.

    Raises:
        Invalid: not a plain number, more than ``places`` decimals, more than 12 digits before
            the point, or not above zero where ``positive``.
    """
    text = text.strip()
    if not text.isascii() or not _PLAIN_DECIMAL.fullmatch(text):
        raise Invalid(_("“%(text)s” is not a plain number such as 1200.50.", text=text[:40]))
    value = Decimal(text)
    if value != round_half_even(value, places):
        raise Invalid(
            _("%(text)s has more than %(places)d decimal places.", text=text, places=places)
        )
    if abs(value) >= Decimal(10) ** 12:
        raise Invalid(_("%(text)s is too large.", text=text))
    if positive and value <= 0:
        raise Invalid(_("%(text)s must be above zero.", text=text))
    return round_half_even(value, places)


def parse_integer(text: str | None, digits: int = 12) -> int | None:
    """Read a whole number of at most ``digits`` ASCII digits, without a sign; None for all else.

    ``str.isdigit`` lets ``²`` pass, which ``int`` refuses, and ``int`` takes ``٣``, ``1_000`` and
    numbers that no database holds.
    """
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
