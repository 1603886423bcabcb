"""What becomes of the money held for a contract: released to the supplier, or refunded."""

from sqlalchemy import func, select

from hub.core import settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments.invoices.models import Invoice
from hub.payments.invoices.queries import invoice_of
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.income import announce_earned
from hub.payments.ledger.models import LedgerEntry
from hub.payments.ledger.queries import Subject, account_holder, company_holder, subject_holder
from hub.payments.payouts import making as payout_making
from hub.payments.payouts.models import Payout, PayoutKind


@use_case
def release(
    actor: Actor,
    subject: Subject,
    *,
    payee_id: int,
    bank_account_id: int,
    goods: Money,
    commission: Money,
    freight: Money,
) -> Payout | None:
    """The goods were accepted: pay the supplier, and earn commission and freight. Once a subject.

    DR 2100 goods + freight / CR 2200 goods - commission, CR 2150 commission + freight, mirrored
    by DR 1150 / CR 4100 + 4500. Returns the supplier's payout, due to the account frozen at
    signing; None when commission takes all.

    Raises:
        Conflict: less is held than that, or the subject was released before.
        NotFound: no invoice for the subject.
    """
    invoice = _invoice(subject)
    if min(goods.minor, commission.minor, freight.minor) < 0 or commission.minor > goods.minor:
        raise ValueError("Goods, commission and freight aren't negative; goods bear commission.")
    key = f"release:{subject_holder(subject)}"
    if db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.key == key)) is not None:
        raise Conflict(_("The money for this was released before. Nothing was posted."))
    net, fees = goods - commission, commission + freight
    source = (chart.SELLER_PAYABLE, company_holder(payee_id))
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.RELEASE,
            subject,
            settings.today(),
            [
                debit(chart.HELD_FOR_CONTRACT, subject_holder(subject), goods + freight),
                credit(*source, net),
                credit(chart.FEES_DUE_TO_HUB, account_holder(invoice.account_id), fees),
                debit(chart.DUE_FROM_ESCROW, "", fees),
                credit(chart.COMMISSION_INCOME, "", commission),
                credit(chart.DEPOT_INCOME, "", freight),
            ],
            invoice.number,
        ),
    )
    announce_earned(key, payee_id, subject, chart.COMMISSION_INCOME, commission)
    if not net:
        return None
    return payout_making.make(
        actor,
        PayoutKind.SUPPLIER,
        subject,
        net,
        source,
        account_id=invoice.account_id,
        purpose=f"Goods delivered, {invoice.number}",
        payee_id=payee_id,
        bank_account_id=bank_account_id,
    )


@use_case
def refund(
    actor: Actor, subject: Subject, *, payee_id: int, amount: Money, reason: str
) -> Payout | None:
    """Give held money back to the purchaser: DR 2100 / CR 2500, and a payout that is due.

    None when ``amount`` is nothing.

    Raises:
        Conflict: less is held than that.
        NotFound: no invoice for the subject.
    """
    invoice = _invoice(subject)
    if not amount:
        return None
    source = (chart.REFUND_PAYABLE, company_holder(payee_id))
    ledger.post(
        actor,
        ledger.Draft(
            f"refund:{subject_holder(subject)}:{_refunds(subject) + 1}",
            EntryKind.REFUND,
            subject,
            settings.today(),
            [
                debit(chart.HELD_FOR_CONTRACT, subject_holder(subject), amount),
                credit(*source, amount),
            ],
            reason,
        ),
    )
    return payout_making.make(
        actor,
        PayoutKind.REFUND,
        subject,
        amount,
        source,
        account_id=invoice.account_id,
        purpose=f"Refund, {invoice.number}",
        payee_id=payee_id,
    )


def _refunds(subject: Subject) -> int:
    return int(
        db.session.scalar(
            select(func.count(LedgerEntry.id)).where(
                LedgerEntry.kind == EntryKind.REFUND,
                LedgerEntry.subject_kind == subject[0],
                LedgerEntry.subject_id == subject[1],
                LedgerEntry.reverses_id.is_(None),
            )
        )
        or 0
    )


def _invoice(subject: Subject) -> Invoice:
    invoice = invoice_of(subject)
    if invoice is None:
        raise NotFound(_("There is no invoice for this."))
    return invoice
