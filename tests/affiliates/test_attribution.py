"""Who brought a company: the code at its registration, and partners who would bring themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts.models import Company
from hub.accounts.queries import user_by_email
from hub.affiliates import queries, services
from hub.affiliates.models import Attribution, Refusal
from hub.core import clock, settings
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.messaging.models import Notice
from tests.accounts.registering import GSTIN, OTHER_GSTIN, bank, profile, register
from tests.affiliates.partner_factories import PartnerOffice, attribution_of, broken, shares
from tests.factories import Factories

SAME_PAN = "29" + GSTIN[2:12] + "1Z" + "R"


def _registered(email: str) -> Company:
    user = user_by_email(email)
    assert user is not None
    assert user.company is not None
    return user.company


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _join(office: PartnerOffice, **values: object) -> Company:
    """Register a stranger's company with the partner's code, but for ``values``."""
    defaults = {"email": "asha@sahyadri.example", "partner_code": office.partner.code}
    register(office.make, **(defaults | values))
    return _registered(str((defaults | values)["email"]))


def test_a_company_that_registers_with_a_code_is_the_partners(office: PartnerOffice) -> None:
    code = office.partner.code.lower()
    company = _join(office, partner_code=f" {code[:3]}-{code[3:]} ")
    found = attribution_of(company)
    assert (found.partner_id, found.refusal) == (office.partner.id, None)
    assert found.registered_on == settings.today()
    assert found.ends_on == settings.today() + timedelta(days=365)
    [notice] = db.session.scalars(select(Notice).where(Notice.user_id == office.owner.user_id))
    assert notice.parameters == {"alias": company.alias}
    assert company.legal_name not in notice.message


def test_without_a_code_nobody_brought_it(office: PartnerOffice) -> None:
    _join(office, partner_code="  ")
    assert _count(Attribution) == 0


@pytest.mark.parametrize("typed", ["ZZZZZZZ", "x" * 40, "🙂", "' OR 1=1", "-"])
def test_a_code_of_nobody_is_answered_at_the_form(office: PartnerOffice, typed: str) -> None:
    companies = _count(Company)
    with pytest.raises(Invalid) as refusal:
        _join(office, partner_code=typed)
    assert list(refusal.value.fields) == ["partner_code"]
    assert (_count(Company), _count(Attribution)) == (companies, 0)


def test_the_code_of_a_stopped_partner_is_answered_at_the_form(office: PartnerOffice) -> None:
    partner = office.partner
    services.stop(office.administrator, partner.public_id, partner.version, "why", for_cause=False)
    with pytest.raises(Invalid):
        _join(office)
    assert user_by_email("asha@sahyadri.example") is None


def test_a_known_address_is_answered_alike_and_attributed_to_nobody(
    office: PartnerOffice,
) -> None:
    known = office.make.user(office.make.company(), email="known@elsewhere.example")
    register(office.make, email=known.email, partner_code=office.partner.code)
    with pytest.raises(Invalid):
        register(office.make, email=known.email, partner_code="ZZZZZZZ")
    assert _count(Attribution) == 0


def test_the_first_partner_counts_for_ever(office: PartnerOffice) -> None:
    other = office.join(office.make.trader(email="a@other.example"))
    company = _join(office)
    assert services.attribute(SYSTEM, company.id, other.code) is None
    with clock.standing_at(clock.now() + timedelta(days=4000)):
        assert services.attribute(SYSTEM, company.id, other.code) is None
    assert attribution_of(company).partner_id == office.partner.id
    assert _count(Attribution) == 1


def _with_number(office: PartnerOffice, number: str, vat_id: str = "") -> None:
    office.partner.company.registration_number = number
    office.partner.company.vat_id = vat_id
    db.session.commit()


def test_the_same_legal_person_is_not_its_own_member(office: PartnerOffice) -> None:
    _with_number(office, SAME_PAN)
    assert attribution_of(_join(office)).refusal is Refusal.SAME_NUMBER
    _with_number(office, GSTIN[2:12])
    other = _join(
        office,
        email="b@elsewhere.example",
        profile=profile(office.make, registration_number=OTHER_GSTIN, legal_name="Other Ltd."),
    )
    assert attribution_of(other).refusal is None


def test_the_same_tax_number_is_not_its_own_member(office: PartnerOffice) -> None:
    _with_number(office, "REG-000777", GSTIN)
    assert attribution_of(_join(office)).refusal is Refusal.SAME_NUMBER


def test_the_same_bank_account_even_a_former_one(office: PartnerOffice) -> None:
    [account] = office.partner.company.bank_accounts
    account.retired_at = clock.now()
    db.session.commit()
    same = bank(account_number=account.account_number)
    company = _join(office, bank=same)
    assert attribution_of(company).refusal is Refusal.SAME_BANK_ACCOUNT
    elsewhere = bank(account_number=account.account_number, clearing_code="HDFC0000001")
    other = _join(
        office,
        email="b@elsewhere.example",
        bank=elsewhere,
        profile=profile(office.make, registration_number=OTHER_GSTIN),
    )
    assert attribution_of(other).refusal is None


@pytest.mark.parametrize(
    ("partner_email", "member_email", "refusal"),
    [
        ("a@partner.example", "b@Partner.Example", Refusal.SAME_DOMAIN),
        ("a@partner.example", "b@mail.partner.example", Refusal.SAME_DOMAIN),
        ("a@mail.partner.example", "b@partner.example", Refusal.SAME_DOMAIN),
        ("a@partner.example", "b@notpartner.example", None),
        ("a@gmail.com", "b@gmail.com", None),
        ("asha@gmail.com", "asha+hub@gmail.com", Refusal.SAME_PERSON),
        ("asha+x@qq.com", "asha+y@qq.com", Refusal.SAME_PERSON),
        ("asha@gmail.com", "asha@yahoo.com", None),
    ],
)
def test_people_of_the_partner_are_known_by_their_mail(
    make: Factories, partner_email: str, member_email: str, refusal: Refusal | None
) -> None:
    owner = make.trader(email=partner_email)
    partner = services.join(owner, "0.1/365/30")
    register(make, email=member_email, partner_code=partner.code)
    assert attribution_of(_registered(member_email)).refusal is refusal


def test_who_is_refused_is_not_told_but_the_staff_see_why(office: PartnerOffice) -> None:
    company = _join(office, email="wife@partner.example")
    found = attribution_of(company)
    assert found.refusal is Refusal.SAME_DOMAIN
    assert db.session.query(Notice).filter_by(user_id=office.owner.user_id).count() == 0
    page = queries.attributions_page(None, refused_only=True)
    assert [member.attribution.id for member in page.rows] == [found.id]
    assert broken() == []


def test_a_member_that_turns_out_to_be_the_partner_earns_nothing_more(
    office: PartnerOffice,
) -> None:
    member = office.member()
    office.earn(member, "100.00", "click:1")
    office.make.user(member, email="new@partner.example")
    office.earn(member, "100.00", "click:2", subject=2)
    found = attribution_of(member)
    assert (found.refusal, found.refused_at is not None) == (Refusal.SAME_DOMAIN, True)
    db.session.delete(user_by_email("new@partner.example"))
    db.session.commit()
    office.earn(member, "100.00", "click:3", subject=3)
    assert [row.amount_minor for row in shares()] == [1000]
    office.give_back(member, "100.00", "back:1")
    assert [row.taken_back_minor for row in shares()] == [1000]
    assert broken() == []


def test_the_partner_itself_is_refused(office: PartnerOffice) -> None:
    found = services.attribute(SYSTEM, office.partner.company_id, office.partner.code)
    assert found is not None
    assert found.refusal is Refusal.SAME_COMPANY
    assert broken() == []
