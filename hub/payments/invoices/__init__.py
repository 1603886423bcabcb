"""What is owed to the hub: invoices for trades and for its own services, their deadlines.

Open, partly paid, paid, overdue, lapsed, cancelled. Announces what was paid and what lapsed.
"""
