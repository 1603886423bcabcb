"""A company joins: what is made, what is refused, and what nobody can find out."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts import passwords, queries, services
from hub.accounts.models import (
    AccountState,
    Company,
    CompanyBankAccount,
    RulesAcceptance,
    User,
    Verification,
)
from hub.core import clock
from hub.core.actor import SYSTEM, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotAllowed, NotFound
from tests.accounts.registering import GSTIN, PASSWORD, bank, profile, register
from tests.factories import Factories
from tests.messaging.reacting import mails_to, token_in


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_registration_makes_company_owner_account_and_acceptance(make: Factories) -> None:
    register(make, email=" Asha@Example.ORG ")
    user = queries.user_by_email("asha@example.org")
    assert user is not None
    assert user.company is not None
    assert (user.company_role, user.email_confirmed_at) == (CompanyRole.OWNER, None)
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")
    company = user.company
    assert (company.legal_name, company.registration_number) == ("Sahyadri Growers Ltd.", GSTIN)
    assert (company.state, company.account_state) == (
        Verification.UNVERIFIED,
        AccountState.PENDING,
    )
    account = queries.current_bank_account(company.id, "INR")
    assert account is not None
    assert (account.account_number, account.verified_at) == ("12345678901", None)
    acceptance = db.session.scalars(select(RulesAcceptance)).one()
    assert (acceptance.user_id, acceptance.company_id, acceptance.rules_version) == (
        user.id,
        company.id,
        "1",
    )
    assert acceptance.text_sha256 == hashlib.sha256(b"").hexdigest()


def test_the_mailed_link_confirms_once_and_activates_the_company(make: Factories) -> None:
    register(make)
    with pytest.raises(Invalid, match="Confirm your e-mail"):
        services.sign_in("asha@example.org", PASSWORD)
    first, second = (token_in(m, "/confirm") for m in mails_to("asha@example.org"))
    with pytest.raises(NotFound):
        services.confirm_email(first)
    user = services.confirm_email(second)
    assert user.email_confirmed_at is not None
    assert user.company is not None
    assert user.company.account_state is AccountState.ACTIVE
    assert services.sign_in("asha@example.org", PASSWORD)
    with pytest.raises(NotFound):
        services.confirm_email(second)


def test_old_and_forged_links_do_nothing(make: Factories) -> None:
    register(make)
    token = token_in(mails_to("asha@example.org")[0], "/confirm")
    with pytest.raises(NotFound):
        services.confirm_email("forged")
    with pytest.raises(NotFound):
        services.reset_password(token, "another good password")
    with clock.standing_at(clock.now() + timedelta(days=3, seconds=1)), pytest.raises(NotFound):
        services.confirm_email(token)
    assert db.session.scalar(select(User.email_confirmed_at)) is None


def test_a_known_address_is_not_told_but_its_user_is_mailed(make: Factories) -> None:
    known = make.user(make.company())
    companies, users = _count(Company), _count(User)
    register(make, email=known.email)
    assert (_count(Company), _count(User)) == (companies, users)
    assert [mail["subject"] for mail in mails_to(known.email)] == ["You are registered already"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"legal_name": "ಸಹ್ಯಾದ್ರಿ"}, "legal_name"),
        ({"legal_name": "  "}, "legal_name"),
        ({"legal_name": "x" * 201}, "legal_name"),
        ({"registration_number": "27AAPFU0939F1ZW"}, "registration_number"),
        ({"country": "XX"}, "country"),
        ({"vat_id": "123"}, "vat_id"),
        ({"region_id": 999_999}, "region"),
        ({"city": ""}, "city"),
    ],
)
def test_a_wrong_profile_is_refused_at_its_field(
    make: Factories, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        register(make, profile=profile(make, **values))
    assert list(refused.value.fields) == [field]
    assert (_count(Company), _count(User), _count(CompanyBankAccount)) == (0, 0, 0)


@pytest.mark.parametrize(
    "password",
    ["short", "password123", "aaaaaaaaaaaa", "asha@example.org", "Asha@Example.org", "x" * 201],
)
def test_weak_passwords_are_refused(make: Factories, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        register(make, password=password)
    assert list(refused.value.fields) == ["password"]
    assert _count(User) == 0


def test_other_rules_than_those_in_force_can_not_be_accepted(make: Factories) -> None:
    with pytest.raises(Invalid) as refused:
        register(make, rules_version="0")
    assert list(refused.value.fields) == ["rules"]
    assert _count(User) == 0


def test_a_company_registers_once(make: Factories) -> None:
    register(make)
    with pytest.raises(Invalid) as refused:
        register(make, email="second@example.org")
    assert list(refused.value.fields) == ["registration_number"]
    assert (_count(Company), _count(User)) == (1, 1)


def test_an_imported_company_is_made_once_and_paid_in_each_currency(make: Factories) -> None:
    region = make.region()
    first = services.ensure_company(SYSTEM, "Dudhi  Mandi, Sonbhadra", region, "INR")
    again = services.ensure_company(SYSTEM, "Dudhi Mandi, Sonbhadra", region, "INR")
    assert first.id == again.id
    assert first.can_trade
    services.ensure_company(SYSTEM, "Dudhi Mandi, Sonbhadra", region, "USD")
    accounts = queries.current_bank_accounts(first.id)
    assert [account.currency for account in accounts] == ["INR", "USD"]
    assert _count(Company) == 1


def test_an_import_gives_no_account_to_a_company_that_registered(make: Factories) -> None:
    register(make)
    company = services.ensure_company(SYSTEM, "Sahyadri Growers Ltd.", make.region(), "USD")
    assert company.state is Verification.UNVERIFIED
    assert queries.current_bank_account(company.id, "USD") is None
    with pytest.raises(NotAllowed):
        services.ensure_company(make.trader(), "Another", make.region(), "INR")


def test_a_forgotten_password_is_replaced_and_every_session_ends(make: Factories) -> None:
    user = make.user(make.company(), password_hash=passwords.hash_password(PASSWORD))
    session = services.sign_in(user.email, PASSWORD)
    services.request_password_reset(user.email)
    services.request_password_reset("nobody@example.org")
    assert mails_to("nobody@example.org") == []
    token = token_in(mails_to(user.email)[0], "/reset-password")
    with pytest.raises(Invalid):
        services.reset_password(token, "short")
    services.reset_password(token, "a brand new password")
    assert queries.session_of(session) is None
    with pytest.raises(Invalid):
        services.sign_in(user.email, PASSWORD)
    assert services.sign_in(user.email, "a brand new password")
    with pytest.raises(NotFound):
        services.reset_password(token, "once more a password")
    assert [mail["subject"] for mail in mails_to(user.email)] == [
        "Choose a new password",
        "Your password was changed",
    ]


def test_a_changed_password_keeps_this_browser_only(make: Factories) -> None:
    user = make.user(make.company(), password_hash=passwords.hash_password(PASSWORD))
    here, there = services.sign_in(user.email, PASSWORD), services.sign_in(user.email, PASSWORD)
    actor = queries.actor_of(user)
    with pytest.raises(Invalid) as refused:
        services.change_password(actor, "wrong password", "a brand new password", here)
    assert list(refused.value.fields) == ["current"]
    assert queries.session_of(there) is not None
    services.change_password(actor, PASSWORD, "a brand new password", here)
    assert queries.session_of(here) is not None
    assert queries.session_of(there) is None


def test_bank_details_need_an_iban_where_there_are_ibans() -> None:
    assert bank(iban="DE89 3704 0044 0532 0130 00", country="").iban == "DE89370400440532013000"
    for values, field in (
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"country": "DE"}, "iban"),
        ({"clearing_code": "SBIN1000001"}, "clearing_code"),
        ({"country": "US", "clearing_code": "111000026"}, "clearing_code"),
        ({"account_number": "1"}, "account_number"),
        ({"bic": "COBADEFF"}, "bic"),
        ({"bic": "nonsense"}, "bic"),
        ({"currency": "XXX"}, "currency"),
        ({"holder": " "}, "holder"),
    ):
        with pytest.raises(Invalid) as refused:
            bank(**values)
        assert list(refused.value.fields) == [field]
    assert bank(country="US", clearing_code="111000025").clearing_code == "111000025"
