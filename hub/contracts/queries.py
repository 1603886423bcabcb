"""Selects over contracts, each scoped to who asks."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, exists, false, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from hub.contracts.models import Contract
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.files import StoredFile
from hub.core.i18n import _
from hub.matching.models import Proposal, ProposalState
from hub.payments.payouts.models import PayoutState
from hub.payments.payouts.queries import payouts_of
from hub.posting.models import Listing

#: The staff who see every contract and its papers.
STAFF = (StaffRole.BROKER, StaffRole.FINANCE, StaffRole.ADMINISTRATOR)

_ON_THEIR_WAY = (
    PayoutState.DUE,
    PayoutState.REQUESTED,
    PayoutState.APPROVED,
    PayoutState.EXPORTED,
)

#: What a page about one contract and the verbs need with it.
WHOLE: tuple[ORMOption, ...] = (
    joinedload(Contract.supplier),
    joinedload(Contract.purchaser),
    joinedload(Contract.commodity),
    joinedload(Contract.issued_file),
    joinedload(Contract.sealed_file),
    selectinload(Contract.signatures),
)


def visible_to(actor: Actor) -> Select[Contract]:
    """The contracts that ``actor`` may see: the own company's, or all of them for staff."""
    statement = select(Contract)
    if actor.has(*STAFF):
        return statement
    if actor.company_id is None:
        return statement.where(false())
    return statement.where(
        or_(
            Contract.supplier_id == actor.company_id,
            Contract.purchaser_id == actor.company_id,
        )
    )


def contract_for(actor: Actor, public_id: str, *, lock: bool = False) -> Contract:
    """The contract with this id, with companies, files and signatures.

    With ``lock`` nobody else changes it until the transaction ends (SQLite locks the whole
    database for that), and it is read afresh.

    Raises:
        NotFound: there is none, or ``actor`` may not know of it.
    """
    return _one(visible_to(actor).where(Contract.public_id == public_id), lock=lock)


def contract(contract_id: int, *, lock: bool = False) -> Contract:
    """The contract with this internal id, for callers who have checked who asks.

    Raises:
        NotFound: there is none.
    """
    return _one(select(Contract).where(Contract.id == contract_id), lock=lock)


def _one(statement: Select[Any], *, lock: bool) -> Contract:
    statement = statement.options(*WHOLE)
    if lock:
        statement = statement.with_for_update(of=Contract).execution_options(populate_existing=True)
    found: Contract | None = db.session.scalar(statement)
    if found is None:
        raise NotFound(_("There is no such contract, or it isn't yours to see."))
    return found


def undrawn_ids() -> Sequence[int]:
    """The accepted proposals that have no contract yet, oldest first."""
    return db.session.scalars(_undrawn().with_only_columns(Proposal.id).order_by(Proposal.id)).all()


def undrawn(actor: Actor, proposal_public_id: str) -> Proposal:
    """An accepted proposal that has no contract yet, with its listings and commodity.

    Raises:
        NotFound: there is none, or ``actor`` is no broker.
    """
    found = db.session.scalar(
        _undrawn()
        .where(Proposal.public_id == proposal_public_id)
        .options(
            joinedload(Proposal.supply).options(
                joinedload(Listing.company), joinedload(Listing.commodity)
            ),
            joinedload(Proposal.demand).joinedload(Listing.company),
        )
    )
    if found is None or not actor.has(StaffRole.BROKER):
        raise NotFound(_("There is no agreed trade that waits for its contract here."))
    return found


def _undrawn() -> Select[Proposal]:
    return select(Proposal).where(
        Proposal.state == ProposalState.ACCEPTED,
        ~exists().where(Contract.proposal_id == Proposal.id),
    )


def open_payouts(contract: Contract) -> int:
    """How many payouts of the contract have not left the bank yet."""
    return sum(payout.state in _ON_THEIR_WAY for payout in payouts_of(contract.subject))


class Verdict(StrEnum):
    """What a file is to a contract number."""

    ISSUED = "issued"
    SEALED = "sealed"
    NEITHER = "neither"


def verdict(number: str, sha256: str) -> Verdict:
    """Whether the bytes with this SHA-256 (hex) are the issued or the sealed contract ``number``.

    An unknown number and an unknown file look alike.
    """
    wanted = sha256.lower()
    for column, answer in (
        (Contract.issued_file_id, Verdict.ISSUED),
        (Contract.sealed_file_id, Verdict.SEALED),
    ):
        known = db.session.scalar(
            select(StoredFile.sha256)
            .join(Contract, column == StoredFile.id)
            .where(Contract.number == number)
        )
        if known is not None and known == wanted:
            return answer
    return Verdict.NEITHER
