"""The company's data, papers, bank account and blocks, and the hub's check of them."""

import pytest
from sqlalchemy import func, select

from hub.accounts import passwords, queries, services
from hub.accounts.models import (
    AccountState,
    Company,
    CompanyBlock,
    CompanyPaper,
    User,
    Verification,
)
from hub.core import audit
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.messaging.models import Notice, StaffTask
from tests.accounts.registering import OTHER_GSTIN, PASSWORD, bank, profile
from tests.factories import Factories

PDF = b"%PDF-1.7 registered"


def _newcomer(make: Factories) -> tuple[Company, Actor]:
    company = make.company(state=Verification.UNVERIFIED, verified_at=None)
    account = queries.current_bank_accounts(company.id)[0]
    account.verified_at = None
    db.session.commit()
    user = make.user(company, password_hash=passwords.hash_password(PASSWORD))
    return company, queries.actor_of(user)


def _submitted(make: Factories) -> tuple[Company, Actor]:
    company, owner = _newcomer(make)
    services.add_paper(owner, "Extract", "extract.pdf", PDF)
    services.submit_for_verification(owner, company.version)
    return company, owner


def _open_tasks() -> list[str]:
    return list(db.session.scalars(select(StaffTask.kind).where(StaffTask.closed_at.is_(None))))


def test_a_company_is_verified_step_by_step(make: Factories) -> None:
    verifier = make.staff(StaffRole.VERIFIER)
    company, owner = _submitted(make)
    assert _open_tasks() == ["verification"]
    assert [row.id for row, _name in queries.verification_queue()] == [company.id]
    services.take(verifier, company.public_id, company.version)
    services.approve(verifier, company.public_id, "papers fit", company.version)
    assert company.state is Verification.VERIFIED
    assert company.verified_at is not None
    assert company.can_trade
    account = queries.current_bank_account(company.id, "INR")
    assert account is not None
    assert account.verified_by == verifier.user_id
    assert _open_tasks() == []
    steps = [
        (entry.actor_name, entry.state_from, entry.state_to, entry.reason)
        for entry in audit.history([(Company.THING, company.id)])
    ]
    assert steps == [
        (verifier.name, "under_review", "verified", "papers fit"),
        (verifier.name, "submitted", "under_review", None),
        (owner.name, "unverified", "submitted", None),
    ]
    messages = db.session.scalars(select(Notice.message).where(Notice.user_id == owner.user_id))
    assert messages.all() == ["The hub has verified %(company)s: it may trade now."]


def test_more_is_asked_and_the_company_comes_again(make: Factories) -> None:
    verifier = make.staff(StaffRole.VERIFIER)
    company, owner = _submitted(make)
    services.take(verifier, company.public_id, company.version)
    with pytest.raises(Invalid):
        services.ask_for_more(verifier, company.public_id, "  ", company.version)
    services.ask_for_more(verifier, company.public_id, "The licence is missing.", company.version)
    assert (company.state, company.review_reason) == (
        Verification.REVISION_REQUESTED,
        "The licence is missing.",
    )
    services.add_paper(owner, "Licence", "licence.png", b"\x89PNG\r\n\x1a\n...")
    services.submit_for_verification(owner, company.version)
    services.take(verifier, company.public_id, company.version)
    services.reject(verifier, company.public_id, "Not genuine.", company.version)
    assert company.state is Verification.REJECTED


def test_a_decision_on_what_has_changed_meanwhile_is_refused(make: Factories) -> None:
    verifier = make.staff(StaffRole.VERIFIER)
    company, owner = _submitted(make)
    services.take(verifier, company.public_id, company.version)
    seen = company.version
    services.change_bank_account(owner, bank(account_number="99998888777"), PASSWORD)
    with pytest.raises(Conflict):
        services.approve(verifier, company.public_id, "", seen)
    assert company.state is Verification.UNDER_REVIEW
    account = queries.current_bank_account(company.id, "INR")
    assert account is not None
    assert account.verified_at is None


def test_one_verifier_at_a_time(make: Factories) -> None:
    first, second = make.staff(StaffRole.VERIFIER), make.staff(StaffRole.VERIFIER)
    company, _owner = _submitted(make)
    with pytest.raises(InvalidTransition):
        services.approve(first, company.public_id, "", company.version)
    services.take(first, company.public_id, company.version)
    with pytest.raises(Conflict):
        services.approve(second, company.public_id, "", company.version)
    services.take(second, company.public_id, company.version)
    with pytest.raises(Conflict):
        services.approve(first, company.public_id, "", company.version)
    services.approve(second, company.public_id, "", company.version)
    assert company.state is Verification.VERIFIED


def test_only_verifiers_review_and_only_administrators_suspend(make: Factories) -> None:
    company, owner = _submitted(make)
    for actor in (owner, make.staff(StaffRole.BROKER), make.staff(StaffRole.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            services.take(actor, company.public_id, company.version)
    for actor in (owner, make.staff(StaffRole.VERIFIER)):
        with pytest.raises(NotAllowed):
            services.suspend(actor, company.public_id, "no")
    assert (company.state, company.account_state) == (
        Verification.SUBMITTED,
        AccountState.ACTIVE,
    )


def test_submitting_needs_a_paper_and_an_owner(make: Factories) -> None:
    company, owner = _newcomer(make)
    with pytest.raises(Invalid):
        services.submit_for_verification(owner, company.version)
    services.add_paper(owner, "Extract", "extract.pdf", PDF)
    trader = make.trader(company, role=CompanyRole.TRADER)
    with pytest.raises(NotAllowed):
        services.submit_for_verification(trader, company.version)
    services.submit_for_verification(owner, company.version)
    with pytest.raises(Conflict):
        services.submit_for_verification(owner, company.version)


@pytest.mark.parametrize(
    ("data", "title", "field"),
    [
        (b"PK\x03\x04 a zip", "Extract", "file"),
        (b"", "Extract", "file"),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), "Extract", "file"),
        (PDF, " ", "title"),
    ],
    ids=["zip", "empty", "large", "untitled"],
)
def test_papers_are_known_by_content(make: Factories, data: bytes, title: str, field: str) -> None:
    _company, owner = _newcomer(make)
    with pytest.raises(Invalid) as refused:
        services.add_paper(owner, title, "paper.pdf", data)
    assert list(refused.value.fields) == [field]
    assert db.session.scalar(select(func.count()).select_from(CompanyPaper)) == 0


def test_papers_are_read_by_few(make: Factories) -> None:
    company, owner = _newcomer(make)
    paper = services.add_paper(owner, "Extract", "extract.pdf", PDF)
    finance = make.trader(company, role=CompanyRole.FINANCE)
    for reader in (owner, finance, make.staff(StaffRole.VERIFIER)):
        assert queries.paper(reader, paper.public_id).file.read() == PDF
    for other in (
        make.trader(company, role=CompanyRole.TRADER),
        make.trader(company, role=CompanyRole.VIEWER),
        make.trader(),
        make.staff(StaffRole.BROKER),
    ):
        with pytest.raises(NotFound):
            queries.paper(other, paper.public_id)
    with pytest.raises(NotFound):
        services.remove_paper(make.trader(), paper.public_id)
    services.remove_paper(finance, paper.public_id)
    assert queries.papers(owner, company.id) == []


def test_a_changed_account_of_a_verified_company_waits_for_a_verifier(make: Factories) -> None:
    company = make.company()
    user = make.user(company, password_hash=passwords.hash_password(PASSWORD))
    owner = queries.actor_of(user)
    old = queries.current_bank_account(company.id, "INR")
    assert old is not None
    with pytest.raises(Invalid) as refused:
        services.change_bank_account(owner, bank(), "wrong password")
    assert list(refused.value.fields) == ["password"]
    assert old.retired_at is None
    new = services.change_bank_account(owner, bank(), PASSWORD)
    assert old.retired_at is not None
    assert (new.verified_at, queries.current_bank_account(company.id, "INR")) == (None, new)
    assert company.state is Verification.VERIFIED
    assert _open_tasks() == ["bank_account"]
    with pytest.raises(Invalid):
        services.change_bank_account(owner, bank(), PASSWORD)
    verifier = make.staff(StaffRole.VERIFIER)
    with pytest.raises(NotFound):
        services.verify_bank_account(verifier, old.public_id)
    services.verify_bank_account(verifier, new.public_id)
    assert new.verified_by == verifier.user_id
    assert _open_tasks() == []


def test_a_refused_account_retires(make: Factories) -> None:
    company = make.company()
    owner = queries.actor_of(make.user(company, password_hash=passwords.hash_password(PASSWORD)))
    account = services.change_bank_account(owner, bank(), PASSWORD)
    with pytest.raises(NotAllowed):
        services.refuse_bank_account(owner, account.public_id, "no")
    services.refuse_bank_account(
        make.staff(StaffRole.VERIFIER), account.public_id, "Holder is someone else."
    )
    assert queries.current_bank_account(company.id, "INR") is None


def test_traders_and_others_do_not_touch_the_account(make: Factories) -> None:
    company = make.company()
    password_hash = passwords.hash_password(PASSWORD)
    trader = queries.actor_of(make.user(company, CompanyRole.TRADER, password_hash=password_hash))
    with pytest.raises(NotAllowed):
        services.change_bank_account(trader, bank(), PASSWORD)
    assert len(queries.bank_accounts(company.id)) == 1


def test_another_legal_identity_is_verified_anew(make: Factories) -> None:
    company = make.company()
    owner = queries.actor_of(make.user(company))
    values = {"legal_name": company.legal_name}
    assert services.change_profile(owner, profile(make, **values), company.version) is True
    assert company.state is Verification.SUBMITTED
    assert _open_tasks() == ["verification"]
    with pytest.raises(Conflict):
        services.change_profile(owner, profile(make, city="Pune"), 1)
    assert company.city == "Nashik"


def test_another_address_is_not_verified_anew(make: Factories) -> None:
    company = make.company(registration_number=OTHER_GSTIN)
    owner = queries.actor_of(make.user(company))
    same = profile(
        make, legal_name=company.legal_name, registration_number=OTHER_GSTIN, city="Pune"
    )
    assert services.change_profile(owner, same, company.version) is False
    assert (company.state, company.city) == (Verification.VERIFIED, "Pune")


def test_the_number_of_another_company_can_not_be_taken(make: Factories) -> None:
    make.company(registration_number=OTHER_GSTIN)
    company = make.company()
    owner = queries.actor_of(make.user(company))
    with pytest.raises(Invalid) as refused:
        services.change_profile(
            owner, profile(make, registration_number=OTHER_GSTIN), company.version
        )
    assert list(refused.value.fields) == ["registration_number"]
    viewer = make.trader(company, role=CompanyRole.VIEWER)
    with pytest.raises(NotAllowed):
        services.change_profile(viewer, profile(make), company.version)


def test_a_suspended_company_can_not_trade_and_is_told_why(make: Factories) -> None:
    company = make.company()
    user: User = make.user(company)
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    with pytest.raises(Invalid):
        services.suspend(administrator, company.public_id, " ")
    services.suspend(administrator, company.public_id, "Sold what it did not have.")
    assert queries.actor_of(user).company_verified is False
    with pytest.raises(InvalidTransition):
        services.suspend(administrator, company.public_id, "again")
    parameters = db.session.scalars(select(Notice.parameters)).one()
    assert parameters == {"company": company.legal_name, "reason": "Sold what it did not have."}
    services.reinstate(administrator, company.public_id, "Made good.")
    assert queries.actor_of(user).company_verified is True


def test_a_revoked_company_can_not_trade(make: Factories) -> None:
    company = make.company()
    services.revoke(make.staff(StaffRole.VERIFIER), company.public_id, "Struck off.", 1)
    assert (company.state, company.can_trade) == (Verification.REVOKED, False)


def test_blocks_are_by_alias_and_one_sided(make: Factories) -> None:
    trader, other = make.trader(), make.company()
    for alias in ("T-NONE", queries.own_company(trader).alias):
        with pytest.raises(Invalid):
            services.block_company(trader, alias)
    services.block_company(trader, f" {other.alias.lower()} ")
    services.block_company(trader, other.alias)
    assert queries.blocked_pairs() == {frozenset({trader.company_id, other.id})}
    assert db.session.scalar(select(func.count()).select_from(CompanyBlock)) == 1
    with pytest.raises(NotFound):
        services.unblock_company(make.trader(other), queries.own_company(trader).alias)
    services.unblock_company(trader, other.alias)
    assert queries.blocked_pairs() == set()


def test_every_step_of_verification_follows_the_table(make: Factories) -> None:
    verifier = make.staff(StaffRole.VERIFIER)
    for before in Verification:
        for verb, after in (
            ("take", Verification.UNDER_REVIEW),
            ("ask_for_more", Verification.REVISION_REQUESTED),
            ("reject", Verification.REJECTED),
            ("revoke", Verification.REVOKED),
            ("submit", Verification.SUBMITTED),
        ):
            company = Company(state=before, id=1)
            arguments = (verifier,) if verb in ("take", "submit") else (verifier, "reason")
            if after in Company.TRANSITIONS[before]:
                getattr(company, verb)(*arguments)
                assert company.state is after
            else:
                with pytest.raises(InvalidTransition):
                    getattr(company, verb)(*arguments)
                assert company.state is before
    db.session.rollback()
