"""Release orders: goods on their way out."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.catalogue.models import QUANTITY
from hub.contracts.models import Contract
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.states import Stateful, register_words
from hub.depots.models import Depot, Lot
from hub.dispatch.models.inbound import Inbound


class ReleaseState(StrEnum):
    """How far goods have come to the purchaser."""

    RELEASED = "released"
    PICKING = "picking"
    PICKED = "picked"
    LOADED = "loaded"
    DEPARTED = "departed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    PART_ACCEPTED = "part_accepted"
    REFUSED = "refused"
    AUTO_ACCEPTED = "auto_accepted"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_CALLED_OFF = frozenset({ReleaseState.CANCELLED})


class ReleaseOrder(Identified, Versioned, Stateful, Base):
    """The order to bring goods of a contract from the depot to the purchaser.

    A refusal (``refused_quantity``) waits for a broker's decision; only then is
    ``accepted_quantity`` set and the trade settled.
    """

    __tablename__ = "release_order"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "delivered_quantity IS NULL OR"
            " (delivered_quantity >= 0 AND delivered_quantity <= quantity)",
            name="delivered",
        ),
        CheckConstraint(
            "accepted_quantity IS NULL OR"
            " (accepted_quantity >= 0 AND accepted_quantity <= delivered_quantity)",
            name="accepted",
        ),
        CheckConstraint(
            "state NOT IN ('delivered', 'accepted', 'part_accepted', 'refused', 'auto_accepted',"
            " 'closed') OR (delivered_at IS NOT NULL AND receiver_name <> '')",
            name="proof_of_delivery",
        ),
    )
    THING = "release_order"
    TRANSITIONS = {
        ReleaseState.RELEASED: frozenset({ReleaseState.PICKING}) | _CALLED_OFF,
        ReleaseState.PICKING: frozenset({ReleaseState.PICKED}) | _CALLED_OFF,
        ReleaseState.PICKED: frozenset({ReleaseState.LOADED}) | _CALLED_OFF,
        ReleaseState.LOADED: frozenset({ReleaseState.DEPARTED}) | _CALLED_OFF,
        ReleaseState.DEPARTED: frozenset({ReleaseState.DELIVERED}) | _CALLED_OFF,
        ReleaseState.DELIVERED: frozenset(
            {ReleaseState.ACCEPTED, ReleaseState.AUTO_ACCEPTED, ReleaseState.REFUSED}
        )
        | _CALLED_OFF,
        ReleaseState.REFUSED: frozenset(
            {ReleaseState.ACCEPTED, ReleaseState.PART_ACCEPTED, ReleaseState.CLOSED}
        )
        | _CALLED_OFF,
        ReleaseState.ACCEPTED: frozenset({ReleaseState.CLOSED}),
        ReleaseState.PART_ACCEPTED: frozenset({ReleaseState.CLOSED}),
        ReleaseState.AUTO_ACCEPTED: frozenset({ReleaseState.CLOSED}),
    }

    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[ReleaseState] = mapped_column(
        StateColumn(ReleaseState), default=ReleaseState.RELEASED, index=True
    )
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), unique=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), unique=True)
    depot_id: Mapped[int] = mapped_column(ForeignKey("depot.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    deliver_until: Mapped[date]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    carrier: Mapped[str] = mapped_column(String(120), default="")
    vehicle: Mapped[str] = mapped_column(String(40), default="")
    driver: Mapped[str] = mapped_column(String(120), default="")
    packages: Mapped[int | None]
    waybill_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    departed_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    delivered_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    receiver_name: Mapped[str] = mapped_column(String(120), default="")
    signature_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    picture_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    accept_until: Mapped[datetime | None]
    refused_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    refusal_reason: Mapped[str] = mapped_column(Text, default="")
    accepted_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship(lazy="raise_on_sql")
    inbound: Mapped[Inbound] = relationship(lazy="raise_on_sql")
    depot: Mapped[Depot] = relationship(lazy="joined")
    lot: Mapped[Lot] = relationship(lazy="raise_on_sql")
    waybill_file: Mapped[StoredFile | None] = relationship(
        foreign_keys=[waybill_file_id], lazy="raise_on_sql"
    )
    signature_file: Mapped[StoredFile | None] = relationship(
        foreign_keys=[signature_file_id], lazy="raise_on_sql"
    )
    picture_file: Mapped[StoredFile | None] = relationship(
        foreign_keys=[picture_file_id], lazy="raise_on_sql"
    )

    @property
    def waybill_number(self) -> str:
        """The number of the paper that travels with the load."""
        return "WB-" + self.number.removeprefix("REL-")

    def start_picking(self, actor: Actor) -> None:
        """Somebody went to fetch the goods."""
        self._move_to(ReleaseState.PICKING, actor, "picking_started")

    def pick(self, actor: Actor, scanned: str) -> None:
        """The goods are in the outbound bin."""
        self._move_to(ReleaseState.PICKED, actor, "picked", scanned=scanned)

    def load(self, actor: Actor, carrier: str, vehicle: str, driver: str, packages: int) -> None:
        """The goods are on the vehicle."""
        self._move_to(
            ReleaseState.LOADED, actor, "loaded", carrier=carrier, vehicle=vehicle, driver=driver
        )
        self.carrier, self.vehicle, self.driver = carrier, vehicle, driver
        self.packages = packages

    def depart(self, actor: Actor) -> None:
        """The vehicle left the depot."""
        self._move_to(ReleaseState.DEPARTED, actor, "departed", waybill=self.waybill_number)
        self.departed_at = clock.now()

    def deliver(
        self,
        actor: Actor,
        quantity: Decimal,
        receiver_name: str,
        delivered_at: datetime,
        accept_until: datetime,
    ) -> None:
        """The purchaser's people took the goods in."""
        self._move_to(
            ReleaseState.DELIVERED,
            actor,
            "delivered",
            quantity=str(quantity),
            receiver=receiver_name,
        )
        self.delivered_quantity = quantity
        self.receiver_name = receiver_name
        self.delivered_at = delivered_at
        self.accept_until = accept_until
        self.reminded_at = None

    def refuse(self, actor: Actor, quantity: Decimal, reason: str) -> None:
        """The purchaser refuses all or part of what was delivered."""
        self._move_to(ReleaseState.REFUSED, actor, "refused", reason, quantity=str(quantity))
        self.refused_quantity = quantity
        self.refusal_reason = reason

    def accept(self, actor: Actor, *, by_lapse: bool = False) -> None:
        """Everything delivered is accepted, by the purchaser or because no answer came in time."""
        if by_lapse:
            self._move_to(ReleaseState.AUTO_ACCEPTED, actor, "accepted_by_lapse_of_time")
        else:
            self._move_to(ReleaseState.ACCEPTED, actor, "accepted")
        self._decide(actor, self.delivered_quantity or Decimal(0))

    def decide(self, actor: Actor, accepted: Decimal, reason: str) -> None:
        """A broker decided on a refusal: ``accepted`` of what was delivered counts as accepted."""
        if accepted == self.delivered_quantity:
            target = ReleaseState.ACCEPTED
        else:
            target = ReleaseState.PART_ACCEPTED if accepted else ReleaseState.CLOSED
        self._move_to(target, actor, "refusal_decided", reason, accepted=str(accepted))
        self._decide(actor, accepted)

    def _decide(self, actor: Actor, accepted: Decimal) -> None:
        self.accepted_quantity = accepted
        self.accepted_by = actor.user_id
        self.decided_at = clock.now()

    def close(self, actor: Actor) -> None:
        """The trade is completed: everything is paid out."""
        self._move_to(ReleaseState.CLOSED, actor, "closed")

    def cancel(self, actor: Actor, reason: str) -> None:
        """The trade was terminated."""
        self._move_to(ReleaseState.CANCELLED, actor, "called_off", reason)


register_words(
    ReleaseOrder.THING,
    {
        ReleaseState.RELEASED: (_l("to be picked"), "waiting"),
        ReleaseState.PICKING: (_l("being picked"), "waiting"),
        ReleaseState.PICKED: (_l("picked"), "waiting"),
        ReleaseState.LOADED: (_l("loaded"), "waiting"),
        ReleaseState.DEPARTED: (_l("on the road"), "waiting"),
        ReleaseState.DELIVERED: (_l("delivered, waiting for acceptance"), "waiting"),
        ReleaseState.ACCEPTED: (_l("accepted"), "good"),
        ReleaseState.PART_ACCEPTED: (_l("accepted in part"), "warning"),
        ReleaseState.REFUSED: (_l("refused, broker decides"), "bad"),
        ReleaseState.AUTO_ACCEPTED: (_l("accepted by lapse of time"), "good"),
        ReleaseState.CLOSED: (_l("closed"), "quiet"),
        ReleaseState.CANCELLED: (_l("called off"), "quiet"),
    },
)
