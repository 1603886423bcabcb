"""Facts about money. ``subject_kind`` and ``subject_id`` say what the money is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InvoiceFact:
    invoice_id: int
    subject_kind: str
    subject_id: int


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
