"""Partners, the companies they brought, and what they earn from them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.numbers import RATE_PLACES
from hub.core.states import Stateful, register_words
from hub.payments.payouts.models import Payout


class PartnerState(StrEnum):
    """Where a partner stands. ``invited``: by the hub's staff, the terms not yet accepted."""

    INVITED = "invited"
    ACTIVE = "active"
    STOPPED = "stopped"


class Partner(Identified, Versioned, Stateful, Base):
    """A company that may bring others. ``rate`` is its own share of income, if it has one.

    Stopped, it brings nobody any more; what it brought goes on to earn until its time is over,
    unless it was stopped for cause. What was earned stays owed either way.
    """

    __tablename__ = "partner"
    __table_args__ = (
        CheckConstraint("rate IS NULL OR (rate > 0 AND rate < 1000000)", name="rate"),
        CheckConstraint("state <> 'active' OR accepted_at IS NOT NULL", name="accepted"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_by"),
        CheckConstraint("state = 'stopped' OR stop_reason = ''", name="stop_reason"),
        CheckConstraint("state = 'stopped' OR NOT stopped_for_cause", name="stopped_for_cause"),
    )
    THING = "partner"
    TRANSITIONS = {
        PartnerState.INVITED: frozenset({PartnerState.ACTIVE, PartnerState.STOPPED}),
        PartnerState.ACTIVE: frozenset({PartnerState.STOPPED}),
        PartnerState.STOPPED: frozenset({PartnerState.ACTIVE, PartnerState.INVITED}),
    }

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), unique=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    state: Mapped[PartnerState] = mapped_column(StateColumn(PartnerState))
    rate: Mapped[Decimal | None] = mapped_column(Scaled(RATE_PLACES))
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    stop_reason: Mapped[str] = mapped_column(Text, default="")
    stopped_for_cause: Mapped[bool] = mapped_column(default=False)

    company: Mapped[Company] = relationship(lazy="joined", innerjoin=True)

    @property
    def brings_members(self) -> bool:
        """Whether its code is good now."""
        return self.state is PartnerState.ACTIVE and self.company.can_trade

    @property
    def earns(self) -> bool:
        """Whether the members it brought earn it shares."""
        return not self.stopped_for_cause

    def accept(self, actor: Actor, now: datetime) -> None:
        """Its owner accepts the terms."""
        self.accepted_at, self.accepted_by = now, actor.user_id
        self._move_to(PartnerState.ACTIVE, actor, "accepted")

    def stop(self, actor: Actor, reason: str, *, for_cause: bool) -> None:
        """It brings nobody any more; ``for_cause``: and earns from nobody."""
        self.stop_reason, self.stopped_for_cause = reason, for_cause
        self._move_to(PartnerState.STOPPED, actor, "stopped", reason, for_cause=for_cause)

    def resume(self, actor: Actor, reason: str) -> None:
        """It goes on where it stood before it was stopped."""
        self.stop_reason, self.stopped_for_cause = "", False
        target = PartnerState.ACTIVE if self.accepted_at else PartnerState.INVITED
        self._move_to(target, actor, "resumed", reason)


register_words(
    Partner.THING,
    {
        PartnerState.INVITED: (_l("invited"), "waiting"),
        PartnerState.ACTIVE: (_l("active"), "good"),
        PartnerState.STOPPED: (_l("stopped"), "bad"),
    },
)


class Refusal(StrEnum):
    """Why a company that gave a partner's code does not count: it is the partner itself."""

    SAME_COMPANY = "same_company"
    SAME_NUMBER = "same_number"
    SAME_BANK_ACCOUNT = "same_bank_account"
    SAME_PERSON = "same_person"
    SAME_DOMAIN = "same_domain"


class Attribution(Identified, Base):
    """A company that registered with a partner's code: one for each, the first, for ever.

    Its income counts from ``registered_on`` to the day before ``ends_on``, unless it is refused.
    """

    __tablename__ = "attribution"
    __table_args__ = (
        CheckConstraint("ends_on > registered_on", name="ends_on"),
        CheckConstraint("(refusal IS NULL) = (refused_at IS NULL)", name="refused_at"),
    )
    THING = "attribution"

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), unique=True)
    registered_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    refusal: Mapped[Refusal | None] = mapped_column(StateColumn(Refusal))
    refused_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
    company: Mapped[Company] = relationship(lazy="raise_on_sql")

    def counts_on(self, day: date) -> bool:
        """Whether income of this day is shared."""
        return self.refusal is None and self.registered_on <= day < self.ends_on


class ShareState(StrEnum):
    """Where a share stands. ``offset``: all of it made a debt of the partner good."""

    PENDING = "pending"
    PAYABLE = "payable"
    PAID = "paid"
    OFFSET = "offset"
    TAKEN_BACK = "taken_back"


#: Shares of which something is still owed.
UNPAID = (ShareState.PENDING, ShareState.PAYABLE)

_NET = "amount_minor - withheld_minor - (taken_back_minor - debt_minor)"


class Share(Identified, Versioned, Stateful, Base):
    """A partner's share in one thing that the hub earned, ``income_key`` of the ledger.

    ``amount_minor`` is the rate of ``income_minor``, rounded half to even. When
    ``returned_minor`` of the income went back, ``taken_back_minor`` is what the share is less by;
    ``debt_minor`` of that could not be taken from this share, because it was paid already or had
    made another debt good. ``withheld_minor`` is what this share made good of such debts. The
    rest, :attr:`net`, was or will be paid.
    """

    __tablename__ = "partner_share"
    __table_args__ = (
        CheckConstraint("income_minor > 0 AND amount_minor > 0", name="amounts"),
        CheckConstraint("amount_minor <= income_minor", name="share_of_income"),
        CheckConstraint("returned_minor BETWEEN 0 AND income_minor", name="returned"),
        CheckConstraint("taken_back_minor BETWEEN 0 AND amount_minor", name="taken_back"),
        CheckConstraint("debt_minor BETWEEN 0 AND taken_back_minor", name="debt"),
        CheckConstraint("withheld_minor BETWEEN 0 AND amount_minor", name="withheld"),
        CheckConstraint(f"{_NET} >= 0", name="net"),
        CheckConstraint(
            f"state NOT IN ('pending', 'payable', 'paid') OR {_NET} > 0", name="something_owed"
        ),
        CheckConstraint(
            f"state NOT IN ('offset', 'taken_back') OR {_NET} = 0", name="nothing_owed"
        ),
        CheckConstraint("(state = 'paid') = (payout_id IS NOT NULL)", name="payout"),
        CheckConstraint("payable_on >= earned_on", name="payable_on"),
        Index("ix_partner_share_subject", "subject_kind", "subject_id"),
        Index("ix_partner_share_partner", "partner_id", "currency", "state"),
    )
    THING = "partner_share"
    TRANSITIONS = {
        ShareState.PENDING: frozenset(
            {ShareState.PAYABLE, ShareState.OFFSET, ShareState.TAKEN_BACK}
        ),
        ShareState.PAYABLE: frozenset({ShareState.PAID, ShareState.OFFSET, ShareState.TAKEN_BACK}),
        ShareState.OFFSET: frozenset({ShareState.TAKEN_BACK}),
    }

    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    attribution_id: Mapped[int] = mapped_column(ForeignKey("attribution.id"), index=True)
    state: Mapped[ShareState] = mapped_column(StateColumn(ShareState), default=ShareState.PENDING)
    income_key: Mapped[str] = mapped_column(String(80), unique=True)
    account: Mapped[int]
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    income_minor: Mapped[int]
    rate: Mapped[Decimal] = mapped_column(Scaled(RATE_PLACES))
    amount_minor: Mapped[int]
    returned_minor: Mapped[int] = mapped_column(default=0)
    taken_back_minor: Mapped[int] = mapped_column(default=0)
    debt_minor: Mapped[int] = mapped_column(default=0)
    withheld_minor: Mapped[int] = mapped_column(default=0)
    earned_on: Mapped[date]
    payable_on: Mapped[date] = mapped_column(index=True)
    created_at: Mapped[datetime]
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"), index=True)

    attribution: Mapped[Attribution] = relationship(lazy="raise_on_sql")
    payout: Mapped[Payout | None] = relationship(lazy="raise_on_sql")

    @property
    def amount(self) -> Money:
        """What was earned at first."""
        return Money(self.amount_minor, self.currency)

    @property
    def taken_back(self) -> Money:
        """What of it went back, because the income did."""
        return Money(self.taken_back_minor, self.currency)

    @property
    def withheld(self) -> Money:
        """What of it made debts of other shares good."""
        return Money(self.withheld_minor, self.currency)

    @property
    def net(self) -> Money:
        """What is owed of it, or was paid."""
        posted_back = self.taken_back_minor - self.debt_minor
        return Money(self.amount_minor - self.withheld_minor - posted_back, self.currency)

    @property
    def is_unpaid(self) -> bool:
        """Whether something of it is still owed."""
        return self.state in UNPAID

    def become_payable(self, actor: Actor) -> None:
        """The time is over in which a refund was waited for."""
        self._move_to(ShareState.PAYABLE, actor, "became_payable")

    def pay(self, actor: Actor, payout: Payout) -> None:
        """What is owed of it leaves with a payout."""
        self.payout_id = payout.id
        self._move_to(ShareState.PAID, actor, "paid", amount=str(self.net))

    def close_if_nothing_is_owed(self, actor: Actor) -> None:
        """End an unpaid share of which nothing is left, and say which way it went."""
        if self.state in (ShareState.PAID, ShareState.TAKEN_BACK) or self.net:
            return
        if self.taken_back_minor == self.amount_minor:
            self._move_to(ShareState.TAKEN_BACK, actor, "taken_back")
        elif self.state is not ShareState.OFFSET:
            self._move_to(ShareState.OFFSET, actor, "offset")


register_words(
    Share.THING,
    {
        ShareState.PENDING: (_l("pending"), "waiting"),
        ShareState.PAYABLE: (_l("payable"), "good"),
        ShareState.PAID: (_l("paid"), "good"),
        ShareState.OFFSET: (_l("set off"), "quiet"),
        ShareState.TAKEN_BACK: (_l("taken back"), "bad"),
    },
)


class ShareReturn(Base):
    """Income of a share that the hub gave back, under the ledger's key for that; append-only."""

    __tablename__ = "partner_share_return"
    __table_args__ = (
        UniqueConstraint("income_key", "share_id"),
        CheckConstraint("income_minor > 0", name="income"),
        CheckConstraint("amount_minor BETWEEN 0 AND income_minor", name="amount"),
        CheckConstraint("debt_minor BETWEEN 0 AND amount_minor", name="debt"),
    )
    THING = "partner_share_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("partner_share.id"), index=True)
    income_key: Mapped[str] = mapped_column(String(80))
    income_minor: Mapped[int]
    amount_minor: Mapped[int]
    debt_minor: Mapped[int]
    returned_on: Mapped[date]


append_only(ShareReturn.__table__)  # type: ignore[arg-type]
