"""Paid trades at each step of their goods' way, with the people who take the steps."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import func, select

from hub.contracts import services as contracts
from hub.contracts.models import Contract, ContractState
from hub.core import settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.depots import invariants
from hub.depots.models import Depot, StockMove
from hub.dispatch import queries, services
from hub.dispatch.models.inbound import Inbound
from hub.dispatch.models.release import ReleaseOrder
from hub.payments.invoices.models import Invoice
from hub.payments.invoices.paying import count_on_invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.queries import account_holder, payment_account, subject_holder
from tests.contracts import agreements
from tests.contracts.agreements import Agreement, signed
from tests.factories import Factories


@use_case
def pay(contract: Contract) -> None:
    """Book the whole invoice as if the designated bank had reported it."""
    invoice = db.session.query(Invoice).filter_by(subject_id=contract.id).one()
    account = account_holder(payment_account(contract.currency).id)
    ledger.post(
        SYSTEM,
        ledger.Draft(
            f"test:{contract.id}",
            "payment",
            invoice.subject,
            settings.today(),
            [
                ledger.debit(chart.ESCROW_BANK, account, invoice.due),
                ledger.credit(
                    chart.HELD_FOR_CONTRACT, subject_holder(invoice.subject), invoice.due
                ),
            ],
        ),
    )
    count_on_invoice(SYSTEM, invoice, invoice.due)


@dataclass
class Trade:
    """A trade of 40 DTN of onions and everybody who has to do with its goods."""

    agreement: Agreement
    contract: Contract
    depot: Depot
    operator: Actor
    broker: Actor
    inbound: Inbound

    @property
    def supplier(self) -> Actor:
        return self.agreement.supplier

    @property
    def purchaser(self) -> Actor:
        return self.agreement.purchaser

    @property
    def release(self) -> ReleaseOrder:
        found = queries.release_of(self.contract.id)
        assert found is not None
        db.session.refresh(found)
        return found

    def fresh(self) -> Inbound:
        """The inbound as it stands in the database."""
        db.session.expire_all()
        return queries.inbound_now(self.inbound.id)

    def fresh_contract(self) -> Contract:
        return db.session.get_one(Contract, self.contract.id, populate_existing=True)


def paid(make: Factories, **terms: Any) -> tuple[Agreement, Contract]:
    """A contract that is paid for."""
    agreement, contract = signed(make, **terms)
    pay(contract)
    contract = db.session.get_one(Contract, contract.id, populate_existing=True)
    if contract.state is ContractState.SIGNED:
        contracts.make_effective(SYSTEM, contract.id)
    return agreement, contract


def expected(make: Factories, **terms: Any) -> Trade:
    """A depot expects the goods."""
    there = None if terms else make.take("expected")
    if there is not None:
        found: Trade = there()
        return found
    depot = make.depot()
    operator = make.staff(StaffRole.DEPOT, depots=(depot,))
    broker = make.staff(StaffRole.BROKER)
    agreement, contract = paid(make, **terms)
    inbound = services.open_inbound(SYSTEM, contract.id)
    return Trade(agreement, contract, depot, operator, broker, inbound)


def outlast(trade: Trade) -> Callable[[], Trade]:
    """How to read the trade again from its database when this session is over."""
    reread = agreements.outlast(trade.agreement, trade.contract)
    depot_id, inbound_id = trade.depot.id, trade.inbound.id
    operator, broker = trade.operator, trade.broker

    def read() -> Trade:
        depot = db.session.get_one(Depot, depot_id)
        return Trade(*reread(), depot, operator, broker, queries.inbound_now(inbound_id))

    return read


def announced(make: Factories) -> Trade:
    trade = expected(make)
    services.announce(
        trade.supplier,
        trade.inbound.public_id,
        arrives_on=settings.today() + timedelta(days=1),
        carrier="Krishna Roadways",
        vehicle="TS 09 UB 4242",
        packages=80,
    )
    return trade


def arrived(make: Factories) -> Trade:
    trade = announced(make)
    services.arrive(trade.operator, trade.inbound.public_id)
    return trade


def counted(make: Factories, quantity: str = "40") -> Trade:
    trade = arrived(make)
    services.count(trade.operator, trade.inbound.public_id, Decimal(quantity))
    return trade


def inspected(make: Factories, accepted: str = "40", count: str = "40") -> Trade:
    trade = counted(make, count)
    services.inspect(trade.operator, trade.inbound.public_id, Decimal(accepted), "as inspected")
    return trade


def released(make: Factories, accepted: str = "40") -> Trade:
    trade = inspected(make, accepted)
    services.put_away(trade.operator, trade.inbound.public_id, "S-01")
    return trade


def loaded(make: Factories) -> Trade:
    trade = released(make)
    release = trade.release
    services.start_picking(trade.operator, release.public_id)
    services.pick(trade.operator, release.public_id, release.lot.number)
    services.load(
        trade.operator,
        release.public_id,
        carrier="Deccan Lines",
        vehicle="MH 12 AB 1",
        driver="Ravi",
        packages=80,
    )
    return trade


def departed(make: Factories) -> Trade:
    trade = loaded(make)
    services.depart(trade.operator, trade.release.public_id)
    return trade


def delivered(make: Factories, quantity: str = "40") -> Trade:
    trade = departed(make)
    proof = services.ProofOfDelivery(Decimal(quantity), "Lakshmi Rao")
    services.deliver(trade.operator, trade.release.public_id, proof)
    return trade


def refused(make: Factories, quantity: str = "10") -> Trade:
    trade = delivered(make)
    services.refuse(trade.purchaser, trade.release.public_id, Decimal(quantity), "wet sacks")
    return trade


def picture(width: int = 40, height: int = 30, kind: str = "JPEG") -> bytes:
    """A small green picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), "green").save(out, kind)
    return out.getvalue()


def drawn_signature() -> str:
    """What the signature pad sends: a transparent PNG as data URL."""
    out = BytesIO()
    Image.new("RGBA", (64, 20), (0, 0, 0, 0)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def moves() -> int:
    """How many stock moves there are."""
    return db.session.scalar(select(func.count()).select_from(StockMove)) or 0


def assert_stock_sound() -> None:
    """Every invariant of the stock holds."""
    assert [check() for check in invariants.CHECKS] == [[]] * len(invariants.CHECKS)
