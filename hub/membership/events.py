"""Facts about memberships."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EntitlementsChanged:
    """What the company may do has changed: by a subscription, its end, or a change of plan.

    Without a company: the default plan changed, for everybody without a subscription.
    """

    company_id: int | None
