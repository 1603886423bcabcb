"""What the lists of the administrator's forms offer."""

from collections.abc import Callable, Sequence

from wtforms import SelectChoice

from hub.catalogue import queries as catalogue
from hub.core import settings
from hub.core.formats import named
from hub.membership.models.plans import Plan
from hub.payments.wallets.queries import currencies_offered

NOTHING = SelectChoice("", "–")


def currency_choices() -> list[SelectChoice]:
    """The currencies in which the hub takes money, that of its fees first."""
    home = settings.current().fee_currency
    offered = sorted(currencies_offered(), key=lambda each: (each != home, each))
    return [SelectChoice(each) for each in offered]


def plan_choices(plans: Sequence[Plan], value: Callable[[Plan], str]) -> list[SelectChoice]:
    """The plans that are offered, by name."""
    return [
        SelectChoice(value(plan), named(plan.current)) for plan in plans if plan.retired_at is None
    ]


def commodity_choices() -> list[SelectChoice]:
    """Commodities and groups by code."""
    return [SelectChoice(each.code, named(each)) for each in catalogue.commodities()]
