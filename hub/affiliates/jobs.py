"""What affiliates does by the clock."""

from collections.abc import Callable
from typing import Any

from hub.affiliates import services
from hub.core.actor import SYSTEM


def pay_partners() -> int:
    """Mark what is payable now, and pay what became payable before this month."""
    services.make_payable(SYSTEM)
    return services.pay_all_for_month(SYSTEM)


JOBS: tuple[tuple[str, Callable[[], Any], int], ...] = (
    ("affiliates: payable shares, and the month's payouts", pay_partners, 3600),
)
