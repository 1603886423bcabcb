"""What the hub earns, in both pools: the fee leaves client money, and its own books take it in."""

from collections.abc import Sequence

from hub.core import bus
from hub.core.money import Money, total
from hub.payments.events import IncomeEarned, IncomeReturned
from hub.payments.ledger import chart
from hub.payments.ledger.entries import Line, credit, debit
from hub.payments.ledger.queries import Subject, account_holder

#: An account of the hub's own books, its holder there, and the amount it takes in.
Share = tuple[int, str, Money]


def mirrored(account_id: int, shares: Sequence[Share]) -> list[Line]:
    """CR 2150 of the designated account, mirrored by DR 1150 / CR each of ``shares``."""
    amount = total([money for _account, _holder, money in shares], shares[0][2].currency)
    return [
        credit(chart.FEES_DUE_TO_HUB, account_holder(account_id), amount),
        debit(chart.DUE_FROM_ESCROW, "", amount),
        *(credit(account, holder, money) for account, holder, money in shares),
    ]


def announce_earned(
    key: str, company_id: int, subject: Subject, account: int, amount: Money
) -> None:
    """Tell the packages above that the hub earned ``amount`` from a company."""
    if amount:
        bus.publish(IncomeEarned(key, company_id, account, amount.currency, amount.minor, *subject))


def announce_returned(
    key: str, company_id: int, subject: Subject, account: int, amount: Money
) -> None:
    """Tell the packages above that the hub gave ``amount`` back."""
    if amount:
        bus.publish(
            IncomeReturned(key, company_id, account, amount.currency, amount.minor, *subject)
        )
