"""Becoming a partner, and what the hub's staff decide about partners."""

from dataclasses import asdict
from decimal import Decimal

from sqlalchemy import select

from hub.accounts.models import Company
from hub.accounts.services import require_owner
from hub.affiliates import notices, queries
from hub.affiliates.codes import new_code
from hub.affiliates.models import Partner, PartnerState
from hub.affiliates.terms import terms_for
from hub.core import audit, clock
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.numbers import RATE_PLACES, plain, round_half_even
from hub.core.reasons import required_reason
from hub.core.use_case import use_case


@use_case
def join(actor: Actor, terms_shown: str) -> Partner:
    """The actor's company accepts the terms and becomes a partner; also one that was invited.

    ``terms_shown`` is the mark of the terms that the page showed.

    Raises:
        NotFound: the actor has no company.
        NotAllowed: not an owner, or the company is not verified.
        Invalid: other terms are in force than those that were shown (field ``accepts``).
        Conflict: it is a partner already, or was stopped.
    """
    company = require_owner(actor)
    if not company.can_trade:
        raise NotAllowed(_("Your company can become a partner when the hub has verified it."))
    partner = queries.partner_of(company.id)
    if partner is not None and partner.state is not PartnerState.INVITED:
        raise Conflict(_("Your company is a partner already. Nothing was changed."))
    terms = terms_for(partner)
    if terms_shown != terms.mark:
        sentence = _("The terms have changed meanwhile. Read them and accept them again.")
        raise Invalid(sentence, {"accepts": [sentence]})
    details = {name: audit.json_value(value) for name, value in asdict(terms).items()}
    if partner is not None:
        partner.accept(actor, clock.now())
        audit.record(actor, partner, "terms_accepted", **details)
        return partner
    partner = _make(company, PartnerState.ACTIVE)
    partner.accepted_at, partner.accepted_by = clock.now(), actor.user_id
    audit.record(actor, partner, "joined", state_to=partner.state.value)
    audit.record(actor, partner, "terms_accepted", **details)
    return partner


def _make(company: Company, state: PartnerState) -> Partner:
    partner = Partner(company=company, code=new_code(), state=state, created_at=clock.now())
    db.session.add(partner)
    return partner


@use_case
def grant(actor: Actor, alias: str, reason: str) -> Partner:
    """Invite a company, named by its alias, to become a partner; it still accepts the terms.

    Raises:
        NotAllowed: not an administrator.
        Invalid: no company has this alias (field ``alias``), or no reason.
        Conflict: it is or was a partner already.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    why = required_reason(reason, _("Say why."))
    company = db.session.scalar(select(Company).where(Company.alias == alias.strip().upper()))
    if company is None:
        sentence = _("No company has this alias.")
        raise Invalid(sentence, {"alias": [sentence]})
    if queries.partner_of(company.id) is not None:
        raise Conflict(_("This company is in the list of partners already. Nothing was changed."))
    partner = _make(company, PartnerState.INVITED)
    audit.record(actor, partner, "invited", state_to=partner.state.value, reason=why)
    notices.invited(partner)
    return partner


@use_case
def stop(
    actor: Actor, public_id: str, expected_version: int, reason: str, *, for_cause: bool
) -> Partner:
    """The partner brings nobody any more; ``for_cause`` ends its earning from earlier members too.

    Raises:
        NotAllowed: not an administrator.
        NotFound: there is none.
        Invalid: no reason.
        Conflict: changed meanwhile, or stopped already.
    """
    partner, why = _to_change(actor, public_id, expected_version, reason)
    partner.stop(actor, why, for_cause=for_cause)
    notices.stopped(partner, why)
    return partner


@use_case
def resume(actor: Actor, public_id: str, expected_version: int, reason: str) -> Partner:
    """A stopped partner goes on; nothing is earned for the time in between. Raises as stop."""
    partner, why = _to_change(actor, public_id, expected_version, reason)
    partner.resume(actor, why)
    notices.resumed(partner, why)
    return partner


@use_case
def set_rate(
    actor: Actor, public_id: str, expected_version: int, rate: Decimal | None, reason: str
) -> Partner:
    """Give the partner a rate of its own, or the hub's again (None), for income still to come.

    Raises:
        NotAllowed: not an administrator.
        NotFound: there is none.
        Invalid: no reason, or not above 0 and below 1 with 6 decimals at most (field ``rate``).
        Conflict: changed meanwhile.
    """
    partner, why = _to_change(actor, public_id, expected_version, reason)
    if rate is not None and not (0 < rate < 1 and rate == round_half_even(rate, RATE_PLACES)):
        sentence = _("Give a share above 0% and below 100%, with up to 4 decimals.")
        raise Invalid(sentence, {"rate": [sentence]})
    before = partner.rate
    if rate == before:
        return partner
    partner.rate = rate
    audit.record(
        actor,
        partner,
        "rate_changed",
        reason=why,
        before=audit.json_value(before),
        after=audit.json_value(rate),
    )
    notices.rate_changed(partner, f"{plain(terms_for(partner).rate * 100)}%", why)
    return partner


def _to_change(
    actor: Actor, public_id: str, expected_version: int, reason: str
) -> tuple[Partner, str]:
    """The partner, if an administrator may change it now, and the reason."""
    actor.require(StaffRole.ADMINISTRATOR)
    partner = queries.partner_seen_by(actor, public_id)
    why = required_reason(reason, _("Say why."))
    if partner.version != expected_version:
        raise Conflict(_("Somebody changed this partner meanwhile. Look at it again, then repeat."))
    return partner, why


def locked(partner_id: int) -> Partner:
    """The partner, whose money nobody else counts until this transaction ends."""
    found = db.session.scalar(
        select(Partner)
        .where(Partner.id == partner_id)
        .with_for_update(of=Partner)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("There is no such partner."))
    return found
