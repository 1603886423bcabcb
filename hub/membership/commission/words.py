"""Why a sale bears this rate of commission, in the reader's language.

The reason is the list that :meth:`hub.membership.commission.services.Quote.reason` gives and a
proposal keeps: the rules that held, the one that decided first.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import get_locale

from hub.core.formats import money, percent, short_date
from hub.core.i18n import _, localised
from hub.core.money import Money

Reason = Sequence[Mapping[str, Any]]


def _name(thing: Mapping[str, Any]) -> str:
    return localised(thing["names"], thing["name"], str(get_locale()))


def conditions(named: Mapping[str, Any]) -> str:
    """What a rule names, in words; the hub's standard rate names nothing."""
    parts = []
    if "commodity" in named:
        parts.append(_("sales of %(commodity)s", commodity=_name(named["commodity"])))
    if "plan" in named:
        parts.append(_("the plan “%(plan)s”", plan=_name(named["plan"])))
    if "volume" in named:
        volume = Money(named["volume"]["minor"], named["volume"]["currency"])
        parts.append(_("%(volume)s or more sold in 365 days", volume=money(volume)))
    if "until" in named:
        parts.append(_("until %(date)s", date=short_date(date.fromisoformat(named["until"]))))
    return ", ".join(parts) if parts else _("every sale")


def rate_rows(reason: Reason) -> list[tuple[str, ...]]:
    """A row for each rule that held, and the rate that was taken."""
    rows: list[tuple[str, ...]] = [
        (
            _("For %(conditions)s", conditions=conditions(each["conditions"])),
            percent(Decimal(each["rate"])),
            "muted",
        )
        for each in reversed(reason)
    ]
    return [*rows, (_("Rate of this sale"), percent(Decimal(reason[0]["rate"])), "total")]


def sentence(reason: Reason) -> str:
    """Why that rate was taken."""
    decided = reason[0]
    rate = percent(Decimal(decided["rate"]))
    if len(reason) == 1:
        return _("The hub's standard rate of %(rate)s holds.", rate=rate)
    if len(reason[1]["conditions"]) == len(decided["conditions"]):
        return _(
            "Of the rules that fit this sale most closely, the lowest rate holds: %(rate)s for "
            "%(conditions)s.",
            rate=rate,
            conditions=conditions(decided["conditions"]),
        )
    return _(
        "Of the rules that fit this sale, the closest holds: %(rate)s for %(conditions)s.",
        rate=rate,
        conditions=conditions(decided["conditions"]),
    )
