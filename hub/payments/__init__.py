"""Step 3 of a trade: the purchaser pays at the designated bank, the supplier is paid out.

Owns designated_account, the ledger (ledger_entry, ledger_line, ledger_balance), invoice,
invoice_line, bank_file, bank_statement, statement_line, allocation, payout, payment_file.
Invoices go open -> partly_paid -> paid, or overdue -> lapsed; payouts go due -> requested ->
approved -> exported -> settled. Knows its debtors by subject ("contract", id) only.
Publishes InvoicePaid, InvoiceLapsed and PayoutSettled.
"""
