"""Display advertising: places on pages, bookings, artwork, and what was shown and clicked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company
from hub.ads.states import CAMPAIGN_TRANSITIONS, CAMPAIGN_WORDS, CampaignState
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words


class AdPage(StrEnum):
    """The pages that have places for advertising."""

    MARKET = "market"
    COMMODITY = "commodity"
    LISTING = "listing"
    FRONT = "front"


class AdKind(StrEnum):
    """How an advertisement stands on its page."""

    BANNER = "banner"
    TEXT = "text"
    POPUP = "popup"
    FLOATING = "floating"


class Pricing(StrEnum):
    """What a price of a place is for."""

    DAY = "day"
    THOUSAND_VIEWS = "thousand_views"


PAGE_WORDS: Mapping[AdPage, Any] = {
    AdPage.MARKET: _l("Market"),
    AdPage.COMMODITY: _l("Commodity pages"),
    AdPage.LISTING: _l("Listing pages"),
    AdPage.FRONT: _l("Front page"),
}
KIND_WORDS: Mapping[AdKind, Any] = {
    AdKind.BANNER: _l("banner"),
    AdKind.TEXT: _l("text"),
    AdKind.POPUP: _l("pop-up"),
    AdKind.FLOATING: _l("floating"),
}
PRICING_WORDS: Mapping[Pricing, Any] = {
    Pricing.DAY: _l("a day"),
    Pricing.THOUSAND_VIEWS: _l("a thousand views"),
}

#: In these states a booking takes its share of the place.
HOLDING_STATES = frozenset(
    {
        CampaignState.DRAFT,
        CampaignState.PENDING_REVIEW,
        CampaignState.APPROVED,
        CampaignState.SCHEDULED,
        CampaignState.RUNNING,
        CampaignState.PAUSED,
    }
)


class AdPlace(Identified, Versioned, Base):
    """A place on a page: its size, what it costs, and how many bookings share it on one day.

    Text has no size of its own. ``price_minor`` is for one day, or for a thousand views.
    """

    __tablename__ = "ad_place"
    __table_args__ = (
        CheckConstraint("(kind = 'text') = (width IS NULL)", name="text_has_no_width"),
        CheckConstraint("(width IS NULL) = (height IS NULL)", name="width_and_height"),
        CheckConstraint("width IS NULL OR (width > 0 AND height > 0)", name="size"),
        CheckConstraint("price_minor > 0", name="price"),
        CheckConstraint("capacity > 0", name="capacity"),
        Index(
            "uq_ad_place_offered",
            "page",
            "kind",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )
    THING = "ad_place"

    page: Mapped[AdPage] = mapped_column(StateColumn(AdPage))
    kind: Mapped[AdKind] = mapped_column(StateColumn(AdKind))
    width: Mapped[int | None]
    height: Mapped[int | None]
    pricing: Mapped[Pricing] = mapped_column(StateColumn(Pricing))
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    capacity: Mapped[int]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        return self.retired_at is None

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class Creative(Identified, Base):
    """What an advertisement shows and where it leads. Only ever added: a change is a new one.

    A picture with its words for those who can't see it, or a headline with a sentence. ``target``
    is an https address, or for the house's own advertisements a path of this site.
    """

    __tablename__ = "ad_creative"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) = (alternative = '')", name="picture_has_words"),
        CheckConstraint("(file_id IS NULL) = (headline <> '')", name="picture_or_headline"),
        CheckConstraint("(file_id IS NULL) = (width IS NULL)", name="picture_has_width"),
        CheckConstraint("(width IS NULL) = (height IS NULL)", name="width_and_height"),
    )
    THING = "ad_creative"

    headline: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(String(120), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int | None]
    height: Mapped[int | None]
    alternative: Mapped[str] = mapped_column(String(120), default="")
    target: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    file: Mapped[StoredFile | None] = relationship(lazy="joined")


class Booking(Identified, Versioned, Stateful, Base):
    """A company's booking of a place for the days from ``starts_on`` to ``ends_on``, both included.

    It buys ``units``: days, or views. ``delivered`` of them were delivered on the days before
    ``counted_until``; ``earned_minor`` of the price became the hub's for them, and
    ``returned_minor`` went back to the company's account.
    """

    __tablename__ = "ad_booking"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("units > 0 AND amount_minor > 0", name="units"),
        CheckConstraint("delivered >= 0 AND delivered <= units", name="delivered"),
        CheckConstraint(
            "earned_minor >= 0 AND returned_minor >= 0 "
            "AND earned_minor + returned_minor <= amount_minor",
            name="earned_and_returned",
        ),
        CheckConstraint("(state = 'draft') = (held_until IS NOT NULL)", name="draft_is_held"),
        CheckConstraint(
            "creative_id IS NOT NULL OR state IN ('draft', 'cancelled')", name="artwork"
        ),
        Index("ix_ad_booking_place", "place_id", "ends_on"),
        Index("ix_ad_booking_state", "state", "id"),
        Index("ix_ad_booking_company", "company_id", "id"),
    )
    THING = "booking"
    TRANSITIONS = CAMPAIGN_TRANSITIONS

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("ad_place.id"))
    creative_id: Mapped[int | None] = mapped_column(ForeignKey("ad_creative.id"))
    state: Mapped[CampaignState] = mapped_column(
        StateColumn(CampaignState), default=CampaignState.DRAFT
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    pricing: Mapped[Pricing] = mapped_column(StateColumn(Pricing))
    units: Mapped[int]
    price_minor: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    delivered: Mapped[int] = mapped_column(default=0)
    counted_until: Mapped[date]
    earned_minor: Mapped[int] = mapped_column(default=0)
    returned_minor: Mapped[int] = mapped_column(default=0)
    #: A draft keeps its days until then.
    held_until: Mapped[datetime | None]
    #: Why staff sent it back, refused it, paused it or ended it.
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    place: Mapped[AdPlace] = relationship(lazy="joined")
    creative: Mapped[Creative | None] = relationship(lazy="joined")
    pauses: Mapped[list["BookingPause"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="BookingPause.id"
    )

    @property
    def subject(self) -> tuple[str, int]:
        """What the ledger and the invoice know the booking by."""
        return self.THING, self.id

    @property
    def is_by_views(self) -> bool:
        return self.pricing is Pricing.THOUSAND_VIEWS

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def after_end(self) -> date:
        """The first day after it."""
        return self.ends_on + timedelta(days=1)

    @property
    def price(self) -> Money:
        """Of one day, or of a thousand views, as it was when the booking was made."""
        return Money(self.price_minor, self.currency)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def earned(self) -> Money:
        return Money(self.earned_minor, self.currency)

    @property
    def returned(self) -> Money:
        return Money(self.returned_minor, self.currency)

    @property
    def can_cancel(self) -> bool:
        return CampaignState.CANCELLED in self.TRANSITIONS.get(self.state, frozenset())

    def is_lost(self, day: date) -> bool:
        """Whether it was paused at any time of ``day``: such a day is not charged."""
        return any(
            pause.from_on <= day and (pause.until_on is None or day <= pause.until_on)
            for pause in self.pauses
        )

    def move(
        self, target: CampaignState, actor: Actor, action: str, reason: str | None = None
    ) -> None:
        """Go to the next state; what comes with it is the verb's that calls this."""
        self._move_to(target, actor, action, reason)


register_words(
    Booking.THING,
    {
        **CAMPAIGN_WORDS,
        CampaignState.APPROVED: (_l("to be paid"), "waiting"),
    },
)


class BookingPause(Base):
    """The days on which staff had paused a booking, both included; no end while it lasts."""

    __tablename__ = "ad_booking_pause"
    __table_args__ = (CheckConstraint("until_on IS NULL OR from_on <= until_on", name="days"),)
    THING = "booking_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("ad_booking.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class HouseAd(Identified, Versioned, Base):
    """The house's own advertisement: shown where nobody else's is."""

    __tablename__ = "ad_house"
    __table_args__ = (Index("ix_ad_house_slot", "page", "kind"),)
    THING = "house_ad"

    page: Mapped[AdPage] = mapped_column(StateColumn(AdPage))
    kind: Mapped[AdKind] = mapped_column(StateColumn(AdKind))
    creative_id: Mapped[int] = mapped_column(ForeignKey("ad_creative.id"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    creative: Mapped[Creative] = relationship(lazy="joined")


class DisplayView(Identified, Base):
    """An advertisement that was shown once. ``counted`` is false for the advertiser's own people.

    ``viewer`` is a keyed hash of the browser's session of that day; it can't be led back.
    """

    __tablename__ = "ad_display_view"
    __table_args__ = (
        CheckConstraint("(booking_id IS NULL) <> (house_ad_id IS NULL)", name="booked_or_house"),
        Index("ix_ad_display_view_booking", "booking_id", "day", "counted"),
    )
    THING = "display_view"

    at: Mapped[datetime]
    day: Mapped[date]
    page: Mapped[AdPage] = mapped_column(StateColumn(AdPage))
    kind: Mapped[AdKind] = mapped_column(StateColumn(AdKind))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("ad_booking.id"))
    house_ad_id: Mapped[int | None] = mapped_column(ForeignKey("ad_house.id"))
    counted: Mapped[bool]
    viewer: Mapped[str] = mapped_column(String(32), default="")


class DisplaySeen(Base):
    """A view of which at least half was in sight for a second."""

    __tablename__ = "ad_display_seen"
    THING = "display_seen"

    view_id: Mapped[int] = mapped_column(
        ForeignKey("ad_display_view.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class DisplayClick(Base):
    """A click on a shown advertisement: counted once, or why it isn't."""

    __tablename__ = "ad_display_click"
    __table_args__ = (
        Index("ix_ad_display_click_view", "view_id"),
        Index(
            "uq_ad_display_click_counted",
            "view_id",
            unique=True,
            sqlite_where=text("reason = ''"),
            postgresql_where=text("reason = ''"),
        ),
    )
    THING = "display_click"

    id: Mapped[int] = mapped_column(primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("ad_display_view.id"))
    at: Mapped[datetime]
    #: Why it doesn't count: a code of hub.ads.display.clicks; empty for a click that counts.
    reason: Mapped[str] = mapped_column(String(30), default="")


for _table in (Creative, DisplayView, DisplaySeen, DisplayClick):
    append_only(_table.__table__)  # type: ignore[arg-type]
