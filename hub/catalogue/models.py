"""Units (UN/ECE Rec 20), commodities, attributes, regions and freight rates."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.numbers import QUANTITY_PLACES, RATE_PLACES, UNIT_PRICE_PLACES


class Unit(Base):
    """A unit of measure. ``numerator / denominator`` of the dimension's base unit, exactly."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("numerator > 0 AND denominator > 0", name="factor"),)
    THING = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(3), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    symbol: Mapped[str] = mapped_column(String(20), default="")
    dimension: Mapped[str] = mapped_column(String(20))
    numerator: Mapped[int] = mapped_column(default=1)
    denominator: Mapped[int] = mapped_column(default=1)
    withdrawn: Mapped[bool] = mapped_column(default=False)

    @property
    def factor(self) -> Fraction:
        """How many base units of the dimension one of this unit is."""
        return Fraction(self.numerator, self.denominator)


class Commodity(Identified, Versioned, Base):
    """A kind of goods, in a tree. Listings are posted on commodities without children only."""

    __tablename__ = "commodity"
    THING = "commodity"

    code: Mapped[str] = mapped_column(String(80), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    hs_code: Mapped[str | None] = mapped_column(String(6))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    picture: Mapped[str] = mapped_column(String(40), default="generic")
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship(lazy="joined")
    parent: Mapped["Commodity | None"] = relationship(remote_side="Commodity.id")
    attributes: Mapped[list["CommodityAttribute"]] = relationship(
        back_populates="commodity",
        order_by="CommodityAttribute.position",
        cascade="all, delete-orphan",
    )


class AttributeKind(StrEnum):
    """How the value of an attribute is given."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"


class CommodityAttribute(Base):
    """Something a listing of the commodity states, such as the grade or the moisture."""

    __tablename__ = "commodity_attribute"
    __table_args__ = (UniqueConstraint("commodity_id", "code"),)
    THING = "commodity_attribute"

    id: Mapped[int] = mapped_column(primary_key=True)
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    kind: Mapped[AttributeKind] = mapped_column(StateColumn(AttributeKind))
    choices: Mapped[list[Any]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    commodity: Mapped[Commodity] = relationship(back_populates="attributes")


class Region(Identified, Versioned, Base):
    """A place goods come from or go to, with the point its distances are measured from."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90000000 AND 90000000", name="latitude"),
        CheckConstraint("longitude BETWEEN -180000000 AND 180000000", name="longitude"),
    )
    THING = "region"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    country: Mapped[str] = mapped_column(String(2), default="")
    latitude: Mapped[Decimal] = mapped_column(Scaled(6))
    longitude: Mapped[Decimal] = mapped_column(Scaled(6))


class FreightRate(Base):
    """What the hub charges to carry one unit over one kilometre, per currency and unit."""

    __tablename__ = "freight_rate"
    __table_args__ = (
        UniqueConstraint("currency", "unit_id"),
        CheckConstraint("rate >= 0", name="rate"),
    )
    THING = "freight_rate"

    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    rate: Mapped[Decimal] = mapped_column(Scaled(RATE_PLACES))

    unit: Mapped[Unit] = relationship(lazy="joined")


QUANTITY = Scaled(QUANTITY_PLACES)
UNIT_PRICE = Scaled(UNIT_PRICE_PLACES)
