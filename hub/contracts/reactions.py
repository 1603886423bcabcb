"""What contracts do when something happens below them."""

from hub.contracts import performance, queries
from hub.contracts.drawing.services import draw
from hub.contracts.models import Contract, ContractState
from hub.core.actor import SYSTEM
from hub.matching.events import ProposalAccepted
from hub.payments.events import InvoiceLapsed, InvoicePaid, PayoutSettled


def on_proposal_accepted(event: ProposalAccepted) -> None:
    """Both sides agreed: draw the contract, or tell the brokers what stands against it."""
    draw(SYSTEM, event.proposal_id)


def on_invoice_paid(event: InvoicePaid) -> None:
    """The money is here."""
    if event.subject_kind == Contract.THING:
        performance.make_effective(SYSTEM, event.subject_id)


def on_invoice_lapsed(event: InvoiceLapsed) -> None:
    """The money did not come."""
    if event.subject_kind == Contract.THING:
        performance.default(SYSTEM, event.subject_id, performance.NOT_PAID)


def on_payout_settled(event: PayoutSettled) -> None:
    """The last payout of a settled contract completes it."""
    if event.subject_kind != Contract.THING:
        return
    contract = queries.contract(event.subject_id)
    settled = contract.state is ContractState.PERFORMING and contract.accepted_quantity is not None
    if settled and not queries.open_payouts(contract):
        performance.complete(SYSTEM, contract.id)
