"""Drawing a contract from agreed terms, and changing its text before anybody has signed it."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.catalogue.models import Commodity
from hub.contracts import notices, queries
from hub.contracts.drawing import drafting
from hub.contracts.drawing.documents import render_contract
from hub.contracts.models import Contract, ContractCounter
from hub.contracts.terms import ContractTerms
from hub.core import audit, clock, files, paths, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.statements import number_of_year
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.files import StoredFile
from hub.core.i18n import N_, _
from hub.core.use_case import use_case
from hub.matching.models import Proposal, ProposalState
from hub.messaging.queries import subjects_of_open_tasks
from hub.messaging.services import close_tasks, notify_company, open_task
from hub.posting.models import Listing

TASK = "draw_contract"


@use_case
def draw(actor: Actor, proposal_id: int) -> Contract | None:
    """Freeze the terms of an accepted proposal and issue the contract's bytes for signature.

    Where a business condition stands against it (the supplier has no verified bank account, the
    hub none in the currency), a task tells the brokers, the supplier is told, and the result
    is None.

    Raises:
        NotAllowed: not the system and not a broker.
        NotFound: no such proposal.
        Conflict: both sides have not accepted it, or its contract was drawn before.
    """
    actor.require(StaffRole.BROKER)
    proposal = _proposal(proposal_id)
    try:
        accounts = drafting.accounts_for(proposal.supply.company, proposal.currency)
        drafting.check_goods(proposal)
    except drafting.Hindered as hindrance:
        _report(proposal, hindrance)
        return None
    hub = settings.current()
    today = settings.today()
    number = f"{today.year}-{number_of_year(ContractCounter, today.year):06d}"
    terms = drafting.draft(proposal, number, today, accounts, hub)
    contract = _contract(actor, proposal, terms)
    contract.supplier_account_id = accounts.supplier.id
    db.session.add(contract)
    db.session.flush()
    audit.record(
        actor,
        contract,
        "issue",
        state_to=contract.state.value,
        sha256=contract.issued_file.sha256,
        proposal_id=proposal.id,
    )
    close_tasks(actor, Proposal.THING, proposal.id, TASK)
    notices.tell_issued(contract)
    return contract


@use_case
def draw_again(actor: Actor, proposal_public_id: str) -> Contract | None:
    """What a broker does after having cleared what stood against a contract: see :func:`draw`."""
    actor.require(StaffRole.BROKER)
    return draw(actor, queries.undrawn(actor, proposal_public_id).id)


def hindrance_of(proposal: Proposal) -> str | None:
    """What stands against the contract of an accepted proposal, in the reader's language."""
    try:
        drafting.accounts_for(proposal.supply.company, proposal.currency)
        drafting.check_goods(proposal)
    except drafting.Hindered as hindrance:
        return _(hindrance.message, **hindrance.parameters)
    return None


@use_case
def draw_waiting(actor: Actor) -> int:
    """Draw every contract against which nothing stands any more; returns how many."""
    drawn = [draw(actor, proposal_id) for proposal_id in queries.undrawn_ids()]
    return sum(contract is not None for contract in drawn)


@use_case
def revise(
    actor: Actor,
    public_id: str,
    *,
    expected_version: int,
    delivery_from: date,
    delivery_until: date,
    incoterm: str,
    packaging: str,
    notes: str,
    reason: str,
) -> Contract:
    """Change what may change before the first signature, and issue new bytes.

    The accounts are looked up afresh; price, quantity and rates stay. The bytes issued before
    stay in the history.

    Raises:
        NotAllowed: not a broker.
        NotFound: there is no such contract, or the actor may not know of it.
        Conflict: a side has signed, somebody else changed it, or an account is missing.
        Invalid: the window is backwards or over, the Incoterm or reason is empty, or the text
            would stay as it is.
    """
    contract = queries.contract_for(actor, public_id, lock=True)
    actor.require(StaffRole.BROKER)
    if contract.version != expected_version or not contract.can_edit:
        raise Conflict(_("The contract was signed or changed meanwhile. Nothing was changed."))
    _check_revision(delivery_from, delivery_until, incoterm, reason)
    before = ContractTerms.from_json(contract.terms)
    try:
        accounts = drafting.accounts_for(contract.supplier, contract.currency)
    except drafting.Hindered as hindrance:
        raise Conflict(_(hindrance.message, **hindrance.parameters)) from None
    terms = drafting.revised(
        before,
        accounts,
        delivery_from=delivery_from,
        delivery_until=delivery_until,
        incoterm=incoterm.strip(),
        packaging=packaging.strip(),
        notes=notes.strip(),
    )
    if terms == before:
        raise Invalid(_("Nothing in the text would change."))
    _reissue(actor, contract, terms, reason)
    contract.supplier_account_id = accounts.supplier.id
    notices.tell_revised(contract)
    return contract


def _reissue(actor: Actor, contract: Contract, terms: ContractTerms, reason: str) -> None:
    replaced = contract.issued_file
    before, after = contract.terms, terms.to_json()
    contract.terms = after
    contract.delivery_from, contract.delivery_until = terms.delivery_from, terms.delivery_until
    contract.issued_file = _issue(actor, terms)
    contract.sign_until = clock.now() + timedelta(days=settings.current().signing_days)
    contract.reminded_at = None
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(
        actor,
        contract,
        "revise",
        reason=reason.strip(),
        changed=changed,
        sha256=contract.issued_file.sha256,
        replaced_sha256=replaced.sha256,
        replaced_file_id=replaced.id,
    )


def _check_revision(first: date, last: date, incoterm: str, reason: str) -> None:
    fields: dict[str, list[str]] = {}
    if last < first:
        fields["delivery_until"] = [_("The window ends before it begins.")]
    elif last < settings.today():
        fields["delivery_until"] = [_("The window is over already.")]
    if not incoterm.strip():
        fields["incoterm"] = [_("Say where the goods are handed over.")]
    if not reason.strip():
        fields["reason"] = [_("Say why the text changes; both sides read it.")]
    if fields:
        raise Invalid(_("The text was not changed."), fields)


def _proposal(proposal_id: int) -> Proposal:
    listing = (
        joinedload(Listing.company),
        joinedload(Listing.region),
        joinedload(Listing.commodity).selectinload(Commodity.attributes),
    )
    proposal = db.session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(
            joinedload(Proposal.supply).options(*listing),
            joinedload(Proposal.demand).options(*listing),
        )
    )
    if proposal is None:
        raise NotFound(_("There is no such proposal."))
    if proposal.state is not ProposalState.ACCEPTED:
        raise Conflict(_("A contract is drawn when both sides have accepted the proposal."))
    if db.session.scalar(select(Contract.id).where(Contract.proposal_id == proposal_id)):
        raise Conflict(_("The contract of this proposal has been drawn already."))
    return proposal


def _contract(actor: Actor, proposal: Proposal, terms: ContractTerms) -> Contract:
    return Contract(
        number=terms.number,
        proposal_id=proposal.id,
        supply_id=proposal.supply_id,
        demand_id=proposal.demand_id,
        supplier=proposal.supply.company,
        purchaser=proposal.demand.company,
        commodity=proposal.supply.commodity,
        region_from_id=proposal.supply.region_id,
        region_to_id=proposal.demand.region_id,
        quantity=terms.quantity,
        unit_code=terms.unit_code,
        unit_price=terms.unit_price,
        currency=terms.currency,
        freight_per_unit=terms.freight_per_unit,
        goods_minor=terms.goods_minor,
        freight_minor=terms.freight_minor,
        commission_rate=terms.commission_rate,
        commission_minor=terms.commission_minor,
        delivery_from=terms.delivery_from,
        delivery_until=terms.delivery_until,
        terms=terms.to_json(),
        drawn_on=terms.drawn_on,
        sign_until=clock.now() + timedelta(days=settings.current().signing_days),
        issued_file=_issue(actor, terms),
    )


def _issue(actor: Actor, terms: ContractTerms) -> StoredFile:
    return files.store(
        actor, render_contract(terms), f"contract-{terms.number}.pdf", "application/pdf"
    )


def _report(proposal: Proposal, hindrance: drafting.Hindered) -> None:
    """Tell the brokers what stands against the contract, and the supplier, once."""
    if proposal.id in subjects_of_open_tasks(Proposal.THING, TASK):
        return
    open_task(
        StaffRole.BROKER,
        TASK,
        Proposal.THING,
        proposal.id,
        hindrance.message,
        hindrance.parameters,
        paths.contract_drawing(proposal.public_id),
    )
    notify_company(
        proposal.supply.company_id,
        notices.TRADERS,
        N_(
            "The contract for your accepted proposal can't be drawn yet. Check that your "
            "company has a verified bank account in %(currency)s."
        ),
        {"currency": proposal.currency},
        paths.COMPANY,
    )
