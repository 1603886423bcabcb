"""The verbs of payments, gathered for the packages above; each group has a module of its own."""

from hub.payments.bank.exceptions import (
    allocate,
    explain_charges,
    make_good,
    put_to_credit,
    rematch,
    return_to_payer,
    settle_by_hand,
)
from hub.payments.bank.importing import import_statement
from hub.payments.escrow.queries import Escrow, escrow_of
from hub.payments.escrow.services import refund, release
from hub.payments.invoices.fees import (
    deferred,
    earn,
    held_to_wallet,
    move_deferred,
    open_fee_invoice,
    recognise_deferred,
)
from hub.payments.invoices.invoicing import (
    cancel_invoice,
    open_invoice,
    use_credit,
    work_through_deadlines,
)
from hub.payments.ledger.queries import payment_account
from hub.payments.payouts.partner_shares import (
    accrue_partner_share,
    partner_balance,
    pay_partner_share,
    take_back_partner_share,
)
from hub.payments.payouts.services import (
    approve_payout,
    confirm_account,
    export_payouts,
    hold_for_changed_account,
    pay_out_credit,
    reject_payout,
    request_payouts,
    request_sweep,
)
from hub.payments.wallets.queries import wallet_balance
from hub.payments.wallets.services import (
    charge_wallet,
    credit_wallet,
    move_credit_to_wallet,
    open_wallet,
    pay_from_wallet,
    withdraw,
)

__all__ = [
    "Escrow",
    "accrue_partner_share",
    "allocate",
    "approve_payout",
    "cancel_invoice",
    "charge_wallet",
    "confirm_account",
    "credit_wallet",
    "deferred",
    "earn",
    "escrow_of",
    "explain_charges",
    "export_payouts",
    "held_to_wallet",
    "hold_for_changed_account",
    "import_statement",
    "make_good",
    "move_credit_to_wallet",
    "move_deferred",
    "open_fee_invoice",
    "open_invoice",
    "open_wallet",
    "partner_balance",
    "pay_from_wallet",
    "pay_out_credit",
    "pay_partner_share",
    "payment_account",
    "put_to_credit",
    "recognise_deferred",
    "refund",
    "reject_payout",
    "release",
    "rematch",
    "request_payouts",
    "request_sweep",
    "return_to_payer",
    "settle_by_hand",
    "take_back_partner_share",
    "use_credit",
    "wallet_balance",
    "withdraw",
    "work_through_deadlines",
]
