"""Money that counts for an invoice."""

from hub.core import bus
from hub.core.actor import Actor
from hub.core.money import Money
from hub.payments.events import InvoicePaid
from hub.payments.invoices import notices
from hub.payments.invoices.models import Invoice, InvoiceState


def count_on_invoice(actor: Actor, invoice: Invoice, amount: Money) -> None:
    """Count money that was posted to 2100 on its invoice, and tell everybody."""
    invoice.take_payment(actor, amount)
    if invoice.state is InvoiceState.PAID:
        bus.publish(InvoicePaid(invoice.id, *invoice.subject))
        notices.invoice_paid(invoice)
    else:
        notices.invoice_partly_paid(invoice, amount)
