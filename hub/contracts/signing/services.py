"""Signing: both sides put their name to the same bytes, then the hub seals them.

Until the second signature a contract can be called off, and lapses when nobody signs in time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hub.accounts.services import check_password
from hub.contracts import notices, queries
from hub.contracts.drawing import drafting
from hub.contracts.events import ContractEnded
from hub.contracts.models import Contract, ContractState, Signature
from hub.contracts.seal.provider import current_seal
from hub.contracts.terms import ContractTerms
from hub.core import audit, bus, clock, files, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.i18n import N_, _
from hub.core.numbers import plain
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.payments.ledger.queries import payment_account
from hub.payments.services import open_invoice
from hub.posting import services as posting
from hub.posting.models import Side

LAPSED = N_("The time to sign passed.")

_FOR_SIDE = {Side.SUPPLY: "for the supplier", Side.DEMAND: "for the purchaser"}


@use_case
def sign(actor: Actor, public_id: str, sha256: str, password: str) -> Contract:
    """Sign the issued bytes, named by their SHA-256 (hex), for the actor's company.

    With the second signature the hub seals the document, the quantities on both listings are
    filled, and the invoice over goods and freight opens: all or nothing.

    Raises:
        NotFound: there is no such contract, or the actor may not know of it.
        NotAllowed: not an owner or trader of a verified company that is a party.
        Conflict: the text is another one than presented, the time has passed, the side has
            signed, or the designated account is not the one in the text any more.
        Invalid: the password is wrong (field ``password``).
    """
    contract = queries.contract_for(actor, public_id, lock=True)
    side = _side_signed_for(actor, contract)
    _check_signable(contract, side, sha256)
    if not check_password(actor, password):
        sentence = _("This is not your password. Nothing was signed.")
        raise Invalid(sentence, {"password": [sentence]})
    _take_signature(actor, contract, side)
    if contract.state is ContractState.SIGNED:
        _conclude(actor, contract)
    else:
        notices.tell_signed_by(contract, side)
    return contract


def _side_signed_for(actor: Actor, contract: Contract) -> Side:
    side = contract.side_of(actor.company_id)
    if side is None:
        raise NotAllowed(_("A contract is signed by its two companies only."))
    actor.require_trader(contract.company_of(side))
    return side


def _check_signable(contract: Contract, side: Side, sha256: str) -> None:
    if contract.signature_of(side) is not None:
        raise Conflict(_("Your company has signed this contract already."))
    if not contract.can_void:
        raise Conflict(_("This contract can't be signed any more."))
    if contract.sign_until < clock.now():
        raise Conflict(_("The time to sign this contract has passed."))
    if sha256.strip().lower() != contract.issued_file.sha256:
        raise Conflict(
            _("The text changed since you opened the page. Read it again before you sign.")
        )
    stated = ContractTerms.from_json(contract.terms).payment_account
    if drafting.details_of(payment_account(contract.currency)) != stated:
        raise Conflict(
            _(
                "The hub's designated account changed since the contract was drawn. Ask the "
                "broker to correct the text."
            )
        )


def _take_signature(actor: Actor, contract: Contract, side: Side) -> None:
    company = contract.supplier if side is Side.SUPPLY else contract.purchaser
    signature = Signature(
        side=side,
        company_id=company.id,
        user_id=actor.user_id,
        company_name=company.legal_name,
        user_name=actor.name,
        user_role=str(actor.company_role),
        sha256=contract.issued_file.sha256,
        signed_at=clock.now(),
    )
    contract.signatures.append(signature)
    contract.take_signature(signature, actor)


def _conclude(actor: Actor, contract: Contract) -> None:
    # Importing pyHanko takes a second, which processes that seal nothing need not pay.
    from hub.contracts.seal.sealing import SignatureRecord, add_signature_sheet_and_seal

    sealed_at = clock.now()
    data = add_signature_sheet_and_seal(
        contract.issued_file.read(),
        [SignatureRecord(**record) for record in _records(contract)],
        current_seal(),
        number=contract.number,
        sealed_at=sealed_at,
    )
    name = f"contract-{contract.number}-sealed.pdf"
    contract.seal(files.store(SYSTEM, data, name, "application/pdf"), sealed_at)
    db.session.flush()
    for listing_id in (contract.supply_id, contract.demand_id):
        posting.fill(SYSTEM, listing_id, contract.quantity)
    notices.tell_signed(contract)
    _open_invoice(contract)


def _records(contract: Contract) -> Sequence[dict[str, Any]]:
    """What the signature sheet tells of each signature: the fields of its records."""
    found = [contract.signature_of(side) for side in Side]
    return [
        {
            "company": signature.company_name,
            "person": signature.user_name,
            "role": f"{signature.user_role.capitalize()}, {_FOR_SIDE[signature.side]}",
            "signed_at": signature.signed_at,
            "sha256": signature.sha256,
        }
        for signature in found
        if signature is not None
    ]


def _open_invoice(contract: Contract) -> None:
    hub = settings.current()
    terms = ContractTerms.from_json(contract.terms)
    due_on = settings.today() + timedelta(days=terms.payment_days)
    quantity = f"{plain(contract.quantity)} {contract.unit_code}"
    lines = [("goods", f"{terms.commodity_name.en}, {quantity}", contract.goods)]
    if contract.freight:
        route = f"{terms.region_from} – {terms.region_to}"
        lines.append(("freight", f"Freight {route}, {quantity}", contract.freight))
    open_invoice(
        SYSTEM,
        subject=contract.subject,
        number=f"INV-{contract.number}",
        reference=terms.payment_reference,
        payer_id=contract.purchaser_id,
        currency=contract.currency,
        lines=lines,
        due_on=due_on,
        lapses_on=due_on + timedelta(days=hub.payment_grace_days),
    )


@use_case
def void(actor: Actor, public_id: str, reason: str) -> Contract:
    """Call a contract off before both have signed; the reserved quantities are free again.

    Raises:
        NotFound: there is no such contract, or the actor may not know of it.
        NotAllowed: neither a broker nor an owner or trader of a party.
        InvalidTransition: both have signed, or it has ended.
        Invalid: no reason is given.
    """
    contract = queries.contract_for(actor, public_id, lock=True)
    require_voider(actor, contract)
    _void(actor, contract, required_reason(reason, _("Say why; both sides read it.")))
    return contract


def require_voider(actor: Actor, contract: Contract) -> None:
    """Raise NotAllowed unless the actor is a broker, or an owner or trader of a party."""
    if not actor.has(StaffRole.BROKER) and not any(
        actor.trades_for(contract.company_of(side)) for side in Side
    ):
        raise NotAllowed(_("A contract is called off by a broker or by its two companies."))


def _void(actor: Actor, contract: Contract, reason: str) -> None:
    contract.void(actor, reason)
    db.session.flush()
    for listing_id in (contract.supply_id, contract.demand_id):
        posting.release(SYSTEM, listing_id, contract.quantity)
    notices.tell_ended(contract)
    bus.publish(ContractEnded(contract.id, contract.state.value, reason))


@use_case
def void_unsigned(actor: Actor) -> int:
    """Void the contracts whose time to sign has passed; returns how many."""
    lapsed = _waiting_until(clock.now())
    for contract in lapsed:
        _void(actor, contract, LAPSED)
    return len(lapsed)


@use_case
def remind_signers(actor: Actor) -> int:
    """Remind, once, whoever has not signed shortly before the time passes; returns how many."""
    soon = clock.now() + timedelta(days=settings.current().reminder_days)
    waiting = [contract for contract in _waiting_until(soon) if contract.reminded_at is None]
    for contract in waiting:
        contract.reminded_at = clock.now()
        audit.record(actor, contract, "remind_to_sign")
        notices.remind_to_sign(contract)
    return len(waiting)


def _waiting_until(instant: datetime) -> Sequence[Contract]:
    """Contracts to be signed before ``instant``, but for those somebody is signing right now."""
    return db.session.scalars(
        select(Contract)
        .where(
            Contract.state.in_([ContractState.ISSUED, ContractState.PARTLY_SIGNED]),
            Contract.sign_until < instant,
        )
        .options(*queries.WHOLE)
        .order_by(Contract.id)
        .with_for_update(of=Contract, skip_locked=True)
    ).all()
