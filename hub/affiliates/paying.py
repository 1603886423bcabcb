"""Shares become payable when the time for refunds is over, and are paid by the payout path."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from hub.accounts.queries import own_company
from hub.affiliates import notices, queries
from hub.affiliates.models import Partner, Share, ShareState
from hub.core import settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.money import Money, total
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.payments import services as payments
from hub.payments.payouts.models import Payout
from hub.payments.payouts.queries import CREDIT_ROLES

#: Less than this, in main units of the currency, is paid only when the partner asks for it.
SMALLEST_MONTHLY_PAYOUT = Decimal(100)


@use_case
def make_payable(actor: Actor) -> int:
    """Mark the shares whose time for refunds is over; returns how many."""
    shares = db.session.scalars(
        select(Share)
        .where(Share.state == ShareState.PENDING, Share.payable_on <= settings.today())
        .order_by(Share.id)
    ).all()
    for share in shares:
        share.become_payable(actor)
    return len(shares)


@use_case
def pay_out(actor: Actor, currency: str) -> Payout:
    """Pay the actor's company all that is payable to it in one currency, by a payout that is due.

    Raises:
        NotFound: the actor's company is no partner.
        NotAllowed: neither an owner nor a finance person of the company, or it is not verified.
        Conflict: nothing is payable, or the hub's fees have left the designated account.
        Invalid: the hub has no designated account in the currency.
    """
    partner = queries.partner_of(own_company(actor).id)
    if partner is None:
        raise NotFound(_("Your company is not a partner."))
    if actor.company_role not in CREDIT_ROLES:
        raise NotAllowed(_("Only an owner or finance person of the company may do this."))
    if not partner.company.can_trade:
        raise NotAllowed(_("Shares are paid out while the hub has verified your company."))
    shares = queries.payable_shares(partner.id, currency, settings.today())
    if not shares:
        raise Conflict(
            _("Nothing is payable in %(currency)s now. Nothing was changed.", currency=currency)
        )
    return _pay(actor, partner, shares)


@use_case
def pay_for_month(actor: Actor, partner_id: int, currency: str) -> Payout | None:
    """Pay a partner what became payable before this month.

    None if that is less than the smallest sum, or the partner may not trade.

    Raises:
        Conflict: the hub's fees have left the designated account.
        Invalid: the hub has no designated account in the currency.
    """
    partner = db.session.get_one(Partner, partner_id)
    last_month = settings.today().replace(day=1) - timedelta(days=1)
    shares = queries.payable_shares(partner.id, currency, last_month)
    least = Money.from_decimal(SMALLEST_MONTHLY_PAYOUT, currency)
    if total([share.net for share in shares], currency) < least or not partner.company.can_trade:
        return None
    return _pay(actor, partner, shares)


def _pay(actor: Actor, partner: Partner, shares: Sequence[Share]) -> Payout:
    """Pay these shares, of one currency.

    The ledger comes first and the shares after it, as when income goes back: so the two never
    wait for each other, and a share that changed meanwhile makes this a Conflict.
    """
    amount = total([share.net for share in shares], shares[0].currency)
    payout = payments.pay_partner_share(
        actor,
        key=f"partner-paid:{shares[0].id}",
        company_id=partner.company_id,
        amount=amount,
        subject=(Partner.THING, partner.id),
    )
    for share in shares:
        if share.state is ShareState.PENDING:
            share.become_payable(actor)
        share.pay(actor, payout)
    notices.paid(partner, amount)
    messaging.close_tasks(actor, Partner.THING, partner.id, notices.PAYOUT_WAITS)
    return payout


def pay_all_for_month(actor: Actor) -> int:
    """Pay every partner its month, each in a transaction of its own; returns how many were paid.

    Where the hub's fees are not there, a task for its finance people says so.
    """
    paid = 0
    for partner_id, currency in queries.partners_with_payable():
        try:
            paid += pay_for_month(actor, partner_id, currency) is not None
        except (Conflict, Invalid):
            tell_that_payout_waits(actor, partner_id, currency)
    return paid


@use_case
def tell_that_payout_waits(actor: Actor, partner_id: int, currency: str) -> None:
    """Give the finance people the task to see to a partner's payout."""
    notices.payout_waits(db.session.get_one(Partner, partner_id), currency)
