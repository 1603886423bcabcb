"""What the hub's finance people read: each select asks first whether the reader is one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Company, User
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.payments.bank.models import BankFile, BankStatement, LineState, StatementLine
from hub.payments.invoices.models import PAYABLE_STATES, Invoice, InvoiceState
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine
from hub.payments.payouts.models import PaymentFile, Payout, PayoutState

PAGE_SIZE = 50
_SEARCH_LIMIT = 12


def require_reader(actor: Actor) -> None:
    """NotAllowed unless the actor looks after money, or after the hub."""
    actor.require(StaffRole.FINANCE, StaffRole.ADMINISTRATOR)


@dataclass(frozen=True)
class Work:
    """How much waits for the finance people."""

    exceptions: int
    due: int
    held: int
    requested: int
    approved: int
    overdue: int


def work_of(actor: Actor) -> Work:
    """How much waits, counted in two selects and one."""
    require_reader(actor)
    is_held = Payout.held_reason != ""
    payouts: dict[tuple[PayoutState, bool], int] = {
        (state, bool(held)): int(number)
        for state, held, number in db.session.execute(
            select(Payout.state, is_held, func.count(Payout.id))
            .where(Payout.state.in_([PayoutState.DUE, PayoutState.REQUESTED, PayoutState.APPROVED]))
            .group_by(Payout.state, is_held)
        )
    }

    def of(state: PayoutState) -> int:
        return payouts.get((state, False), 0) + payouts.get((state, True), 0)

    return Work(
        exceptions=_count(StatementLine.id, StatementLine.state == LineState.UNRECONCILED),
        due=payouts.get((PayoutState.DUE, False), 0),
        held=payouts.get((PayoutState.DUE, True), 0),
        requested=of(PayoutState.REQUESTED),
        approved=of(PayoutState.APPROVED),
        overdue=_count(Invoice.id, Invoice.state == InvoiceState.OVERDUE),
    )


def _count(column: ColumnElement[int] | object, condition: ColumnElement[bool]) -> int:
    return int(db.session.scalar(select(func.count(column)).where(condition)) or 0)  # type: ignore[arg-type]


def exceptions_page(actor: Actor, cursor: str | None) -> Page:
    """Lines that nothing explains, oldest first."""
    require_reader(actor)
    keys = [SortKey(StatementLine.id)]
    statement = select(StatementLine).where(StatementLine.state == LineState.UNRECONCILED)
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def line(actor: Actor, public_id: str) -> StatementLine:
    """A statement line with what it paid (NotFound if there is none)."""
    require_reader(actor)
    found = db.session.scalar(
        select(StatementLine)
        .where(StatementLine.public_id == public_id)
        .options(selectinload(StatementLine.allocations))
    )
    if found is None:
        raise NotFound(_("There is no such line."))
    return found


def payable_invoices(actor: Actor, currency: str, words: str) -> Sequence[Invoice]:
    """Invoices that wait for money in this currency, by number, reference or payer."""
    require_reader(actor)
    statement = (
        select(Invoice)
        .join(Company, Company.id == Invoice.payer_id)
        .where(Invoice.currency == currency, Invoice.state.in_(PAYABLE_STATES))
        .options(joinedload(Invoice.payer))
        .order_by(Invoice.due_on, Invoice.id)
        .limit(_SEARCH_LIMIT)
    )
    compact = "".join(words.split()).upper()
    if compact:
        statement = statement.where(
            or_(
                Invoice.number.contains(compact, autoescape=True),
                Invoice.reference.contains(compact, autoescape=True),
                func.lower(Company.legal_name).contains(words.strip().lower(), autoescape=True),
            )
        )
    return db.session.scalars(statement).all()


def companies_named(actor: Actor, words: str) -> Sequence[Company]:
    """Companies whose name holds these words; none for no words."""
    require_reader(actor)
    if not words.strip():
        return []
    return db.session.scalars(
        select(Company)
        .where(func.lower(Company.legal_name).contains(words.strip().lower(), autoescape=True))
        .order_by(Company.legal_name)
        .limit(_SEARCH_LIMIT)
    ).all()


def payouts_like(actor: Actor, bank_line: StatementLine) -> Sequence[Payout]:
    """Payouts that await a line of this very amount: a debit, or a return."""
    require_reader(actor)
    awaited = PayoutState.SETTLED if bank_line.is_credit else PayoutState.EXPORTED
    return db.session.scalars(
        select(Payout)
        .where(
            Payout.state == awaited,
            Payout.account_id == bank_line.account_id,
            Payout.amount_minor == bank_line.unallocated.minor,
        )
        .options(joinedload(Payout.payee))
        .order_by(Payout.id)
        .limit(_SEARCH_LIMIT)
    ).all()


def debits_to_mend(actor: Actor, bank_line: StatementLine) -> Sequence[StatementLine]:
    """Debits of the same account that still lie on 1090."""
    require_reader(actor)
    return db.session.scalars(
        select(StatementLine)
        .where(
            StatementLine.account_id == bank_line.account_id,
            StatementLine.amount_minor < 0,
            StatementLine.allocated_minor < -StatementLine.amount_minor,
        )
        .order_by(StatementLine.id)
        .limit(_SEARCH_LIMIT)
    ).all()


def payouts_page(actor: Actor, state: PayoutState | None, cursor: str | None) -> Page:
    """Payouts, newest first, of one state or of all."""
    require_reader(actor)
    statement = select(Payout).options(joinedload(Payout.payee))
    if state is not None:
        statement = statement.where(Payout.state == state)
    keys = [SortKey(Payout.id, descending=True)]
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def payout_counts(actor: Actor) -> dict[PayoutState, int]:
    """How many payouts are in each state."""
    require_reader(actor)
    rows = db.session.execute(select(Payout.state, func.count(Payout.id)).group_by(Payout.state))
    return {state: int(number) for state, number in rows}


def payout(actor: Actor, public_id: str) -> Payout:
    """A payout with its payee and accounts (NotFound if there is none)."""
    require_reader(actor)
    found = db.session.scalar(
        select(Payout)
        .where(Payout.public_id == public_id)
        .options(
            joinedload(Payout.payee),
            joinedload(Payout.bank_account),
            joinedload(Payout.own_account),
        )
    )
    if found is None:
        raise NotFound(_("There is no such payout."))
    return found


def files_page(actor: Actor, cursor: str | None) -> Page:
    """Bank files, newest first."""
    require_reader(actor)
    keys = [SortKey(BankFile.id, descending=True)]
    rows = db.session.scalars(keyset(select(BankFile), keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def bank_file(actor: Actor, public_id: str) -> BankFile:
    """A bank file (NotFound if there is none)."""
    require_reader(actor)
    found = db.session.scalar(select(BankFile).where(BankFile.public_id == public_id))
    if found is None:
        raise NotFound(_("There is no such file."))
    return found


def statements_of(actor: Actor, file: BankFile) -> Sequence[BankStatement]:
    """The statements that a file brought."""
    require_reader(actor)
    return db.session.scalars(
        select(BankStatement).where(BankStatement.file_id == file.id).order_by(BankStatement.id)
    ).all()


def lines_page(actor: Actor, file: BankFile, cursor: str | None) -> Page:
    """The lines that were new in a file."""
    require_reader(actor)
    statement = select(StatementLine).where(
        StatementLine.bank_statement_id.in_(
            select(BankStatement.id).where(BankStatement.file_id == file.id)
        )
    )
    rows = db.session.scalars(
        keyset(statement, [SortKey(StatementLine.id)], cursor, PAGE_SIZE)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def payment_files(actor: Actor) -> Sequence[PaymentFile]:
    """The latest payment files."""
    require_reader(actor)
    return db.session.scalars(select(PaymentFile).order_by(PaymentFile.id.desc()).limit(20)).all()


def payment_file(actor: Actor, public_id: str) -> PaymentFile:
    """A payment file (NotFound if there is none)."""
    require_reader(actor)
    found = db.session.scalar(select(PaymentFile).where(PaymentFile.public_id == public_id))
    if found is None:
        raise NotFound(_("There is no such file."))
    return found


def invoices_page(actor: Actor, state: InvoiceState | None, cursor: str | None) -> Page:
    """Invoices: the payer's own, or all for the hub's finance people; newest first."""
    statement = select(Invoice).options(joinedload(Invoice.payer))
    if not actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR):
        statement = statement.where(Invoice.payer_id == (actor.company_id or 0))
    if state is not None:
        statement = statement.where(Invoice.state == state)
    keys = [SortKey(Invoice.id, descending=True)]
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def invoice_counts(actor: Actor) -> dict[InvoiceState, int]:
    """How many invoices are in each state."""
    require_reader(actor)
    rows = db.session.execute(select(Invoice.state, func.count(Invoice.id)).group_by(Invoice.state))
    return {state: int(number) for state, number in rows}


@dataclass(frozen=True)
class AccountBalance:
    """One account of the chart in one currency; ``balance`` is positive on its usual side."""

    account: chart.Account
    balance: Money


def balances(actor: Actor) -> list[AccountBalance]:
    """The balance of every account that was ever used, by currency and number."""
    require_reader(actor)
    rows = db.session.execute(
        select(LedgerBalance.currency, LedgerBalance.account, func.sum(LedgerBalance.balance_minor))
        .group_by(LedgerBalance.currency, LedgerBalance.account)
        .order_by(LedgerBalance.currency, LedgerBalance.account)
    )
    found = []
    for currency, code, minor in rows:
        account = chart.CHART[code]
        usual = 1 if account.kind in (chart.Kind.ASSET, chart.Kind.EXPENSE) else -1
        found.append(AccountBalance(account, Money(usual * int(minor), currency)))
    return found


def chart_account(code: int) -> chart.Account:
    """An account of the chart (NotFound if there is none)."""
    if code not in chart.CHART:
        raise NotFound(_("There is no such account."))
    return chart.CHART[code]


def _ledger_lines(code: int, currency: str, holder: str) -> Any:
    statement = (
        select(LedgerLine, LedgerEntry)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(LedgerLine.account == code)
    )
    if currency:
        statement = statement.where(LedgerLine.currency == currency)
    if holder:
        statement = statement.where(LedgerLine.holder == holder)
    return statement


def ledger_page(actor: Actor, code: int, currency: str, holder: str, cursor: str | None) -> Page:
    """Lines of an account with their entries, newest first."""
    require_reader(actor)
    keys = [SortKey(LedgerLine.id, descending=True)]
    statement = keyset(_ledger_lines(code, currency, holder), keys, cursor, PAGE_SIZE)
    rows = db.session.execute(statement).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row[0].id])


def ledger_rows(
    actor: Actor, code: int, currency: str, holder: str
) -> Iterator[tuple[date, str, str, str, str, Decimal, str]]:
    """All lines of an account for a table: date, kind, for what, holder, text, amount, currency."""
    require_reader(actor)
    statement = _ledger_lines(code, currency, holder).order_by(LedgerLine.id)
    for row, entry in db.session.execute(statement.execution_options(yield_per=1000)):
        yield (
            entry.booked_on,
            entry.kind,
            f"{entry.subject_kind}:{entry.subject_id}",
            row.holder,
            entry.description,
            Money(row.amount_minor, row.currency).decimal,
            row.currency,
        )


def names_of(user_ids: Sequence[int | None]) -> dict[int, str]:
    """The names of people by id."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {int(user_id): name for user_id, name in rows}
