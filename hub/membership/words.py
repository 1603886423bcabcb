"""How prices, intervals and charges are said."""

from decimal import Decimal
from typing import Any

from hub.core.formats import money, named, percent
from hub.core.i18n import _, _l
from hub.core.money import Money
from hub.membership.entitlements.services import written
from hub.membership.entitlements.table import price_words
from hub.membership.models.plans import BillingInterval, PlanPrice, PlanVersion
from hub.membership.models.subscriptions import Charge, ChargeKind, Coupon

INTERVALS: dict[BillingInterval, Any] = {
    BillingInterval.MONTH: _l("by the month"),
    BillingInterval.QUARTER: _l("by the quarter"),
    BillingInterval.YEAR: _l("by the year"),
}
_CHARGES: dict[ChargeKind, Any] = {
    ChargeKind.START: _l("Beginning"),
    ChargeKind.RENEWAL: _l("Renewal"),
    ChargeKind.UPGRADE: _l("Change to a higher plan"),
    ChargeKind.GRANT: _l("Granted by the hub"),
}


def charge_words(charge: Charge) -> str:
    """What a charge is for: ``Renewal: Gold, by the year``."""
    return _(
        "%(kind)s: %(plan)s, %(interval)s",
        kind=str(_CHARGES[charge.kind]),
        plan=named(charge.plan_version),
        interval=str(INTERVALS[charge.interval]),
    )


def sorted_prices(version: PlanVersion) -> list[PlanPrice]:
    """The prices of a version by currency, the longest interval first."""
    return sorted(version.prices, key=lambda each: (each.currency, -each.interval.months))


def all_prices(version: PlanVersion) -> list[str]:
    """Every price of a version, in words."""
    return [
        price_words(Money(each.amount_minor, each.currency), each.interval)
        for each in sorted_prices(version)
    ]


def value_words(code: str, value: Decimal | None) -> str:
    """The value of an entitlement; a position is told beside the usual one."""
    if code == "natural_position":
        return _("%(levels)d above the usual", levels=int(value)) if value else _("the usual one")
    return written(code, value)


def discount_words(coupon: Coupon) -> str:
    """What a coupon takes off: ``20%`` or ``500.00 INR``."""
    if coupon.share is not None:
        return percent(coupon.share)
    return money(Money(coupon.amount_minor or 0, coupon.currency or ""))
