"""Plans and subscriptions as rows, for tests of what follows from them; no money is involved."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from hub.accounts.models import Company
from hub.core import clock, settings
from hub.core.db.base import db
from hub.membership.models.plans import (
    BillingInterval,
    Plan,
    PlanEntitlement,
    PlanPrice,
    PlanVersion,
)
from hub.membership.models.subscriptions import Subscription, SubscriptionState

Limits = Mapping[str, int | str | None]


def plan_version(
    name: str = "Basic",
    limits: Limits | None = None,
    *,
    rank: int = 1,
    default: bool = False,
    badge: str = "",
    monthly: str | None = None,
) -> PlanVersion:
    """The next version of the plan with this name; the plan is made with its first one."""
    plan = db.session.scalar(select(Plan).where(Plan.code == name.lower()))
    if plan is None:
        plan = Plan(code=name.lower(), rank=rank, is_default=default, created_at=clock.now())
    version = PlanVersion(
        plan=plan,
        number=len(plan.versions) + 1,
        name=name,
        badge=badge,
        created_at=clock.now(),
        entitlements=[
            PlanEntitlement(code=code, value=None if value is None else Decimal(value))
            for code, value in (limits or {}).items()
        ],
    )
    if monthly is not None:
        version.prices.append(
            PlanPrice(
                interval=BillingInterval.MONTH,
                currency="INR",
                amount_minor=int(Decimal(monthly) * 100),
            )
        )
    db.session.add(version)
    db.session.commit()
    return version


def subscribe(
    company: Company | int,
    version: PlanVersion,
    state: SubscriptionState = SubscriptionState.ACTIVE,
) -> Subscription:
    """A subscription of the company in ``state``, paid for a month."""
    today = settings.today()
    found = Subscription(
        company_id=company if isinstance(company, int) else company.id,
        plan_version=version,
        state=state,
        interval=BillingInterval.MONTH,
        currency="INR",
        started_on=today,
        trial_until=today + timedelta(days=30),
        paid_until=today + timedelta(days=30),
        created_at=clock.now(),
    )
    db.session.add(found)
    db.session.commit()
    return found
