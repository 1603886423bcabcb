"""The verbs of goods on their way, for pages, jobs, reactions and commands."""

from hub.dispatch.acceptance.accepting import accept, accept_due, decide_refusal, refuse
from hub.dispatch.deadlines import remind
from hub.dispatch.inbound.opening import (
    cancel_for_contract,
    choose_depot,
    close_for_contract,
    open_inbound,
    retry_waiting,
)
from hub.dispatch.inbound.receiving import announce, arrive, count, inspect, put_away, send_back
from hub.dispatch.release.releasing import (
    ProofOfDelivery,
    deliver,
    depart,
    load,
    pick,
    record_return,
    start_picking,
)

__all__ = [
    "ProofOfDelivery",
    "accept",
    "accept_due",
    "announce",
    "arrive",
    "cancel_for_contract",
    "choose_depot",
    "close_for_contract",
    "count",
    "decide_refusal",
    "deliver",
    "depart",
    "inspect",
    "load",
    "open_inbound",
    "pick",
    "put_away",
    "record_return",
    "refuse",
    "remind",
    "retry_waiting",
    "send_back",
    "start_picking",
]
