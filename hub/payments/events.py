"""Facts about money. ``subject_kind`` and ``subject_id`` say what the money is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InvoiceFact:
    invoice_id: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class InvoiceOpened(InvoiceFact):
    """Somebody owes; money that quotes it may have come before."""


@dataclass(frozen=True)
class InvoicePaid(InvoiceFact):
    """All of it came."""


@dataclass(frozen=True)
class InvoiceLapsed(InvoiceFact):
    """The grace time passed too: nobody waits for this money any more."""


@dataclass(frozen=True)
class PayoutSettled:
    """The bank debited it."""

    payout_id: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class Income:
    """Money of a company's that became the hub's, or went back, and the ledger's key for it.

    ``account`` is the income account of the chart; for membership it is the deferred one, since
    that is what the company paid, whenever the ledger recognises it.
    """

    key: str
    company_id: int
    account: int
    currency: str
    amount_minor: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class IncomeEarned(Income):
    """The hub earned this from the company."""


@dataclass(frozen=True)
class IncomeReturned(Income):
    """The hub gave this back to the company (``amount_minor`` above zero)."""


@dataclass(frozen=True)
class WalletToppedUp:
    """Money came into a member's account."""

    company_id: int
    currency: str
