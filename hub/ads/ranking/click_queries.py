"""The report of invalid clicks: what cost nothing, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from hub.accounts.models import Company
from hub.ads.ranking.models import Campaign, Click, Impression
from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.money import Money

#: Lines of a report: those with the most clicks.
MOST_LINES = 200


@dataclass(frozen=True)
class InvalidClicks:
    """The invalid clicks of a campaign for one reason; ``spared`` is what they would have cost."""

    campaign_public_id: str
    campaign_name: str
    company_name: str
    reason: str
    clicks: int
    spared: Money
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class InvalidClickReport:
    """The invalid clicks of some days beside the valid ones; ``by_reason`` is the whole, while
    ``lines`` may be cut at :data:`MOST_LINES`."""

    lines: Sequence[InvalidClicks]
    by_reason: dict[str, int]
    valid: int
    charged: Money

    @property
    def invalid(self) -> int:
        return sum(self.by_reason.values())


def invalid_click_report(actor: Actor, first: date, last: date) -> InvalidClickReport:
    """The invalid clicks from ``first`` to ``last``, days of the hub's zone.

    Raises:
        NotAllowed: neither advertising staff nor an administrator.
    """
    actor.require(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR)
    hub = settings.current()
    between = (
        Click.at >= settings.midnight(first),
        Click.at < settings.midnight(last + timedelta(days=1)),
    )
    counts = db.session.execute(
        select(Click.reason, func.count()).where(*between).group_by(Click.reason)
    )
    by_reason = {reason: int(number) for reason, number in counts}
    valid = by_reason.pop("", 0)
    charged = db.session.scalar(
        select(func.sum(Click.charged_minor)).where(*between, Click.currency == hub.fee_currency)
    )
    return InvalidClickReport(
        _lines(between), by_reason, valid, Money(int(charged or 0), hub.fee_currency)
    )


def _lines(between: Sequence[object]) -> list[InvalidClicks]:
    rows = db.session.execute(
        select(
            Campaign.public_id,
            Campaign.name,
            Company.legal_name,
            Click.reason,
            func.count().label("clicks"),
            func.sum(Impression.price_minor).label("spared"),
            Campaign.currency,
            func.min(Click.at).label("first_at"),
            func.max(Click.at).label("last_at"),
        )
        .join(Campaign, Campaign.id == Click.campaign_id)
        .join(Company, Company.id == Campaign.company_id)
        .join(
            Impression,
            (Impression.auction_id == Click.auction_id)
            & (Impression.campaign_id == Click.campaign_id),
        )
        .where(*between, Click.reason != "")  # type: ignore[arg-type]
        .group_by(
            Campaign.id,
            Campaign.public_id,
            Campaign.name,
            Campaign.currency,
            Company.legal_name,
            Click.reason,
        )
        .order_by(func.count().desc(), Campaign.id, Click.reason)
        .limit(MOST_LINES)
    )
    return [
        InvalidClicks(
            row.public_id,
            row.name,
            row.legal_name,
            row.reason,
            int(row.clicks),
            Money(int(row.spared), row.currency),
            row.first_at,
            row.last_at,
        )
        for row in rows
    ]
