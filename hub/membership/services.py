"""The verbs of membership, gathered; each group has a module of its own."""

from hub.membership.coupons.services import CouponDraft, create_coupon, retire_coupon
from hub.membership.gains import GainKind
from hub.membership.plans.services import (
    PlanDraft,
    PriceDraft,
    change_plan,
    create_plan,
    make_default,
    retire_plan,
)
from hub.membership.subscriptions.granting import grant
from hub.membership.subscriptions.subscribing import (
    cancel,
    cancel_upgrade,
    change_later,
    drop_change,
    set_pays_from_wallet,
    subscribe,
    undo_cancel,
    upgrade,
)
from hub.membership.subscriptions.upgrading import UpgradeQuote, quote

__all__ = [
    "CouponDraft",
    "GainKind",
    "PlanDraft",
    "PriceDraft",
    "UpgradeQuote",
    "cancel",
    "cancel_upgrade",
    "change_later",
    "change_plan",
    "create_coupon",
    "create_plan",
    "drop_change",
    "grant",
    "make_default",
    "quote",
    "retire_coupon",
    "retire_plan",
    "set_pays_from_wallet",
    "subscribe",
    "undo_cancel",
    "upgrade",
]
