"""What the payer and the hub's finance people are told about money."""

from typing import Any

from hub.core.actor import CompanyRole, StaffRole
from hub.core.i18n import N_
from hub.core.money import Money
from hub.messaging import services as messaging
from hub.payments.bank.models import StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.payouts.models import Payout
from hub.payments.queries import PAYING_ROLES


def written(amount: Money) -> str:
    """An amount for a text that is kept: the same in every language."""
    return f"{amount.decimal:,f} {amount.currency}"


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
        "/invoices",
    )


def topped_up(company_id: int, amount: Money) -> None:
    """A transfer reached the company's account."""
    messaging.notify_company(
        company_id,
        PAYING_ROLES,
        N_("%(amount)s arrived in your account at the hub."),
        {"amount": written(amount)},
        "/wallet",
    )


def credit_paid_out(payout: Payout) -> None:
    """The company's credit left for its bank account."""
    if payout.payee_id is not None:
        messaging.notify_company(
            payout.payee_id,
            (CompanyRole.OWNER, CompanyRole.FINANCE),
            N_("Your credit of %(amount)s was sent to your bank account."),
            {"amount": written(payout.amount)},
            "/invoices",
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
        f"/finance/exceptions/{line.public_id}",
    )


def payout_held(payout: Payout) -> None:
    """A payout that can't leave until somebody has checked the account."""
    messaging.open_task(
        StaffRole.FINANCE,
        "payout_held",
        Payout.THING,
        payout.id,
        N_("The payout %(number)s of %(amount)s is held: check the payee's bank account."),
        {"number": payout.end_to_end_id, "amount": written(payout.amount)},
        f"/finance/payouts/{payout.public_id}",
    )


def _tell_payer(invoice: Invoice, message: str, **parameters: Any) -> None:
    messaging.notify_company(
        invoice.payer_id,
        PAYING_ROLES,
        message,
        {"number": invoice.number, **parameters},
        f"/invoices/{invoice.public_id}",
    )
