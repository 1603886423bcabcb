"""The verbs of payments, gathered for the packages above; each group has a module of its own."""

from hub.payments.escrow import refund, release
from hub.payments.exceptions import (
    allocate,
    explain_charges,
    make_good,
    put_to_credit,
    rematch,
    return_to_payer,
    settle_by_hand,
)
from hub.payments.invoicing import (
    cancel_invoice,
    open_invoice,
    use_credit,
    work_through_deadlines,
)
from hub.payments.payouts import (
    approve_payout,
    confirm_account,
    export_payouts,
    hold_for_changed_account,
    pay_out_credit,
    reject_payout,
    request_payouts,
    request_sweep,
)
from hub.payments.queries import Escrow, escrow_of, payment_account
from hub.payments.statement_import import import_statement

__all__ = [
    "Escrow",
    "allocate",
    "approve_payout",
    "cancel_invoice",
    "confirm_account",
    "escrow_of",
    "explain_charges",
    "export_payouts",
    "hold_for_changed_account",
    "import_statement",
    "make_good",
    "open_invoice",
    "pay_out_credit",
    "payment_account",
    "refund",
    "put_to_credit",
    "reject_payout",
    "release",
    "rematch",
    "request_payouts",
    "request_sweep",
    "return_to_payer",
    "settle_by_hand",
    "use_credit",
    "work_through_deadlines",
]
