"""What posting does when a company may not trade any more, or its plan changes."""

from hub.accounts.events import CompanyReviewed, CompanySuspended
from hub.accounts.models import Verification
from hub.core.actor import SYSTEM
from hub.membership.events import EntitlementsChanged
from hub.posting.services import pause_for_company, refresh_standing


def on_company_suspended(event: CompanySuspended) -> None:
    """Its listings leave the market."""
    pause_for_company(SYSTEM, event.company_id, event.reason)


def on_company_reviewed(event: CompanyReviewed) -> None:
    """With its verification its listings leave the market."""
    if event.outcome == Verification.REVOKED.value:
        pause_for_company(SYSTEM, event.company_id, event.reason)


def on_entitlements_changed(event: EntitlementsChanged) -> None:
    """Its open listings stand where its plan puts them now."""
    refresh_standing(SYSTEM, event.company_id)
