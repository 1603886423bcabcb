"""Reading invoices: of a subject, and what a person may see and pay."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.payments.invoices.models import Invoice
from hub.payments.ledger.queries import Subject

PAYING_ROLES = (CompanyRole.OWNER, CompanyRole.TRADER, CompanyRole.FINANCE)


def invoice_of(subject: Subject) -> Invoice | None:
    """The invoice for a subject, with its lines, if there is one."""
    return db.session.scalar(
        select(Invoice)
        .where(Invoice.subject_kind == subject[0], Invoice.subject_id == subject[1])
        .options(selectinload(Invoice.lines))
    )


def visible_invoice(actor: Actor, public_id: str) -> Invoice:
    """An invoice with its payer and lines, for the payer's people and for the hub's finance.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    invoice = db.session.scalar(
        select(Invoice)
        .where(Invoice.public_id == public_id)
        .options(joinedload(Invoice.payer), joinedload(Invoice.lines))
    )
    if invoice is None or not may_see_invoice(actor, invoice):
        raise NotFound(_("There is no such invoice."))
    return invoice


def may_see_invoice(actor: Actor, invoice: Invoice) -> bool:
    """Whether the actor belongs to the payer, or to those who look after money."""
    mine = actor.company_id is not None and actor.company_id == invoice.payer_id
    return mine or actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR)


def may_pay(actor: Actor, company_id: int) -> bool:
    """Whether the actor may dispose of the company's money at the hub."""
    mine = actor.company_id == company_id and actor.company_role in PAYING_ROLES
    return mine or actor.has(StaffRole.FINANCE)
