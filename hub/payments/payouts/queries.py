"""Reading payouts, and the credit that may become one."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hub.core.actor import CompanyRole
from hub.core.db.base import db
from hub.core.money import Money
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance
from hub.payments.ledger.queries import Subject, company_holder
from hub.payments.payouts.models import Payout, PayoutKind, PayoutState

CREDIT_ROLES = (CompanyRole.OWNER, CompanyRole.FINANCE)


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
