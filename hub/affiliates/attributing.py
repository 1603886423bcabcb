"""Who brought a company: decided once, when it registers."""

from datetime import timedelta

from hub.accounts import queries as accounts
from hub.affiliates import notices, queries, self_referral
from hub.affiliates.models import Attribution, Partner, Refusal
from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.use_case import use_case


def require_good_code(typed: str) -> Partner:
    """The partner whose code this is, if it may bring members (else Invalid, ``partner_code``)."""
    partner = queries.partner_with_code(typed)
    if partner is None or not partner.brings_members:
        sentence = _(
            "No partner has this code at present. Check it for a missing or swapped character, "
            "or leave the field empty."
        )
        raise Invalid(sentence, {"partner_code": [sentence]})
    return partner


@use_case
def attribute(actor: Actor, company_id: int, typed: str) -> Attribution | None:
    """Note who brought a company that has just registered, for the days that partners share.

    A company that is the partner itself is noted with the reason, and counts for nobody. None
    without a code, and for a company that somebody brought before.

    Raises:
        Invalid: the code stands for no partner.
    """
    if not typed or queries.attribution_of(company_id) is not None:
        return None
    partner = require_good_code(typed)
    member = accounts.company(company_id)
    today = settings.today()
    refusal = self_referral.found(partner.company, member)
    attribution = Attribution(
        partner=partner,
        company=member,
        registered_on=today,
        ends_on=today + timedelta(days=settings.current().affiliate_days),
        made_at=clock.now(),
        refusal=refusal,
        refused_at=clock.now() if refusal else None,
    )
    db.session.add(attribution)
    if refusal:
        audit.record(actor, attribution, "refused", refusal=refusal.value)
        return attribution
    audit.record(actor, attribution, "attributed", partner=partner.code)
    notices.member_came(partner, attribution, member)
    return attribution


def refuse(actor: Actor, attribution: Attribution, refusal: Refusal) -> None:
    """It turns out later that the member is the partner itself: nothing more is earned from it."""
    attribution.refusal, attribution.refused_at = refusal, clock.now()
    audit.record(actor, attribution, "refused", refusal=refusal.value)
