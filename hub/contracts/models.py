"""Contracts, their files and signatures."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Company, CompanyBankAccount
from hub.catalogue.models import QUANTITY, UNIT_PRICE, Commodity
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.append_only import append_only
from hub.core.db.base import Base, Identified, Versioned
from hub.core.db.columns import Scaled, StateColumn
from hub.core.db.statements import NumberedYears
from hub.core.files import StoredFile
from hub.core.i18n import _l
from hub.core.money import Money
from hub.core.states import Stateful, register_words
from hub.posting.models import Side


class ContractState(StrEnum):
    """Where a contract stands."""

    ISSUED = "issued"
    PARTLY_SIGNED = "partly_signed"
    SIGNED = "signed"
    EFFECTIVE = "effective"
    PERFORMING = "performing"
    COMPLETED = "completed"
    VOIDED = "voided"
    DEFAULTED = "defaulted"
    TERMINATED = "terminated"


class Contract(Identified, Versioned, Stateful, Base):
    """Agreed terms, frozen. ``terms`` is what the PDF says; amounts are in minor units."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0", name="goods"),
        CheckConstraint(
            "goods_minor > 0 AND freight_minor >= 0 AND commission_minor >= 0", name="amounts"
        ),
        CheckConstraint("supplier_id <> purchaser_id", name="two_companies"),
        CheckConstraint(
            "state IN ('issued', 'partly_signed', 'voided')"
            " OR (signed_at IS NOT NULL AND sealed_file_id IS NOT NULL)",
            name="sealed_when_signed",
        ),
        CheckConstraint(
            "signed_at IS NULL OR state NOT IN ('issued', 'partly_signed', 'voided')",
            name="signed_at",
        ),
        CheckConstraint(
            "state NOT IN ('effective', 'performing', 'completed') OR effective_at IS NOT NULL",
            name="effective_at",
        ),
        CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL)"
            " AND (state <> 'completed' OR accepted_quantity IS NOT NULL)",
            name="completed_at",
        ),
        CheckConstraint(
            "(state IN ('voided', 'defaulted', 'terminated')) = (ended_at IS NOT NULL)",
            name="ended_at",
        ),
        CheckConstraint(
            "accepted_quantity IS NULL OR"
            " (accepted_quantity >= 0 AND accepted_quantity <= quantity"
            " AND state IN ('performing', 'completed'))",
            name="accepted_quantity",
        ),
        CheckConstraint("delivery_from <= delivery_until", name="window"),
    )
    THING = "contract"
    TRANSITIONS = {
        ContractState.ISSUED: frozenset({ContractState.PARTLY_SIGNED, ContractState.VOIDED}),
        ContractState.PARTLY_SIGNED: frozenset({ContractState.SIGNED, ContractState.VOIDED}),
        ContractState.SIGNED: frozenset(
            {ContractState.EFFECTIVE, ContractState.DEFAULTED, ContractState.TERMINATED}
        ),
        ContractState.EFFECTIVE: frozenset({ContractState.PERFORMING, ContractState.TERMINATED}),
        ContractState.PERFORMING: frozenset({ContractState.COMPLETED, ContractState.TERMINATED}),
    }

    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[ContractState] = mapped_column(
        StateColumn(ContractState), default=ContractState.ISSUED, index=True
    )
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    supply_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    demand_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    purchaser_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    supplier_account_id: Mapped[int] = mapped_column(ForeignKey("company_bank_account.id"))
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"), index=True)
    region_from_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    region_to_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    unit_code: Mapped[str] = mapped_column(String(3))
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    currency: Mapped[str] = mapped_column(String(3))
    freight_per_unit: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    goods_minor: Mapped[int]
    freight_minor: Mapped[int]
    commission_rate: Mapped[Decimal] = mapped_column(Scaled(6))
    commission_minor: Mapped[int]
    delivery_from: Mapped[date]
    delivery_until: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    drawn_on: Mapped[date]
    sign_until: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    issued_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    sealed_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    signed_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    accepted_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    ended_reason: Mapped[str] = mapped_column(Text, default="")

    supplier: Mapped[Company] = relationship(foreign_keys=[supplier_id], lazy="raise_on_sql")
    purchaser: Mapped[Company] = relationship(foreign_keys=[purchaser_id], lazy="raise_on_sql")
    commodity: Mapped[Commodity] = relationship(lazy="raise_on_sql")
    supplier_account: Mapped[CompanyBankAccount] = relationship(lazy="raise_on_sql")
    issued_file: Mapped[StoredFile] = relationship(
        foreign_keys=[issued_file_id], lazy="raise_on_sql"
    )
    sealed_file: Mapped[StoredFile | None] = relationship(
        foreign_keys=[sealed_file_id], lazy="raise_on_sql"
    )
    signatures: Mapped[list["Signature"]] = relationship(order_by="Signature.id")

    @property
    def goods(self) -> Money:
        return Money(self.goods_minor, self.currency)

    @property
    def freight(self) -> Money:
        return Money(self.freight_minor, self.currency)

    @property
    def commission(self) -> Money:
        return Money(self.commission_minor, self.currency)

    @property
    def total(self) -> Money:
        """What the purchaser pays: goods plus freight."""
        return self.goods + self.freight

    def side_of(self, company_id: int | None) -> Side | None:
        """The side ``company_id`` stands on, or None."""
        if company_id is None:
            return None
        if self.supplier_id == company_id:
            return Side.SUPPLY
        return Side.DEMAND if self.purchaser_id == company_id else None

    def signature_of(self, side: Side) -> "Signature | None":
        """The signature of ``side`` under the bytes now issued."""
        return next((found for found in self.signatures if found.side is side), None)

    def company_of(self, side: Side) -> int:
        """The id of the company on ``side``."""
        return self.supplier_id if side is Side.SUPPLY else self.purchaser_id

    @property
    def subject(self) -> tuple[str, int]:
        """How payments names what the money is for."""
        return (self.THING, self.id)

    @property
    def can_edit(self) -> bool:
        """Terms may change until the first signature."""
        return self.state is ContractState.ISSUED

    @property
    def can_void(self) -> bool:
        """A contract can be called off until the second signature."""
        return self.state in (ContractState.ISSUED, ContractState.PARTLY_SIGNED)

    @property
    def can_terminate(self) -> bool:
        """A broker can end what both signed, until the outcome of the delivery is final."""
        return (
            ContractState.TERMINATED in self.TRANSITIONS.get(self.state, frozenset())
            and self.accepted_quantity is None
        )

    def take_signature(self, signature: "Signature", actor: Actor) -> None:
        """Move on with the signature of one more side; the second one needs ``seal`` first."""
        first = self.state is ContractState.ISSUED
        self._move_to(
            ContractState.PARTLY_SIGNED if first else ContractState.SIGNED,
            actor,
            "sign",
            side=signature.side.value,
            sha256=signature.sha256,
        )

    def seal(self, file: StoredFile, sealed_at: datetime) -> None:
        """Keep the sealed file; with it the contract is signed by both."""
        self.sealed_file = file
        self.signed_at = sealed_at

    def make_effective(self, actor: Actor) -> None:
        """The purchaser's money is here."""
        self._move_to(ContractState.EFFECTIVE, actor, "make_effective")
        self.effective_at = clock.now()

    def begin_performance(self, actor: Actor) -> None:
        """The first goods arrived at the depot."""
        self._move_to(ContractState.PERFORMING, actor, "begin_performance")

    def complete(self, actor: Actor) -> None:
        """Goods and money are where they belong."""
        self._move_to(ContractState.COMPLETED, actor, "complete")
        self.completed_at = clock.now()

    def void(self, actor: Actor, reason: str) -> None:
        """Call it off before both have signed."""
        self._end(ContractState.VOIDED, actor, "void", reason)

    def default(self, actor: Actor, reason: str) -> None:
        """The purchaser didn't pay in time."""
        self._end(ContractState.DEFAULTED, actor, "default", reason)

    def terminate(self, actor: Actor, reason: str) -> None:
        """End what both signed."""
        self._end(ContractState.TERMINATED, actor, "terminate", reason)

    def _end(self, state: ContractState, actor: Actor, action: str, reason: str) -> None:
        self._move_to(state, actor, action, reason)
        self.ended_at = clock.now()
        self.ended_reason = reason


register_words(
    Contract.THING,
    {
        ContractState.ISSUED: (_l("waiting for signatures"), "waiting"),
        ContractState.PARTLY_SIGNED: (_l("one side signed"), "waiting"),
        ContractState.SIGNED: (_l("signed, waiting for payment"), "waiting"),
        ContractState.EFFECTIVE: (_l("paid, goods expected"), "waiting"),
        ContractState.PERFORMING: (_l("being delivered and settled"), "waiting"),
        ContractState.COMPLETED: (_l("completed"), "good"),
        ContractState.VOIDED: (_l("voided"), "quiet"),
        ContractState.DEFAULTED: (_l("not paid in time"), "bad"),
        ContractState.TERMINATED: (_l("terminated"), "bad"),
    },
)


class Signature(Base):
    """A person signed, for one side, the exact bytes with this hash. Append-only."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("contract_id", "side"),)
    THING = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    company_name: Mapped[str] = mapped_column(String(200))
    user_name: Mapped[str] = mapped_column(String(120))
    user_role: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]


class ContractCounter(NumberedYears, Base):
    """The last contract number given out in a year."""

    __tablename__ = "contract_counter"
    __table_args__ = (CheckConstraint("last > 0", name="last"),)
    THING = "contract_counter"


append_only(Signature.__table__)  # type: ignore[arg-type]
