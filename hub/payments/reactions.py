"""How payments reacts to facts of the packages below it."""

from hub.accounts.events import BankAccountChanged
from hub.core.actor import SYSTEM
from hub.payments.payouts import services as payouts


def on_bank_account_changed(event: BankAccountChanged) -> None:
    """Payouts to a company whose bank details changed are held."""
    payouts.hold_for_changed_account(SYSTEM, event.company_id)
