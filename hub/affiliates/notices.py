"""What partners and the finance people are told."""

from typing import Any

from hub.accounts.models import Company
from hub.affiliates.models import Attribution, Partner
from hub.core import paths
from hub.core.actor import CompanyRole, StaffRole
from hub.core.formats import written
from hub.core.i18n import N_
from hub.core.money import Money
from hub.messaging import services as messaging

PAYOUT_WAITS = "partner_payout_waits"


def _tell(partner: Partner, message: str, **parameters: Any) -> None:
    messaging.notify_company(
        partner.company_id,
        (CompanyRole.OWNER, CompanyRole.FINANCE),
        message,
        parameters,
        paths.PARTNER,
    )


def invited(partner: Partner) -> None:
    _tell(
        partner,
        N_("The hub invites your company to become a partner. Read the terms and accept them."),
    )


def stopped(partner: Partner, reason: str) -> None:
    _tell(
        partner,
        N_(
            "Your company’s partnership is stopped, and the members it brought earn it nothing "
            "more. What was earned is still paid. Reason: %(reason)s"
        )
        if partner.stopped_for_cause
        else N_(
            "Your company’s partnership is stopped: it can bring no more members. Those it "
            "brought go on to count. Reason: %(reason)s"
        ),
        reason=reason,
    )


def resumed(partner: Partner, reason: str) -> None:
    _tell(partner, N_("Your company’s partnership goes on. Reason: %(reason)s"), reason=reason)


def rate_changed(partner: Partner, rate: str, reason: str) -> None:
    _tell(
        partner,
        N_("From now on your partner’s share is %(rate)s. Reason: %(reason)s"),
        rate=rate,
        reason=reason,
    )


def member_came(partner: Partner, attribution: Attribution, member: Company) -> None:
    _tell(
        partner,
        N_("%(alias)s registered with your partner code. What it earns the hub counts for you."),
        alias=member.alias,
    )


def taken_back(partner: Partner, amount: Money) -> None:
    _tell(
        partner,
        N_("The hub gave a fee back, so %(amount)s of your partner’s share are taken back."),
        amount=written(amount),
    )


def paid(partner: Partner, amount: Money) -> None:
    _tell(
        partner,
        N_("Your partner’s share of %(amount)s will be sent to your bank account."),
        amount=written(amount),
    )


def payout_waits(partner: Partner, currency: str) -> None:
    """The month's share could not be paid, because the hub's fees are not there."""
    messaging.open_task(
        StaffRole.FINANCE,
        PAYOUT_WAITS,
        Partner.THING,
        partner.id,
        N_(
            "The share of the partner %(name)s can't be paid: too few of the hub's fees in "
            "%(currency)s are left on the designated account."
        ),
        {"name": partner.company.legal_name, "currency": currency},
        paths.partner_at_the_hub(partner.public_id),
    )
