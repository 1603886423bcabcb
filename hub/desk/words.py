"""The words of a trade's history: what was done, told for the people who take part."""

from typing import Any

from hub.core.i18n import _l
from hub.posting.history import ACTIONS as LISTING_ACTIONS

_WORDS: dict[str, dict[str, Any]] = {
    "listing": dict(LISTING_ACTIONS),
    "proposal": {
        "propose": _l("Proposed"),
        "change": _l("Terms of the proposal changed"),
        "ask_consent": _l("Consent asked from both companies"),
        "ask_consent_anew": _l("Consent asked anew"),
        "consent": _l("Consented"),
        "remind": _l("Reminded to consent"),
    },
    "contract": {
        "issue": _l("Contract drawn up"),
        "revise": _l("Contract revised before signing"),
        "sign": _l("Contract signed"),
        "remind_to_sign": _l("Reminded to sign"),
        "make_effective": _l("Contract in force: the payment has arrived"),
        "begin_performance": _l("Performance began"),
        "settle": _l("Trade settled: paid out what was accepted"),
        "complete": _l("Trade completed"),
        "void": _l("Contract voided"),
        "default": _l("Contract ended: not paid in time"),
        "terminate": _l("Contract terminated"),
    },
    "invoice": {
        "opened": _l("Invoice opened"),
        "partly_paid": _l("Part of the invoice paid"),
        "paid": _l("Invoice paid"),
        "became_overdue": _l("Invoice overdue"),
        "lapsed": _l("Invoice lapsed"),
        "cancelled": _l("Invoice cancelled"),
        "reminded": _l("Reminded to pay"),
    },
    "inbound": {
        "depot_chosen": _l("Depot chosen"),
        "announced": _l("Delivery announced to the depot"),
        "announcement_changed": _l("Announcement corrected"),
        "arrived": _l("Goods arrived at the depot"),
        "counted": _l("Goods counted"),
        "inspected": _l("Goods inspected"),
        "put_away": _l("Goods put away"),
        "sent_back": _l("Goods sent back to the supplier"),
        "cancelled": _l("Delivery to the depot cancelled"),
        "reminded": _l("Reminded of the delivery"),
        "late": _l("Delivery to the depot is late"),
    },
    "release_order": {
        "opened": _l("Delivery to the purchaser ordered"),
        "picking_started": _l("Picking began"),
        "picked": _l("Goods picked"),
        "loaded": _l("Goods loaded"),
        "departed": _l("Goods left the depot"),
        "delivered": _l("Goods delivered"),
        "accepted": _l("Delivery accepted"),
        "accepted_by_lapse_of_time": _l("Delivery counts as accepted: no answer in time"),
        "refused": _l("Delivery refused"),
        "refusal_decided": _l("Refusal decided"),
        "called_off": _l("Delivery called off"),
        "closed": _l("Delivery closed"),
        "reminded": _l("Reminded of the delivery"),
        "late": _l("Delivery is late"),
    },
    "payout": {
        "became_due": _l("Payout became due"),
        "requested": _l("Payout requested"),
        "approved": _l("Payout approved"),
        "rejected": _l("Payout rejected"),
        "exported": _l("Payout sent to the bank"),
        "settled": _l("Paid out by the bank"),
        "returned": _l("Payout returned by the bank"),
        "held": _l("Payout held"),
    },
}


def action_word(thing: str, action: str) -> str:
    """How ``action`` on ``thing`` is told; an unlisted one is told by its own name."""
    found = _WORDS.get(thing, {}).get(action)
    return str(found) if found is not None else action.replace("_", " ").capitalize()
