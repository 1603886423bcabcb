"""What the hub earns, by source and month, read off the ledger."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from hub.core import paths, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.i18n import _
from hub.core.money import Money
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine

MONTHS = 12
SOURCES = (
    chart.COMMISSION_INCOME,
    chart.MEMBERSHIP_INCOME,
    chart.ADVERTISING_INCOME,
    chart.INQUIRY_INCOME,
    chart.DEPOT_INCOME,
)
COSTS = (chart.BANK_CHARGES, chart.AFFILIATE_COST)
#: What the hub has taken in but not earned, or owes; shown beside its income.
STANDING = (
    chart.DEFERRED_MEMBERSHIP,
    chart.MEMBER_WALLET,
    chart.AFFILIATES_PAYABLE,
    chart.FEES_DUE_TO_HUB,
)


@dataclass(frozen=True)
class Month:
    """One month of the books: income and costs by account, both as positive amounts."""

    first: date
    income: dict[int, Money]
    costs: dict[int, Money]
    total: Money
    spent: Money

    @property
    def result(self) -> Money:
        """Income less costs."""
        return self.total - self.spent


@dataclass(frozen=True)
class IncomePage:
    """The last months in one currency, the oldest first, and what stands on other accounts."""

    currency: str
    currencies: tuple[str, ...]
    months: tuple[Month, ...]
    income: dict[int, Money]
    costs: dict[int, Money]
    total: Money
    spent: Money
    standing: dict[int, Money]


def income_links(actor: Actor) -> list[tuple[str, str]]:
    """Where each source is looked after: (path, words), for those who may go there."""
    links = []
    if actor.has(StaffRole.ADMINISTRATOR):
        links += [
            (paths.MEMBERSHIPS, _("Memberships, renewals and churn")),
            (paths.PLANS_WHAT_IF, _("What if plans cost something else")),
            (paths.COMMISSION_RULES, _("Rules of commission")),
        ]
    links.append((paths.PARTNERS, _("Partners")))
    if actor.has(StaffRole.ADVERTISING):
        links.append((paths.AD_DESK, _("Campaigns, bookings and invalid clicks")))
    if actor.has(StaffRole.BROKER):
        links.append((paths.CONTESTED_INQUIRIES, _("Contested inquiries")))
    if actor.has(StaffRole.FINANCE):
        links.append((paths.LEDGER, _("Ledger")))
    return links


def _months_until(today: date) -> list[date]:
    ordinal = today.year * 12 + today.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(ordinal - MONTHS + 1, ordinal + 1)]


def _currencies() -> tuple[str, ...]:
    found = db.session.scalars(
        select(LedgerBalance.currency).where(LedgerBalance.account.in_(SOURCES)).distinct()
    )
    return tuple(sorted({settings.current().fee_currency, *found}))


def _moved(currency: str, since: date) -> dict[tuple[date, int], int]:
    """Minor units by first day of the month and account; credits positive."""
    rows = db.session.execute(
        select(LedgerEntry.booked_on, LedgerLine.account, func.sum(LedgerLine.amount_minor))
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(
            LedgerLine.account.in_((*SOURCES, *COSTS)),
            LedgerLine.currency == currency,
            LedgerEntry.booked_on >= since,
        )
        .group_by(LedgerEntry.booked_on, LedgerLine.account)
    )
    moved: dict[tuple[date, int], int] = defaultdict(int)
    for day, account, minor in rows:
        moved[day.replace(day=1), account] -= int(minor)
    return moved


def _standing(currency: str) -> dict[int, Money]:
    rows = db.session.execute(
        select(LedgerBalance.account, func.sum(LedgerBalance.balance_minor))
        .where(LedgerBalance.account.in_(STANDING), LedgerBalance.currency == currency)
        .group_by(LedgerBalance.account)
    )
    found = {account: -int(minor) for account, minor in rows}
    return {account: Money(found.get(account, 0), currency) for account in STANDING}


def income_page(asked_currency: str) -> IncomePage:
    """The income of the last :data:`MONTHS` months; the fees' currency unless another is known."""
    known = _currencies()
    currency = asked_currency if asked_currency in known else settings.current().fee_currency
    firsts = _months_until(settings.today())
    moved = _moved(currency, firsts[0])

    def amounts(accounts: Sequence[int], among: Sequence[date], sign: int) -> dict[int, Money]:
        return {
            account: Money(sign * sum(moved.get((first, account), 0) for first in among), currency)
            for account in accounts
        }

    def whole(parts: dict[int, Money]) -> Money:
        return Money(sum(part.minor for part in parts.values()), currency)

    months = []
    for first in firsts:
        income, costs = amounts(SOURCES, [first], 1), amounts(COSTS, [first], -1)
        months.append(Month(first, income, costs, whole(income), whole(costs)))
    income, costs = amounts(SOURCES, firsts, 1), amounts(COSTS, firsts, -1)
    return IncomePage(
        currency=currency,
        currencies=known,
        months=tuple(months),
        income=income,
        costs=costs,
        total=whole(income),
        spent=whole(costs),
        standing=_standing(currency),
    )
