"""What is done to bring two listings together: computing, proposing, asking, consenting."""

from hub.matching.engine.run import match_all, match_new
from hub.matching.proposals.brokering import ask_consent, change, dismiss, propose
from hub.matching.proposals.consenting import (
    consent,
    decline,
    expire_due,
    remind_due,
    supersede_for,
)
from hub.matching.proposals.on_the_spot import propose_on_the_spot

__all__ = [
    "ask_consent",
    "change",
    "consent",
    "decline",
    "dismiss",
    "expire_due",
    "match_all",
    "match_new",
    "propose",
    "propose_on_the_spot",
    "remind_due",
    "supersede_for",
]
