"""What a partner agrees to: its rate, how long a member counts, and when a share is payable."""

from dataclasses import dataclass
from decimal import Decimal

from hub.affiliates.models import Partner
from hub.core import settings
from hub.core.numbers import plain


@dataclass(frozen=True)
class Terms:
    """``rate`` of income (0.1 is 10%), for ``days`` from a registration, payable after
    ``hold_days``."""

    rate: Decimal
    days: int
    hold_days: int

    @property
    def mark(self) -> str:
        """The terms in one word, to see at the acceptance whether these were the ones shown."""
        return f"{plain(self.rate)}/{self.days}/{self.hold_days}"


def terms_for(partner: Partner | None) -> Terms:
    """The terms in force: the hub's, with the partner's own rate if it has one."""
    hub = settings.current()
    own = partner.rate if partner is not None else None
    return Terms(
        hub.affiliate_rate if own is None else own, hub.affiliate_days, hub.affiliate_hold_days
    )
