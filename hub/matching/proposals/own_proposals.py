"""How many proposals of its own a company has made this month: what its plan counts."""

from sqlalchemy import func, select

from hub.core.db.base import db
from hub.matching.models import Proposal
from hub.membership.entitlements import services as entitlements

#: The entitlement that counts them.
OWN_PROPOSALS = "own_proposals"


def made_this_month(company_id: int) -> int:
    """The proposals that the company's traders have made since the calendar month of the hub's
    zone began, whatever became of them."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Proposal)
            .where(
                Proposal.proposed_by_company == company_id,
                Proposal.created_at >= entitlements.month_start(),
            )
        )
        or 0
    )
