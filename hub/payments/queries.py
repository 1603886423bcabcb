"""Reading money: accounts, invoices, what is held for a subject, credit, payouts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.payments.bank.models import Allocation, StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger.account_models import AccountUse, DesignatedAccount
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine
from hub.payments.payouts.models import Payout, PayoutKind, PayoutState
from hub.payments.wallets.models import Wallet

Subject = tuple[str, int]

#: Kinds of ledger entries on 2100: which of them count as paid, released and refunded.
PAID_KINDS = frozenset({"payment", "credit_used", "wallet_used"})
RELEASED_KINDS = frozenset({"release", "fee_earned"})
REFUNDED_KINDS = frozenset({"refund", "credited_back", "held_to_wallet"})

PAYING_ROLES = (CompanyRole.OWNER, CompanyRole.TRADER, CompanyRole.FINANCE)
CREDIT_ROLES = (CompanyRole.OWNER, CompanyRole.FINANCE)


def account_holder(account_id: int) -> str:
    """How the ledger names a designated account."""
    return f"account:{account_id}"


def company_holder(company_id: int) -> str:
    """How the ledger names a company."""
    return f"company:{company_id}"


def subject_holder(subject: Subject) -> str:
    """How the ledger names what money is held for, such as ``contract:17``."""
    return f"{subject[0]}:{subject[1]}"


def payment_account(currency: str) -> DesignatedAccount:
    """The account that purchasers pay ``currency`` into (Invalid if the hub has none)."""
    found = _current_account(currency, AccountUse.CLIENT)
    if found is None:
        raise Invalid(
            _("The hub has no designated bank account in %(currency)s yet.", currency=currency)
        )
    return found


def own_account(currency: str) -> DesignatedAccount:
    """The hub's own account in ``currency`` (Invalid if it has none)."""
    found = _current_account(currency, AccountUse.OWN)
    if found is None:
        raise Invalid(
            _("The hub has no bank account of its own in %(currency)s yet.", currency=currency)
        )
    return found


def _current_account(currency: str, use: AccountUse) -> DesignatedAccount | None:
    return db.session.scalar(
        select(DesignatedAccount).where(
            DesignatedAccount.currency == currency,
            DesignatedAccount.use == use,
            DesignatedAccount.retired_at.is_(None),
        )
    )


@dataclass(frozen=True)
class Escrow:
    """Where the money of one subject is: paid = held + released + refunded + disputed."""

    paid: Money
    held: Money
    released: Money
    refunded: Money
    disputed: Money


def escrow_of(subject: Subject) -> Escrow | None:
    """The money of a subject such as ``("contract", 17)``; None where nothing was ever asked for.

    What became a purchaser's credit when an invoice ended counts as refunded.
    """
    invoice = invoice_of(subject)
    if invoice is None:
        return None
    holder, currency = subject_holder(subject), invoice.currency
    moved = {
        kind: int(minor)
        for kind, minor in db.session.execute(
            select(LedgerEntry.kind, func.sum(LedgerLine.amount_minor))
            .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
            .where(
                LedgerLine.account == chart.HELD_FOR_CONTRACT,
                LedgerLine.holder == holder,
                LedgerLine.currency == currency,
            )
            .group_by(LedgerEntry.kind)
        )
    }
    stored = {
        account: int(minor)
        for account, minor in db.session.execute(
            select(LedgerBalance.account, LedgerBalance.balance_minor).where(
                LedgerBalance.holder == holder, LedgerBalance.currency == currency
            )
        )
    }

    def of(kinds: Iterable[str]) -> int:
        return sum(moved.get(kind, 0) for kind in kinds)

    return Escrow(
        paid=Money(-of(PAID_KINDS), currency),
        held=Money(-stored.get(chart.HELD_FOR_CONTRACT, 0), currency),
        released=Money(of(RELEASED_KINDS), currency),
        refunded=Money(of(REFUNDED_KINDS), currency),
        disputed=Money(-stored.get(chart.HELD_IN_DISPUTE, 0), currency),
    )


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


def payouts_of(subject: Subject) -> list[Payout]:
    """Payouts and refunds for a subject, oldest first, with their payees and accounts."""
    return list(
        db.session.scalars(
            select(Payout)
            .where(Payout.subject_kind == subject[0], Payout.subject_id == subject[1])
            .options(joinedload(Payout.payee), joinedload(Payout.bank_account))
            .order_by(Payout.id)
        )
    )


def credit_of(company_id: int, currency: str) -> Money:
    """The company's credit at the hub that isn't on its way out already."""
    stored = db.session.scalar(
        select(LedgerBalance.balance_minor).where(
            LedgerBalance.account == chart.BUYER_CREDIT,
            LedgerBalance.holder == company_holder(company_id),
            LedgerBalance.currency == currency,
        )
    )
    leaving = db.session.scalar(
        select(func.sum(Payout.amount_minor)).where(
            Payout.kind == PayoutKind.CREDIT,
            Payout.state == PayoutState.DUE,
            Payout.payee_id == company_id,
            Payout.currency == currency,
        )
    )
    return Money(-int(stored or 0) - int(leaving or 0), currency)


def wallet_balance(company_id: int, currency: str) -> Money:
    """What lies in the company's account at the hub."""
    stored = db.session.scalar(
        select(LedgerBalance.balance_minor).where(
            LedgerBalance.account == chart.MEMBER_WALLET,
            LedgerBalance.holder == company_holder(company_id),
            LedgerBalance.currency == currency,
        )
    )
    return Money(-int(stored or 0), currency)


def wallets_of(company_id: int) -> list[Wallet]:
    """The company's accounts, one a currency."""
    return list(
        db.session.scalars(
            select(Wallet).where(Wallet.company_id == company_id).order_by(Wallet.currency)
        )
    )


def credits_of(company_id: int) -> list[Money]:
    """The company's credit in every currency in which it has some."""
    currencies = db.session.scalars(
        select(LedgerBalance.currency)
        .where(
            LedgerBalance.account == chart.BUYER_CREDIT,
            LedgerBalance.holder == company_holder(company_id),
            LedgerBalance.balance_minor < 0,
        )
        .order_by(LedgerBalance.currency)
    )
    found = [credit_of(company_id, currency) for currency in currencies]
    return [credit for credit in found if credit]


@dataclass(frozen=True)
class PaymentSeen:
    """Money that counted for an invoice: from the bank, or from the payer's credit."""

    entry: LedgerEntry
    amount: Money
    line: StatementLine | None


def payments_of(invoice: Invoice) -> list[PaymentSeen]:
    """What was paid on an invoice so far, oldest first."""
    entries = db.session.execute(
        select(LedgerEntry, LedgerLine.amount_minor)
        .join(LedgerLine, LedgerLine.entry_id == LedgerEntry.id)
        .where(
            LedgerLine.account == chart.HELD_FOR_CONTRACT,
            LedgerLine.holder == subject_holder(invoice.subject),
            LedgerLine.currency == invoice.currency,
            LedgerEntry.kind.in_(PAID_KINDS),
        )
        .order_by(LedgerEntry.id)
    ).all()
    lines = {
        f"allocation:{allocation_id}": line
        for allocation_id, line in db.session.execute(
            select(Allocation.id, StatementLine)
            .join(StatementLine, StatementLine.id == Allocation.line_id)
            .where(Allocation.invoice_id == invoice.id)
        )
    }
    return [
        PaymentSeen(entry, Money(-int(minor), invoice.currency), lines.get(entry.key))
        for entry, minor in entries
    ]
