"""Invoices for the hub's own services, and how the money paid on them becomes income.

Such money is held on 2100 like that of a contract until the service begins, so that an invoice
paid in part, paid too late or cancelled is treated by the same rules.
"""

from collections.abc import Sequence
from datetime import date

from hub.core import settings
from hub.core.actor import Actor
from hub.core.db.statements import number_of_year
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.money import Money, total
from hub.core.use_case import use_case
from hub.payments import reference as rf
from hub.payments.invoices.invoicing import open_invoice
from hub.payments.invoices.models import FeeCounter, Invoice
from hub.payments.invoices.queries import invoice_of
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.income import Share, announce_earned, mirrored
from hub.payments.ledger.queries import Subject, company_holder, subject_holder


@use_case
def open_fee_invoice(
    actor: Actor,
    *,
    subject: Subject,
    payer_id: int,
    currency: str,
    lines: Sequence[tuple[str, str, Money]],
    due_on: date,
    lapses_on: date,
) -> Invoice:
    """Ask a member for the hub's own fees, under the next number of the year (``FEE-2026-000001``).

    ``lines`` are (kind, description, amount). Raises what
    :func:`hub.payments.invoices.invoicing.open_invoice` raises.
    """
    year = settings.today().year
    number = f"FEE-{year}-{number_of_year(FeeCounter, year):06d}"
    return open_invoice(
        actor,
        subject=subject,
        number=number,
        reference=rf.create(number.replace("-", "")),
        payer_id=payer_id,
        currency=currency,
        lines=lines,
        due_on=due_on,
        lapses_on=lapses_on,
    )


def _invoice(subject: Subject) -> Invoice:
    invoice = invoice_of(subject)
    if invoice is None:
        raise NotFound(_("There is no invoice for this."))
    return invoice


@use_case
def earn(actor: Actor, subject: Subject, key: str, shares: Sequence[Share]) -> None:
    """Held money becomes the hub's: DR 2100 / CR 2150, mirrored by DR 1150 / CR each share.

    ``shares`` are (account of the own books, holder there, amount), all of one currency; shares
    of nothing are left out.

    Raises:
        NotFound: no invoice for the subject.
        Conflict: less is held than that, or the key stands for other amounts.
    """
    invoice = _invoice(subject)
    shares = [share for share in shares if share[2]]
    if not shares:
        return
    amount = total([money for _account, _holder, money in shares], invoice.currency)
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.FEE_EARNED,
            subject,
            settings.today(),
            [
                debit(chart.HELD_FOR_CONTRACT, subject_holder(subject), amount),
                *mirrored(invoice.account_id, shares),
            ],
            invoice.number,
        ),
    )
    announce_earned(key, invoice.payer_id, subject, shares[0][0], amount)


@use_case
def held_to_wallet(actor: Actor, subject: Subject, amount: Money, key: str, reason: str) -> None:
    """What a service did not need goes to the payer's account: DR 2100 / CR 2710.

    Raises:
        NotFound: no invoice for the subject.
        Conflict: less is held than that.
    """
    invoice = _invoice(subject)
    if not amount:
        return
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.HELD_TO_WALLET,
            subject,
            settings.today(),
            [
                debit(chart.HELD_FOR_CONTRACT, subject_holder(subject), amount),
                credit(chart.MEMBER_WALLET, company_holder(invoice.payer_id), amount),
            ],
            reason,
        ),
    )


@use_case
def recognise_deferred(
    actor: Actor, subject: Subject, key: str, holder: str, amount: Money
) -> None:
    """Deferred membership income is earned by time: DR 2700 of ``holder`` / CR 4200.

    Raises:
        Conflict: less is deferred there than that.
    """
    if not amount:
        return
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.MEMBERSHIP_RECOGNISED,
            subject,
            settings.today(),
            [
                debit(chart.DEFERRED_MEMBERSHIP, holder, amount),
                credit(chart.MEMBERSHIP_INCOME, "", amount),
            ],
        ),
    )


@use_case
def move_deferred(
    actor: Actor, subject: Subject, key: str, source: str, target: str, amount: Money
) -> None:
    """What one span of a membership did not use counts for another: DR 2700 / CR 2700.

    Raises:
        Conflict: less is deferred on ``source`` than that.
    """
    if not amount:
        return
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.MEMBERSHIP_MOVED,
            subject,
            settings.today(),
            [
                debit(chart.DEFERRED_MEMBERSHIP, source, amount),
                credit(chart.DEFERRED_MEMBERSHIP, target, amount),
            ],
        ),
    )


def deferred(holder: str, currency: str) -> Money:
    """What is deferred on ``holder`` of account 2700."""
    return ledger.owed(chart.DEFERRED_MEMBERSHIP, currency, holder)
