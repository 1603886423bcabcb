"""What a member's account shows: what lies in it, how to top it up, and its statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from hub.accounts.models import CompanyBankAccount
from hub.accounts.queries import current_bank_account
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _, _l
from hub.core.money import Money
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.models import (
    AccountUse,
    DesignatedAccount,
    LedgerBalance,
    LedgerEntry,
    LedgerLine,
)
from hub.payments.ledger.queries import (
    company_holder,
    payment_account,
)
from hub.payments.payouts.queries import credit_of
from hub.payments.wallets.models import Wallet

PAGE_SIZE = 50

#: What the statement calls each kind of entry on a member's account.
_WORDS = {
    EntryKind.TOP_UP: _l("Transfer received"),
    EntryKind.WALLET_USED: _l("Invoice paid"),
    EntryKind.CREDIT_TO_WALLET: _l("Credit moved into the account"),
    EntryKind.WITHDRAWAL: _l("Sent to your bank account"),
    EntryKind.HELD_TO_WALLET: _l("Not needed, given back"),
    EntryKind.AD_CLICK: _l("Click on a sponsored listing"),
    EntryKind.INQUIRY: _l("Inquiry opened"),
    EntryKind.INQUIRY_CREDIT: _l("Inquiry contested, given back"),
}


@dataclass(frozen=True)
class Account:
    """A company's account in one currency.

    ``wallet`` is None before it was opened, ``designated`` where the hub takes no such money now.
    """

    currency: str
    balance: Money
    credit: Money
    wallet: Wallet | None
    designated: DesignatedAccount | None
    bank_account: CompanyBankAccount | None


@dataclass(frozen=True)
class Movement:
    """One line of a statement; ``balance`` is what lay in the account after it."""

    booked_on: date
    kind: str
    description: str
    amount: Money
    balance: Money
    invoice_public_id: str | None

    @property
    def words(self) -> str:
        """What happened."""
        known = next((words for kind, words in _WORDS.items() if kind == self.kind), None)
        if known is not None:
            return str(known)
        return _("Service of the hub") if self.amount.minor < 0 else _("Given back")


def _company(actor: Actor, company_id: int | None) -> int:
    if company_id is None or not may_see_wallet(actor, company_id):
        raise NotFound(_("There is no such account."))
    return company_id


def currencies_of(actor: Actor, company_id: int | None) -> list[str]:
    """The currencies in which the company opened an account or has money in one."""
    company_id = _company(actor, company_id)
    moved = db.session.scalars(
        select(LedgerBalance.currency).where(
            LedgerBalance.account == chart.MEMBER_WALLET,
            LedgerBalance.holder == company_holder(company_id),
        )
    )
    return sorted({*moved, *(wallet.currency for wallet in wallets_of(company_id))})


def currencies_offered() -> list[str]:
    """The currencies in which the hub takes money now."""
    return list(
        db.session.scalars(
            select(DesignatedAccount.currency)
            .where(
                DesignatedAccount.use == AccountUse.CLIENT, DesignatedAccount.retired_at.is_(None)
            )
            .order_by(DesignatedAccount.currency)
        )
    )


def account_of(actor: Actor, company_id: int | None, currency: str) -> Account:
    """The company's account in ``currency``, empty if it has none.

    Raises:
        NotFound: it isn't the actor's to see.
    """
    company_id = _company(actor, company_id)
    wallets = {wallet.currency: wallet for wallet in wallets_of(company_id)}
    try:
        designated = payment_account(currency)
    except Invalid:
        designated = None
    return Account(
        currency,
        wallet_balance(company_id, currency),
        credit_of(company_id, currency),
        wallets.get(currency),
        designated,
        current_bank_account(company_id, currency),
    )


def statement_page(actor: Actor, company_id: int | None, currency: str, cursor: str | None) -> Page:
    """The movements of an account, newest first, each with the balance after it.

    Raises:
        NotFound: it isn't the actor's to see.
    """
    company_id = _company(actor, company_id)
    mine = (
        LedgerLine.account == chart.MEMBER_WALLET,
        LedgerLine.currency == currency,
        LedgerLine.holder == company_holder(company_id),
    )
    statement: Any = (
        select(LedgerLine, LedgerEntry)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(*mine)
    )
    keys = [SortKey(LedgerLine.id, descending=True)]
    rows = db.session.execute(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    page = page_of(rows, PAGE_SIZE, lambda row: [row[0].id])
    if not page.rows:
        return page
    lain = db.session.scalar(
        select(func.sum(LedgerLine.amount_minor)).where(*mine, LedgerLine.id <= page.rows[0][0].id)
    )
    return Page(_movements(page.rows, -int(lain or 0), currency), page.next_cursor)


def _movements(
    rows: Sequence[tuple[LedgerLine, LedgerEntry]], minor: int, currency: str
) -> list[Movement]:
    """The rows as movements; ``minor`` lay in the account after the first of them."""
    numbers = {entry.description for _line, entry in rows if entry.kind == EntryKind.WALLET_USED}
    known = db.session.execute(
        select(Invoice.number, Invoice.public_id).where(Invoice.number.in_(numbers))
    )
    invoices: dict[str, str] = {row.number: row.public_id for row in known}
    found = []
    for line, entry in rows:
        found.append(
            Movement(
                entry.booked_on,
                entry.kind,
                entry.description,
                Money(-line.amount_minor, currency),
                Money(minor, currency),
                invoices.get(entry.description) if entry.kind == EntryKind.WALLET_USED else None,
            )
        )
        minor += line.amount_minor
    return found


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


def may_see_wallet(actor: Actor, company_id: int) -> bool:
    """The company's own people, and those of the hub who look after money."""
    return actor.company_id == company_id or actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR)
