"""What the payer and the hub's finance people are told about money."""

from typing import Any

from hub.core import paths
from hub.core.formats import written
from hub.core.i18n import N_
from hub.core.money import Money
from hub.messaging import services as messaging
from hub.payments.invoices.models import Invoice
from hub.payments.invoices.queries import PAYING_ROLES


def invoice_opened(invoice: Invoice) -> None:
    _tell_payer(
        invoice,
        N_("Please pay %(amount)s for %(number)s by %(due_on)s. The page says exactly how."),
        amount=written(invoice.amount),
        due_on=invoice.due_on,
    )


def payment_due_soon(invoice: Invoice) -> None:
    _tell_payer(
        invoice,
        N_("%(amount)s for %(number)s have not arrived yet. They are due by %(due_on)s."),
        amount=written(invoice.due),
        due_on=invoice.due_on,
    )


def invoice_partly_paid(invoice: Invoice, amount: Money) -> None:
    _tell_payer(
        invoice,
        N_("%(amount)s arrived for %(number)s; %(due)s are still to be paid."),
        amount=written(amount),
        due=written(invoice.due),
    )


def invoice_paid(invoice: Invoice) -> None:
    _tell_payer(
        invoice,
        N_("%(number)s is paid in full: %(amount)s. The supplier is told to deliver.")
        if invoice.is_for_goods
        else N_("%(number)s is paid in full: %(amount)s. Thank you."),
        amount=written(invoice.amount),
    )


def invoice_overdue(invoice: Invoice) -> None:
    _tell_payer(
        invoice,
        N_("%(number)s is overdue: %(due)s are missing. The contract lapses after %(lapses_on)s.")
        if invoice.is_for_goods
        else N_("%(number)s is overdue: %(due)s are missing. It lapses after %(lapses_on)s."),
        due=written(invoice.due),
        lapses_on=invoice.lapses_on,
    )


def invoice_lapsed(invoice: Invoice) -> None:
    _tell_payer(
        invoice,
        N_("%(number)s was not paid in time and has lapsed. What you paid is now your credit."),
    )


def became_credit(company_id: int, amount: Money) -> None:
    """Money of the company's that no invoice needs."""
    messaging.notify_company(
        company_id,
        PAYING_ROLES,
        N_("%(amount)s are now credit of yours at the hub: use it, or have it paid out."),
        {"amount": written(amount)},
        paths.INVOICES,
    )


def _tell_payer(invoice: Invoice, message: str, **parameters: Any) -> None:
    messaging.notify_company(
        invoice.payer_id,
        PAYING_ROLES,
        message,
        {"number": invoice.number, **parameters},
        paths.invoice(invoice.public_id),
    )
