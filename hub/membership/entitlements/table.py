"""The table of what plans allow: a line for each entitlement; a new feature adds its own."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hub.core import settings
from hub.core.formats import money, number, percent
from hub.core.i18n import N_, _, _l
from hub.core.money import Money
from hub.membership.models.plans import BillingInterval, PlanVersion


class Kind(StrEnum):
    """What the value of an entitlement says."""

    NUMBER = "number"
    RATE = "rate"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A line of the table of what plans allow.

    ``silent`` is the value where a version of a plan says nothing of it (None: no limit, for a
    rate: no rate of its own). ``monthly`` ones count by calendar months of the hub's zone.
    ``used_up`` tells what the plan includes and what is used of it.
    """

    code: str
    label: Any
    kind: Kind = Kind.NUMBER
    silent: Decimal | None = None
    monthly: bool = False
    used_up: str = ""


ENTITLEMENTS: dict[str, Entitlement] = {
    each.code: each
    for each in (
        Entitlement(
            "open_listings",
            _l("Open listings"),
            used_up=N_(
                "The plan “%(plan)s” includes %(limit)s listings open or in review at a time, "
                "and %(used)s are."
            ),
        ),
        Entitlement(
            "pictures",
            _l("Pictures a listing"),
            used_up=N_(
                "The plan “%(plan)s” includes %(limit)s pictures a listing, and this one has "
                "%(used)s."
            ),
        ),
        Entitlement(
            "users",
            _l("People of the company"),
            used_up=N_(
                "The plan “%(plan)s” includes %(limit)s people of the company, and with open "
                "invitations there are %(used)s."
            ),
        ),
        Entitlement(
            "inquiries_included",
            _l("Inquiries opened without a fee"),
            silent=Decimal(0),
            monthly=True,
            used_up=N_(
                "The plan “%(plan)s” includes %(limit)s inquiries a month, and %(used)s were "
                "opened this month."
            ),
        ),
        Entitlement(
            "own_proposals",
            _l("Proposals of one's own"),
            monthly=True,
            used_up=N_(
                "The plan “%(plan)s” includes %(limit)s proposals of your own a month, and "
                "%(used)s were made this month."
            ),
        ),
        Entitlement("commission_rate", _l("Commission on sales"), Kind.RATE),
        Entitlement(
            "natural_position", _l("Position among results"), Kind.LEVEL, silent=Decimal(0)
        ),
    )
}


def limit_in(version: PlanVersion | None, code: str) -> Decimal | None:
    """What a version of a plan says of an entitlement; without a plan nothing is limited."""
    entitlement = ENTITLEMENTS[code]
    if version is None:
        return None if entitlement.kind is Kind.NUMBER else entitlement.silent
    for each in version.entitlements:
        if each.code == code:
            return each.value
    return entitlement.silent


def written(code: str, value: Decimal | None) -> str:
    """The value of an entitlement for people: ``20``, ``without limit``, ``1.5%``."""
    if ENTITLEMENTS[code].kind is Kind.RATE:
        return _("by the hub's rules") if value is None else percent(value)
    if value is None:
        return _("without limit")
    return number(value)


_A_PERIOD = {
    BillingInterval.MONTH: N_("%(amount)s a month"),
    BillingInterval.QUARTER: N_("%(amount)s a quarter"),
    BillingInterval.YEAR: N_("%(amount)s a year"),
}


def price_words(amount: Money, interval: BillingInterval) -> str:
    """``1,200.00 INR a year``, or that it costs nothing."""
    if not amount:
        return _("free of charge")
    return _(_A_PERIOD[interval], amount=money(amount))


def price_in_words(version: PlanVersion) -> str:
    """The price of the shortest interval, in the hub's currency of fees where there is one."""
    home = settings.current().fee_currency
    prices = sorted(version.prices, key=lambda each: (each.currency != home, each.interval.months))
    if not prices:
        return ""
    amount = Money(prices[0].amount_minor, prices[0].currency)
    return price_words(amount, prices[0].interval)
