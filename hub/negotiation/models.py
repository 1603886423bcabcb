"""Inquiries with their messages, the contests of them, and what opening one costs."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
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
from hub.catalogue.models import QUANTITY, Commodity, Unit
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import StateColumn
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.posting.models import Listing


class Party(StrEnum):
    """The two companies of an inquiry: who asks, and whose listing it is about."""

    ASKER = "asker"
    RECEIVER = "receiver"

    @property
    def other(self) -> "Party":
        return Party.RECEIVER if self is Party.ASKER else Party.ASKER


class InquiryState(StrEnum):
    """Where an inquiry stands.

    It is delivered in the step in which it is sent, so the two are one state: ``delivered`` says
    that the receiver knows of it but can't read it yet, ``opened`` that it can. What the receiver
    may read without paying is opened as it is delivered.
    """

    DELIVERED = "delivered"
    OPENED = "opened"
    REPLIED = "replied"
    CLOSED = "closed"
    EXPIRED = "expired"
    SPAM = "spam"
    INVALID = "invalid"


class Terms(StrEnum):
    """On which terms the receiver reads an inquiry."""

    FREE = "free"
    INCLUDED = "included"
    PAID = "paid"


class FreeReason(StrEnum):
    """Why an inquiry doesn't count, so that reading it costs nothing."""

    UNVERIFIED = "unverified"
    BLOCKED = "blocked"
    REPEATED = "repeated"
    NO_PRICE = "no_price"


#: Both sides still wait for something of the other one.
LIVING = (InquiryState.DELIVERED, InquiryState.OPENED, InquiryState.REPLIED)
#: The staff found that there was nothing to pay for.
VOID = (InquiryState.SPAM, InquiryState.INVALID)
_LIVING = "state IN ('delivered', 'opened', 'replied')"
_PAID = "(terms IS NOT NULL AND terms = 'paid')"
_FREE = "(terms IS NOT NULL AND terms = 'free')"


class Inquiry(Identified, Versioned, Stateful, Base):
    """A question of one company (the asker) about a listing of another one (the receiver).

    ``price_minor`` is what opening it costs, fixed when it was sent (0: nothing). What was
    charged and given back is in ``currency`` too. ``answer_until`` and ``contest_until`` are the
    last days, in the hub's zone, on which an answer is in time and a contest is heard.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        CheckConstraint("asker_id <> receiver_id", name="parties"),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint("(quantity IS NULL) = (unit_id IS NULL)", name="unit"),
        CheckConstraint("state <> 'delivered' OR opened_at IS NULL", name="delivered"),
        CheckConstraint(
            "state NOT IN ('opened', 'replied', 'spam', 'invalid') OR opened_at IS NOT NULL",
            name="opened",
        ),
        CheckConstraint("state <> 'replied' OR replied_at IS NOT NULL", name="replied"),
        CheckConstraint("(replied_at IS NULL) = (in_time IS NULL)", name="in_time"),
        CheckConstraint("(opened_at IS NULL) = (terms IS NULL)", name="opened_terms"),
        CheckConstraint("(opened_at IS NULL) = (contest_until IS NULL)", name="contest_until"),
        CheckConstraint("opened_at IS NOT NULL OR price_minor > 0", name="price"),
        CheckConstraint(f"{_FREE} = (free_reason IS NOT NULL)", name="free"),
        CheckConstraint(f"{_PAID} = (charged_minor > 0)", name="paid"),
        CheckConstraint("charged_minor IN (0, price_minor)", name="charged"),
        CheckConstraint(
            "credited_minor = 0 OR credited_minor = charged_minor AND state IN ('spam', 'invalid')",
            name="credited",
        ),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closer"),
        Index(
            "uq_inquiry_living",
            "listing_id",
            "asker_id",
            unique=True,
            sqlite_where=text(_LIVING),
            postgresql_where=text(_LIVING),
        ),
        Index("ix_inquiry_pair", "receiver_id", "asker_id", "commodity_id", "asked_at"),
        Index("ix_inquiry_asker", "asker_id", "asked_at"),
        Index("ix_inquiry_due", "state", "answer_until"),
    )
    THING = "inquiry"
    TRANSITIONS = {
        InquiryState.DELIVERED: frozenset(
            {InquiryState.OPENED, InquiryState.CLOSED, InquiryState.EXPIRED}
        ),
        InquiryState.OPENED: frozenset(
            {InquiryState.REPLIED, InquiryState.CLOSED, InquiryState.EXPIRED, *VOID}
        ),
        InquiryState.REPLIED: frozenset({InquiryState.CLOSED, *VOID}),
        InquiryState.EXPIRED: frozenset({InquiryState.REPLIED, *VOID}),
        InquiryState.CLOSED: frozenset(VOID),
    }

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    #: The unanswered inquiry that was asked again by this one.
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry.id"))
    state: Mapped[InquiryState] = mapped_column(StateColumn(InquiryState))
    question: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    needed_on: Mapped[date | None]
    terms: Mapped[Terms | None] = mapped_column(StateColumn(Terms))
    free_reason: Mapped[FreeReason | None] = mapped_column(StateColumn(FreeReason))
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int] = mapped_column(default=0)
    charged_minor: Mapped[int] = mapped_column(default=0)
    credited_minor: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    answer_until: Mapped[date]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    contest_until: Mapped[date | None]
    replied_at: Mapped[datetime | None]
    in_time: Mapped[bool | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Party | None] = mapped_column(StateColumn(Party, "closed_by"))
    close_reason: Mapped[str] = mapped_column(String(500), default="")
    #: An address or a telephone number was written into the thread.
    names_contacts: Mapped[bool] = mapped_column(default=False)
    unread_by_asker: Mapped[bool] = mapped_column(default=False)
    unread_by_receiver: Mapped[bool] = mapped_column(default=True)

    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")
    asker: Mapped[Company] = relationship(foreign_keys=[asker_id], lazy="raise_on_sql")
    receiver: Mapped[Company] = relationship(foreign_keys=[receiver_id], lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    messages: Mapped[list["InquiryMessage"]] = relationship(order_by="InquiryMessage.id")
    contest: Mapped["InquiryContest | None"] = relationship(back_populates="inquiry")

    @property
    def price(self) -> Money:
        """What opening it costs."""
        return Money(self.price_minor, self.currency)

    @property
    def charged(self) -> Money:
        """What was paid for opening it."""
        return Money(self.charged_minor, self.currency)

    def party_of(self, company_id: int | None) -> Party | None:
        """Which of the two a company is; None for every other one."""
        return {self.asker_id: Party.ASKER, self.receiver_id: Party.RECEIVER}.get(company_id or 0)

    def company_of(self, party: Party) -> Company:
        """One of the two companies."""
        return self.asker if party is Party.ASKER else self.receiver

    def is_unread_by(self, party: Party) -> bool:
        """Whether there is something that this side has not marked as read."""
        return self.unread_by_asker if party is Party.ASKER else self.unread_by_receiver

    def is_sealed_for(self, party: Party) -> bool:
        """Whether this side may not read it yet."""
        return party is Party.RECEIVER and self.opened_at is None

    def can_write(self, party: Party) -> bool:
        """Whether this side may write a message now; a late answer is still an answer."""
        if self.state is InquiryState.EXPIRED:
            return party is Party.RECEIVER and self.opened_at is not None
        return self.state in (InquiryState.OPENED, InquiryState.REPLIED)

    def can_close(self, party: Party) -> bool:
        """Whether this side may end the thread now."""
        return self.state in LIVING and not self.is_sealed_for(party)

    @property
    def ended_unanswered(self) -> bool:
        """Whether the asker is left without an answer that it could still wait for."""
        given_up = self.state is InquiryState.CLOSED and self.closed_by is Party.RECEIVER
        return self.replied_at is None and (self.state is InquiryState.EXPIRED or given_up)

    def mark_unread(self, party: Party, unread: bool) -> None:
        """Note whether something is new to this side."""
        if party is Party.ASKER:
            self.unread_by_asker = unread
        else:
            self.unread_by_receiver = unread

    def open(
        self,
        actor: Actor,
        terms: Terms,
        contest_until: date,
        free_reason: FreeReason | None = None,
    ) -> None:
        """Let the receiver read it."""
        charged = self.price_minor if terms is Terms.PAID else 0
        self._move_to(InquiryState.OPENED, actor, "inquiry_opened", terms=terms.value)
        self.opened_at, self.opened_by = clock.now(), actor.user_id
        self.terms, self.free_reason, self.charged_minor = terms, free_reason, charged
        self.contest_until = contest_until

    def answer(self, actor: Actor, in_time: bool) -> None:
        """The receiver wrote for the first time."""
        self._move_to(InquiryState.REPLIED, actor, "inquiry_answered", in_time=in_time)
        self.replied_at, self.in_time = clock.now(), in_time

    def close(self, actor: Actor, party: Party, reason: str) -> None:
        """One side ends the thread."""
        self._move_to(InquiryState.CLOSED, actor, "inquiry_closed", reason)
        self.closed_at, self.closed_by, self.close_reason = clock.now(), party, reason

    def expire(self, actor: Actor) -> None:
        """Nobody answered in time."""
        self._move_to(InquiryState.EXPIRED, actor, "inquiry_expired")

    def void(self, actor: Actor, state: InquiryState, reason: str) -> None:
        """The staff found it spam or invalid: what was charged is given back."""
        self._move_to(state, actor, "inquiry_voided", reason, credited=self.charged_minor)
        self.credited_minor = self.charged_minor


class InquiryMessage(Base):
    """What one side wrote after the question. Never changed: contests are decided by it."""

    __tablename__ = "inquiry_message"
    THING = "inquiry_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), index=True)
    party: Mapped[Party] = mapped_column(StateColumn(Party))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


append_only(InquiryMessage.__table__)  # type: ignore[arg-type]


class Ground(StrEnum):
    """Why a receiver objects to an inquiry."""

    SPAM = "spam"
    NOT_SERIOUS = "not_serious"
    OTHER_GOODS = "other_goods"
    REPEATED = "repeated"
    OTHER = "other"


class ContestState(StrEnum):
    """Where a contest stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"


class InquiryContest(Versioned, Stateful, Base):
    """The receiver's objection to an inquiry, at most one; the hub's brokers decide."""

    __tablename__ = "inquiry_contest"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index("ix_inquiry_contest_state", "state", "id"),
    )
    THING = "inquiry_contest"
    TRANSITIONS = {ContestState.OPEN: frozenset({ContestState.UPHELD, ContestState.REFUSED})}

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), unique=True)
    state: Mapped[ContestState] = mapped_column(
        StateColumn(ContestState), default=ContestState.OPEN
    )
    ground: Mapped[Ground] = mapped_column(StateColumn(Ground))
    reason: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decision_reason: Mapped[str] = mapped_column(String(500), default="")

    inquiry: Mapped[Inquiry] = relationship(back_populates="contest")

    def decide(self, actor: Actor, state: ContestState, reason: str) -> None:
        """Uphold or refuse it."""
        self._move_to(state, actor, f"inquiry_contest_{state.value}", reason)
        self.decided_at, self.decided_by = clock.now(), actor.user_id
        self.decision_reason = reason


class InquiryPrice(Versioned, Base):
    """What opening an inquiry about a commodity, or about any of a group, costs."""

    __tablename__ = "inquiry_price"
    __table_args__ = (
        UniqueConstraint("commodity_id", "currency"),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )
    THING = "inquiry_price"

    id: Mapped[int] = mapped_column(primary_key=True)
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]

    commodity: Mapped[Commodity] = relationship(lazy="raise_on_sql")

    @property
    def amount(self) -> Money:
        """The price."""
        return Money(self.amount_minor, self.currency)


register_words(
    Inquiry.THING,
    {
        InquiryState.DELIVERED: (_l("not opened"), "waiting"),
        InquiryState.OPENED: (_l("waiting for an answer"), "waiting"),
        InquiryState.REPLIED: (_l("answered"), "good"),
        InquiryState.CLOSED: (_l("closed"), "quiet"),
        InquiryState.EXPIRED: (_l("not answered in time"), "warning"),
        InquiryState.SPAM: (_l("spam"), "bad"),
        InquiryState.INVALID: (_l("not valid"), "bad"),
    },
)
register_words(
    InquiryContest.THING,
    {
        ContestState.OPEN: (_l("contested"), "waiting"),
        ContestState.UPHELD: (_l("contest upheld"), "good"),
        ContestState.REFUSED: (_l("contest refused"), "quiet"),
    },
)
