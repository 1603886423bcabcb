"""How payments reacts to facts: of the packages below it, and its own."""

from hub.accounts.events import BankAccountChanged
from hub.core.actor import SYSTEM
from hub.payments.bank import matching
from hub.payments.events import InvoiceOpened
from hub.payments.payouts import services as payouts


def on_bank_account_changed(event: BankAccountChanged) -> None:
    """Payouts to a company whose bank details changed are held."""
    payouts.hold_for_changed_account(SYSTEM, event.company_id)


def on_invoice_opened(event: InvoiceOpened) -> None:
    """Money that waited for it at the bank pays it."""
    matching.rematch(SYSTEM)
