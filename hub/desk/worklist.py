"""What waits for a person: the first page of everyone who signed in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Company, Verification
from hub.contracts.models import Contract
from hub.core import formats
from hub.core.actor import Actor, StaffRole
from hub.core.db import db
from hub.core.i18n import _
from hub.desk import rooms
from hub.dispatch.models import Inbound, InboundState, ReleaseOrder, ReleaseState
from hub.matching.models import Origin, Proposal, ProposalState
from hub.messaging.queries import tasks_for
from hub.messaging.texts import translated
from hub.payments.models import Invoice, LineState, Payout, PayoutState, StatementLine
from hub.posting.models import Listing, ListingState

MOST = 8


@dataclass(frozen=True)
class Work:
    """One thing to do: what, on what page, by when."""

    title: str
    detail: str
    url: str
    by: date | datetime | None = None


@dataclass
class WorkGroup:
    """Things of one kind. ``more`` says whether there are others beyond those listed."""

    title: str
    url: str
    items: list[Work] = field(default_factory=list)
    more: bool = False


def _group(title: str, url: str, items: Iterable[Work]) -> WorkGroup:
    listed = list(items)
    return WorkGroup(title, url, listed[:MOST], len(listed) > MOST)


def _rows(statement: Any) -> Sequence[Any]:
    return db.session.scalars(statement.limit(MOST + 1)).unique().all()


def worklist(actor: Actor) -> list[WorkGroup]:
    """The groups with something in them, most pressing first."""
    groups: list[WorkGroup] = []
    if actor.company_id is not None:
        groups += [
            _consents(actor.company_id),
            _signatures(actor.company_id),
            _invoices(actor.company_id),
            _announcements(actor.company_id),
            _acceptances(actor.company_id),
            _company_itself(actor.company_id),
        ]
    if actor.is_staff:
        groups.append(_tasks(actor))
    if actor.has(StaffRole.BROKER):
        groups += [_reviews(), _proposals(), _refusals()]
    if actor.has(StaffRole.FINANCE):
        groups += [_statement_lines(), _payouts(actor)]
    if actor.depot_ids:
        groups += [_inbounds(actor), _releases(actor)]
    if actor.has(StaffRole.VERIFIER):
        groups.append(_companies())
    return [group for group in groups if group.items]


def _consents(company_id: int) -> WorkGroup:
    found = _rows(
        select(Proposal)
        .where(rooms.to_consent(company_id))
        .options(joinedload(Proposal.supply).joinedload(Listing.commodity))
        .order_by(Proposal.consent_until)
    )
    return _group(
        _("Proposals that wait for your consent"),
        "/proposals",
        (
            Work(
                f"{row.supply.commodity.name}, "
                f"{formats.quantity(row.quantity, row.supply.commodity.unit.code)}",
                formats.unit_price(row.unit_price, row.currency, row.supply.commodity.unit.code),
                f"/proposals/{row.public_id}",
                row.consent_until,
            )
            for row in found
        ),
    )


def _signatures(company_id: int) -> WorkGroup:
    found = _rows(
        select(Contract)
        .where(rooms.to_sign(company_id))
        .options(joinedload(Contract.commodity))
        .order_by(Contract.sign_until)
    )
    return _group(
        _("Contracts to sign"),
        "/trades",
        (
            Work(
                _("Contract %(number)s", number=row.number),
                f"{row.commodity.name}, {formats.quantity(row.quantity, row.unit_code)}, "
                f"{formats.money(row.total)}",
                f"/contracts/{row.public_id}/sign",
                row.sign_until,
            )
            for row in found
        ),
    )


def _invoices(company_id: int) -> WorkGroup:
    found = _rows(
        select(Invoice)
        .where(Invoice.payer_id == company_id, Invoice.state.in_(rooms.PAYABLE))
        .order_by(Invoice.due_on)
    )
    return _group(
        _("Invoices to pay"),
        "/invoices",
        (
            Work(
                _("Pay %(amount)s", amount=formats.money(row.due)),
                _("Invoice %(number)s", number=row.number),
                f"/invoices/{row.public_id}",
                row.due_on,
            )
            for row in found
        ),
    )


def _announcements(company_id: int) -> WorkGroup:
    found = _rows(
        select(Inbound)
        .join(Inbound.contract)
        .where(Contract.supplier_id == company_id, Inbound.state == InboundState.EXPECTED)
        .options(joinedload(Inbound.contract).joinedload(Contract.commodity))
        .order_by(Inbound.announce_until)
    )
    return _group(
        _("Deliveries to announce to the depot"),
        "/trades",
        (
            Work(
                f"{row.contract.commodity.name}, "
                f"{formats.quantity(row.expected_quantity, row.contract.unit_code)}",
                row.depot.name if row.depot else "",
                f"/deliveries/{row.public_id}/announce",
                row.announce_until,
            )
            for row in found
        ),
    )


def _acceptances(company_id: int) -> WorkGroup:
    found = _rows(
        select(ReleaseOrder)
        .join(ReleaseOrder.contract)
        .where(Contract.purchaser_id == company_id, ReleaseOrder.state == ReleaseState.DELIVERED)
        .options(joinedload(ReleaseOrder.contract).joinedload(Contract.commodity))
        .order_by(ReleaseOrder.accept_until)
    )
    return _group(
        _("Deliveries to accept"),
        "/trades",
        (
            Work(
                f"{row.contract.commodity.name}, "
                f"{formats.quantity(row.delivered_quantity, row.contract.unit_code)}",
                _("Contract %(number)s", number=row.contract.number),
                f"/trades/{row.contract.public_id}",
                row.accept_until,
            )
            for row in found
        ),
    )


def _company_itself(company_id: int) -> WorkGroup:
    company = db.session.get_one(Company, company_id)
    wanted = {
        Verification.UNVERIFIED: _("Submit your company for verification"),
        Verification.REVISION_REQUESTED: _("The verifier asks for more information"),
        Verification.REJECTED: _("Your company was not verified"),
        Verification.REVOKED: _("The verification of your company was revoked"),
    }
    text = wanted.get(company.state)
    if text is None:
        return _group(_("Your company"), "/company", [])
    work = Work(text, _("You can trade once the hub has verified it."), "/company")
    return _group(_("Your company"), "/company", [work])


def _tasks(actor: Actor) -> WorkGroup:
    found = _rows(tasks_for(actor))
    return _group(
        _("Tasks"),
        "/",
        (
            Work(
                translated(row.message, row.parameters),
                formats.relative(row.created_at),
                row.path,
            )
            for row in found
        ),
    )


def _reviews() -> WorkGroup:
    found = _rows(
        select(Listing)
        .where(Listing.state == ListingState.PENDING_REVIEW)
        .options(joinedload(Listing.commodity), joinedload(Listing.company))
        .order_by(Listing.submitted_at)
    )
    return _group(
        _("Listings to review"),
        "/review",
        (
            Work(
                f"{row.commodity.name}, {formats.quantity(row.quantity, row.commodity.unit.code)}",
                row.company.legal_name,
                "/review",
            )
            for row in found
        ),
    )


def _proposals() -> WorkGroup:
    found = _rows(
        select(Proposal)
        .where(Proposal.state == ProposalState.PROPOSED)
        .options(joinedload(Proposal.supply).joinedload(Listing.commodity))
        .order_by((Proposal.origin != Origin.TRADER), Proposal.surplus.desc())
    )
    return _group(
        _("Proposals to look at"),
        "/broker",
        (
            Work(
                f"{row.supply.commodity.name}, "
                f"{formats.quantity(row.quantity, row.supply.commodity.unit.code)}",
                _("chosen by a trader")
                if row.origin is Origin.TRADER
                else _(
                    "surplus %(amount)s %(currency)s",
                    amount=formats.number(row.surplus, 0),
                    currency=row.currency,
                ),
                f"/broker/proposals/{row.public_id}",
            )
            for row in found
        ),
    )


def _refusals() -> WorkGroup:
    found = _rows(
        select(ReleaseOrder)
        .where(ReleaseOrder.state == ReleaseState.REFUSED)
        .options(joinedload(ReleaseOrder.contract))
        .order_by(ReleaseOrder.id)
    )
    return _group(
        _("Refusals to decide"),
        "/broker",
        (
            Work(
                _("Contract %(number)s", number=row.contract.number),
                row.refusal_reason,
                f"/broker/refusals/{row.public_id}",
            )
            for row in found
        ),
    )


def _statement_lines() -> WorkGroup:
    found = _rows(
        select(StatementLine)
        .where(StatementLine.state == LineState.UNRECONCILED)
        .order_by(StatementLine.id)
    )
    return _group(
        _("Bank lines to explain"),
        "/finance",
        (
            Work(
                formats.money(row.amount),
                row.counterparty or row.remittance or row.bank_reference,
                f"/finance/exceptions/{row.public_id}",
            )
            for row in found
        ),
    )


def _payouts(actor: Actor) -> WorkGroup:
    doing = {
        PayoutState.DUE: _("request"),
        PayoutState.REQUESTED: _("approve"),
        PayoutState.APPROVED: _("send to the bank"),
    }
    found = _rows(
        select(Payout)
        .where(Payout.state.in_(doing))
        .options(joinedload(Payout.payee))
        .order_by(Payout.id)
    )
    return _group(
        _("Payouts"),
        "/finance/payouts",
        (
            Work(
                f"{formats.money(row.amount)}: {doing[row.state]}",
                row.payee.legal_name if row.payee else _("The hub itself"),
                "/finance/payouts",
            )
            for row in found
            if not (row.state is PayoutState.REQUESTED and row.requested_by == actor.user_id)
        ),
    )


def _inbounds(actor: Actor) -> WorkGroup:
    found = _rows(
        select(Inbound)
        .where(Inbound.depot_id.in_(actor.depot_ids), Inbound.state.in_(rooms.INBOUND_WORK))
        .options(joinedload(Inbound.contract).joinedload(Contract.commodity))
        .order_by(Inbound.arrives_on, Inbound.id)
    )
    return _group(
        _("Goods coming in"),
        "/depot",
        (
            Work(
                f"{row.number}: {row.contract.commodity.name}",
                row.depot.name,
                f"/depot/inbounds/{row.public_id}",
                row.arrives_on,
            )
            for row in found
        ),
    )


def _releases(actor: Actor) -> WorkGroup:
    found = _rows(
        select(ReleaseOrder)
        .where(
            ReleaseOrder.depot_id.in_(actor.depot_ids), ReleaseOrder.state.in_(rooms.RELEASE_WORK)
        )
        .options(joinedload(ReleaseOrder.contract).joinedload(Contract.commodity))
        .order_by(ReleaseOrder.deliver_until, ReleaseOrder.id)
    )
    return _group(
        _("Goods going out"),
        "/depot",
        (
            Work(
                f"{row.number}: {row.contract.commodity.name}",
                row.depot.name,
                f"/depot/releases/{row.public_id}",
                row.deliver_until,
            )
            for row in found
        ),
    )


def _companies() -> WorkGroup:
    found = _rows(
        select(Company)
        .where(Company.state.in_((Verification.SUBMITTED, Verification.UNDER_REVIEW)))
        .order_by(Company.id)
    )
    return _group(
        _("Companies to verify"),
        "/verification",
        (Work(row.legal_name, row.region.name, f"/verification/{row.public_id}") for row in found),
    )
