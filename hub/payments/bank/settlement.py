"""What a statement line pays: an invoice, a company's credit, a payout's debit or its return.

Nothing here decides; :mod:`hub.payments.bank.matching` and the clerks do. Every function joins the
use case of its caller.
"""

from hub.core import bus, clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.i18n import N_, _
from hub.core.money import Money
from hub.payments.bank import notices as bank_notices
from hub.payments.bank.models import Allocation, StatementLine
from hub.payments.events import PayoutSettled, WalletToppedUp
from hub.payments.invoices import notices
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.invoices.paying import count_on_invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.queries import account_holder, company_holder, subject_holder
from hub.payments.payouts import making as payout_making
from hub.payments.payouts import notices as payouts_notices
from hub.payments.payouts.models import Payout, PayoutKind
from hub.payments.wallets.models import Wallet


def book_credit(line: StatementLine) -> ledger.Draft:
    """The entry of money that arrived: DR 1010 / CR 2900."""
    holder = account_holder(line.account_id)
    return ledger.Draft(
        key=f"line:{line.id}",
        kind=EntryKind.BANK_CREDIT,
        subject=(StatementLine.THING, line.id),
        booked_on=line.booked_on,
        lines=[
            debit(chart.ESCROW_BANK, holder, line.amount),
            credit(chart.UNALLOCATED, holder, line.amount),
        ],
    )


def book_debit(actor: Actor, line: StatementLine, payout: Payout | None) -> None:
    """The entry of money that left: of a payout, or unexplained for now."""
    holder = account_holder(line.account_id)
    amount = -line.amount
    left = credit(chart.ESCROW_BANK, holder, amount)
    if payout is None:
        lines = [debit(chart.UNEXPLAINED_DEBITS, holder, amount), left]
    else:
        lines = [debit(chart.PAYOUT_IN_TRANSIT, payout.holder, amount), left, *_swept(payout)]
    subject = (StatementLine.THING, line.id) if payout is None else payout.subject
    ledger.post(
        actor, ledger.Draft(f"line:{line.id}", EntryKind.BANK_DEBIT, subject, line.booked_on, lines)
    )
    if payout is not None:
        _settle(actor, line, payout, "end_to_end_id", "")


def settle_payout(
    actor: Actor, line: StatementLine, payout: Payout, matched_by: str, reason: str = ""
) -> None:
    """A debit that stood unexplained turns out to be this payout: DR 2300 / CR 1090."""
    allocation = _settle(actor, line, payout, matched_by, reason)
    ledger.post(
        actor,
        ledger.Draft(
            f"allocation:{allocation.id}",
            EntryKind.PAYOUT_DEBITED,
            payout.subject,
            line.booked_on,
            [
                debit(chart.PAYOUT_IN_TRANSIT, payout.holder, payout.amount),
                credit(chart.UNEXPLAINED_DEBITS, account_holder(line.account_id), payout.amount),
                *_swept(payout),
            ],
        ),
    )


def _settle(
    actor: Actor, line: StatementLine, payout: Payout, matched_by: str, reason: str
) -> Allocation:
    if line.is_credit or line.unallocated != payout.amount:
        raise Conflict(_("The debit and the payout are not of the same amount."))
    payout.settle(actor)
    allocation = _allocate(
        actor, line, payout.amount, matched_by, reason=reason, payout_id=payout.id
    )
    bus.publish(PayoutSettled(payout.id, *payout.subject))
    if payout.kind is PayoutKind.CREDIT:
        payouts_notices.credit_paid_out(payout)
    return allocation


def take_return(
    actor: Actor, line: StatementLine, payout: Payout, matched_by: str, reason: str = ""
) -> None:
    """A settled payout came back: DR 2900 / CR its source, and it is due again, but held."""
    if not line.is_credit or line.unallocated != payout.amount:
        raise Conflict(_("The credit and the payout are not of the same amount."))
    payout.come_back(actor)
    allocation = _allocate(
        actor, line, payout.amount, matched_by, reason=reason, payout_id=payout.id
    )
    mirror = [ledger.Line(swept.account, swept.holder, -swept.amount) for swept in _swept(payout)]
    ledger.post(
        actor,
        ledger.Draft(
            f"allocation:{allocation.id}",
            EntryKind.PAYOUT_RETURNED,
            payout.subject,
            line.booked_on,
            [
                debit(chart.UNALLOCATED, account_holder(line.account_id), payout.amount),
                credit(payout.source_account, payout.source_holder, payout.amount),
                *mirror,
            ],
        ),
    )
    payout_making.retry(actor, payout, N_("The bank sent the last payment back."))


def _swept(payout: Payout) -> list[ledger.Line]:
    """What the hub's own books say of a sweep that left: DR 1020 / CR 1150."""
    if payout.kind is not PayoutKind.SWEEP:
        return []
    return [
        debit(chart.OWN_BANK, "", payout.amount),
        credit(chart.DUE_FROM_ESCROW, "", payout.amount),
    ]


def pay_invoice(
    actor: Actor,
    line: StatementLine,
    invoice: Invoice,
    amount: Money,
    matched_by: str,
    reason: str = "",
) -> None:
    """Use ``amount`` of a credit for an invoice; what it doesn't need becomes the payer's credit.

    DR 2900 / CR 2100 up to what is due, CR 2110 the rest. An invoice that was paid, has lapsed or
    was cancelled needs nothing.
    """
    if amount.currency != invoice.currency:
        raise Conflict(_("The money and the invoice are of different currencies."))
    counted = Money.zero(amount.currency)
    if invoice.is_payable:
        counted = amount if amount < invoice.due else invoice.due
    if counted:
        _count_payment(actor, line, invoice, counted, matched_by, reason)
    excess = amount - counted
    if excess:
        give_credit(actor, line, invoice.payer_id, excess, matched_by, reason)
    if invoice.state in (InvoiceState.LAPSED, InvoiceState.CANCELLED):
        bank_notices.paid_too_late(invoice, line)


def _count_payment(
    actor: Actor,
    line: StatementLine,
    invoice: Invoice,
    amount: Money,
    matched_by: str,
    reason: str,
) -> None:
    allocation = _allocate(actor, line, amount, matched_by, reason=reason, invoice_id=invoice.id)
    ledger.post(
        actor,
        ledger.Draft(
            f"allocation:{allocation.id}",
            EntryKind.PAYMENT,
            invoice.subject,
            line.booked_on,
            [
                debit(chart.UNALLOCATED, account_holder(line.account_id), amount),
                credit(chart.HELD_FOR_CONTRACT, subject_holder(invoice.subject), amount),
            ],
            invoice.number,
        ),
    )
    count_on_invoice(actor, invoice, amount)


def give_credit(
    actor: Actor,
    line: StatementLine,
    company_id: int,
    amount: Money,
    matched_by: str,
    reason: str = "",
    *,
    sent_back: bool = False,
) -> None:
    """Use ``amount`` of a credit line as credit of a company: DR 2900 / CR 2110.

    ``sent_back`` says that the company asked for none and will be paid it back.
    """
    allocation = _allocate(
        actor, line, amount, matched_by, sent_back=sent_back, reason=reason, company_id=company_id
    )
    ledger.post(
        actor,
        ledger.Draft(
            f"allocation:{allocation.id}",
            EntryKind.BUYER_CREDIT,
            ("company", company_id),
            line.booked_on,
            [
                debit(chart.UNALLOCATED, account_holder(line.account_id), amount),
                credit(chart.BUYER_CREDIT, company_holder(company_id), amount),
            ],
        ),
    )
    notices.became_credit(company_id, amount)


def top_up(actor: Actor, line: StatementLine, wallet: Wallet) -> None:
    """Money for a member's account: DR 2900 / CR 2710."""
    amount = line.unallocated
    allocation = _allocate(actor, line, amount, "reference", company_id=wallet.company_id)
    ledger.post(
        actor,
        ledger.Draft(
            f"allocation:{allocation.id}",
            EntryKind.TOP_UP,
            (Wallet.THING, wallet.id),
            line.booked_on,
            [
                debit(chart.UNALLOCATED, account_holder(line.account_id), amount),
                credit(chart.MEMBER_WALLET, company_holder(wallet.company_id), amount),
            ],
        ),
    )
    bus.publish(WalletToppedUp(wallet.company_id, amount.currency))
    bank_notices.topped_up(wallet.company_id, amount)


def mend_debit(
    actor: Actor, line: StatementLine, mended: StatementLine, amount: Money, reason: str
) -> None:
    """Use ``amount`` of a credit to make a debit good: DR 2900 / CR 1090."""
    allocation = _allocate(actor, line, amount, "hand", reason=reason, debit_line_id=mended.id)
    mended.take(actor, amount)
    holder = account_holder(line.account_id)
    ledger.post(
        actor,
        ledger.Draft(
            f"allocation:{allocation.id}",
            EntryKind.DEBIT_MADE_GOOD,
            (StatementLine.THING, mended.id),
            line.booked_on,
            [
                debit(chart.UNALLOCATED, holder, amount),
                credit(chart.UNEXPLAINED_DEBITS, holder, amount),
            ],
        ),
    )


def _allocate(
    actor: Actor,
    line: StatementLine,
    amount: Money,
    matched_by: str,
    *,
    sent_back: bool = False,
    **target: object,
) -> Allocation:
    if sent_back:
        line.send_back(actor, str(target["reason"]))
    else:
        line.take(actor, amount)
    allocation = Allocation(
        line_id=line.id,
        amount_minor=amount.minor,
        matched_by=matched_by,
        allocated_at=clock.now(),
        allocated_by=actor.user_id,
        **target,
    )
    db.session.add(allocation)
    db.session.flush()
    return allocation
