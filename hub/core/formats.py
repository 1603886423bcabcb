"""How values are written for people: in their language, and never a bare number."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask_babel import format_date, format_datetime, format_timedelta, get_locale

from hub.core import clock, settings
from hub.core.i18n import _, localised
from hub.core.money import Money, minor_digits


def named(thing: Any) -> str:
    """The name of a commodity, a region or a unit in the reader's language."""
    return localised(thing.names, thing.name, str(get_locale()))


def _decimal(value: Decimal, minimum: int, maximum: int) -> str:
    pattern = "#,##0" + ("." + "0" * minimum + "#" * (maximum - minimum) if maximum else "")
    return str(format_decimal(value, format=pattern, locale=get_locale()))


def money(value: Money | None) -> str:
    """``4,120.00 INR``."""
    if value is None:
        return "–"
    digits = minor_digits(value.currency)
    return f"{_decimal(value.decimal, digits, digits)} {value.currency}"


def number(value: Decimal | int | None, places: int = 3) -> str:
    """A number with group marks and no trailing zeros."""
    return "–" if value is None else _decimal(Decimal(value), 0, places)


def quantity(value: Decimal | None, unit: str = "") -> str:
    """``40 DTN``."""
    return "–" if value is None else f"{_decimal(value, 0, 3)} {unit}".strip()


def unit_price(value: Decimal | None, currency: str = "", unit: str = "") -> str:
    """``4,120.50 INR/DTN``: at least the minor unit's decimals where there is a fraction."""
    if value is None:
        return "–"
    whole = value == value.to_integral_value()
    text = _decimal(value, 0 if whole else 2, 0 if whole else 4)
    return f"{text} {currency}/{unit}" if unit else f"{text} {currency}".strip()


def percent(value: Decimal) -> str:
    """``0.01`` as ``1%``."""
    return f"{_decimal(value * 100, 0, 4)}%"


def _date_pattern() -> str:
    locale = get_locale()
    return "y年M月d日" if locale is not None and locale.language == "zh" else "d MMM yyyy"


def short_date(value: date | None) -> str:
    """``4 Dec 2026``, ``2026年12月4日``."""
    return "–" if value is None else str(format_date(value, _date_pattern()))


def month(value: date) -> str:
    """``Dec 2026``, ``2026年12月``."""
    locale = get_locale()
    chinese = locale is not None and locale.language == "zh"
    return str(format_date(value, "y年M月" if chinese else "MMM yyyy"))


def instant(value: datetime | None) -> str:
    """``4 Dec 2026 14:05`` in the reader's zone."""
    return "–" if value is None else str(format_datetime(value, f"{_date_pattern()} HH:mm"))


def relative(value: datetime | date | None) -> str:
    """``in 3 days``, ``2 hours ago``; dates are told in days of the hub's zone."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        distance = value - clock.now()
        if abs(distance) < timedelta(minutes=1):
            return _("just now")
        return str(format_timedelta(distance, add_direction=True))
    days = (value - settings.today()).days
    if days == 0:
        return _("today")
    return str(
        format_timedelta(
            timedelta(days=days), granularity="day", add_direction=True, threshold=float("inf")
        )
    )


def file_size(size: int) -> str:
    """``84 kB``."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size // 1000} kB"
    return f"{_decimal(Decimal(size) / 1_000_000, 1, 1)} MB"


def written(amount: Money) -> str:
    """An amount for a text that is kept: the same in every language."""
    return f"{amount.decimal:,f} {amount.currency}"


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "number": number,
    "quantity": quantity,
    "unit_price": unit_price,
    "named": named,
    "percent": percent,
    "date": short_date,
    "month": month,
    "datetime": instant,
    "relative": relative,
    "filesize": file_size,
}
