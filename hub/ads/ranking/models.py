"""Campaigns that bid for sponsored places, and the record of auctions, impressions and clicks."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company
from hub.ads.states import CAMPAIGN_TRANSITIONS, CAMPAIGN_WORDS, CampaignState
from hub.catalogue.models import Commodity
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.posting.models import Listing


class Campaign(Identified, Versioned, Stateful, Base):
    """Bids for one listing: at most ``max_bid_minor`` a click, within the daily and total budget.

    ``spent_minor`` is what its valid clicks cost so far. The answers behind the quality score
    that don't depend on the search are kept here by a job: shares from 0 to 1.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("max_bid_minor > 0", name="max_bid"),
        CheckConstraint(
            "max_bid_minor <= daily_budget_minor AND daily_budget_minor <= total_budget_minor",
            name="budgets",
        ),
        CheckConstraint("spent_minor >= 0 AND spent_minor <= total_budget_minor", name="spent"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="days"),
        Index("ix_campaign_state", "state", "id"),
    )
    THING = "campaign"
    TRANSITIONS = CAMPAIGN_TRANSITIONS

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[CampaignState] = mapped_column(
        StateColumn(CampaignState), default=CampaignState.DRAFT
    )
    currency: Mapped[str] = mapped_column(String(3))
    max_bid_minor: Mapped[int]
    daily_budget_minor: Mapped[int]
    total_budget_minor: Mapped[int]
    spent_minor: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    verification: Mapped[Decimal] = mapped_column(Scaled(4), default=Decimal(0))
    completeness: Mapped[Decimal] = mapped_column(Scaled(4), default=Decimal(0))
    answer_rate: Mapped[Decimal] = mapped_column(Scaled(4), default=Decimal(0))
    click_rate: Mapped[Decimal] = mapped_column(Scaled(4), default=Decimal(0))
    rated_at: Mapped[datetime | None]
    review_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")
    targets: Mapped[list["CampaignTarget"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CampaignTarget.id"
    )

    @property
    def max_bid(self) -> Money:
        return Money(self.max_bid_minor, self.currency)

    @property
    def daily_budget(self) -> Money:
        return Money(self.daily_budget_minor, self.currency)

    @property
    def total_budget(self) -> Money:
        return Money(self.total_budget_minor, self.currency)

    @property
    def spent(self) -> Money:
        return Money(self.spent_minor, self.currency)

    @property
    def left(self) -> Money:
        """What is left of the total budget."""
        return self.total_budget - self.spent

    @property
    def can_edit(self) -> bool:
        """All of it may change while nobody has reviewed it."""
        return self.state is CampaignState.DRAFT

    @property
    def can_change_budget(self) -> bool:
        """Bid, budgets and last day may change as long as it may still run."""
        return self.state in (
            CampaignState.SCHEDULED,
            CampaignState.RUNNING,
            CampaignState.PAUSED,
            CampaignState.EXHAUSTED,
        )

    @property
    def can_pause(self) -> bool:
        return self.state is CampaignState.RUNNING

    @property
    def can_resume(self) -> bool:
        """After a pause; one whose budget is used up goes on when that is raised."""
        return self.state is CampaignState.PAUSED

    @property
    def can_cancel(self) -> bool:
        return CampaignState.CANCELLED in self.TRANSITIONS.get(self.state, frozenset())

    def move(
        self, target: CampaignState, actor: Actor, action: str, reason: str | None = None
    ) -> None:
        """Go to the next state; what comes with it is the verb's that calls this."""
        self._move_to(target, actor, action, reason)


register_words(Campaign.THING, CAMPAIGN_WORDS)


class CampaignTarget(Base):
    """Where a campaign bids: searches with all words of ``keyword``, or pages of a commodity.

    ``keyword`` holds the words as the search index makes them, sorted, separated by spaces.
    """

    __tablename__ = "campaign_target"
    __table_args__ = (
        CheckConstraint("(keyword IS NULL) <> (commodity_id IS NULL)", name="keyword_or_commodity"),
        UniqueConstraint("campaign_id", "keyword"),
        UniqueConstraint("campaign_id", "commodity_id"),
        Index("ix_campaign_target_keyword", "keyword"),
        Index("ix_campaign_target_commodity", "commodity_id"),
    )
    THING = "campaign_target"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    keyword: Mapped[str | None] = mapped_column(String(120))
    #: The keyword as it was typed.
    typed: Mapped[str] = mapped_column(String(80), default="")
    commodity_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"))

    commodity: Mapped[Commodity | None] = relationship(lazy="joined")


class CampaignDay(Base):
    """What a campaign spent on one day of the hub's zone."""

    __tablename__ = "campaign_day"
    __table_args__ = (
        UniqueConstraint("campaign_id", "day"),
        CheckConstraint("spent_minor >= 0", name="spent"),
    )
    THING = "campaign_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    day: Mapped[date]
    spent_minor: Mapped[int] = mapped_column(default=0)


class Surface(StrEnum):
    """Where sponsored places were shown."""

    SEARCH = "search"
    CATEGORY = "category"
    JSON = "json"
    CSV = "csv"


class Auction(Identified, Base):
    """The record of one auction: all that its prices follow from. Only ever added.

    ``entrants`` holds [campaign id, bid in minor units, quality in thousandths] of the best in
    the order of rank, one more than places; ``eligible`` says how many there were. ``words`` are
    those looked for, in order, and ``commodity_id`` is what the page was about, if one thing.
    ``viewer`` is a keyed hash of the browser's session of that day; it can't be led back.
    """

    __tablename__ = "ad_auction"
    __table_args__ = (Index("ix_ad_auction_at", "at"),)
    THING = "ad_auction"

    at: Mapped[datetime]
    surface: Mapped[Surface] = mapped_column(StateColumn(Surface))
    words: Mapped[str] = mapped_column(String(640), default="")
    commodity_id: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    reserve_minor: Mapped[int]
    places: Mapped[int]
    eligible: Mapped[int]
    entrants: Mapped[list[Any]] = mapped_column(JSON)
    viewer: Mapped[str] = mapped_column(String(32), default="")
    viewer_company_id: Mapped[int | None]


class Impression(Base):
    """A sponsored listing that an auction placed, and what a valid click on it costs."""

    __tablename__ = "ad_impression"
    __table_args__ = (
        UniqueConstraint("auction_id", "campaign_id"),
        Index("ix_ad_impression_campaign", "campaign_id", "at"),
    )
    THING = "ad_impression"

    id: Mapped[int] = mapped_column(primary_key=True)
    auction_id: Mapped[int] = mapped_column(ForeignKey("ad_auction.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    place: Mapped[int]
    price_minor: Mapped[int]
    at: Mapped[datetime]


class Click(Base):
    """A click on a sponsored listing: charged once, or why it cost nothing."""

    __tablename__ = "ad_click"
    __table_args__ = (
        Index(
            "uq_ad_click_charged",
            "auction_id",
            "campaign_id",
            unique=True,
            sqlite_where=text("charged_minor > 0"),
            postgresql_where=text("charged_minor > 0"),
        ),
        CheckConstraint("charged_minor >= 0", name="charged"),
        CheckConstraint("(reason = '') = (charged_minor > 0)", name="charged_or_reason"),
        Index("ix_ad_click_campaign", "campaign_id", "at"),
    )
    THING = "ad_click"

    id: Mapped[int] = mapped_column(primary_key=True)
    auction_id: Mapped[int] = mapped_column(ForeignKey("ad_auction.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    at: Mapped[datetime]
    charged_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    #: Why it is invalid and free: a code of hub.ads.ranking.clicks; empty for a charged click.
    reason: Mapped[str] = mapped_column(String(30), default="")
    viewer: Mapped[str] = mapped_column(String(32), default="")
    viewer_company_id: Mapped[int | None]


for _table in (Auction, Impression, Click):
    append_only(_table.__table__)  # type: ignore[arg-type]
