"""The verbs of contracts, for the packages above and for pages, jobs and commands."""

from hub.contracts.drawing.services import draw, draw_again, draw_waiting, hindrance_of, revise
from hub.contracts.performance import (
    amounts_for,
    begin_performance,
    complete,
    default,
    make_effective,
    settle,
    terminate,
)
from hub.contracts.signing.services import (
    remind_signers,
    require_voider,
    sign,
    void,
    void_unsigned,
)

__all__ = [
    "amounts_for",
    "begin_performance",
    "complete",
    "default",
    "draw",
    "draw_again",
    "draw_waiting",
    "hindrance_of",
    "make_effective",
    "remind_signers",
    "require_voider",
    "revise",
    "settle",
    "sign",
    "terminate",
    "void",
    "void_unsigned",
]
