"""What waits for the people of a company."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Company, Verification
from hub.contracts.models import Contract
from hub.core import formats, paths
from hub.core.db.base import db
from hub.core.formats import named
from hub.core.i18n import _
from hub.desk import rooms
from hub.desk.work import Work, WorkGroup, group, rows
from hub.dispatch.models.inbound import Inbound, InboundState
from hub.dispatch.models.release import ReleaseOrder, ReleaseState
from hub.matching.models import Proposal
from hub.negotiation.models import Inquiry
from hub.negotiation.queries import waiting_for
from hub.payments.invoices.models import Invoice
from hub.posting.models import Listing


def consents(company_id: int) -> WorkGroup:
    """Proposals to consent to or decline."""
    found = rows(
        select(Proposal)
        .where(rooms.to_consent(company_id))
        .options(joinedload(Proposal.supply).joinedload(Listing.commodity))
        .order_by(Proposal.consent_until)
    )
    return group(
        _("Proposals that wait for your consent"),
        paths.PROPOSALS,
        (
            Work(
                f"{row.supply.commodity.name}, "
                f"{formats.quantity(row.quantity, row.supply.commodity.unit.code)}",
                formats.unit_price(row.unit_price, row.currency, row.supply.commodity.unit.code),
                paths.proposal(row.public_id),
                row.consent_until,
            )
            for row in found
        ),
    )


def signatures(company_id: int) -> WorkGroup:
    """Contracts to sign."""
    found = rows(
        select(Contract)
        .where(rooms.to_sign(company_id))
        .options(joinedload(Contract.commodity))
        .order_by(Contract.sign_until)
    )
    return group(
        _("Contracts to sign"),
        paths.TRADES,
        (
            Work(
                _("Contract %(number)s", number=row.number),
                f"{row.commodity.name}, {formats.quantity(row.quantity, row.unit_code)}, "
                f"{formats.money(row.total)}",
                paths.contract_signing(row.public_id),
                row.sign_until,
            )
            for row in found
        ),
    )


def inquiries(company_id: int) -> WorkGroup:
    """Inquiries with something new to read or to answer."""
    found = rows(
        select(Inquiry)
        .where(waiting_for(company_id))
        .options(joinedload(Inquiry.listing).joinedload(Listing.commodity))
        .order_by(Inquiry.answer_until, Inquiry.id)
    )
    return group(
        _("Inquiries to look at"),
        paths.INQUIRIES,
        (
            Work(
                named(row.listing.commodity),
                _("asked of you") if row.receiver_id == company_id else _("your question"),
                paths.inquiry(row.public_id),
                row.answer_until if row.receiver_id == company_id else None,
            )
            for row in found
        ),
    )


def invoices(company_id: int) -> WorkGroup:
    """Invoices to pay, the first due first."""
    found = rows(
        select(Invoice)
        .where(Invoice.payer_id == company_id, Invoice.state.in_(rooms.PAYABLE))
        .order_by(Invoice.due_on)
    )
    return group(
        _("Invoices to pay"),
        paths.INVOICES,
        (
            Work(
                _("Pay %(amount)s", amount=formats.money(row.due)),
                _("Invoice %(number)s", number=row.number),
                paths.invoice(row.public_id),
                row.due_on,
            )
            for row in found
        ),
    )


def announcements(company_id: int) -> WorkGroup:
    """Deliveries to announce to their depot."""
    found = rows(
        select(Inbound)
        .join(Inbound.contract)
        .where(Contract.supplier_id == company_id, Inbound.state == InboundState.EXPECTED)
        .options(joinedload(Inbound.contract).joinedload(Contract.commodity))
        .order_by(Inbound.announce_until)
    )
    return group(
        _("Deliveries to announce to the depot"),
        paths.TRADES,
        (
            Work(
                f"{row.contract.commodity.name}, "
                f"{formats.quantity(row.expected_quantity, row.contract.unit_code)}",
                row.depot.name if row.depot else "",
                paths.announcement(row.public_id),
                row.announce_until,
            )
            for row in found
        ),
    )


def acceptances(company_id: int) -> WorkGroup:
    """Deliveries to accept or refuse."""
    found = rows(
        select(ReleaseOrder)
        .join(ReleaseOrder.contract)
        .where(Contract.purchaser_id == company_id, ReleaseOrder.state == ReleaseState.DELIVERED)
        .options(joinedload(ReleaseOrder.contract).joinedload(Contract.commodity))
        .order_by(ReleaseOrder.accept_until)
    )
    return group(
        _("Deliveries to accept"),
        paths.TRADES,
        (
            Work(
                f"{row.contract.commodity.name}, "
                f"{formats.quantity(row.delivered_quantity, row.contract.unit_code)}",
                _("Contract %(number)s", number=row.contract.number),
                paths.trade(row.contract.public_id),
                row.accept_until,
            )
            for row in found
        ),
    )


def company_itself(company_id: int) -> WorkGroup:
    """What the company's own verification needs."""
    company = db.session.get_one(Company, company_id)
    wanted = {
        Verification.UNVERIFIED: _("Submit your company for verification"),
        Verification.REVISION_REQUESTED: _("The verifier asks for more information"),
        Verification.REJECTED: _("Your company was not verified"),
        Verification.REVOKED: _("The verification of your company was revoked"),
    }
    text = wanted.get(company.state)
    if text is None:
        return group(_("Your company"), paths.COMPANY, [])
    work = Work(text, _("You can trade once the hub has verified it."), paths.COMPANY)
    return group(_("Your company"), paths.COMPANY, [work])
