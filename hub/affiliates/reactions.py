"""What affiliates does when companies join, and when the hub earns or gives back."""

from hub.accounts.events import CompanyRegistered
from hub.affiliates import services
from hub.core.actor import SYSTEM
from hub.payments.events import IncomeEarned, IncomeReturned


def on_company_registered(event: CompanyRegistered) -> None:
    """It is noted who brought the company."""
    services.attribute(SYSTEM, event.company_id, event.partner_code)


def on_income_earned(event: IncomeEarned) -> None:
    """Who brought the company shares in it."""
    services.earn(SYSTEM, event)


def on_income_returned(event: IncomeReturned) -> None:
    """The share in it is taken back."""
    services.take_back(SYSTEM, event)
