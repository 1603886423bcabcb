"""What a campaign brought, in all and by day of the hub's zone."""

from datetime import UTC, date, datetime

from hub.ads.ranking import queries as campaign_queries
from hub.ads.ranking.models import Campaign, CampaignDay, Click
from hub.ads.ranking.queries import Figures
from hub.core import clock, settings
from hub.core.db.base import db
from tests.ads.campaign_factories import AdDesk
from tests.ads.recorded import impressions
from tests.payments.money_factories import rupees


def seen(campaign: Campaign, instant: datetime, costs: tuple[int, ...]) -> None:
    """Views at ``instant``, each clicked for so many paise; 0 is a click that cost nothing."""
    clock.set_to(instant)
    for shown, cost in zip(impressions(campaign, len(costs)), costs, strict=True):
        db.session.add(
            Click(
                auction_id=shown.auction_id,
                campaign_id=campaign.id,
                at=clock.now(),
                charged_minor=cost,
                currency="INR",
                reason="" if cost else "robot",
            )
        )
    db.session.commit()


def test_figures_add_up_and_days_end_at_midnight_of_the_hub(ad_desk: AdDesk) -> None:
    campaign, other = ad_desk.running(), ad_desk.running()
    before_midnight = datetime(2026, 12, 1, 18, 29, 59, tzinfo=UTC)
    midnight = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
    seen(campaign, before_midnight, (100, 0))
    seen(campaign, midnight, (150, 100, 0))
    impressions(campaign, 1)
    nothing = Figures(0, 0, 0, rupees("0"))
    assert campaign_queries.figures([campaign, other]) == {
        campaign.id: Figures(6, 3, 2, rupees("3.50")),
        other.id: nothing,
    }
    days = campaign_queries.daily_figures(campaign, date(2026, 11, 30), date(2026, 12, 2))
    assert [(each.day.day, each.figures) for each in days] == [
        (30, nothing),
        (1, Figures(2, 1, 1, rupees("1.00"))),
        (2, Figures(4, 2, 1, rupees("2.50"))),
    ]


def test_what_was_spent_today(ad_desk: AdDesk) -> None:
    campaign = ad_desk.running()
    assert campaign_queries.spent_today(campaign) == rupees("0")
    day = CampaignDay(campaign_id=campaign.id, day=settings.today(), spent_minor=250)
    db.session.add(day)
    db.session.commit()
    assert campaign_queries.spent_today(campaign) == rupees("2.50")
