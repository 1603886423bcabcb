"""What partners earn from the hub's income, and what is taken back when income is returned.

A share is the partner's rate of one income, rounded half to even. When income goes back, what the
share is less by comes from the share itself while it is unpaid. What was paid already is a debt:
it is made good by the partner's unpaid shares in that currency, oldest first, and then by the next
ones before they are accrued.
"""

import hashlib
from datetime import date, timedelta

from sqlalchemy import select

from hub.accounts import queries as accounts
from hub.affiliates import notices, queries, self_referral
from hub.affiliates.attributing import refuse
from hub.affiliates.models import Attribution, Partner, Share, ShareReturn, ShareState
from hub.affiliates.partners import locked
from hub.affiliates.terms import Terms, terms_for
from hub.core import audit, clock, settings
from hub.core import money as amounts
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments import services as payments
from hub.payments.events import Income
from hub.payments.ledger import chart

#: Freight is the depots' and is never shared. Membership is shared when it is paid.
SHARED_ACCOUNTS = frozenset(
    {
        chart.COMMISSION_INCOME,
        chart.MEMBERSHIP_INCOME,
        chart.DEFERRED_MEMBERSHIP,
        chart.ADVERTISING_INCOME,
        chart.INQUIRY_INCOME,
    }
)

_LONGEST_KEY = 80


def ledger_key(kind: str, key: str) -> str:
    """``kind:key``, or a digest of the key where the ledger has no room for it."""
    whole = f"{kind}:{key}"
    if len(whole) <= _LONGEST_KEY:
        return whole
    return f"{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


@use_case
def earn(actor: Actor, income: Income) -> Share | None:
    """The partner's share in what the hub earned; the same key earns once.

    None if nobody brought the company, its time is over, the income is not shared, or the rate of
    it is less than half a minor unit.
    """
    today = settings.today()
    attribution = queries.attribution_of(income.company_id)
    if (
        attribution is None
        or income.account not in SHARED_ACCOUNTS
        or not attribution.counts_on(today)
    ):
        return None
    partner = locked(attribution.partner_id)
    known = db.session.scalar(select(Share.id).where(Share.income_key == income.key))
    if known is not None or not partner.earns or _is_itself(actor, partner, attribution):
        return None
    terms = terms_for(partner)
    amount = amounts.share(Money(income.amount_minor, income.currency), terms.rate)
    if not amount:
        return None
    share = _new_share(attribution, income, terms, amount, today)
    audit.record(actor, share, "earned", amount=str(amount), key=income.key)
    if share.net:
        payments.accrue_partner_share(
            actor,
            key=ledger_key("share", income.key),
            company_id=partner.company_id,
            amount=share.net,
            subject=(Share.THING, share.id),
        )
    return share


def _is_itself(actor: Actor, partner: Partner, attribution: Attribution) -> bool:
    refusal = self_referral.found(partner.company, accounts.company(attribution.company_id))
    if refusal is not None:
        refuse(actor, attribution, refusal)
    return refusal is not None


def _new_share(
    attribution: Attribution, income: Income, terms: Terms, amount: Money, today: date
) -> Share:
    debt = queries.debt_of(attribution.partner_id, income.currency)
    withheld = min(debt, amount.minor)
    share = Share(
        partner_id=attribution.partner_id,
        attribution_id=attribution.id,
        state=ShareState.OFFSET if withheld == amount.minor else ShareState.PENDING,
        income_key=income.key,
        account=income.account,
        subject_kind=income.subject_kind,
        subject_id=income.subject_id,
        currency=income.currency,
        income_minor=income.amount_minor,
        rate=terms.rate,
        amount_minor=amount.minor,
        returned_minor=0,
        taken_back_minor=0,
        debt_minor=0,
        withheld_minor=withheld,
        earned_on=today,
        payable_on=today + timedelta(days=terms.hold_days),
        created_at=clock.now(),
    )
    db.session.add(share)
    db.session.flush()
    return share


@use_case
def take_back(actor: Actor, income: Income) -> Money:
    """The hub gave income back: the shares in it shrink to the rate of what is left of it.

    Where a subject brought several incomes the latest goes back first. The same key takes back
    once. Returns what the partner's shares are less by.
    """
    nothing = Money.zero(income.currency)
    attribution = queries.attribution_of(income.company_id)
    if attribution is None:
        return nothing
    partner = locked(attribution.partner_id)
    known = db.session.scalar(select(ShareReturn.id).where(ShareReturn.income_key == income.key))
    if known is not None:
        return nothing
    left, lost = income.amount_minor, nothing
    for share in _shares_in(attribution, income):
        part = min(left, share.income_minor - share.returned_minor)
        lost += _shrink(actor, partner, share, part, income.key)
        left -= part
        if not left:
            break
    _make_debts_good(actor, partner, income)
    if lost:
        notices.taken_back(partner, lost)
    return lost


def _shares_in(attribution: Attribution, income: Income) -> list[Share]:
    """Shares in income of this kind and subject that has not all gone back, latest first."""
    return list(
        db.session.scalars(
            select(Share)
            .where(
                Share.attribution_id == attribution.id,
                Share.account == income.account,
                Share.subject_kind == income.subject_kind,
                Share.subject_id == income.subject_id,
                Share.currency == income.currency,
                Share.returned_minor < Share.income_minor,
            )
            .order_by(Share.id.desc())
            .execution_options(populate_existing=True)
        )
    )


def _shrink(actor: Actor, partner: Partner, share: Share, part: int, key: str) -> Money:
    """Take ``part`` of the share's income back; returns what the share is less by."""
    share.returned_minor += part
    remaining = Money(share.income_minor - share.returned_minor, share.currency)
    kept = amounts.share(remaining, share.rate)
    lost = share.amount - share.taken_back - kept
    from_itself = min(lost.minor, share.net.minor) if share.is_unpaid else 0
    share.taken_back_minor += lost.minor
    share.debt_minor += lost.minor - from_itself
    db.session.add(
        ShareReturn(
            share_id=share.id,
            income_key=key,
            income_minor=part,
            amount_minor=lost.minor,
            debt_minor=lost.minor - from_itself,
            returned_on=settings.today(),
        )
    )
    audit.record(actor, share, "income_returned", amount=str(lost), key=key)
    share.close_if_nothing_is_owed(actor)
    _reduce(actor, partner, share, from_itself, ledger_key("share-back", f"{share.id}:{key}"))
    return lost


def _make_debts_good(actor: Actor, partner: Partner, income: Income) -> None:
    """Withhold what was paid too much from shares that are not paid yet, oldest first."""
    debt = queries.debt_of(partner.id, income.currency)
    if not debt:
        return
    for share in queries.unpaid_shares(partner.id, income.currency):
        part = min(debt, share.net.minor)
        share.withheld_minor += part
        audit.record(actor, share, "withheld", amount=str(Money(part, share.currency)))
        share.close_if_nothing_is_owed(actor)
        key = ledger_key("share-offset", f"{share.id}:{income.key}")
        _reduce(actor, partner, share, part, key)
        debt -= part
        if not debt:
            return


def _reduce(actor: Actor, partner: Partner, share: Share, minor: int, key: str) -> None:
    if minor:
        payments.take_back_partner_share(
            actor,
            key=key,
            company_id=partner.company_id,
            amount=Money(minor, share.currency),
            subject=(Share.THING, share.id),
        )
