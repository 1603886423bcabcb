"""What must hold between campaigns, their auctions, their clicks and the ledger.

Each check gives one sentence for each thing that is wrong; none when all is well.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, func, or_, select

from hub.ads.ranking.models import Campaign, CampaignDay, Click, Impression
from hub.core.db.base import db
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerEntry, LedgerLine


def _sums(key: Any, amount: Any) -> dict[int, int]:
    rows = db.session.execute(select(key, func.sum(amount)).group_by(key))
    return {number: int(total) for number, total in rows}


def spent_is_what_clicks_cost() -> list[str]:
    """A campaign spent what its clicks were charged, by the days and by the ledger too."""
    clicks = _sums(Click.campaign_id, Click.charged_minor)
    days = _sums(CampaignDay.campaign_id, CampaignDay.spent_minor)
    ledger = {
        number: int(total)
        for number, total in db.session.execute(
            select(LedgerEntry.subject_id, func.sum(LedgerLine.amount_minor))
            .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
            .where(
                LedgerEntry.subject_kind == Campaign.THING,
                LedgerLine.account == chart.MEMBER_WALLET,
            )
            .group_by(LedgerEntry.subject_id)
        )
    }
    broken = []
    for campaign_id, public_id, spent in db.session.execute(
        select(Campaign.id, Campaign.public_id, Campaign.spent_minor)
    ):
        told = {
            "clicks": clicks.get(campaign_id, 0),
            "days": days.get(campaign_id, 0),
            "ledger": ledger.get(campaign_id, 0),
        }
        broken += [
            f"Campaign {public_id} spent {spent}, but its {source} say {total}."
            for source, total in told.items()
            if total != spent
        ]
    return broken


def spent_is_within_budget() -> list[str]:
    """No campaign spent more than its total budget."""
    return [
        f"Campaign {row.public_id} spent {row.spent_minor} of a budget of {row.total_budget_minor}."
        for row in db.session.execute(
            select(Campaign.public_id, Campaign.spent_minor, Campaign.total_budget_minor).where(
                Campaign.spent_minor > Campaign.total_budget_minor
            )
        )
    ]


def clicks_cost_what_was_offered() -> list[str]:
    """A charged click costs at most the price of its impression, and there is one."""
    rows = db.session.execute(
        select(Click.id, Click.charged_minor, Impression.price_minor)
        .outerjoin(
            Impression,
            and_(
                Impression.auction_id == Click.auction_id,
                Impression.campaign_id == Click.campaign_id,
            ),
        )
        .where(
            Click.charged_minor > 0,
            or_(Impression.id.is_(None), Click.charged_minor > Impression.price_minor),
        )
    )
    return [
        f"Click {number} cost {charged}, but its place was priced at {price}."
        for number, charged, price in rows
    ]


CHECKS: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
    ("ads", "Campaigns spent what their clicks cost, within budget.", spent_is_what_clicks_cost),
    ("ads", "Campaigns spent what their clicks cost, within budget.", spent_is_within_budget),
    ("ads", "Campaigns spent what their clicks cost, within budget.", clicks_cost_what_was_offered),
)
