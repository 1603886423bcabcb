"""What must hold between contracts and money at every commit, read afresh from the tables.

Each check gives one sentence for each thing that is wrong; none when all is well.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.contracts.models import Contract, ContractCounter, ContractState
from hub.contracts.performance import amounts_for
from hub.contracts.terms import ContractTerms
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.matching.models import Proposal
from hub.payments.ledger import chart
from hub.payments.ledger.chart import REFUNDED_KINDS, RELEASED_KINDS
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine
from hub.posting.models import Listing

_FUNDED = (ContractState.EFFECTIVE, ContractState.PERFORMING)
_ENDED = (
    ContractState.COMPLETED,
    ContractState.VOIDED,
    ContractState.DEFAULTED,
    ContractState.TERMINATED,
)
_SIGNATURES = {ContractState.ISSUED: 0, ContractState.PARTLY_SIGNED: 1}

Amounts = dict[int, int]


def _contracts() -> list[Contract]:
    statement = select(Contract).options(
        joinedload(Contract.issued_file),
        joinedload(Contract.sealed_file),
        selectinload(Contract.signatures),
    )
    return list(db.session.scalars(statement.order_by(Contract.id)))


def _moved(account: int, kinds: Iterable[str]) -> Amounts:
    """Per contract, what entries of these kinds debited (credits are negative)."""
    statement = (
        select(LedgerEntry.subject_id, func.sum(LedgerLine.amount_minor))
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerEntry.subject_kind == Contract.THING,
            LedgerEntry.kind.in_(list(kinds)),
            LedgerLine.account == account,
        )
        .group_by(LedgerEntry.subject_id)
    )
    return {subject: int(minor) for subject, minor in db.session.execute(statement)}


def _held() -> Amounts:
    """Per contract, what the hub holds for it, disputed or not."""
    statement = select(LedgerBalance.holder, func.sum(LedgerBalance.balance_minor)).where(
        LedgerBalance.account.in_([chart.HELD_FOR_CONTRACT, chart.HELD_IN_DISPUTE]),
        LedgerBalance.holder.startswith(f"{Contract.THING}:"),
    )
    rows = db.session.execute(statement.group_by(LedgerBalance.holder))
    return {int(holder.partition(":")[2]): -int(minor) for holder, minor in rows}


def money_is_held_while_it_is_needed() -> list[str]:
    """All of it from payment to settlement; nothing before signing, nor once it has ended."""
    held = _held()
    broken = []
    for contract in _contracts():
        has = held.get(contract.id, 0)
        settled = contract.accepted_quantity is not None
        if contract.state in _FUNDED and not settled:
            if has != contract.total.minor:
                broken.append(f"{contract.number} holds {has}, not its {contract.total.minor}.")
        elif (settled or contract.state in _ENDED or contract.can_void) and has:
            broken.append(f"{contract.number} is {contract.state.value} and still holds {has}.")
    return broken


def released_is_what_was_accepted() -> list[str]:
    """Goods accepted times price plus their freight; the rest of what was paid is refunded."""
    released = _moved(chart.HELD_FOR_CONTRACT, RELEASED_KINDS)
    refunded = _moved(chart.HELD_FOR_CONTRACT, REFUNDED_KINDS)
    broken = []
    for contract in _contracts():
        gross = 0
        if contract.accepted_quantity is not None:
            goods, freight, _commission = amounts_for(contract, contract.accepted_quantity)
            gross = (goods + freight).minor
            if refunded.get(contract.id, 0) != contract.total.minor - gross:
                broken.append(f"{contract.number} refunded {refunded.get(contract.id, 0)}.")
        if released.get(contract.id, 0) != gross:
            broken.append(
                f"{contract.number} released {released.get(contract.id, 0)}, accepted is {gross}."
            )
        if gross > contract.total.minor:
            broken.append(f"{contract.number} released more than was paid.")
    return broken


def commission_is_the_frozen_rate() -> list[str]:
    """The rate shown before consent, in the contract, and in what was taken."""
    taken = _moved(chart.COMMISSION_INCOME, RELEASED_KINDS)
    rates = select(Contract.id, Proposal.commission_rate).join(
        Proposal, Proposal.id == Contract.proposal_id
    )
    agreed = dict(db.session.execute(rates).all())
    broken = []
    for contract in _contracts():
        stated = Decimal(str(contract.terms["commission_rate"]))
        if not stated == contract.commission_rate == agreed[contract.id]:
            broken.append(f"{contract.number} has another rate than was agreed.")
        due = 0
        if contract.accepted_quantity is not None:
            due = amounts_for(contract, contract.accepted_quantity)[2].minor
        if -taken.get(contract.id, 0) != due:
            broken.append(f"{contract.number} took {-taken.get(contract.id, 0)}, not {due}.")
    return broken


def text_and_amounts_agree() -> list[str]:
    """What the columns say is what the frozen terms say."""
    broken = []
    for contract in _contracts():
        try:
            terms = ContractTerms.from_json(contract.terms)
        except ValueError as error:
            broken.append(f"{contract.number}: {error}")
            continue
        goods, freight, commission = amounts_for(contract, contract.quantity)
        stated = (terms.goods_minor, terms.freight_minor, terms.commission_minor)
        kept = (contract.goods_minor, contract.freight_minor, contract.commission_minor)
        if not stated == kept == (goods.minor, freight.minor, commission.minor):
            broken.append(f"{contract.number}: the text has other amounts than the contract.")
        if (terms.quantity, terms.unit_price) != (contract.quantity, contract.unit_price):
            broken.append(f"{contract.number}: the text has another quantity or price.")
    return broken


def files_are_intact() -> list[str]:
    """The issued and sealed bytes are on disk as they were, the sealed ones after the issued."""
    broken = []
    for contract in _contracts():
        try:
            issued = contract.issued_file.read()
            sealed = contract.sealed_file.read() if contract.sealed_file else None
        except (OSError, RuntimeError) as error:
            broken.append(f"{contract.number}: {error}")
            continue
        if sealed is not None and not sealed.startswith(issued):
            broken.append(f"{contract.number}: the sealed file holds another text.")
    return broken


def signatures_fit_the_state() -> list[str]:
    """None when issued, one when partly signed, two after; all under the issued bytes."""
    broken = []
    for contract in _contracts():
        count = len(contract.signatures)
        if contract.state is ContractState.VOIDED:
            fits = count < 2
        else:
            fits = count == _SIGNATURES.get(contract.state, 2)
        if not fits:
            broken.append(f"{contract.number} is {contract.state.value} with {count} signatures.")
        if any(found.sha256 != contract.issued_file.sha256 for found in contract.signatures):
            broken.append(f"{contract.number} bears a signature under other bytes.")
    return broken


def numbers_have_no_gaps() -> list[str]:
    """Every number of a year up to the last one given out is that of a contract."""
    known: dict[int, set[int]] = defaultdict(set)
    for number in db.session.scalars(select(Contract.number)):
        year, _dash, count = number.partition("-")
        known[int(year)].add(int(count))
    last = {row.year: row.last for row in db.session.scalars(select(ContractCounter))}
    return [
        f"The contract numbers of {year} have gaps."
        for year in sorted(known.keys() | last.keys())
        if known[year] != set(range(1, last.get(year, 0) + 1))
    ]


def filled_is_what_was_signed() -> list[str]:
    """The filled quantity of a listing is that of the contracts that bind it."""
    filled: dict[int, Decimal] = defaultdict(Decimal)
    after_arrival = set(
        db.session.scalars(
            select(AuditEntry.thing_id).where(
                AuditEntry.thing_kind == Contract.THING,
                AuditEntry.state_to == ContractState.TERMINATED.value,
                AuditEntry.state_from == ContractState.PERFORMING.value,
            )
        )
    )
    binding = (ContractState.SIGNED, *_FUNDED, ContractState.COMPLETED)
    for contract in _contracts():
        if contract.state in binding or contract.id in after_arrival:
            filled[contract.supply_id] += contract.quantity
            filled[contract.demand_id] += contract.quantity
    columns = select(Listing.id, Listing.filled).where(Listing.filled != 0)
    stored = dict(db.session.execute(columns).all())
    return [
        f"Listing {listing}: filled is {stored.get(listing, 0)}, "
        f"contracts bind {filled.get(listing, 0)}."
        for listing in sorted(filled.keys() | stored.keys())
        if filled.get(listing, 0) != stored.get(listing, 0)
    ]


#: (number of the invariant or a name, the rule, what checks it)
CHECKS: tuple[tuple[int | str, str, Callable[[], list[str]]], ...] = (
    (
        4,
        "Per contract: paid = held + released + refunded + disputed.",
        money_is_held_while_it_is_needed,
    ),
    (
        5,
        "Released is what was accepted, at price plus freight, and never more than was paid.",
        released_is_what_was_accepted,
    ),
    (12, "Commission uses the rate frozen in the contract.", commission_is_the_frozen_rate),
    ("contracts", "Contracts and their texts agree.", text_and_amounts_agree),
    ("contracts", "Contracts and their texts agree.", files_are_intact),
    ("contracts", "Contracts and their texts agree.", signatures_fit_the_state),
    ("contracts", "Contracts and their texts agree.", numbers_have_no_gaps),
    ("contracts", "Contracts and their texts agree.", filled_is_what_was_signed),
)
