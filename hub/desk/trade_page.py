"""The one page of a trade: the four steps, whose turn it is, money, goods, papers, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.contracts.models import Contract, ContractState
from hub.contracts.queries import STAFF
from hub.core import audit, formats, paths
from hub.core.actor import Actor, StaffRole
from hub.core.i18n import _
from hub.core.states import state_label
from hub.desk import queries
from hub.desk.turns import Performance, Turn, turn
from hub.desk.words import action_word
from hub.dispatch.models.inbound import InboundState
from hub.dispatch.models.release import ReleaseState
from hub.matching.models import Proposal
from hub.matching.proposals import words as matching_words
from hub.payments.escrow.queries import escrow_of
from hub.payments.invoices import queries as invoices_queries
from hub.payments.invoices.models import InvoiceState
from hub.payments.payouts import queries as payouts_queries
from hub.posting.models import Listing, Side


@dataclass(frozen=True)
class Document:
    """A paper of the trade."""

    label: str
    url: str
    size: int | None
    sha: str | None


@dataclass(frozen=True)
class HistoryLine:
    """Something that happened, as the timeline macro reads it."""

    who: str
    what: str
    when: datetime
    before: str | None
    after: str | None
    reason: str | None


@dataclass(frozen=True)
class Commission:
    """Why the supplier bears this rate: the rules that held, and a sentence."""

    rows: Sequence[tuple[str, ...]]
    sentence: str


@dataclass(frozen=True)
class TradePage:
    """Everything the page shows; ``commission`` is told to the supplier and the hub's staff."""

    performance: Performance
    proposal: Proposal
    side: Side | None
    turn: Turn | None
    steps: Sequence[dict[str, Any]]
    escrow: Any
    documents: Sequence[Document]
    history: Sequence[HistoryLine]
    sees_payouts: bool
    commission: Commission | None


def trade_page(actor: Actor, public_id: str) -> TradePage:
    """The page of the trade for ``actor`` (NotFound if it isn't theirs to see)."""
    contract = queries.trade(actor, public_id)
    performance = Performance(
        contract,
        invoices_queries.invoice_of(contract.subject),
        queries.inbound_of(contract.id),
        queries.release_of(contract.id),
        tuple(payouts_queries.payouts_of(contract.subject)),
    )
    proposal = queries.proposal_of(contract)
    return TradePage(
        performance=performance,
        proposal=proposal,
        side=contract.side_of(actor.company_id),
        turn=turn(actor, performance),
        steps=_steps(performance),
        escrow=escrow_of((Contract.THING, contract.id)),
        documents=_documents(actor, performance),
        history=_history(actor, performance, proposal),
        sees_payouts=actor.company_id is not None or actor.is_staff,
        commission=_commission(actor, contract, proposal),
    )


def _commission(actor: Actor, contract: Contract, proposal: Proposal) -> Commission | None:
    rows = matching_words.commission_rows(proposal)
    sees = contract.side_of(actor.company_id) is Side.SUPPLY or actor.has(*STAFF)
    if not rows or not sees:
        return None
    return Commission(rows, matching_words.commission_sentence(proposal))


def _steps(trade: Performance) -> list[dict[str, Any]]:
    state = trade.contract.state
    broken = state in (ContractState.VOIDED, ContractState.DEFAULTED, ContractState.TERMINATED)
    reached = {
        ContractState.ISSUED: 1,
        ContractState.PARTLY_SIGNED: 1,
        ContractState.SIGNED: 2,
        ContractState.EFFECTIVE: 3,
        ContractState.PERFORMING: 3,
        ContractState.COMPLETED: 5,
        ContractState.VOIDED: 1,
        ContractState.DEFAULTED: 2,
        ContractState.TERMINATED: 3 if _paid(trade) else 2,
    }[state]
    if state is ContractState.PERFORMING and trade.contract.accepted_quantity is not None:
        reached = 4
    labels = [_("Posted"), _("Matched and signed"), _("Paid"), _("Delivered"), _("Paid out")]
    notes = ["", *_notes(trade)]
    found = []
    for position, label in enumerate(labels):
        kind = "done" if position < reached else "todo"
        if position == reached:
            kind = "failed" if broken else "current"
        found.append({"label": label, "state": kind, "note": notes[position]})
    return found


def _paid(trade: Performance) -> bool:
    return trade.invoice is not None and trade.invoice.state is InvoiceState.PAID


def _notes(trade: Performance) -> list[str]:
    contract, invoice = trade.contract, trade.invoice
    signed = formats.short_date(contract.signed_at.date()) if contract.signed_at else ""
    paid = ""
    if invoice is not None:
        paid = state_label(invoice.THING, invoice.state)[0]
    goods = ""
    if trade.release is not None and trade.release.state is not ReleaseState.CANCELLED:
        goods = state_label(trade.release.THING, trade.release.state)[0]
    elif trade.inbound is not None and trade.inbound.state is not InboundState.CANCELLED:
        goods = state_label(trade.inbound.THING, trade.inbound.state)[0]
    done = formats.short_date(contract.completed_at.date()) if contract.completed_at else ""
    return [signed, paid, goods, done]


def _documents(actor: Actor, trade: Performance) -> list[Document]:
    contract = trade.contract
    is_party = contract.side_of(actor.company_id) is not None
    staff = actor.has(*STAFF)
    found: list[Document] = []
    if is_party or staff:
        issued, sealed = contract.issued_file, contract.sealed_file
        url = paths.contract_document(contract.public_id)
        found.append(Document(_("Contract"), url, issued.size, issued.sha256))
        if sealed is not None:
            found.append(
                Document(
                    _("Signed and sealed contract"),
                    paths.sealed_contract(contract.public_id),
                    sealed.size,
                    sealed.sha256,
                )
            )
    waybill = trade.release.waybill_file if trade.release else None
    if waybill is not None and trade.release is not None:
        url = paths.waybill(trade.release.public_id)
        found.append(Document(_("Waybill"), url, waybill.size, waybill.sha256))
    return found


def _history(actor: Actor, trade: Performance, proposal: Proposal) -> list[HistoryLine]:
    contract = trade.contract
    things: list[tuple[str, int]] = [
        (Contract.THING, contract.id),
        (Proposal.THING, contract.proposal_id),
    ]
    for thing in (trade.invoice, trade.inbound, trade.release):
        if thing is not None:
            things.append((thing.THING, thing.id))
    side = contract.side_of(actor.company_id)
    for own, listing in ((Side.SUPPLY, proposal.supply), (Side.DEMAND, proposal.demand)):
        if side is own or actor.has(*STAFF):
            things.append((Listing.THING, listing.id))
    finance = actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR, StaffRole.BROKER)
    things += [
        (payout.THING, payout.id)
        for payout in trade.payouts
        if finance or payout.payee_id == actor.company_id
    ]
    return [_line(entry) for entry in audit.history(things)]


def _line(entry: audit.AuditEntry) -> HistoryLine:
    def word(state: str | None) -> str | None:
        return state_label(entry.thing_kind, state)[0] if state else None

    return HistoryLine(
        who=entry.actor_name,
        what=action_word(entry.thing_kind, entry.action),
        when=entry.at,
        before=word(entry.state_from),
        after=word(entry.state_to),
        reason=entry.reason,
    )
