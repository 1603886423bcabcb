"""How affiliates tells refusals, kinds of income and what was done to partners."""

from hub.affiliates.models import Refusal
from hub.core.i18n import _l
from hub.payments.ledger import chart

REFUSALS = {
    Refusal.SAME_COMPANY: _l("It is the partner itself"),
    Refusal.SAME_NUMBER: _l("Same registration or tax number as the partner"),
    Refusal.SAME_BANK_ACCOUNT: _l("Same bank account as the partner"),
    Refusal.SAME_PERSON: _l("One of its people is one of the partner’s"),
    Refusal.SAME_DOMAIN: _l("Same e-mail domain as the partner"),
}

INCOME = {
    chart.COMMISSION_INCOME: _l("Commission on a trade"),
    chart.MEMBERSHIP_INCOME: _l("Membership"),
    chart.DEFERRED_MEMBERSHIP: _l("Membership"),
    chart.ADVERTISING_INCOME: _l("Advertising"),
    chart.INQUIRY_INCOME: _l("Inquiry"),
}

ACTIONS = {
    "joined": _l("Became a partner"),
    "invited": _l("Invited"),
    "accepted": _l("Accepted the invitation"),
    "terms_accepted": _l("Accepted the terms"),
    "stopped": _l("Stopped"),
    "resumed": _l("Resumed"),
    "rate_changed": _l("Rate changed"),
}
