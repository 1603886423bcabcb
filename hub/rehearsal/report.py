"""What a rehearsal reports: the counts of every step and the invariants that broke."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass
class Report:
    """Filled step by step. ``signed``, ``paid``, ``accepted`` and ``settled`` count trades."""

    accepted_listings: int = 0
    rejected_listings: int = 0
    proposals: int = 0
    quantity: Decimal = Decimal(0)
    surplus: Decimal = Decimal(0)
    matching_seconds: float = 0.0
    signed: int = 0
    invoices: int = 0
    paid: int = 0
    delivered: int = 0
    accepted: int = 0
    settled: int = 0
    checked: int = 0
    broken: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "listings": {"accepted": self.accepted_listings, "rejected": self.rejected_listings},
            "match": {
                "proposals": self.proposals,
                "quantity": str(self.quantity),
                "surplus": str(self.surplus),
                "seconds": round(self.matching_seconds, 3),
            },
            "contracts": {"signed": self.signed},
            "payments": {"invoices": self.invoices, "paid": self.paid},
            "dispatch": {"delivered": self.delivered, "accepted": self.accepted},
            "payouts": {"settled": self.settled},
            "invariants": {"checked": self.checked, "broken": self.broken},
        }
