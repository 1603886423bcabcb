"""What a company had of the hub: views, inquiries, proposals and trades, beside what it paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from hub.ads.ranking.models import Campaign, Click, Impression
from hub.contracts.models import Contract
from hub.core import paths, settings
from hub.core.db.base import db
from hub.core.i18n import _l
from hub.core.money import Money
from hub.matching.models import Proposal
from hub.membership.models.subscriptions import Charge, Subscription
from hub.membership.services import GainKind
from hub.negotiation.models import Inquiry
from hub.posting.models import Listing

MONTHS_BACK = 12


@dataclass(frozen=True)
class MonthReturn:
    """A calendar month of the hub's zone, by its first day. ``trades`` were signed by both sides
    in it; ``values`` are their goods and ``paid`` the fees of memberships that began to run, less
    what an upgrade took over into its own, an amount a currency."""

    month: date
    views: int
    clicks: int
    inquiries: int
    proposals: int
    trades: int
    values: tuple[Money, ...]
    paid: tuple[Money, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened in it and nothing was paid for it."""
        counts = (self.views, self.clicks, self.inquiries, self.proposals, self.trades)
        return not any(counts) and not self.paid


@dataclass(frozen=True)
class FeeReturn:
    """The present month and the twelve before it, newest first."""

    months: tuple[MonthReturn, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened in any month."""
        return all(month.is_empty for month in self.months)

    def total(self, name: str) -> int:
        """The sum of a count over all months."""
        return sum(getattr(month, name) for month in self.months)

    def totals(self, name: str) -> tuple[Money, ...]:
        """The sums of ``values`` or ``paid`` over all months, an amount a currency."""
        sums: dict[str, Money] = {}
        for month in self.months:
            for amount in getattr(month, name):
                sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + (
                    amount
                )
        return tuple(sums[currency] for currency in sorted(sums))


class _Months:
    """The months looked at, and how a column falls into them."""

    def __init__(self) -> None:
        today = settings.today()
        last = today.year * 12 + today.month - 1
        numbers = range(last - MONTHS_BACK, last + 2)
        self.days = [date(number // 12, number % 12 + 1, 1) for number in numbers]
        self.instants = [settings.midnight(day) for day in self.days]

    def of(self, column: Any, bounds: Sequence[Any]) -> ColumnElement[int]:
        """The number of the month of ``column``, for rows within the bounds."""
        return case(*((column < end, number) for number, end in enumerate(bounds[1:]))).label(
            "number"
        )

    def counts(self, column: Any, *conditions: Any) -> dict[int, int]:
        """How many rows whose instant ``column`` lies in each month fulfil the conditions."""
        number = self.of(column, self.instants)
        rows = db.session.execute(
            select(number, func.count())
            .where(column >= self.instants[0], column < self.instants[-1], *conditions)
            .group_by(number)
        )
        return dict(rows.all())

    def sums(
        self, column: Any, bounds: Sequence[Any], amount: Any, currency: Any, *conditions: Any
    ) -> dict[int, list[tuple[int, Money]]]:
        """How many rows fall in each month, and their sum, by currency."""
        number = self.of(column, bounds)
        rows = db.session.execute(
            select(number, func.count(), func.sum(amount), currency)
            .where(column >= bounds[0], column < bounds[-1], *conditions)
            .group_by(number, currency)
            .order_by(currency)
        )
        found: dict[int, list[tuple[int, Money]]] = {}
        for month, count, minor, code in rows:
            found.setdefault(month, []).append((count, Money(int(minor), code)))
        return found


def _received(company_id: int) -> ColumnElement[bool]:
    return Inquiry.receiver_id == company_id


def _offered(company_id: int) -> ColumnElement[bool]:
    own = select(Listing.id).where(Listing.company_id == company_id)
    return Proposal.supply_id.in_(own) | Proposal.demand_id.in_(own)


def _traded(company_id: int) -> ColumnElement[bool]:
    return (Contract.supplier_id == company_id) | (Contract.purchaser_id == company_id)


def fee_return(company_id: int) -> FeeReturn:
    """What the company had and paid, month by month, in six statements."""
    months = _Months()
    campaigns = select(Campaign.id).where(Campaign.company_id == company_id)
    views = months.counts(Impression.at, Impression.campaign_id.in_(campaigns))
    clicks = months.counts(Click.at, Click.campaign_id.in_(campaigns), Click.charged_minor > 0)
    inquiries = months.counts(Inquiry.asked_at, _received(company_id))
    proposals = months.counts(Proposal.asked_at, _offered(company_id))
    trades = months.sums(
        Contract.signed_at,
        months.instants,
        Contract.goods_minor,
        Contract.currency,
        _traded(company_id),
    )
    paid = months.sums(
        Charge.starts_on,
        months.days,
        Charge.value_minor - Charge.moved_minor,
        Charge.currency,
        Charge.subscription_id == Subscription.id,
        Subscription.company_id == company_id,
        Charge.value_minor > 0,
    )

    def rows() -> Iterator[MonthReturn]:
        for number in reversed(range(MONTHS_BACK + 1)):
            traded = trades.get(number, [])
            yield MonthReturn(
                months.days[number],
                views.get(number, 0),
                clicks.get(number, 0),
                inquiries.get(number, 0),
                proposals.get(number, 0),
                sum(count for count, _amount in traded),
                tuple(amount for _count, amount in traded),
                tuple(amount for _count, amount in paid.get(number, [])),
            )

    return FeeReturn(tuple(rows()))


def _since(column: Any, day: date, *conditions: Any) -> int:
    begin = settings.midnight(day)
    return int(db.session.scalar(select(func.count()).where(column >= begin, *conditions)) or 0)


def _views(company_id: int, day: date) -> int:
    campaigns = select(Campaign.id).where(Campaign.company_id == company_id)
    return _since(Impression.at, day, Impression.campaign_id.in_(campaigns))


def _inquiries(company_id: int, day: date) -> int:
    return _since(Inquiry.asked_at, day, _received(company_id))


def _proposals(company_id: int, day: date) -> int:
    return _since(Proposal.asked_at, day, _offered(company_id))


def _trades(company_id: int, day: date) -> int:
    return _since(Contract.signed_at, day, _traded(company_id))


GAINS = (
    GainKind(_l("Sponsored views"), _views, paths.MEMBERSHIP_RETURN),
    GainKind(_l("Inquiries received"), _inquiries, paths.INQUIRIES),
    GainKind(_l("Proposals for your listings"), _proposals, paths.PROPOSALS),
    GainKind(_l("Trades signed"), _trades, paths.TRADES),
)
