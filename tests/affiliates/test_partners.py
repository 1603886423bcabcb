"""Becoming a partner, and what the staff decide: invited, active, stopped, an own rate."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hub.accounts.models import Verification
from hub.affiliates import services
from hub.affiliates.codes import LENGTH
from hub.affiliates.models import Partner, PartnerState, ShareState
from hub.affiliates.queries import normalised
from hub.affiliates.terms import terms_for
from hub.core import audit, clock, settings
from hub.core.actor import SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.core.use_case import use_case
from hub.messaging.models import Notice
from tests.affiliates.partner_factories import PartnerOffice, attribution_of, broken, shares
from tests.factories import Factories


def _notices(user_id: int | None) -> list[str]:
    return [
        notice.message
        for notice in db.session.scalars(
            select(Notice).where(Notice.user_id == user_id).order_by(Notice.id)
        )
    ]


def _actions(partner: Partner) -> list[str]:
    return [entry.action for entry in audit.history([(Partner.THING, partner.id)])][::-1]


def test_an_owner_of_a_verified_company_accepts_the_terms(make: Factories) -> None:
    owner = make.trader()
    partner = services.join(owner, "0.1/365/30")
    assert (partner.company_id, partner.state) == (owner.company_id, PartnerState.ACTIVE)
    assert (partner.accepted_by, partner.rate) == (owner.user_id, None)
    assert len(partner.code) == LENGTH
    assert not set(partner.code) & set("01AEILOSUY")
    assert _actions(partner) == ["joined", "terms_accepted"]
    [accepted, _joined] = audit.history([(Partner.THING, partner.id)])
    assert accepted.details == {"rate": "0.10", "days": 365, "hold_days": 30}
    with pytest.raises(Conflict, match="a partner already"):
        services.join(owner, "0.1/365/30")
    assert db.session.query(Partner).count() == 1


def test_others_can_not_accept_the_terms(make: Factories) -> None:
    company = make.company()
    for role in (CompanyRole.TRADER, CompanyRole.FINANCE, CompanyRole.VIEWER):
        with pytest.raises(NotAllowed, match="Only an owner"):
            services.join(make.trader(company, role=role), "0.1/365/30")
    unverified = make.company(state=Verification.SUBMITTED)
    with pytest.raises(NotAllowed, match="has verified it"):
        services.join(make.trader(unverified), "0.1/365/30")
    with pytest.raises(NotFound):
        services.join(make.staff(StaffRole.ADMINISTRATOR), "0.1/365/30")
    assert db.session.query(Partner).count() == 0


@use_case
def _share_less() -> None:
    settings.change(SYSTEM, affiliate_rate=Decimal("0.05"))


def test_terms_that_changed_are_read_again(make: Factories) -> None:
    owner = make.trader()
    shown = terms_for(None).mark
    _share_less()
    with pytest.raises(Invalid) as refusal:
        services.join(owner, shown)
    assert list(refusal.value.fields) == ["accepts"]
    assert db.session.query(Partner).count() == 0
    assert services.join(owner, terms_for(None).mark).state is PartnerState.ACTIVE


def test_an_invited_company_becomes_a_partner_by_accepting(make: Factories) -> None:
    administrator, company = make.staff(StaffRole.ADMINISTRATOR), make.company()
    owner, name = make.trader(company), company.alias
    partner = services.grant(administrator, f" {name.lower()} ", "knows the growers")
    assert (partner.state, partner.brings_members) == (PartnerState.INVITED, False)
    assert _notices(owner.user_id) == [
        "The hub invites your company to become a partner. Read the terms and accept them."
    ]
    services.set_rate(administrator, partner.public_id, partner.version, Decimal("0.2"), "agreed")
    with pytest.raises(Invalid):
        services.join(owner, "0.1/365/30")
    assert services.join(owner, "0.2/365/30").id == partner.id
    assert (partner.state, partner.brings_members) == (PartnerState.ACTIVE, True)
    assert _actions(partner) == ["invited", "rate_changed", "accepted", "terms_accepted"]
    with pytest.raises(Conflict, match="in the list of partners already"):
        services.grant(administrator, name, "again")
    assert db.session.query(Partner).count() == 1


def test_invitations_need_a_reason_a_company_and_an_administrator(make: Factories) -> None:
    administrator, company = make.staff(StaffRole.ADMINISTRATOR), make.company()
    for alias, reason, field in (("T-XXXXX", "good", "alias"), (company.alias, "  ", "reason")):
        with pytest.raises(Invalid) as refusal:
            services.grant(administrator, alias, reason)
        assert list(refusal.value.fields) == [field]
    with pytest.raises(NotAllowed):
        services.grant(make.staff(StaffRole.FINANCE), company.alias, "good")
    assert db.session.query(Partner).count() == 0


def test_a_stopped_partner_brings_nobody_but_earlier_members_count(office: PartnerOffice) -> None:
    partner, member = office.partner, office.member()
    office.earn(member, "100.00", "click:1")
    services.stop(office.administrator, partner.public_id, partner.version, "spam", for_cause=False)
    assert not partner.brings_members
    with pytest.raises(Invalid):
        services.require_good_code(partner.code)
    office.earn(member, "100.00", "click:2", subject=2)
    assert [row.amount_minor for row in shares()] == [1000, 1000]
    assert _notices(office.owner.user_id)[-1].startswith(
        "Your company’s partnership is stopped: it"
    )
    services.resume(office.administrator, partner.public_id, partner.version, "mended its ways")
    assert (partner.state, partner.stop_reason) == (PartnerState.ACTIVE, "")
    assert services.require_good_code(partner.code).id == partner.id
    assert attribution_of(office.member()).refusal is None
    assert broken() == []


def test_stopped_for_cause_earns_nothing_more_but_is_paid_what_it_has(
    office: PartnerOffice,
) -> None:
    partner, member = office.partner, office.member()
    office.earn(member, "100.00", "click:1")
    services.stop(
        office.administrator, partner.public_id, partner.version, "forged", for_cause=True
    )
    office.earn(member, "100.00", "click:2", subject=2)
    assert [row.amount_minor for row in shares()] == [1000]
    office.give_back(member, "50.00", "back:1")
    with clock.standing_at(clock.now() + timedelta(days=30)):
        assert services.pay_out(office.owner, "INR").amount_minor == 500
        services.resume(office.administrator, partner.public_id, partner.version, "was wrong")
        office.earn(member, "70.00", "click:3", subject=3)
    assert [(row.amount_minor, row.state) for row in shares()] == [
        (1000, ShareState.PAID),
        (700, ShareState.PENDING),
    ]
    assert broken() == []


def test_decisions_need_a_reason_the_present_version_and_an_administrator(
    office: PartnerOffice,
) -> None:
    name, version = office.partner.public_id, office.partner.version
    boss = office.administrator
    for reason in ("", "  "):
        with pytest.raises(Invalid):
            services.stop(boss, name, version, reason, for_cause=True)
        with pytest.raises(Invalid):
            services.set_rate(boss, name, version, Decimal("0.2"), reason)
    for rate in ("0", "-0.1", "1", "0.0000001"):
        with pytest.raises(Invalid) as refusal:
            services.set_rate(boss, name, version, Decimal(rate), "why")
        assert list(refusal.value.fields) == ["rate"]
    with pytest.raises(Conflict, match="meanwhile"):
        services.stop(boss, name, version - 1, "why", for_cause=False)
    with pytest.raises(InvalidTransition):
        services.resume(boss, name, version, "why")
    with pytest.raises(NotFound):
        services.stop(boss, "0" * 13, version, "why", for_cause=False)
    for actor in (office.owner, office.make.staff(StaffRole.FINANCE, StaffRole.BROKER)):
        with pytest.raises(NotAllowed):
            services.stop(actor, name, version, "why", for_cause=False)
    present = db.session.get_one(Partner, office.partner.id, populate_existing=True)
    assert (present.state, present.rate, present.version) == (PartnerState.ACTIVE, None, version)


def test_a_partner_that_the_hub_no_longer_verifies_brings_nobody(office: PartnerOffice) -> None:
    office.partner.company.revoke(SYSTEM, "papers expired")
    db.session.commit()
    with pytest.raises(Invalid):
        services.require_good_code(office.partner.code)


def test_a_code_is_read_however_it_is_written(office: PartnerOffice) -> None:
    code = office.partner.code
    assert normalised(f" {code[:3].lower()}-{code[3:]} ") == code
    assert services.require_good_code(f"{code[:4]} {code[4:].lower()}").id == office.partner.id


def test_the_database_keeps_one_partner_a_company_and_accepted_terms(
    office: PartnerOffice,
) -> None:
    for values in (
        {"company_id": office.partner.company_id, "state": PartnerState.INVITED},
        {"company_id": office.make.company().id, "state": PartnerState.ACTIVE},
        {"company_id": office.make.company().id, "state": PartnerState.INVITED, "rate": Decimal(1)},
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(Partner(code="XXXXXXX", created_at=clock.now(), **values))
