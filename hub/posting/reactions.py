"""What posting does when a company may not trade any more."""

from hub.accounts.events import CompanyReviewed, CompanySuspended
from hub.accounts.models import Verification
from hub.core.actor import SYSTEM
from hub.posting.services import pause_for_company


def on_company_suspended(event: CompanySuspended) -> None:
    """Its listings leave the market."""
    pause_for_company(SYSTEM, event.company_id, event.reason)


def on_company_reviewed(event: CompanyReviewed) -> None:
    """With its verification its listings leave the market."""
    if event.outcome == Verification.REVOKED.value:
        pause_for_company(SYSTEM, event.company_id, event.reason)
