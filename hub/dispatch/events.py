"""Facts about goods on their way."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InboundOpened:
    """A depot expects the goods; the supplier announces the delivery."""

    inbound_id: int


@dataclass(frozen=True)
class InboundAnnounced:
    inbound_id: int


@dataclass(frozen=True)
class InboundInspected:
    """Counted and inspected: accepted, accepted in part, or rejected."""

    inbound_id: int


@dataclass(frozen=True)
class GoodsDeparted:
    release_order_id: int


@dataclass(frozen=True)
class GoodsDelivered:
    release_order_id: int


@dataclass(frozen=True)
class GoodsRefused:
    """The purchaser refused all or part; a broker decides."""

    release_order_id: int
    reason: str


@dataclass(frozen=True)
class GoodsAccepted:
    """The outcome is final: what was accepted is paid out, the rest refunded."""

    release_order_id: int
