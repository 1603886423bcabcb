"""Inquiries told in words: whose turn it is, what a sealed one lets through, what it cost."""

from decimal import Decimal
from typing import Any

from hub.core.formats import money, quantity, relative, short_date
from hub.core.i18n import _, _l
from hub.negotiation.models import (
    VOID,
    FreeReason,
    Ground,
    Inquiry,
    InquiryState,
    Party,
    Terms,
)

GROUNDS: dict[Ground, Any] = {
    Ground.SPAM: _l("It is advertising or spam"),
    Ground.NOT_SERIOUS: _l("It is not a real request"),
    Ground.OTHER_GOODS: _l("It is not about these goods"),
    Ground.REPEATED: _l("The same company asked this before"),
    Ground.OTHER: _l("Something else"),
}
_FREE: dict[FreeReason, Any] = {
    FreeReason.UNVERIFIED: _l("Free: the hub has not verified the company that asks."),
    FreeReason.BLOCKED: _l("Free: one of the two companies blocks the other."),
    FreeReason.REPEATED: _l("Free: this company asked you about the same goods before."),
    FreeReason.NO_PRICE: _l("Free: inquiries about these goods cost nothing."),
}


def quantity_band(inquiry: Inquiry) -> str:
    """The power of ten around the quantity: ``10 to 100 DTN``; empty where none is given."""
    if inquiry.quantity is None or inquiry.unit is None:
        return ""
    low = Decimal(1).scaleb(inquiry.quantity.adjusted())
    return _("%(low)s to %(high)s", low=quantity(low), high=quantity(low * 10, inquiry.unit.code))


def question_length(inquiry: Inquiry) -> int:
    """How long the question is, rounded up to ten characters."""
    return -(-len(inquiry.question) // 10) * 10


def cost(inquiry: Inquiry) -> str:
    """On which terms the receiver read it."""
    if inquiry.free_reason is not None:
        return str(_FREE[inquiry.free_reason])
    if inquiry.terms is Terms.INCLUDED:
        return _("Nothing: your plan includes it.")
    if inquiry.credited_minor:
        return _("%(amount)s, given back to your account.", amount=money(inquiry.charged))
    return _("%(amount)s, taken from your account.", amount=money(inquiry.charged))


def turn(inquiry: Inquiry, party: Party) -> tuple[str, str]:
    """Whose turn it is, or how it ended, and the tone of that."""
    if inquiry.state in VOID:
        reason = inquiry.contest.decision_reason if inquiry.contest else ""
        return _("The hub’s staff ended this inquiry: %(reason)s", reason=reason), "bad"
    if inquiry.state is InquiryState.CLOSED:
        return _closed(inquiry, party), "quiet"
    if inquiry.state is InquiryState.EXPIRED:
        return _expired(inquiry, party), "warning"
    if inquiry.state is InquiryState.REPLIED:
        other = inquiry.company_of(party.other).alias
        if inquiry.is_unread_by(party):
            return _("%(company)s has written to you.", company=other), "waiting"
        return _("Answered. Both of you can write on, or close it."), "good"
    day, distance = short_date(inquiry.answer_until), relative(inquiry.answer_until)
    if party is Party.RECEIVER:
        text = _(
            "It waits for your answer until %(day)s (%(relative)s).", day=day, relative=distance
        )
    else:
        text = _(
            "Waiting for %(company)s to answer, until %(day)s (%(relative)s).",
            company=inquiry.receiver.alias,
            day=day,
            relative=distance,
        )
    return text, "waiting"


def _closed(inquiry: Inquiry, party: Party) -> str:
    if inquiry.is_sealed_for(party):
        return _("The company that asked has taken its inquiry back. There is nothing to do.")
    if inquiry.closed_by is party:
        return _("Your company closed it: %(reason)s", reason=inquiry.close_reason)
    other = inquiry.company_of(party.other).alias
    return _("%(company)s closed it: %(reason)s", company=other, reason=inquiry.close_reason)


def _expired(inquiry: Inquiry, party: Party) -> str:
    day = short_date(inquiry.answer_until)
    if party is Party.ASKER:
        return _("Nobody answered until %(day)s. You can ask others below.", day=day)
    if inquiry.is_sealed_for(party):
        return _("The time to answer ended on %(day)s, so it can’t be opened any more.", day=day)
    return _("The time to answer ended on %(day)s. You can still answer.", day=day)
