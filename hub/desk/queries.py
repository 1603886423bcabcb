"""Trades, scoped to who asks: parties see theirs, depot operators those at their depots."""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.contracts.models import Contract, ContractState
from hub.contracts.queries import STAFF
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.dispatch.models.inbound import Inbound
from hub.dispatch.models.release import ReleaseOrder
from hub.matching.models import Proposal

PAGE = 25
ENDED = (
    ContractState.COMPLETED,
    ContractState.VOIDED,
    ContractState.DEFAULTED,
    ContractState.TERMINATED,
)


def visible_to(actor: Actor) -> Select[Contract]:
    """The contracts that ``actor`` may know of."""
    statement = select(Contract)
    if actor.has(*STAFF):
        return statement
    mine: list[Any] = []
    if actor.company_id is not None:
        mine += [
            Contract.supplier_id == actor.company_id,
            Contract.purchaser_id == actor.company_id,
        ]
    if actor.depot_ids:
        at_depot = select(Inbound.contract_id).where(Inbound.depot_id.in_(actor.depot_ids))
        mine.append(Contract.id.in_(at_depot))
    return statement.where(or_(*mine)) if mine else statement.where(Contract.id.is_(None))


def trades(actor: Actor, *, ended: bool, words: str, cursor: str | None) -> Page:
    """A page of trades, newest first; ``words`` searches in the number."""
    statement = visible_to(actor).options(
        joinedload(Contract.commodity),
        joinedload(Contract.supplier),
        joinedload(Contract.purchaser),
    )
    states = Contract.state.in_(ENDED)
    statement = statement.where(states if ended else ~states)
    if words:
        statement = statement.where(Contract.number.contains(words, autoescape=True))
    keys = [SortKey(Contract.id, descending=True)]
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE)).unique().all()
    return page_of(rows, PAGE, lambda row: [row.id])


def trade(actor: Actor, public_id: str) -> Contract:
    """One contract with everything its page needs (NotFound if it isn't the actor's to see)."""
    found = db.session.scalar(
        visible_to(actor)
        .where(Contract.public_id == public_id)
        .options(
            joinedload(Contract.commodity),
            joinedload(Contract.supplier),
            joinedload(Contract.purchaser),
            joinedload(Contract.issued_file),
            joinedload(Contract.sealed_file),
            selectinload(Contract.signatures),
        )
    )
    if found is None:
        raise NotFound(_("There is no such trade, or it isn't yours to see."))
    return found


def inbound_of(contract_id: int) -> Inbound | None:
    """The delivery to the depot."""
    return db.session.scalar(
        select(Inbound)
        .where(Inbound.contract_id == contract_id)
        .options(joinedload(Inbound.lot), selectinload(Inbound.pictures))
    )


def release_of(contract_id: int) -> ReleaseOrder | None:
    """The delivery to the purchaser."""
    return db.session.scalar(
        select(ReleaseOrder)
        .where(ReleaseOrder.contract_id == contract_id)
        .options(joinedload(ReleaseOrder.waybill_file))
    )


def proposal_of(contract: Contract) -> Proposal:
    """The proposal the contract was drawn from, with both listings."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.id == contract.proposal_id)
        .options(joinedload(Proposal.supply), joinedload(Proposal.demand))
    ).one()
