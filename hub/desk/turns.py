"""Whose turn it is in a trade, what they do next and by when, in one sentence each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from hub.contracts.models import Contract, ContractState
from hub.core import formats, paths
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.i18n import _
from hub.desk.rooms import PAYABLE
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.payments.invoices.models import Invoice
from hub.payments.payouts.models import Payout, PayoutState
from hub.posting.models import Side


@dataclass(frozen=True)
class Turn:
    """Who is waited for, what for, until when; ``url`` and ``label`` if it is the reader."""

    who: str
    text: str
    by: date | datetime | None = None
    url: str = ""
    label: str = ""
    tone: str = "waiting"


@dataclass(frozen=True)
class Performance:
    """What has become of a contract so far."""

    contract: Contract
    invoice: Invoice | None
    inbound: Inbound | None
    release: ReleaseOrder | None
    payouts: tuple[Payout, ...]


def turn(actor: Actor, trade: Performance) -> Turn | None:
    """Whose turn it is now; None when the trade has ended."""
    state = trade.contract.state
    if state in (ContractState.ISSUED, ContractState.PARTLY_SIGNED):
        return _signing(actor, trade.contract)
    if state is ContractState.SIGNED:
        return _paying(actor, trade)
    if state in (ContractState.EFFECTIVE, ContractState.PERFORMING):
        return _settling(actor, trade) or _delivering(actor, trade) or _coming_in(actor, trade)
    return _settling(actor, trade)


def _signing(actor: Actor, contract: Contract) -> Turn:
    missing = [side for side in Side if contract.signature_of(side) is None]
    names = {Side.SUPPLY: contract.supplier, Side.DEMAND: contract.purchaser}
    who = _(" and ").join(names[side].legal_name for side in missing)
    side = contract.side_of(actor.company_id)
    own = side in missing and actor.company_role in (CompanyRole.OWNER, CompanyRole.TRADER)
    return Turn(
        who,
        _("sign the contract"),
        contract.sign_until,
        paths.contract_signing(contract.public_id) if own else "",
        _("Read and sign"),
    )


def _paying(actor: Actor, trade: Performance) -> Turn | None:
    invoice = trade.invoice
    if invoice is None or invoice.state not in PAYABLE:
        return None
    own = trade.contract.purchaser_id == actor.company_id
    return Turn(
        trade.contract.purchaser.legal_name,
        _("pay %(amount)s at the designated bank", amount=formats.money(invoice.due)),
        invoice.due_on,
        paths.invoice(invoice.public_id) if own else "",
        _("How to pay"),
        "bad" if invoice.state == "overdue" else "waiting",
    )


def _depot_link(actor: Actor, depot_id: int | None, url: str) -> str:
    return url if depot_id in actor.depot_ids else ""


def _coming_in(actor: Actor, trade: Performance) -> Turn | None:
    inbound = trade.inbound
    if inbound is None:
        return Turn(_("the hub"), _("find a depot for the goods"))
    url = _depot_link(actor, inbound.depot_id, paths.inbound(inbound.public_id))
    depot = inbound.depot.name if inbound.depot else _("the hub")
    supplier = trade.contract.supplier.legal_name
    own = trade.contract.supplier_id == actor.company_id
    announce = paths.announcement(inbound.public_id) if own else ""
    turns: dict[InboundState, Callable[[], Turn]] = {
        InboundState.WAITING_FOR_DEPOT: lambda: Turn(
            _("the hub"), _("find a depot with room"), None, "", "", "warning"
        ),
        InboundState.EXPECTED: lambda: Turn(
            supplier,
            _("announce the delivery to %(depot)s", depot=depot),
            inbound.announce_until,
            announce,
            _("Announce the delivery"),
        ),
        InboundState.ANNOUNCED: lambda: Turn(
            supplier,
            _("bring the goods to %(depot)s", depot=depot),
            inbound.arrives_on,
            url,
            _("Receive the goods"),
        ),
        InboundState.ARRIVED: lambda: Turn(
            depot, _("count the goods"), inbound.deliver_until, url, _("Count")
        ),
        InboundState.COUNTED: lambda: Turn(
            depot, _("inspect the goods"), inbound.deliver_until, url, _("Inspect")
        ),
        InboundState.ACCEPTED: lambda: Turn(
            depot, _("put the goods away"), inbound.deliver_until, url, _("Put away")
        ),
        InboundState.PART_ACCEPTED: lambda: Turn(
            depot, _("put the goods away"), inbound.deliver_until, url, _("Put away")
        ),
    }
    make = turns.get(inbound.state)
    return make() if make else None


def _delivering(actor: Actor, trade: Performance) -> Turn | None:
    release = trade.release
    if release is None:
        return None
    depot = release.depot.name
    url = _depot_link(actor, release.depot_id, paths.release(release.public_id))
    steps = {
        ReleaseState.RELEASED: (_("pick the goods"), _("Pick")),
        ReleaseState.PICKING: (_("pick the goods"), _("Pick")),
        ReleaseState.PICKED: (_("load the goods"), _("Load")),
        ReleaseState.LOADED: (_("send the goods on their way"), _("Depart")),
        ReleaseState.DEPARTED: (_("deliver the goods"), _("Deliver")),
    }
    if release.state in steps:
        text, label = steps[release.state]
        return Turn(depot, text, release.deliver_until, url, label)
    if release.state is ReleaseState.DELIVERED:
        own = trade.contract.purchaser_id == actor.company_id
        return Turn(
            trade.contract.purchaser.legal_name,
            _("accept the delivery, or refuse it with a reason"),
            release.accept_until,
            paths.acceptance(release.public_id) if own else "",
            _("Look at the delivery"),
        )
    if release.state is ReleaseState.REFUSED:
        own = actor.has(StaffRole.BROKER)
        return Turn(
            _("the hub's broker"),
            _("decide about the refusal"),
            None,
            paths.refusal(release.public_id) if own else "",
            _("Decide"),
            "warning",
        )
    return None


def _settling(actor: Actor, trade: Performance) -> Turn | None:
    open_states = {
        PayoutState.DUE: _("request the payout"),
        PayoutState.REQUESTED: _("approve the payout"),
        PayoutState.APPROVED: _("send the payout to the bank"),
        PayoutState.EXPORTED: _("wait for the bank to carry out the payout"),
    }
    waiting = [payout for payout in trade.payouts if payout.state in open_states]
    if not waiting:
        return None
    own = actor.has(StaffRole.FINANCE)
    first = waiting[0]
    return Turn(
        _("the hub's finance"),
        open_states[first.state],
        None,
        paths.PAYOUTS if own else "",
        _("Payouts"),
        "warning" if first.held_reason else "waiting",
    )
