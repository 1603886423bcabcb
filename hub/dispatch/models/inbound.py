"""Inbound deliveries: the goods of a contract on their way into a depot."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.catalogue.models import QUANTITY
from hub.contracts.models import Contract
from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.states import Stateful, register_words
from hub.depots.models import Depot, Lot


class InboundState(StrEnum):
    """How far goods have come into the depot."""

    WAITING_FOR_DEPOT = "waiting_for_depot"
    EXPECTED = "expected"
    ANNOUNCED = "announced"
    ARRIVED = "arrived"
    COUNTED = "counted"
    ACCEPTED = "accepted"
    PART_ACCEPTED = "part_accepted"
    REJECTED = "rejected"
    PUT_AWAY = "put_away"
    CANCELLED = "cancelled"


_END = frozenset({InboundState.CANCELLED})


class Inbound(Identified, Versioned, Stateful, Base):
    """The goods of one contract on their way into a depot.

    ``counted_quantity`` is what the operator counted without seeing what was announced. Short is
    expected minus counted; rejected is counted minus accepted.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        CheckConstraint("expected_quantity > 0", name="expected_quantity"),
        CheckConstraint("counted_quantity IS NULL OR counted_quantity >= 0", name="counted"),
        CheckConstraint(
            "accepted_quantity IS NULL OR"
            " (accepted_quantity >= 0 AND accepted_quantity <= counted_quantity"
            " AND accepted_quantity <= expected_quantity)",
            name="accepted",
        ),
        CheckConstraint(
            "state = 'waiting_for_depot' OR state = 'cancelled' OR depot_id IS NOT NULL",
            name="depot",
        ),
    )
    THING = "inbound"
    TRANSITIONS = {
        InboundState.WAITING_FOR_DEPOT: frozenset({InboundState.EXPECTED}) | _END,
        InboundState.EXPECTED: frozenset({InboundState.ANNOUNCED, InboundState.ARRIVED}) | _END,
        InboundState.ANNOUNCED: frozenset({InboundState.ARRIVED}) | _END,
        InboundState.ARRIVED: frozenset({InboundState.COUNTED}) | _END,
        InboundState.COUNTED: frozenset(
            {InboundState.ACCEPTED, InboundState.PART_ACCEPTED, InboundState.REJECTED}
        )
        | _END,
        InboundState.ACCEPTED: frozenset({InboundState.PUT_AWAY}) | _END,
        InboundState.PART_ACCEPTED: frozenset({InboundState.PUT_AWAY}) | _END,
    }

    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[InboundState] = mapped_column(
        StateColumn(InboundState), default=InboundState.EXPECTED, index=True
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), unique=True)
    depot_id: Mapped[int | None] = mapped_column(ForeignKey("depot.id"), index=True)
    expected_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    announce_until: Mapped[date]
    deliver_until: Mapped[date]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    arrives_on: Mapped[date | None]
    carrier: Mapped[str] = mapped_column(String(120), default="")
    vehicle: Mapped[str] = mapped_column(String(40), default="")
    packages: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    announced_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    counted_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    accepted_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    inspection_reason: Mapped[str] = mapped_column(Text, default="")
    inspected_at: Mapped[datetime | None]
    inspected_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    returned_at: Mapped[datetime | None]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    created_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship(lazy="raise_on_sql")
    depot: Mapped[Depot | None] = relationship(lazy="joined")
    lot: Mapped[Lot | None] = relationship(lazy="raise_on_sql")
    pictures: Mapped[list["InboundPicture"]] = relationship(order_by="InboundPicture.id")

    @property
    def received_quantity(self) -> Decimal:
        """What was counted, but never more than was sold: a surplus stays the supplier's."""
        return min(self.counted_quantity or Decimal(0), self.expected_quantity)

    @property
    def surplus_quantity(self) -> Decimal:
        """What was counted beyond what was sold."""
        return (self.counted_quantity or Decimal(0)) - self.received_quantity

    @property
    def due_on(self) -> date:
        """The day until which the supplier has to do what comes next."""
        return self.announce_until if self.state is InboundState.EXPECTED else self.deliver_until

    @property
    def can_announce(self) -> bool:
        """The supplier may announce, or correct the announcement, until the goods arrive."""
        return self.state in (InboundState.EXPECTED, InboundState.ANNOUNCED)

    @property
    def can_choose_depot(self) -> bool:
        """A broker may send the goods to a depot of his choice until they are announced."""
        return self.state in (InboundState.WAITING_FOR_DEPOT, InboundState.EXPECTED)

    def expect_at(self, actor: Actor, depot: Depot, announce_until: date, until: date) -> None:
        """A depot with room was found."""
        self.depot = depot
        self.depot_id = depot.id
        self.announce_until, self.deliver_until = announce_until, until
        self.reminded_at = self.escalated_at = None
        if self.state is InboundState.EXPECTED:
            audit.record(actor, self, "depot_chosen", depot=depot.code)
        else:
            self._move_to(InboundState.EXPECTED, actor, "depot_chosen", depot=depot.code)

    def announce(self, actor: Actor, arrives_on: date) -> None:
        """The supplier says when and how the goods come; again as long as they haven't."""
        self.arrives_on = arrives_on
        self.reminded_at = self.escalated_at = None
        if self.state is InboundState.ANNOUNCED:
            audit.record(actor, self, "announcement_changed", arrives_on=arrives_on.isoformat())
        else:
            self._move_to(
                InboundState.ANNOUNCED, actor, "announced", arrives_on=arrives_on.isoformat()
            )
            self.announced_at = clock.now()

    def arrive(self, actor: Actor) -> None:
        """The vehicle stands at the depot's gate."""
        self._move_to(InboundState.ARRIVED, actor, "arrived")
        self.arrived_at = clock.now()

    def count(self, actor: Actor, quantity: Decimal) -> None:
        """The operator counted, without seeing what is expected."""
        self._move_to(InboundState.COUNTED, actor, "counted", quantity=str(quantity))
        self.counted_quantity = quantity

    def inspect(self, actor: Actor, accepted: Decimal, reason: str) -> None:
        """Accept what was received, a part of it, or nothing."""
        if accepted == 0:
            target = InboundState.REJECTED
        elif accepted < self.received_quantity:
            target = InboundState.PART_ACCEPTED
        else:
            target = InboundState.ACCEPTED
        self._move_to(target, actor, "inspected", reason, accepted=str(accepted))
        self.accepted_quantity = accepted
        self.inspection_reason = reason
        self.inspected_at = clock.now()
        self.inspected_by = actor.user_id

    def put_away(self, actor: Actor, bin_code: str) -> None:
        """The accepted goods lie in their storage bin."""
        self._move_to(InboundState.PUT_AWAY, actor, "put_away", bin=bin_code)

    def cancel(self, actor: Actor, reason: str) -> None:
        """The goods are not to come any more, or go back."""
        self._move_to(InboundState.CANCELLED, actor, "cancelled", reason)


register_words(
    Inbound.THING,
    {
        InboundState.WAITING_FOR_DEPOT: (_l("waiting for room in a depot"), "warning"),
        InboundState.EXPECTED: (_l("to be announced"), "waiting"),
        InboundState.ANNOUNCED: (_l("announced"), "waiting"),
        InboundState.ARRIVED: (_l("arrived"), "waiting"),
        InboundState.COUNTED: (_l("counted"), "waiting"),
        InboundState.ACCEPTED: (_l("accepted"), "good"),
        InboundState.PART_ACCEPTED: (_l("accepted in part"), "warning"),
        InboundState.REJECTED: (_l("rejected"), "bad"),
        InboundState.PUT_AWAY: (_l("in the bin"), "good"),
        InboundState.CANCELLED: (_l("cancelled"), "quiet"),
    },
)


class InboundPicture(Base):
    """What the inspector saw."""

    __tablename__ = "inbound_picture"
    THING = "inbound_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined")
