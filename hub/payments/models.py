"""All tables of payments but the ledger's, gathered here for whoever reads them."""

from hub.payments.account_models import AccountUse, DesignatedAccount
from hub.payments.bank_models import (
    Allocation,
    BankFile,
    BankStatement,
    LineState,
    StatementLine,
)
from hub.payments.invoice_models import Invoice, InvoiceLine, InvoiceState
from hub.payments.payout_models import PaymentFile, Payout, PayoutKind, PayoutState
from hub.payments.wallet_models import FeeCounter, Wallet

__all__ = [
    "AccountUse",
    "Allocation",
    "BankFile",
    "BankStatement",
    "DesignatedAccount",
    "FeeCounter",
    "Invoice",
    "InvoiceLine",
    "InvoiceState",
    "LineState",
    "PaymentFile",
    "Payout",
    "PayoutKind",
    "PayoutState",
    "StatementLine",
    "Wallet",
]
