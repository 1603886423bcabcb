"""Depots, bins, lots and the append-only ledger of stock moves."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.catalogue.models import QUANTITY, Commodity, Region
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.i18n import _l
from hub.core.states import Stateful, register_words


class Depot(Identified, Versioned, Base):
    """A regional depot. ``capacity`` is in tonnes."""

    __tablename__ = "depot"
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity"),)
    THING = "depot"

    code: Mapped[str] = mapped_column(String(10), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    latitude: Mapped[Decimal] = mapped_column(Scaled(6))
    longitude: Mapped[Decimal] = mapped_column(Scaled(6))
    capacity: Mapped[Decimal] = mapped_column(QUANTITY)
    street: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)

    region: Mapped[Region] = relationship(lazy="joined")
    bins: Mapped[list["Bin"]] = relationship(back_populates="depot", order_by="Bin.code")


class BinUse(StrEnum):
    """What a bin is for."""

    RECEIVING = "receiving"
    STORAGE = "storage"
    QUARANTINE = "quarantine"
    OUTBOUND = "outbound"


class Bin(Identified, Base):
    """A numbered place in a depot."""

    __tablename__ = "bin"
    __table_args__ = (UniqueConstraint("depot_id", "code"),)
    THING = "bin"

    depot_id: Mapped[int] = mapped_column(ForeignKey("depot.id"))
    code: Mapped[str] = mapped_column(String(20))
    use: Mapped[BinUse] = mapped_column(StateColumn(BinUse))

    depot: Mapped[Depot] = relationship(back_populates="bins")


class LotState(StrEnum):
    """Whether a lot may be used."""

    QUARANTINE = "quarantine"
    AVAILABLE = "available"
    BLOCKED = "blocked"
    SHIPPED = "shipped"


class Lot(Identified, Versioned, Stateful, Base):
    """Goods that came in together: one owner, one depot, one commodity.

    ``subject_kind`` and ``subject_id`` name what they came for (a contract).
    """

    __tablename__ = "lot"
    THING = "lot"
    TRANSITIONS = {
        LotState.QUARANTINE: frozenset({LotState.AVAILABLE, LotState.BLOCKED, LotState.SHIPPED}),
        LotState.AVAILABLE: frozenset({LotState.BLOCKED, LotState.SHIPPED}),
        LotState.BLOCKED: frozenset({LotState.AVAILABLE, LotState.SHIPPED}),
    }

    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[LotState] = mapped_column(StateColumn(LotState), default=LotState.QUARANTINE)
    depot_id: Mapped[int] = mapped_column(ForeignKey("depot.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"))
    unit_code: Mapped[str] = mapped_column(String(3))
    grade: Mapped[str] = mapped_column(String(40), default="")
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    received_on: Mapped[date]

    depot: Mapped[Depot] = relationship(lazy="joined")
    commodity: Mapped[Commodity] = relationship(lazy="joined")

    def make_available(self, actor: Actor, reason: str) -> None:
        """The goods passed their inspection."""
        self._move_to(LotState.AVAILABLE, actor, "made_available", reason)

    def block(self, actor: Actor, reason: str) -> None:
        """The goods failed their inspection."""
        self._move_to(LotState.BLOCKED, actor, "blocked", reason)

    def leave(self, actor: Actor) -> None:
        """Nothing of the lot is left in the depot."""
        self._move_to(LotState.SHIPPED, actor, "left_the_depot")


register_words(
    Lot.THING,
    {
        LotState.QUARANTINE: (_l("in quarantine"), "warning"),
        LotState.AVAILABLE: (_l("available"), "good"),
        LotState.BLOCKED: (_l("blocked"), "bad"),
        LotState.SHIPPED: (_l("shipped"), "quiet"),
    },
)


class Outside(StrEnum):
    """Where goods come from or go to when they aren't in a bin."""

    SUPPLIER = "supplier"
    CARRIER = "carrier"
    PURCHASER = "purchaser"
    LOSS = "loss"


class StockMove(Base):
    """A quantity of a lot went from one place to another. Append-only.

    Each end is a bin or a part of the outside, exactly one of the two.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(from_bin_id IS NULL) <> (from_outside IS NULL)", name="one_origin"),
        CheckConstraint("(to_bin_id IS NULL) <> (to_outside IS NULL)", name="one_destination"),
        CheckConstraint(
            "from_bin_id IS NULL OR to_bin_id IS NULL OR from_bin_id <> to_bin_id", name="moves"
        ),
        Index("ix_stock_move_lot", "lot_id", "id"),
    )
    THING = "stock_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    from_bin_id: Mapped[int | None] = mapped_column(ForeignKey("bin.id"))
    from_outside: Mapped[Outside | None] = mapped_column(StateColumn(Outside, "from_outside"))
    to_bin_id: Mapped[int | None] = mapped_column(ForeignKey("bin.id"))
    to_outside: Mapped[Outside | None] = mapped_column(StateColumn(Outside, "to_outside"))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    cause_kind: Mapped[str] = mapped_column(String(32))
    cause_id: Mapped[int]
    moved_at: Mapped[datetime]
    moved_by: Mapped[int | None]


append_only(StockMove.__table__)  # type: ignore[arg-type]


class BinStock(Base):
    """What of a lot lies in a bin, as the moves add up, and what of it is spoken for."""

    __tablename__ = "bin_stock"
    __table_args__ = (
        UniqueConstraint("lot_id", "bin_id"),
        CheckConstraint("on_hand >= 0 AND reserved >= 0 AND reserved <= on_hand", name="stock"),
    )
    THING = "bin_stock"

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    bin_id: Mapped[int] = mapped_column(ForeignKey("bin.id"), index=True)
    on_hand: Mapped[Decimal] = mapped_column(QUANTITY, default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(QUANTITY, default=Decimal(0))

    bin: Mapped[Bin] = relationship(lazy="joined")


class ReservationState(StrEnum):
    """How firmly stock is spoken for."""

    HARD = "hard"
    PICKED = "picked"
    SHIPPED = "shipped"
    RELEASED = "released"


class Reservation(Identified, Versioned, Stateful, Base):
    """A quantity of a lot in a bin, kept for a release order."""

    __tablename__ = "reservation"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)
    THING = "reservation"
    TRANSITIONS = {
        ReservationState.HARD: frozenset({ReservationState.PICKED, ReservationState.RELEASED}),
        ReservationState.PICKED: frozenset({ReservationState.SHIPPED, ReservationState.RELEASED}),
    }

    state: Mapped[ReservationState] = mapped_column(
        StateColumn(ReservationState), default=ReservationState.HARD
    )
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    bin_id: Mapped[int] = mapped_column(ForeignKey("bin.id"))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    cause_kind: Mapped[str] = mapped_column(String(32))
    cause_id: Mapped[int]

    def pick(self, actor: Actor) -> None:
        """The goods were brought to the outbound bin."""
        self._move_to(ReservationState.PICKED, actor, "picked")

    def ship(self, actor: Actor) -> None:
        """The goods left the depot."""
        self._move_to(ReservationState.SHIPPED, actor, "shipped")

    def release(self, actor: Actor, reason: str) -> None:
        """The goods are free for others."""
        self._move_to(ReservationState.RELEASED, actor, "released", reason)


register_words(
    Reservation.THING,
    {
        ReservationState.HARD: (_l("reserved"), "waiting"),
        ReservationState.PICKED: (_l("picked"), "waiting"),
        ReservationState.SHIPPED: (_l("shipped"), "quiet"),
        ReservationState.RELEASED: (_l("released"), "quiet"),
    },
)
