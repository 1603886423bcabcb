"""What bookings do when money comes or doesn't, and when a company may not trade any more."""

from hub.accounts.events import CompanyReviewed, CompanySuspended
from hub.accounts.models import Verification
from hub.ads.display import progress as booking_progress
from hub.ads.display import review as display_review
from hub.ads.display.models import Booking
from hub.core.actor import SYSTEM
from hub.payments.events import InvoiceLapsed, InvoicePaid


def on_invoice_paid(event: InvoicePaid) -> None:
    """A booking whose price came runs from its first day on."""
    if event.subject_kind == Booking.THING:
        booking_progress.paid(SYSTEM, event.subject_id)


def on_invoice_lapsed(event: InvoiceLapsed) -> None:
    """A booking whose price didn't come ends."""
    if event.subject_kind == Booking.THING:
        booking_progress.lapse(SYSTEM, event.subject_id)


def on_company_suspended(event: CompanySuspended) -> None:
    """What the company runs is paused."""
    display_review.pause_for_company(SYSTEM, event.company_id, event.reason)


def on_company_reviewed(event: CompanyReviewed) -> None:
    """With its verification a company loses its places on the pages for a while."""
    if event.outcome == Verification.REVOKED.value:
        display_review.pause_for_company(SYSTEM, event.company_id, event.reason)
