"""Facts about money. ``subject_kind`` and ``subject_id`` say what the money is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InvoiceFact:
    invoice_id: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class InvoiceOpened(InvoiceFact):
    """Somebody owes the hub's designated account."""


@dataclass(frozen=True)
class InvoicePartlyPaid(InvoiceFact):
    """Money came, but less than what is due."""


@dataclass(frozen=True)
class InvoicePaid(InvoiceFact):
    """All of it came."""


@dataclass(frozen=True)
class InvoiceOverdue(InvoiceFact):
    """The due date passed; the grace time runs."""


@dataclass(frozen=True)
class InvoiceLapsed(InvoiceFact):
    """The grace time passed too: nobody waits for this money any more."""


@dataclass(frozen=True)
class PayoutFact:
    payout_id: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class PayoutHeld(PayoutFact):
    """A payout can't leave, for instance because the account details changed."""


@dataclass(frozen=True)
class PayoutSettled(PayoutFact):
    """The bank debited it."""


@dataclass(frozen=True)
class PayoutReturned(PayoutFact):
    """The bank sent it back."""
