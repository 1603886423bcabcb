"""Reading campaigns: a company its own, the advertising staff all; and what they brought."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload

from hub.ads.ranking.models import Campaign, CampaignDay, Click, Impression
from hub.ads.states import CampaignState
from hub.catalogue.models import Commodity
from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.posting.models import Listing, ListingState

PAGE_SIZE = 50
_CONTEXT = (
    joinedload(Campaign.company),
    joinedload(Campaign.listing).options(
        joinedload(Listing.commodity), joinedload(Listing.region), joinedload(Listing.company)
    ),
)


@dataclass(frozen=True)
class Figures:
    """What a campaign brought: views of the listing, valid clicks, clicks that cost nothing."""

    impressions: int
    clicks: int
    invalid_clicks: int
    cost: Money


@dataclass(frozen=True)
class DayFigures:
    """The figures of one day of the hub's zone."""

    day: date
    figures: Figures


def visible_to(actor: Actor) -> Select[Any]:
    """The campaigns the actor may see: the company's own; advertising staff see all."""
    wanted = select(Campaign).options(*_CONTEXT)
    if actor.has(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR):
        return wanted
    return wanted.where(Campaign.company_id == (actor.company_id or 0))


def campaign(actor: Actor, public_id: str, *, lock: bool = False) -> Campaign:
    """The campaign with its company, listing and targets.

    With ``lock`` nobody else changes it until the transaction ends, and it is read afresh.

    Raises:
        NotFound: there is none, or it is another company's.
    """
    wanted = visible_to(actor).where(Campaign.public_id == public_id)
    return _one(wanted, lock)


def by_id(campaign_id: int, *, lock: bool = False) -> Campaign:
    """The campaign, for other packages and for jobs (NotFound if there is none)."""
    return _one(select(Campaign).options(*_CONTEXT).where(Campaign.id == campaign_id), lock)


def _one(wanted: Select[Any], lock: bool) -> Campaign:
    if lock:
        wanted = wanted.with_for_update(key_share=True, of=Campaign).execution_options(
            populate_existing=True
        )
    found: Campaign | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound(_("There is no such campaign, or it isn't yours to see."))
    return found


def own_page(actor: Actor, states: Sequence[CampaignState] = (), cursor: str | None = None) -> Page:
    """The campaigns of the actor's company, newest first."""
    wanted = (
        select(Campaign).options(*_CONTEXT).where(Campaign.company_id == (actor.company_id or 0))
    )
    if states:
        wanted = wanted.where(Campaign.state.in_(states))
    return _page(wanted, cursor, descending=True)


def review_page(actor: Actor, cursor: str | None = None) -> Page:
    """Campaigns that wait for the advertising staff, the oldest first."""
    wanted = visible_to(actor).where(Campaign.state == CampaignState.PENDING_REVIEW)
    return _page(wanted, cursor, descending=False)


def _page(wanted: Select[Any], cursor: str | None, *, descending: bool) -> Page:
    keys = [SortKey(Campaign.id, descending)]
    rows = db.session.scalars(keyset(wanted, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def waiting_for_review() -> int:
    """How many campaigns wait for the advertising staff."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Campaign)
            .where(Campaign.state == CampaignState.PENDING_REVIEW)
        )
        or 0
    )


def promotable_listings(actor: Actor) -> list[Listing]:
    """The open listings of the actor's company, with commodity and region, newest first."""
    return list(
        db.session.scalars(
            select(Listing)
            .options(joinedload(Listing.commodity), joinedload(Listing.region))
            .where(
                Listing.company_id == (actor.company_id or 0), Listing.state == ListingState.OPEN
            )
            .order_by(Listing.id.desc())
        )
    )


def commodity_choices(listing: Listing) -> list[Commodity]:
    """The commodities a campaign for the listing may name: its own, then the groups above it."""
    found = []
    following: int | None = listing.commodity_id
    while following is not None:
        commodity = db.session.get_one(Commodity, following)
        found.append(commodity)
        following = commodity.parent_id
    return found


def spent_today(campaign: Campaign) -> Money:
    """What its valid clicks of this day of the hub's zone cost."""
    spent = db.session.scalar(
        select(CampaignDay.spent_minor).where(
            CampaignDay.campaign_id == campaign.id, CampaignDay.day == settings.today()
        )
    )
    return Money(spent or 0, campaign.currency)


def figures(campaigns: Collection[Campaign]) -> dict[int, Figures]:
    """What each of the campaigns brought so far, by its id; two statements for all of them."""
    ids = [each.id for each in campaigns]
    shown = dict(
        db.session.execute(
            select(Impression.campaign_id, func.count())
            .where(Impression.campaign_id.in_(ids))
            .group_by(Impression.campaign_id)
        ).all()
    )
    clicked = {
        row.campaign_id: row
        for row in db.session.execute(
            select(
                Click.campaign_id,
                func.count().label("all"),
                func.sum(_valid()).label("valid"),
                func.sum(Click.charged_minor).label("cost"),
            )
            .where(Click.campaign_id.in_(ids))
            .group_by(Click.campaign_id)
        )
    }
    found = {}
    for each in campaigns:
        row = clicked.get(each.id)
        total, valid, cost = (int(row.all), int(row.valid), int(row.cost)) if row else (0, 0, 0)
        found[each.id] = Figures(
            int(shown.get(each.id, 0)), valid, total - valid, Money(cost, each.currency)
        )
    return found


def _valid() -> ColumnElement[int]:
    return case((Click.charged_minor > 0, 1), else_=0)


def daily_figures(campaign: Campaign, first: date, last: date) -> list[DayFigures]:
    """What a campaign brought on each day of the hub's zone from ``first`` to ``last``."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    shown = {
        number: int(impressions)
        for number, impressions in db.session.execute(
            _by_day(Impression, campaign, days, func.count())
        )
    }
    clicked = {
        row[0]: row[1:]
        for row in db.session.execute(
            _by_day(
                Click,
                campaign,
                days,
                func.count(),
                func.sum(_valid()),
                func.sum(Click.charged_minor),
            )
        )
    }
    found = []
    for number, day in enumerate(days):
        total, valid, cost = map(int, clicked.get(number, (0, 0, 0)))
        money = Money(cost, campaign.currency)
        found.append(DayFigures(day, Figures(shown.get(number, 0), valid, total - valid, money)))
    return found


def _by_day(
    model: type[Impression] | type[Click], campaign: Campaign, days: Sequence[date], *sums: Any
) -> Select[Any]:
    """``sums`` over each of the days that has rows, with the day's number in ``days``."""
    ends = [settings.midnight(day + timedelta(days=1)) for day in days]
    number = case(*((model.at < end, position) for position, end in enumerate(ends)))
    narrowed = (
        model.campaign_id == campaign.id,
        model.at >= settings.midnight(days[0]),
        model.at < ends[-1],
    )
    inner = select(number.label("number"), model.id).where(*narrowed).subquery()
    return (
        select(inner.c.number, *sums)
        .join_from(inner, model, model.id == inner.c.id)
        .group_by(inner.c.number)
    )
