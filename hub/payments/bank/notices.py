"""Who is told what the bank brought."""

from hub.core import paths
from hub.core.actor import StaffRole
from hub.core.formats import written
from hub.core.i18n import N_
from hub.core.money import Money
from hub.messaging import services as messaging
from hub.payments.bank.models import StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.invoices.queries import PAYING_ROLES


def topped_up(company_id: int, amount: Money) -> None:
    """A transfer reached the company's account."""
    messaging.notify_company(
        company_id,
        PAYING_ROLES,
        N_("%(amount)s arrived in your account at the hub."),
        {"amount": written(amount)},
        paths.WALLET,
    )


def paid_too_late(invoice: Invoice, line: StatementLine) -> None:
    """Money for an invoice nobody waits for any more."""
    messaging.open_task(
        StaffRole.FINANCE,
        "paid_too_late",
        StatementLine.THING,
        line.id,
        N_("%(amount)s came for %(number)s, which had ended. It is the payer's credit now."),
        {"amount": written(line.amount), "number": invoice.number},
        paths.bank_exception(line.public_id),
    )
