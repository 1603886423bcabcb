"""How things are written where a clerk chooses one of them for a statement line."""

from collections.abc import Iterable

from hub.accounts.models import Company
from hub.core.formats import money, short_date
from hub.core.i18n import _
from hub.payments.bank.models import StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.payouts.models import Payout

Choices = list[tuple[str, str]]


def of_invoices(invoices: Iterable[Invoice]) -> Choices:
    """By public id: number, payer, what is still to be paid."""
    return [
        (
            invoice.public_id,
            _(
                "%(number)s, %(payer)s: %(amount)s to pay by %(day)s",
                number=invoice.number,
                payer=invoice.payer.legal_name,
                amount=money(invoice.due),
                day=short_date(invoice.due_on),
            ),
        )
        for invoice in invoices
    ]


def of_companies(companies: Iterable[Company]) -> Choices:
    """By id: legal name and registration number."""
    return [
        (str(company.id), f"{company.legal_name}, {company.registration_number}")
        for company in companies
    ]


def of_payouts(payouts: Iterable[Payout]) -> Choices:
    """By public id: end-to-end id, payee, purpose."""
    return [
        (
            payout.public_id,
            _(
                "%(number)s, %(payee)s: %(purpose)s",
                number=payout.end_to_end_id,
                payee=payout.payee.legal_name if payout.payee else _("the hub itself"),
                purpose=payout.purpose,
            ),
        )
        for payout in payouts
    ]


def of_debits(debits: Iterable[StatementLine]) -> Choices:
    """By public id: what is left of it, who took it, when, and its text."""
    return [
        (
            debit.public_id,
            _(
                "%(amount)s to %(who)s on %(day)s: %(text)s",
                amount=money(debit.unallocated),
                who=debit.counterparty or _("an unnamed account"),
                day=short_date(debit.booked_on),
                text=debit.remittance[:80],
            ),
        )
        for debit in debits
    ]
