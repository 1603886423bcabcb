"""Agreed trades for tests: an accepted proposal, its two companies, and people who sign."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy.orm import joinedload

from hub.accounts import passwords
from hub.accounts.models import User
from hub.contracts import services
from hub.contracts.models import Contract
from hub.contracts.queries import WHOLE
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.money import Money
from hub.matching import queries as proposals
from hub.matching.models import Origin, Proposal, ProposalState
from hub.payments import services as payments
from hub.payments.ledger.queries import payment_account
from hub.posting.models import Listing, Side
from tests.factories import Factories
from tools import pretend_bank

PASSWORD = "a field of red onions"


@cache
def _hash() -> str:
    return passwords.hash_password(PASSWORD)


@dataclass
class Agreement:
    """An accepted proposal with 40 DTN of onions at 2,600 INR unless told otherwise."""

    proposal: Proposal
    supply: Listing
    demand: Listing
    supplier: Actor
    purchaser: Actor


def with_password(actor: Actor) -> Actor:
    """The actor, whose password is now ``PASSWORD``."""
    db.session.get_one(User, actor.user_id).password_hash = _hash()
    db.session.commit()
    return actor


def agree(
    make: Factories,
    *,
    quantity: str = "40",
    unit_price: str = "2600",
    freight_per_unit: str = "123.6000",
    commission_rate: str = "0.01",
    listed: str = "100",
    supply: dict[str, Any] | None = None,
    demand: dict[str, Any] | None = None,
) -> Agreement:
    """Two listings of ``listed`` DTN, ``quantity`` of each reserved by an accepted proposal."""
    amount = Decimal(quantity)
    common = {"quantity": Decimal(listed), "minimum_lot": Decimal("0.001"), "reserved": amount}
    offered = make.listing(Side.SUPPLY, **(common | (supply or {})))
    wanted = make.listing(Side.DEMAND, **(common | (demand or {})))
    proposal = Proposal(
        state=ProposalState.ACCEPTED,
        origin=Origin.BROKER,
        supply=offered,
        demand=wanted,
        currency=offered.currency,
        quantity=amount,
        unit_price=Decimal(unit_price),
        freight_per_unit=Decimal(freight_per_unit),
        freight_rate=Decimal("0.3"),
        kilometres=Decimal(412),
        commission_rate=Decimal(commission_rate),
        surplus=Decimal(0),
        created_at=clock.now(),
        supply_consented_at=clock.now(),
        demand_consented_at=clock.now(),
    )
    db.session.add(proposal)
    db.session.commit()
    return Agreement(
        proposal,
        offered,
        wanted,
        with_password(make.trader(offered.company)),
        with_password(make.trader(wanted.company)),
    )


def drawn(make: Factories, agreement: Agreement | None = None, **terms: Any) -> Contract:
    """The issued contract of an agreement."""
    make.designated_account()
    agreement = agreement or agree(make, **terms)
    contract = services.draw(SYSTEM, agreement.proposal.id)
    assert contract is not None
    return contract


def sign(actor: Actor, contract: Contract, **values: str) -> Contract:
    """Sign the bytes now issued."""
    given = {"sha256": contract.issued_file.sha256, "password": PASSWORD} | values
    return services.sign(actor, contract.public_id, given["sha256"], given["password"])


def outlast(agreement: Agreement, contract: Contract) -> Callable[[], tuple[Agreement, Contract]]:
    """How to read both again from their database when this session is over."""
    proposal_id, contract_id = agreement.proposal.id, contract.id
    supplier, purchaser = agreement.supplier, agreement.purchaser

    def read() -> tuple[Agreement, Contract]:
        proposal = proposals.by_id(proposal_id)
        assert proposal is not None
        contract = db.session.get_one(
            Contract, contract_id, options=[*WHOLE, joinedload(Contract.supplier_account)]
        )
        sides = (proposal.supply, proposal.demand)
        return Agreement(proposal, *sides, supplier, purchaser), contract

    return read


def signed(make: Factories, **terms: Any) -> tuple[Agreement, Contract]:
    """A contract that both sides have signed."""
    there = None if terms else make.take("signed")
    if there is not None:
        found: tuple[Agreement, Contract] = there()
        return found
    make.designated_account()
    agreement = agree(make, **terms)
    contract = drawn(make, agreement)
    sign(agreement.supplier, contract)
    return agreement, sign(agreement.purchaser, contract)


def performing(make: Factories, **terms: Any) -> tuple[Agreement, Contract]:
    """A contract that is paid, and whose goods have arrived at the depot."""
    agreement, contract = signed(make, **terms)
    pay(contract)
    services.begin_performance(SYSTEM, contract.id)
    return agreement, contract


def pay(contract: Contract, amount: Money | None = None) -> None:
    """The purchaser's transfer arrives in a statement of the designated bank."""
    account = payment_account(contract.currency)
    paid = amount or contract.total
    due = {
        "account": account.identification,
        "currency": contract.currency,
        "opening": "0.00",
        "statement_id": f"S-{contract.number}",
        "date": clock.today("Asia/Kolkata").isoformat(),
        "due": [
            {
                "payer": contract.purchaser.legal_name,
                "amount": str(paid.decimal),
                "reference": contract.terms["payment_reference"],
            }
        ],
    }
    payments.import_statement(SYSTEM, pretend_bank.credit_statement(due), "statement.xml")
