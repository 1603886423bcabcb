"""After the signatures: paid, on the way, accepted and settled, or ended early.

The verbs that take an internal id are steps of other packages' verbs and of reactions: who may
take such a step is decided there.
"""

from decimal import Decimal

from hub.contracts import notices, queries
from hub.contracts.events import ContractEffective, ContractEnded
from hub.contracts.models import Contract, ContractState
from hub.core import audit, bus
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.i18n import N_, _
from hub.core.money import Money, extend, share
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.payments import services as payments
from hub.payments.escrow.queries import escrow_of
from hub.posting import services as posting

NOT_PAID = N_("It was not paid in time.")
NOT_ACCEPTED = N_("Goods that were short, rejected or refused")


@use_case
def make_effective(actor: Actor, contract_id: int) -> Contract:
    """The purchaser's money is here: the goods may move.

    Raises:
        InvalidTransition: the contract doesn't wait for payment.
    """
    contract = queries.contract(contract_id, lock=True)
    contract.make_effective(actor)
    notices.tell_effective(contract)
    bus.publish(ContractEffective(contract.id))
    return contract


@use_case
def begin_performance(actor: Actor, contract_id: int) -> Contract:
    """The first goods arrived at the depot. Once begun, it stays so.

    Raises:
        InvalidTransition: the contract isn't effective.
    """
    contract = queries.contract(contract_id, lock=True)
    if contract.state is not ContractState.PERFORMING:
        contract.begin_performance(actor)
    return contract


@use_case
def default(actor: Actor, contract_id: int, reason: str) -> Contract:
    """Nobody waits for the purchaser's money any more: the quantities are free again.

    Raises:
        InvalidTransition: the contract doesn't wait for payment.
        Invalid: no reason is given.
    """
    contract = queries.contract(contract_id, lock=True)
    contract.default(actor, required_reason(reason, _("Say why; both sides read it.")))
    _free_quantities(contract)
    _announce_end(contract)
    return contract


@use_case
def terminate(actor: Actor, public_id: str, reason: str) -> Contract:
    """End a trade that stalls: an unpaid invoice is cancelled, money that is held goes back.

    The quantities are free again unless goods have arrived at a depot.

    Raises:
        NotFound: there is no such contract, or the actor may not know of it.
        NotAllowed: not a broker.
        Conflict: the outcome of the delivery is final, or the contract isn't binding (any more).
        Invalid: no reason is given.
    """
    contract = queries.contract_for(actor, public_id, lock=True)
    if not actor.has(StaffRole.BROKER):
        raise NotAllowed(_("Only a broker of the hub can end a signed contract."))
    reason = required_reason(reason, _("Say why; both sides read it."))
    if contract.accepted_quantity is not None:
        raise Conflict(_("The outcome of this trade is final; its payouts are under way."))
    before = contract.state
    contract.terminate(actor, reason)
    if before is ContractState.SIGNED:
        payments.cancel_invoice(SYSTEM, contract.subject, reason)
    else:
        escrow = escrow_of(contract.subject)
        _refund(contract, escrow.held if escrow else Money.zero(contract.currency), reason)
    if before is not ContractState.PERFORMING:
        _free_quantities(contract)
    _announce_end(contract)
    return contract


@use_case
def settle(actor: Actor, contract_id: int, accepted_quantity: Decimal) -> Contract:
    """Say, once and finally, how much was accepted: that is paid for, the rest is refunded.

    Goods and freight are unit price and freight per unit times what was accepted, each rounded
    once; the commission is the frozen rate of those goods. What is left of the payment goes back
    to the purchaser, so released and refunded together are what was paid.

    Raises:
        Conflict: the contract isn't being performed, or it was settled before.
        Invalid: the quantity is negative or more than was agreed.
    """
    contract = queries.contract(contract_id, lock=True)
    if contract.state is not ContractState.PERFORMING or contract.accepted_quantity is not None:
        raise Conflict(_("The outcome of this trade is final already, or its goods never came."))
    if not 0 <= accepted_quantity <= contract.quantity:
        raise Invalid(_("The accepted quantity must lie between zero and what was agreed."))
    contract.accepted_quantity = accepted_quantity
    db.session.flush()
    goods, freight, commission = amounts_for(contract, accepted_quantity)
    refund = contract.total - goods - freight
    audit.record(
        actor,
        contract,
        "settle",
        accepted=str(accepted_quantity),
        goods_minor=goods.minor,
        freight_minor=freight.minor,
        commission_minor=commission.minor,
        refund_minor=refund.minor,
    )
    if goods or freight:
        payments.release(
            SYSTEM,
            contract.subject,
            payee_id=contract.supplier_id,
            bank_account_id=contract.supplier_account_id,
            goods=goods,
            commission=commission,
            freight=freight,
        )
    _refund(contract, refund, NOT_ACCEPTED)
    if not queries.open_payouts(contract):
        _complete(actor, contract)
    return contract


def amounts_for(contract: Contract, accepted: Decimal) -> tuple[Money, Money, Money]:
    """Goods, freight and commission for an accepted quantity, at the frozen prices and rate."""
    goods = extend(contract.unit_price, accepted, contract.currency)
    freight = extend(contract.freight_per_unit, accepted, contract.currency)
    return goods, freight, share(goods, contract.commission_rate)


@use_case
def complete(actor: Actor, contract_id: int) -> Contract:
    """Every payout of a settled contract has left the bank: nothing remains to be done.

    Raises:
        Conflict: it isn't settled, or payouts are still open.
    """
    contract = queries.contract(contract_id, lock=True)
    if contract.accepted_quantity is None or queries.open_payouts(contract):
        raise Conflict(_("The contract is completed when all its payouts are settled."))
    _complete(actor, contract)
    return contract


def _complete(actor: Actor, contract: Contract) -> None:
    contract.complete(actor)
    notices.tell_completed(contract)
    bus.publish(ContractEnded(contract.id, contract.state.value, ""))


def _refund(contract: Contract, amount: Money, reason: str) -> None:
    if amount:
        payments.refund(
            SYSTEM,
            contract.subject,
            payee_id=contract.purchaser_id,
            amount=amount,
            reason=reason,
        )


def _free_quantities(contract: Contract) -> None:
    for listing_id in (contract.supply_id, contract.demand_id):
        posting.unfill(SYSTEM, listing_id, contract.quantity)


def _announce_end(contract: Contract) -> None:
    notices.tell_ended(contract)
    bus.publish(ContractEnded(contract.id, contract.state.value, contract.ended_reason))
