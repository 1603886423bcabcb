"""All tables of membership, gathered here for whoever reads them."""

from hub.membership.commission_models import CommissionRule
from hub.membership.plan_models import (
    BillingInterval,
    Plan,
    PlanEntitlement,
    PlanPrice,
    PlanVersion,
)
from hub.membership.subscription_models import (
    CHARGED_FOR,
    Charge,
    ChargeKind,
    ChargeState,
    Coupon,
    CouponUse,
    EntitlementLock,
    Subscription,
    SubscriptionState,
)

__all__ = [
    "CHARGED_FOR",
    "BillingInterval",
    "Charge",
    "ChargeKind",
    "ChargeState",
    "CommissionRule",
    "Coupon",
    "CouponUse",
    "EntitlementLock",
    "Plan",
    "PlanEntitlement",
    "PlanPrice",
    "PlanVersion",
    "Subscription",
    "SubscriptionState",
]
