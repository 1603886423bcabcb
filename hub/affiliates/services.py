"""The verbs of affiliates in one place; each is explained where it stands."""

from hub.affiliates.attributing import attribute, require_good_code
from hub.affiliates.partners import grant, join, resume, set_rate, stop
from hub.affiliates.paying import make_payable, pay_all_for_month, pay_out
from hub.affiliates.sharing import earn, take_back

__all__ = [
    "attribute",
    "earn",
    "grant",
    "join",
    "make_payable",
    "pay_all_for_month",
    "pay_out",
    "require_good_code",
    "resume",
    "set_rate",
    "stop",
    "take_back",
]
