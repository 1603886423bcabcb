"""Match runs and proposals."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.catalogue.models import QUANTITY, UNIT_PRICE
from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.i18n import _l
from hub.core.money import Money, extend, share
from hub.core.states import Stateful, register_words
from hub.posting.models import Listing, Side

#: A unit price (4 places) times a quantity (3 places).
SURPLUS = Scaled(7)


class MatchRun(Identified, Base):
    """One computation over the open listings.

    ``surpluses`` holds the total surplus of each currency as a decimal text: sums of different
    currencies don't mix. ``failures`` names the commodities (by id, in a currency) that could not
    be computed, each with its error.
    """

    __tablename__ = "match_run"
    THING = "match_run"

    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    supplies: Mapped[int]
    demands: Mapped[int]
    proposals: Mapped[int]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    surpluses: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    failures: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default=text("'[]'")
    )

    def surplus_in(self, currency: str) -> Decimal:
        """The total surplus of the pairs that trade in ``currency``."""
        return Decimal(self.surpluses.get(currency, "0"))


class MatchedListing(Base):
    """A listing that a run has looked at as it is now; without a row it waits for the next run."""

    __tablename__ = "matched_listing"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    matched_at: Mapped[datetime]


class Origin(StrEnum):
    """Who set the terms: a run, a broker (by hand or by changing what a run found), a trader."""

    COMPUTED = "computed"
    BROKER = "broker"
    TRADER = "trader"


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    ASKED = "asked"
    CONSENTED = "consented"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


#: A proposal that can still become a contract.
ACTIVE = (ProposalState.PROPOSED, ProposalState.ASKED, ProposalState.CONSENTED)


class Proposal(Identified, Versioned, Stateful, Base):
    """Two listings that could trade ``quantity`` at ``unit_price`` ex region.

    ``surplus`` is (bid - ask - freight) x quantity. ``reasons`` holds the numbers that explain
    the price. The rates are those shown to both sides when they are asked.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price > 0", name="unit_price"),
        CheckConstraint("freight_per_unit >= 0", name="freight_per_unit"),
        CheckConstraint("supply_id <> demand_id", name="two_listings"),
        CheckConstraint(
            "state <> 'accepted' OR"
            " (supply_consented_at IS NOT NULL AND demand_consented_at IS NOT NULL)",
            name="accepted_by_both",
        ),
        CheckConstraint("state <> 'asked' OR consent_until IS NOT NULL", name="asked_until"),
        Index(
            "uq_proposal_active_pair",
            "supply_id",
            "demand_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'asked', 'consented')"),
            postgresql_where=text("state IN ('proposed', 'asked', 'consented')"),
        ),
        Index("ix_proposal_desk", "state", "surplus"),
        Index("ix_proposal_own", "proposed_by_company", "created_at"),
    )
    THING = "proposal"
    TRANSITIONS = {
        ProposalState.PROPOSED: frozenset(
            {
                ProposalState.ASKED,
                ProposalState.DISMISSED,
                ProposalState.EXPIRED,
                ProposalState.SUPERSEDED,
            }
        ),
        ProposalState.ASKED: frozenset(
            {
                ProposalState.CONSENTED,
                ProposalState.DECLINED,
                ProposalState.EXPIRED,
                ProposalState.SUPERSEDED,
                ProposalState.DISMISSED,
            }
        ),
        ProposalState.CONSENTED: frozenset(
            {
                ProposalState.ACCEPTED,
                ProposalState.DECLINED,
                ProposalState.EXPIRED,
                ProposalState.SUPERSEDED,
                ProposalState.DISMISSED,
            }
        ),
    }

    state: Mapped[ProposalState] = mapped_column(
        StateColumn(ProposalState), default=ProposalState.PROPOSED
    )
    origin: Mapped[Origin] = mapped_column(StateColumn(Origin))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("match_run.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    proposed_by_company: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    supply_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    freight_per_unit: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    freight_rate: Mapped[Decimal] = mapped_column(Scaled(6))
    kilometres: Mapped[Decimal] = mapped_column(QUANTITY)
    commission_rate: Mapped[Decimal] = mapped_column(Scaled(6))
    surplus: Mapped[Decimal] = mapped_column(SURPLUS)
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    consent_until: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    supply_consented_at: Mapped[datetime | None]
    supply_consented_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    demand_consented_at: Mapped[datetime | None]
    demand_consented_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_reason: Mapped[str] = mapped_column(Text, default="")

    supply: Mapped[Listing] = relationship(foreign_keys=[supply_id], lazy="raise_on_sql")
    demand: Mapped[Listing] = relationship(foreign_keys=[demand_id], lazy="raise_on_sql")

    def side_of(self, company_id: int | None) -> Side | None:
        """The side ``company_id`` stands on, or None (needs both listings loaded)."""
        if company_id is None:
            return None
        if self.supply.company_id == company_id:
            return Side.SUPPLY
        return Side.DEMAND if self.demand.company_id == company_id else None

    def consented_at(self, side: Side) -> datetime | None:
        """When ``side`` consented."""
        return self.supply_consented_at if side is Side.SUPPLY else self.demand_consented_at

    def listing_of(self, side: Side) -> Listing:
        """The listing on ``side``."""
        return self.supply if side is Side.SUPPLY else self.demand

    @property
    def terms_versions(self) -> set[int]:
        """The versions at which the terms were what they are now.

        The first side's consent raises the version by one and leaves the terms alone, so that
        the other side, which read the page before, may still consent.
        """
        consented = self.state is ProposalState.CONSENTED
        return {self.version, self.version - 1} if consented else {self.version}

    @property
    def can_change(self) -> bool:
        """Quantity and price may change until a side has consented to them."""
        return self.state in (ProposalState.PROPOSED, ProposalState.ASKED)

    @property
    def can_dismiss(self) -> bool:
        """A broker may end it until both have consented."""
        return self.state in ACTIVE

    @property
    def goods(self) -> Money:
        """What the goods are worth, rounded once to the minor unit."""
        return extend(self.unit_price, self.quantity, self.currency)

    @property
    def freight(self) -> Money:
        """What the transport costs, rounded once to the minor unit."""
        return extend(self.freight_per_unit, self.quantity, self.currency)

    @property
    def commission(self) -> Money:
        """What the hub keeps of the goods' price; the supplier bears it."""
        return share(self.goods, self.commission_rate)

    @property
    def purchaser_pays(self) -> Money:
        return self.goods + self.freight

    @property
    def supplier_receives(self) -> Money:
        return self.goods - self.commission

    def ask(self, actor: Actor, until: datetime) -> None:
        """Ask both companies to consent."""
        self.asked_at = clock.now()
        self.consent_until = until
        self._move_to(ProposalState.ASKED, actor, "ask_consent", until=until.isoformat())

    def ask_anew(self, actor: Actor, until: datetime) -> None:
        """The terms were changed after both had been asked: the time to answer begins again."""
        self.asked_at = clock.now()
        self.consent_until = until
        self.reminded_at = None
        audit.record(actor, self, "ask_consent_anew", until=until.isoformat())

    def set_terms(
        self, actor: Actor, action: str, quantity: Decimal, unit_price: Decimal, surplus: Decimal
    ) -> None:
        """Trade another quantity at another price; what was before stays in the audit log."""
        audit.record(
            actor,
            self,
            action,
            quantity_before=str(self.quantity),
            quantity=str(quantity),
            unit_price_before=str(self.unit_price),
            unit_price=str(unit_price),
        )
        self.quantity, self.unit_price, self.surplus = quantity, unit_price, surplus

    def consent(self, actor: Actor, side: Side) -> None:
        """One side agrees; with the other one's consent it is accepted."""
        if side is Side.SUPPLY:
            self.supply_consented_at, self.supply_consented_by = clock.now(), actor.user_id
        else:
            self.demand_consented_at, self.demand_consented_by = clock.now(), actor.user_id
        both = self.consented_at(side.other) is not None
        self._move_to(
            ProposalState.ACCEPTED if both else ProposalState.CONSENTED,
            actor,
            "consent",
            side=side.value,
        )

    def dismiss(self, actor: Actor, reason: str) -> None:
        """A broker finds that these two should not trade on these terms."""
        self._end(ProposalState.DISMISSED, actor, "dismiss", reason)

    def decline(self, actor: Actor, reason: str) -> None:
        """A side does not want these terms."""
        self._end(ProposalState.DECLINED, actor, "decline", reason)

    def expire(self, actor: Actor, reason: str) -> None:
        """The time to consent is over."""
        self._end(ProposalState.EXPIRED, actor, "lapse", reason)

    def supersede(self, actor: Actor, reason: str) -> None:
        """One of its listings can't stand for it any more, or a newer proposal takes its place."""
        self._end(ProposalState.SUPERSEDED, actor, "supersede", reason)

    def _end(self, state: ProposalState, actor: Actor, action: str, reason: str) -> None:
        self.ended_reason = reason
        self._move_to(state, actor, action, reason)


register_words(
    Proposal.THING,
    {
        ProposalState.PROPOSED: (_l("proposed"), "waiting"),
        ProposalState.ASKED: (_l("consent asked"), "waiting"),
        ProposalState.CONSENTED: (_l("one side consented"), "waiting"),
        ProposalState.ACCEPTED: (_l("accepted by both"), "good"),
        ProposalState.DISMISSED: (_l("dismissed"), "quiet"),
        ProposalState.DECLINED: (_l("declined"), "bad"),
        ProposalState.EXPIRED: (_l("lapsed"), "quiet"),
        ProposalState.SUPERSEDED: (_l("superseded"), "quiet"),
    },
)
