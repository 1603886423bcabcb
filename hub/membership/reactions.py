"""How memberships react to facts about money."""

from hub.core.actor import SYSTEM
from hub.membership.models.subscriptions import CHARGED_FOR
from hub.membership.subscriptions import billing
from hub.payments.events import InvoiceLapsed, InvoicePaid, WalletToppedUp


def on_invoice_paid(event: InvoicePaid) -> None:
    """A charge that was paid begins to run."""
    if event.subject_kind == CHARGED_FOR:
        billing.charge_paid(SYSTEM, event.subject_id)


def on_invoice_lapsed(event: InvoiceLapsed) -> None:
    """A membership that nobody paid for ends."""
    if event.subject_kind == CHARGED_FOR:
        billing.charge_lapsed(SYSTEM, event.subject_id)


def on_wallet_topped_up(event: WalletToppedUp) -> None:
    """A renewal that is due is paid from the account, if the company wants that."""
    billing.wallet_topped_up(event.company_id, event.currency)
