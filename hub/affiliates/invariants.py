"""What must hold between partners' shares, the income they are of, and the ledger.

Each check gives one sentence for each thing that is wrong; none when all is well.
"""

from collections.abc import Callable

from sqlalchemy import case, func, select

from hub.affiliates.models import UNPAID, Attribution, Partner, Share, ShareReturn, ShareState
from hub.affiliates.queries import NET
from hub.core.db.base import db
from hub.core.money import Money, share
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance
from hub.payments.ledger.queries import company_holder
from hub.payments.payouts.models import Payout


def the_ledger_owes_what_is_unpaid() -> list[str]:
    """What 2800 owes each partner is what its unpaid shares add up to."""
    unpaid = {
        (company_holder(company_id), currency): int(minor)
        for company_id, currency, minor in db.session.execute(
            select(Partner.company_id, Share.currency, func.sum(NET))
            .join(Share, Share.partner_id == Partner.id)
            .where(Share.state.in_(UNPAID))
            .group_by(Partner.company_id, Share.currency)
        )
    }
    owed = {
        (row.holder, row.currency): -row.balance_minor
        for row in db.session.scalars(
            select(LedgerBalance).where(LedgerBalance.account == chart.AFFILIATES_PAYABLE)
        )
    }
    return [
        f"{holder} is owed {owed.get((holder, currency), 0)} {currency} as a partner, its unpaid "
        f"shares make {unpaid.get((holder, currency), 0)}."
        for holder, currency in sorted({*unpaid, *owed})
        if unpaid.get((holder, currency), 0) != owed.get((holder, currency), 0)
    ]


def shares_are_the_rate_of_income() -> list[str]:
    """A share was its rate of the income, and is now its rate of what is left of the income."""
    broken = []
    for row in db.session.scalars(select(Share)):
        whole = share(Money(row.income_minor, row.currency), row.rate)
        left = Money(row.income_minor - row.returned_minor, row.currency)
        if row.amount != whole or row.amount - row.taken_back != share(left, row.rate):
            broken.append(
                f"Share {row.public_id}: {row.amount} less {row.taken_back} is not {row.rate} of "
                f"what is left of {row.income_minor} {row.currency}."
            )
    return broken


def returns_add_up() -> list[str]:
    """What a share says was taken back of it is what its returns say."""
    sums = {
        share_id: (int(income), int(amount), int(debt))
        for share_id, income, amount, debt in db.session.execute(
            select(
                ShareReturn.share_id,
                func.sum(ShareReturn.income_minor),
                func.sum(ShareReturn.amount_minor),
                func.sum(ShareReturn.debt_minor),
            ).group_by(ShareReturn.share_id)
        )
    }
    return [
        f"Share {row.public_id} counts other returns than were noted."
        for row in db.session.scalars(select(Share))
        if (row.returned_minor, row.taken_back_minor, row.debt_minor) != sums.get(row.id, (0, 0, 0))
    ]


def debts_are_made_good_first() -> list[str]:
    """No more is withheld than was paid too much, and nothing is owed while a debt is open."""
    unpaid = case((Share.state.in_(UNPAID), NET), else_=0)
    sums = db.session.execute(
        select(
            Share.partner_id,
            Share.currency,
            func.sum(Share.debt_minor - Share.withheld_minor),
            func.sum(unpaid),
        ).group_by(Share.partner_id, Share.currency)
    )
    return [
        f"Partner {partner_id} has a debt of {int(debt)} {currency} and is owed {int(owed)}."
        for partner_id, currency, debt, owed in sums
        if debt < 0 or (debt and owed)
    ]


def payouts_are_of_shares() -> list[str]:
    """A payout to a partner is the sum of the shares it pays."""
    rows = db.session.execute(
        select(Payout.end_to_end_id, Payout.amount_minor, func.sum(NET))
        .join(Share, Share.payout_id == Payout.id)
        .where(Share.state == ShareState.PAID)
        .group_by(Payout.id, Payout.end_to_end_id, Payout.amount_minor)
        .having(func.sum(NET) != Payout.amount_minor)
    )
    return [
        f"Payout {number} is over {amount}, its shares make {int(minor)}."
        for number, amount, minor in rows
    ]


def shares_are_within_their_time() -> list[str]:
    """Nothing is earned outside a member's time, nor by a partner from itself."""
    late = db.session.scalars(
        select(Share.public_id)
        .join(Attribution, Attribution.id == Share.attribution_id)
        .where(
            (Share.earned_on < Attribution.registered_on)
            | (Share.earned_on >= Attribution.ends_on)
            | (Share.partner_id != Attribution.partner_id)
        )
    )
    selves = db.session.scalars(
        select(Attribution.public_id)
        .join(Partner, Partner.id == Attribution.partner_id)
        .where(Partner.company_id == Attribution.company_id, Attribution.refusal.is_(None))
    )
    return [f"Share {one} was earned outside its member's time." for one in late] + [
        f"Attribution {one} counts a partner as its own member." for one in selves
    ]


CHECKS: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
    ("partners owed", "What partners are owed is what their unpaid shares make.",
     the_ledger_owes_what_is_unpaid),
    ("partners rate", "Shares are the partner's rate of the income that stayed.",
     shares_are_the_rate_of_income),
    ("partners returns", "What was taken back of shares is what their returns make.",
     returns_add_up),
    ("partners debts", "What was paid too much is made good before anything is owed.",
     debts_are_made_good_first),
    ("partners payouts", "A partner's payout is the sum of its shares.", payouts_are_of_shares),
    ("partners time", "Shares are earned within a member's time, and never from oneself.",
     shares_are_within_their_time),
)  # fmt: skip
