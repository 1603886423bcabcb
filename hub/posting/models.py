"""Listings with their counters and pictures, and what a bulk import refused."""

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
from hub.catalogue.models import QUANTITY, UNIT_PRICE, Commodity, Region
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.states import Stateful, register_words


class Side(StrEnum):
    """Which side of the market a listing stands on."""

    SUPPLY = "supply"
    DEMAND = "demand"

    @property
    def other(self) -> "Side":
        return Side.DEMAND if self is Side.SUPPLY else Side.SUPPLY


class ListingState(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"
    OPEN = "open"
    PAUSED = "paused"
    FILLED = "filled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REJECTED = "rejected"


class Incoterm(StrEnum):
    """Incoterms 2020. The hub's depots carry the goods, so asks are FCA and bids DAP."""

    FCA = "FCA"
    DAP = "DAP"


class Listing(Identified, Versioned, Stateful, Base):
    """An offer to sell or a request to buy.

    ``quantity``, ``minimum_lot`` and ``unit_price`` are in the commodity's unit; what the trader
    wrote in another unit is kept in ``given``. The limit price is ex region for a supply,
    delivered to the region for a demand, before commission.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price > 0", name="unit_price"),
        CheckConstraint("minimum_lot > 0 AND minimum_lot <= quantity", name="minimum_lot"),
        CheckConstraint(
            "reserved >= 0 AND filled >= 0 AND reserved + filled <= quantity", name="counters"
        ),
        CheckConstraint("ready_from <= ready_until", name="window"),
        UniqueConstraint("company_id", "side", "reference"),
        Index(
            "ix_listing_open_newest",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_listing_market", "state", "commodity_id", "side", "unit_price", "id"),
        Index("ix_listing_owner", "company_id", "state", "id"),
    )
    THING = "listing"
    TRANSITIONS = {
        ListingState.DRAFT: frozenset({ListingState.PENDING_REVIEW, ListingState.WITHDRAWN}),
        ListingState.PENDING_REVIEW: frozenset(
            {
                ListingState.OPEN,
                ListingState.DRAFT,
                ListingState.REJECTED,
                ListingState.WITHDRAWN,
                ListingState.EXPIRED,
            }
        ),
        ListingState.OPEN: frozenset(
            {
                ListingState.PAUSED,
                ListingState.FILLED,
                ListingState.WITHDRAWN,
                ListingState.EXPIRED,
            }
        ),
        ListingState.PAUSED: frozenset(
            {ListingState.OPEN, ListingState.WITHDRAWN, ListingState.EXPIRED, ListingState.FILLED}
        ),
        ListingState.FILLED: frozenset({ListingState.OPEN, ListingState.EXPIRED}),
    }

    reference: Mapped[str] = mapped_column(String(40))
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    state: Mapped[ListingState] = mapped_column(
        StateColumn(ListingState), default=ListingState.DRAFT
    )
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    grade: Mapped[str] = mapped_column(String(40), default="")
    attributes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    minimum_lot: Mapped[Decimal] = mapped_column(QUANTITY)
    reserved: Mapped[Decimal] = mapped_column(QUANTITY, default=Decimal(0))
    filled: Mapped[Decimal] = mapped_column(QUANTITY, default=Decimal(0))
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    currency: Mapped[str] = mapped_column(String(3))
    incoterm: Mapped[Incoterm] = mapped_column(StateColumn(Incoterm))
    ready_from: Mapped[date]
    ready_until: Mapped[date]
    valid_until: Mapped[date]
    packaging: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    given: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    implausible_price: Mapped[bool] = mapped_column(default=False)
    #: The position that the company's plan gives it among natural results; higher comes first.
    natural_position: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The word of the company's plan that pages show beside the alias; empty: none.
    plan_badge: Mapped[str] = mapped_column(String(30), default="", server_default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    submitted_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    commodity: Mapped[Commodity] = relationship(lazy="raise_on_sql")
    region: Mapped[Region] = relationship(lazy="raise_on_sql")
    pictures: Mapped[list["ListingPicture"]] = relationship(
        order_by="ListingPicture.position", cascade="all, delete-orphan"
    )

    @property
    def available(self) -> Decimal:
        """What nobody has reserved or bought yet."""
        return self.quantity - self.reserved - self.filled

    @property
    def can_edit(self) -> bool:
        """Terms may change until quantity is spoken for."""
        return (
            self.state
            in (
                ListingState.DRAFT,
                ListingState.PENDING_REVIEW,
                ListingState.OPEN,
                ListingState.PAUSED,
            )
            and not self.reserved
            and not self.filled
        )

    @property
    def can_withdraw(self) -> bool:
        """Nothing of it may be promised to a partner."""
        return ListingState.WITHDRAWN in self.TRANSITIONS.get(self.state, frozenset()) and (
            not self.reserved
        )

    def submit(self, actor: Actor) -> None:
        """Hand the draft to the broker."""
        self._move_to(ListingState.PENDING_REVIEW, actor, "listing_submitted")
        self.submitted_at = clock.now()

    def approve(self, actor: Actor) -> None:
        """Let it onto the market."""
        self._move_to(ListingState.OPEN, actor, "listing_approved")
        self.opened_at = clock.now()

    def return_to_draft(self, actor: Actor, reason: str) -> None:
        """Send it back to be corrected."""
        self._move_to(ListingState.DRAFT, actor, "listing_returned", reason)

    def reject(self, actor: Actor, reason: str) -> None:
        """Keep it off the market for good."""
        self._move_to(ListingState.REJECTED, actor, "listing_rejected", reason)

    def pause(self, actor: Actor, reason: str | None = None) -> None:
        """Take it off the market for a while."""
        self._move_to(ListingState.PAUSED, actor, "listing_paused", reason)

    def resume(self, actor: Actor) -> None:
        """Put a paused listing back."""
        self._move_to(ListingState.OPEN, actor, "listing_resumed")

    def reopen(self, actor: Actor, reason: str | None = None) -> None:
        """Put a filled listing back, because some of its quantity became free again."""
        self._move_to(ListingState.OPEN, actor, "listing_reopened", reason)

    def withdraw(self, actor: Actor, reason: str | None = None) -> None:
        """Take it off the market for good."""
        self._move_to(ListingState.WITHDRAWN, actor, "listing_withdrawn", reason)

    def expire(self, actor: Actor) -> None:
        """Its validity has passed."""
        self._move_to(ListingState.EXPIRED, actor, "listing_expired")

    def become_filled(self, actor: Actor) -> None:
        """All of its quantity is sold or bought."""
        self._move_to(ListingState.FILLED, actor, "listing_filled")


register_words(
    Listing.THING,
    {
        ListingState.DRAFT: (_l("draft"), "quiet"),
        ListingState.PENDING_REVIEW: (_l("in review"), "waiting"),
        ListingState.OPEN: (_l("open"), "good"),
        ListingState.PAUSED: (_l("paused"), "warning"),
        ListingState.FILLED: (_l("filled"), "good"),
        ListingState.WITHDRAWN: (_l("withdrawn"), "quiet"),
        ListingState.EXPIRED: (_l("expired"), "quiet"),
        ListingState.REJECTED: (_l("rejected"), "bad"),
    },
)


class ListingPicture(Identified, Base):
    """A picture of the goods: re-encoded by the hub, with a thumbnail."""

    __tablename__ = "listing_picture"
    THING = "listing_picture"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    thumbnail_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int] = mapped_column(default=0)
    width: Mapped[int]
    height: Mapped[int]

    file: Mapped[StoredFile] = relationship(foreign_keys=[file_id], lazy="joined")
    thumbnail: Mapped[StoredFile] = relationship(foreign_keys=[thumbnail_id], lazy="joined")


class ImportBatch(Identified, Base):
    """One CSV file of listings that was imported."""

    __tablename__ = "import_batch"
    THING = "import_batch"

    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    imported_at: Mapped[datetime]
    accepted: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0, server_default="0")
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    flagged: Mapped[int] = mapped_column(default=0)

    file: Mapped[StoredFile] = relationship(lazy="joined")
    refusals: Mapped[list["ImportRefusal"]] = relationship(
        order_by="ImportRefusal.line", cascade="all, delete-orphan"
    )


class ImportRefusal(Base):
    """A row that was refused: where and why."""

    __tablename__ = "import_refusal"
    THING = "import_refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    row: Mapped[dict[str, str]] = mapped_column(JSON)
