"""What is done to inquiries: the door for views, jobs and the packages above."""

from hub.negotiation.asking import ask, ask_others
from hub.negotiation.contesting import contest, refuse, uphold
from hub.negotiation.conversing import close, expire_due, mark_read, write
from hub.negotiation.opening import open_inquiry
from hub.negotiation.pricing import remove_price, set_price

__all__ = [
    "ask",
    "ask_others",
    "close",
    "contest",
    "expire_due",
    "mark_read",
    "open_inquiry",
    "refuse",
    "remove_price",
    "set_price",
    "uphold",
    "write",
]
