"""The chart of accounts. Client money and the hub's own books never meet in one balance.

Numbers and meanings are those of the domain: 1 assets, 2 liabilities, 4 income, 5 expenses.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.core.i18n import _l


class Pool(StrEnum):
    """Whose money an account of the chart tells of."""

    CLIENT = "client"
    OWN = "own"


class Kind(StrEnum):
    """Which side of the books an account belongs to."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True)
class Account:
    """One account of the chart; ``name`` is a lazy text."""

    code: int
    name: Any
    kind: Kind
    pool: Pool


ESCROW_BANK = 1010
OWN_BANK = 1020
UNEXPLAINED_DEBITS = 1090
DUE_FROM_ESCROW = 1150
HELD_FOR_CONTRACT = 2100
BUYER_CREDIT = 2110
FEES_DUE_TO_HUB = 2150
SELLER_PAYABLE = 2200
PAYOUT_IN_TRANSIT = 2300
REFUND_PAYABLE = 2500
DEFERRED_MEMBERSHIP = 2700
MEMBER_WALLET = 2710
AFFILIATES_PAYABLE = 2800
UNALLOCATED = 2900
HELD_IN_DISPUTE = 2950
COMMISSION_INCOME = 4100
MEMBERSHIP_INCOME = 4200
ADVERTISING_INCOME = 4300
INQUIRY_INCOME = 4400
DEPOT_INCOME = 4500
BANK_CHARGES = 5100
AFFILIATE_COST = 5300

CHART: dict[int, Account] = {
    account.code: account
    for account in (
        Account(ESCROW_BANK, _l("Escrow bank"), Kind.ASSET, Pool.CLIENT),
        Account(OWN_BANK, _l("Own bank"), Kind.ASSET, Pool.OWN),
        Account(UNEXPLAINED_DEBITS, _l("Unexplained debits"), Kind.ASSET, Pool.CLIENT),
        Account(DUE_FROM_ESCROW, _l("Due from escrow"), Kind.ASSET, Pool.OWN),
        Account(HELD_FOR_CONTRACT, _l("Held for contracts"), Kind.LIABILITY, Pool.CLIENT),
        Account(BUYER_CREDIT, _l("Credit of purchasers"), Kind.LIABILITY, Pool.CLIENT),
        Account(FEES_DUE_TO_HUB, _l("Fees due to the hub"), Kind.LIABILITY, Pool.CLIENT),
        Account(SELLER_PAYABLE, _l("Payable to suppliers"), Kind.LIABILITY, Pool.CLIENT),
        Account(PAYOUT_IN_TRANSIT, _l("Payouts in transit"), Kind.LIABILITY, Pool.CLIENT),
        Account(2400, _l("Bonds"), Kind.LIABILITY, Pool.CLIENT),
        Account(REFUND_PAYABLE, _l("Refunds payable"), Kind.LIABILITY, Pool.CLIENT),
        Account(2600, _l("Tax"), Kind.LIABILITY, Pool.OWN),
        Account(DEFERRED_MEMBERSHIP, _l("Deferred membership income"), Kind.LIABILITY, Pool.OWN),
        Account(MEMBER_WALLET, _l("Wallets of members"), Kind.LIABILITY, Pool.CLIENT),
        Account(AFFILIATES_PAYABLE, _l("Payable to affiliates"), Kind.LIABILITY, Pool.OWN),
        Account(UNALLOCATED, _l("Not yet allocated"), Kind.LIABILITY, Pool.CLIENT),
        Account(HELD_IN_DISPUTE, _l("Held in dispute"), Kind.LIABILITY, Pool.CLIENT),
        Account(COMMISSION_INCOME, _l("Commission"), Kind.INCOME, Pool.OWN),
        Account(MEMBERSHIP_INCOME, _l("Membership"), Kind.INCOME, Pool.OWN),
        Account(ADVERTISING_INCOME, _l("Advertising"), Kind.INCOME, Pool.OWN),
        Account(INQUIRY_INCOME, _l("Inquiries"), Kind.INCOME, Pool.OWN),
        Account(DEPOT_INCOME, _l("Depot services and freight"), Kind.INCOME, Pool.OWN),
        Account(BANK_CHARGES, _l("Bank charges"), Kind.EXPENSE, Pool.OWN),
        Account(AFFILIATE_COST, _l("Affiliate cost"), Kind.EXPENSE, Pool.OWN),
    )
}
CLIENT_LIABILITIES = tuple(
    account.code
    for account in CHART.values()
    if account.pool is Pool.CLIENT and account.kind is Kind.LIABILITY
)


class EntryKind(StrEnum):
    """What an entry of the ledger tells: one word for each thing that happens to money."""

    BANK_CREDIT = "bank_credit"
    BANK_DEBIT = "bank_debit"
    BANK_CHARGES = "bank_charges"
    DEBIT_MADE_GOOD = "debit_made_good"
    PAYMENT = "payment"
    BUYER_CREDIT = "buyer_credit"
    CREDIT_USED = "credit_used"
    CREDITED_BACK = "credited_back"
    RELEASE = "release"
    REFUND = "refund"
    PAYOUT = "payout"
    PAYOUT_REJECTED = "payout_rejected"
    PAYOUT_DEBITED = "payout_debited"
    PAYOUT_RETURNED = "payout_returned"
    FEE_EARNED = "fee_earned"
    HELD_TO_WALLET = "held_to_wallet"
    MEMBERSHIP_RECOGNISED = "membership_recognised"
    MEMBERSHIP_MOVED = "membership_moved"
    TOP_UP = "top_up"
    WALLET_USED = "wallet_used"
    CREDIT_TO_WALLET = "credit_to_wallet"
    WITHDRAWAL = "withdrawal"
    AD_CLICK = "ad_click"
    INQUIRY = "inquiry"
    INQUIRY_CREDIT = "inquiry_credit"
    PARTNER_SHARE = "partner_share"
    PARTNER_SHARE_TAKEN_BACK = "partner_share_taken_back"
    PARTNER_SHARE_PAID = "partner_share_paid"


#: Kinds of which each booked line of a statement has one.
STATEMENT_KINDS = frozenset({EntryKind.BANK_CREDIT, EntryKind.BANK_DEBIT})
#: Which kinds of entries on 2100 count as paid, released and refunded.
PAID_KINDS = frozenset({EntryKind.PAYMENT, EntryKind.CREDIT_USED, EntryKind.WALLET_USED})
RELEASED_KINDS = frozenset({EntryKind.RELEASE, EntryKind.FEE_EARNED})
REFUNDED_KINDS = frozenset({EntryKind.REFUND, EntryKind.CREDITED_BACK, EntryKind.HELD_TO_WALLET})
