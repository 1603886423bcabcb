"""What a company's owners and finance people are told about its membership."""

from datetime import date, timedelta
from typing import Any

from hub.core import paths, settings
from hub.core.actor import CompanyRole, StaffRole
from hub.core.formats import written
from hub.core.i18n import N_
from hub.core.money import Money
from hub.membership.models.subscriptions import Charge, Subscription
from hub.messaging import services as messaging

#: Who chooses and pays for a company's plan, and is told about it.
PLAN_ROLES = (CompanyRole.OWNER, CompanyRole.FINANCE)


def trial_began(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_("Your trial of “%(plan)s” has begun. It ends on %(day)s; nothing is to be paid before."),
        day=subscription.trial_until,
    )


def began(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_("Your membership “%(plan)s” holds from now on. It is paid until %(last)s."),
        last=_last_day(subscription),
    )


def granted(subscription: Subscription, reason: str) -> None:
    _tell(
        subscription,
        N_("The hub has given you “%(plan)s” without payment until %(last)s: %(reason)s"),
        last=_last_day(subscription),
        reason=reason,
    )


def renewed(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_("Your membership “%(plan)s” is renewed. It is paid until %(last)s."),
        last=_last_day(subscription),
    )


def upgraded(subscription: Subscription) -> None:
    _tell(subscription, N_("You have gone over to “%(plan)s”. Its rights hold from now on."))


def upgrade_ended(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_("The change to a higher plan was not paid in time and has ended. You keep “%(plan)s”."),
    )


def money_unneeded(subscription: Subscription, amount: Money) -> None:
    """Part of a payment that a charge didn't need lies in the company's account."""
    _tell(
        subscription,
        N_("%(amount)s of your payment were not needed and are in your account at the hub."),
        amount=written(amount),
    )


def plan_changed(subscription: Subscription) -> None:
    _tell(subscription, N_("Your plan is now “%(plan)s”, as you chose."))


def renewal_due_soon(subscription: Subscription, amount: Money, days: int) -> None:
    """``days`` before the paid time ends, the renewal isn't paid yet."""
    if subscription.pays_from_wallet:
        message = N_(
            "“%(plan)s” is paid until %(last)s. The renewal of %(amount)s is taken from your "
            "account then, if it holds enough."
        )
    else:
        message = N_(
            "“%(plan)s” is paid until %(last)s. Pay %(amount)s by then, and it goes on without a "
            "break."
        )
    _tell(
        subscription,
        message,
        last=_last_day(subscription),
        amount=written(amount),
        days=days,
    )


def past_due(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_(
            "The payment for “%(plan)s” has not arrived. Its rights stay until %(suspended_on)s; "
            "without payment they are suspended then. Trades that run are not touched."
        ),
        suspended_on=suspended_on(subscription),
    )


def suspended(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_(
            "The rights of “%(plan)s” are suspended, because its payment has not arrived. What "
            "you have open stays open and trades that run go on; only new things are limited. "
            "Pay the invoice by %(ends_on)s and the rights come back at once; after that the "
            "membership ends."
        ),
        ends_on=_expires_on(subscription),
    )


def ended(subscription: Subscription) -> None:
    _tell(
        subscription,
        N_("Your membership “%(plan)s” has ended. You can choose a plan again at any time."),
    )


def renewal_impossible(subscription: Subscription) -> None:
    """A renewal that can't be invoiced until finance has done something."""
    messaging.open_task(
        StaffRole.FINANCE,
        "renewal_impossible",
        Subscription.THING,
        subscription.id,
        N_("A renewal of “%(plan)s” can't be invoiced: there is no account in %(currency)s."),
        {"plan": subscription.plan_version.name, "currency": subscription.currency},
        paths.membership_of_company(subscription.public_id),
    )


def suspended_on(subscription: Subscription) -> date:
    """The day on which the rights of a subscription that isn't renewed are suspended."""
    grace = timedelta(days=settings.current().membership_grace_days)
    return _paid_until(subscription) + grace


def _expires_on(subscription: Subscription) -> date:
    lapse = timedelta(days=settings.current().membership_lapse_days)
    return _paid_until(subscription) + lapse


def _last_day(subscription: Subscription) -> date:
    return _paid_until(subscription) - timedelta(days=1)


def _paid_until(subscription: Subscription) -> date:
    return subscription.paid_until or subscription.started_on


def upgrade_asked(charge: Charge) -> None:
    """The page of the plan says how the upgrade is paid."""
    _tell(
        charge.subscription,
        N_("“%(target)s” holds as soon as %(amount)s are paid."),
        target=charge.plan_version.name,
        amount=written(charge.amount),
    )


def _tell(subscription: Subscription, message: str, **parameters: Any) -> None:
    messaging.notify_company(
        subscription.company_id,
        PLAN_ROLES,
        message,
        {"plan": subscription.plan_version.name, **parameters},
        paths.MEMBERSHIP,
    )
