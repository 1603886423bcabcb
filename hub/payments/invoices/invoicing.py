"""Invoices: opened, reminded, overdue, lapsed, cancelled, and paid from credit."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from sqlalchemy import select

from hub.core import audit, bus, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.i18n import _
from hub.core.money import Money, total
from hub.core.use_case import use_case
from hub.payments import reference as rf
from hub.payments.events import InvoiceLapsed, InvoiceOpened
from hub.payments.invoices import notices, paying
from hub.payments.invoices.models import Invoice, InvoiceLine, InvoiceState
from hub.payments.invoices.queries import invoice_of, may_pay, visible_invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.queries import Subject, company_holder, payment_account, subject_holder
from hub.payments.payouts.queries import credit_of


@use_case
def open_invoice(
    actor: Actor,
    *,
    subject: Subject,
    number: str,
    reference: str,
    payer_id: int,
    currency: str,
    lines: Sequence[tuple[str, str, Money]],
    due_on: date,
    lapses_on: date,
) -> Invoice:
    """Ask the payer for the sum of ``lines`` (kind, description, amount) by ``due_on``.

    Money that came before and quotes the invoice is counted in the same transaction.

    Raises:
        Invalid: no designated account in the currency, nothing to pay, a reference that isn't one
            by ISO 11649, or dates backwards.
        Conflict: the subject has an invoice already.
    """
    amount = total([line_amount for _kind, _text, line_amount in lines], currency)
    if amount.minor <= 0:
        raise Invalid(_("An invoice needs an amount above zero."))
    if not rf.is_valid(reference):
        raise Invalid(_("“%(text)s” is not a payment reference.", text=reference[:40]))
    if not settings.today() <= due_on <= lapses_on:
        raise Invalid(_("An invoice is due from today on, and lapses after that."))
    if invoice_of(subject) is not None:
        raise Conflict(_("There is an invoice for this already. Nothing was changed."))
    invoice = Invoice(
        number=number,
        reference=reference,
        subject_kind=subject[0],
        subject_id=subject[1],
        payer_id=payer_id,
        account=payment_account(currency),
        currency=currency,
        amount_minor=amount.minor,
        issued_on=settings.today(),
        due_on=due_on,
        lapses_on=lapses_on,
        lines=[
            InvoiceLine(kind=kind, description=text[:200], amount_minor=line_amount.minor)
            for kind, text, line_amount in lines
        ],
    )
    db.session.add(invoice)
    db.session.flush()
    audit.record(actor, invoice, "opened", amount=str(amount), reference=reference)
    notices.invoice_opened(invoice)
    bus.publish(InvoiceOpened(invoice.id, *invoice.subject))
    return invoice


@use_case
def cancel_invoice(actor: Actor, subject: Subject, reason: str) -> Invoice | None:
    """Nobody waits for this money any more; what was paid becomes the payer's credit.

    None where there is no invoice, or it was paid in full or has ended.
    """
    invoice = invoice_of(subject)
    if invoice is None or not invoice.is_payable:
        return None
    invoice.cancel(actor, reason)
    _give_back(actor, invoice)
    return invoice


def _give_back(actor: Actor, invoice: Invoice) -> None:
    """What was paid on an invoice that ended: DR 2100 / CR 2110."""
    if not invoice.paid:
        return
    ledger.post(
        actor,
        ledger.Draft(
            f"credited-back:{invoice.id}",
            EntryKind.CREDITED_BACK,
            invoice.subject,
            settings.today(),
            [
                debit(chart.HELD_FOR_CONTRACT, subject_holder(invoice.subject), invoice.paid),
                credit(chart.BUYER_CREDIT, company_holder(invoice.payer_id), invoice.paid),
            ],
            invoice.number,
        ),
    )
    notices.became_credit(invoice.payer_id, invoice.paid)


@use_case
def use_credit(actor: Actor, public_id: str) -> Money:
    """Pay an invoice from the payer's credit, as far as it goes: DR 2110 / CR 2100.

    Returns the amount used.

    Raises:
        NotFound: not the actor's to see.
        NotAllowed: neither finance staff nor somebody who pays for the company.
        Conflict: the invoice needs no money any more, or there is no credit.
    """
    invoice = visible_invoice(actor, public_id)
    if not may_pay(actor, invoice.payer_id):
        raise NotAllowed(_("Your role in the company can't dispose of its credit."))
    if not invoice.is_payable:
        raise Conflict(_("This invoice needs no payment any more. Nothing was changed."))
    available = credit_of(invoice.payer_id, invoice.currency)
    amount = available if available < invoice.due else invoice.due
    if amount.minor <= 0:
        raise Conflict(_("There is no credit in this currency. Nothing was changed."))
    ledger.post(
        actor,
        ledger.Draft(
            f"credit-used:{invoice.id}:{invoice.paid_minor}",
            EntryKind.CREDIT_USED,
            invoice.subject,
            settings.today(),
            [
                debit(chart.BUYER_CREDIT, company_holder(invoice.payer_id), amount),
                credit(chart.HELD_FOR_CONTRACT, subject_holder(invoice.subject), amount),
            ],
            invoice.number,
        ),
    )
    paying.count_on_invoice(actor, invoice, amount)
    return amount


def work_through_deadlines(actor: Actor) -> int:
    """Remind, mark overdue and lapse whatever is due for it; returns how many steps were taken.

    Each invoice is a use case of its own, so that one that fails holds up no other.
    """
    hub, day = settings.current(), settings.today()
    waiting = Invoice.state.in_([InvoiceState.OPEN, InvoiceState.PARTLY_PAID])
    soon = day + timedelta(days=hub.reminder_days)
    steps = (
        (remind, (waiting, Invoice.due_on <= soon, Invoice.reminded_at.is_(None))),
        (mark_overdue, (waiting, Invoice.due_on < day)),
        (lapse, (Invoice.state == InvoiceState.OVERDUE, Invoice.lapses_on < day)),
    )
    taken = 0
    for step, conditions in steps:
        for invoice_id in db.session.scalars(select(Invoice.id).where(*conditions)).all():
            with suppress(Conflict):  # it was paid at this very moment
                step(actor, invoice_id)
                taken += 1
    return taken


@use_case
def remind(actor: Actor, invoice_id: int) -> None:
    """Tell the payer, once, that the money is due soon."""
    invoice = db.session.get_one(Invoice, invoice_id)
    if not invoice.is_payable or invoice.reminded_at is not None:
        return
    invoice.reminded_at = clock.now()
    audit.record(actor, invoice, "reminded")
    if invoice.due_on >= settings.today():
        notices.payment_due_soon(invoice)


@use_case
def mark_overdue(actor: Actor, invoice_id: int) -> None:
    """The due date passed: the grace time runs (InvalidTransition if it was paid meanwhile)."""
    invoice = db.session.get_one(Invoice, invoice_id)
    invoice.mark_overdue(actor)
    notices.invoice_overdue(invoice)


@use_case
def lapse(actor: Actor, invoice_id: int) -> None:
    """The grace time passed too; what was paid is the payer's credit."""
    invoice = db.session.get_one(Invoice, invoice_id)
    invoice.lapse(actor)
    _give_back(actor, invoice)
    bus.publish(InvoiceLapsed(invoice.id, *invoice.subject))
    notices.invoice_lapsed(invoice)
