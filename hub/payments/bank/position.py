"""What the bank says it holds beside what the ledger says, account by account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from hub.core.db.base import db
from hub.core.money import Money
from hub.payments.bank.models import BankStatement, StatementLine
from hub.payments.ledger import chart
from hub.payments.ledger.models import AccountUse, DesignatedAccount, LedgerBalance
from hub.payments.ledger.queries import account_holder


@dataclass(frozen=True)
class BankPosition:
    """One account that purchasers pay into.

    ``booked`` is 1010, ``lines`` the sum of the bank's lines, ``before`` what the account held
    before the hub's first statement, ``closing`` the bank's last closing balance and ``as_of``
    its date (None without a statement that tells). ``is_complete`` says that all statements tell
    their balances and follow each other without a gap, so that ``difference`` must be nothing;
    otherwise it is what the missing ones hold.
    """

    account: DesignatedAccount
    booked: Money
    lines: Money
    before: Money
    closing: Money | None
    as_of: date | None
    is_complete: bool

    @property
    def difference(self) -> Money:
        """What the bank closed with beyond the ledger."""
        if self.closing is None:
            return Money.zero(self.account.currency)
        return self.closing - self.before - self.booked


def bank_positions() -> list[BankPosition]:
    """The position of every client account that ever had a statement or is in use."""
    accounts = db.session.scalars(
        select(DesignatedAccount)
        .where(DesignatedAccount.use == AccountUse.CLIENT)
        .order_by(DesignatedAccount.currency, DesignatedAccount.id)
    ).all()
    return [_position(account) for account in accounts]


def _position(account: DesignatedAccount) -> BankPosition:
    imported = db.session.scalars(
        select(BankStatement)
        .where(BankStatement.account_id == account.id)
        .order_by(BankStatement.closed_on, BankStatement.id)
    ).all()
    statements = [
        statement
        for statement in imported
        if statement.opening_minor is not None and statement.closing_minor is not None
    ]
    booked = db.session.scalar(
        select(LedgerBalance.balance_minor).where(
            LedgerBalance.account == chart.ESCROW_BANK,
            LedgerBalance.holder == account_holder(account.id),
            LedgerBalance.currency == account.currency,
        )
    )
    lines = db.session.scalar(
        select(func.sum(StatementLine.amount_minor)).where(StatementLine.account_id == account.id)
    )
    chain = _chain(statements)
    is_complete = bool(chain) and len(chain) == len(imported)
    last = chain[-1] if is_complete else statements[-1] if statements else None
    before = statements[0].opening_minor if statements else 0
    return BankPosition(
        account=account,
        booked=Money(int(booked or 0), account.currency),
        lines=Money(int(lines or 0), account.currency),
        before=Money(before or 0, account.currency),
        closing=Money(last.closing_minor or 0, account.currency) if last else None,
        as_of=last.closed_on if last else None,
        is_complete=is_complete,
    )


def _chain(statements: Sequence[BankStatement]) -> list[BankStatement]:
    """As many statements as follow each other, each opening with what the one before closed with.

    Pages of one day may have come in any order.
    """
    waiting, chain = list(statements), list(statements[:1])
    del waiting[:1]
    while chain:
        for candidate in waiting:
            if candidate.opening_minor == chain[-1].closing_minor:
                waiting.remove(candidate)
                chain.append(candidate)
                break
        else:
            return chain
    return chain
