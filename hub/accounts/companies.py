"""What a company does with its own data: profile, papers, bank account, submission, blocks."""

from dataclasses import asdict

from sqlalchemy import delete, select

from hub.accounts import identifiers, queries
from hub.accounts.events import BankAccountChanged, CompanySubmitted
from hub.accounts.models import (
    Company,
    CompanyBankAccount,
    CompanyBlock,
    CompanyPaper,
    Verification,
)
from hub.accounts.people import require_owner
from hub.accounts.registration import CompanyProfile, checked_profile
from hub.accounts.signing_in import check_password
from hub.core import audit, bus, clock, files
from hub.core.actor import Actor, CompanyRole
from hub.core.db.base import db
from hub.core.db.statements import changed
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case

MAXIMUM_PAPER_SIZE = 10 * 1024 * 1024
MAXIMUM_PAPERS = 20

_MEDIA_TYPES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
# Another name or number is another legal person: the hub checks again before it trades.
_IDENTITY = ("legal_name", "country", "registration_number", "vat_id")


def require_money_role(actor: Actor) -> Company:
    """The company whose money the actor looks after.

    Raises:
        NotFound: the actor has no company.
        NotAllowed: neither owner nor finance.
    """
    company = queries.own_company(actor)
    if actor.company_role not in (CompanyRole.OWNER, CompanyRole.FINANCE):
        raise NotAllowed(_("Only an owner or the finance people of the company may do this."))
    return company


@use_case
def change_profile(actor: Actor, profile: CompanyProfile, expected_version: int) -> bool:
    """Change what the company says about itself; True if the hub has to verify it anew.

    Raises:
        NotAllowed: not an owner.
        Invalid: something typed is wrong.
        Conflict: changed elsewhere meanwhile, or the hub is checking the data right now.
    """
    company = require_owner(actor)
    _require_version(company, expected_version)
    if company.state is Verification.UNDER_REVIEW:
        raise Conflict(_("The hub is checking your data right now. Change it after the answer."))
    checked = checked_profile(profile)
    before = {name: getattr(company, name) for name in asdict(checked)}
    changes = {name: value for name, value in asdict(checked).items() if value != before[name]}
    if not changes:
        return False
    _refuse_taken_number(company, checked)
    for name, value in changes.items():
        setattr(company, name, value)
    company.changed_at = clock.now()
    audit.record(
        actor,
        company,
        "profile_changed",
        before={name: before[name] for name in changes},
        after=changes,
    )
    again = company.is_verified and any(name in changes for name in _IDENTITY)
    if again:
        company.submit(actor, _("The company's legal identity changed."))
        bus.publish(CompanySubmitted(company.id))
    return again


def _require_version(company: Company, expected_version: int) -> None:
    if company.version != expected_version:
        raise Conflict(
            _("Somebody changed the company's data meanwhile. Look at them again, then repeat.")
        )


def _refuse_taken_number(company: Company, profile: CompanyProfile) -> None:
    taken = db.session.scalar(
        select(Company.id).where(
            Company.country == profile.country,
            Company.registration_number == profile.registration_number,
            Company.id != company.id,
        )
    )
    if taken is not None:
        sentence = _("Another company with this number is registered already.")
        raise Invalid(sentence, {"registration_number": [sentence]})


@use_case
def add_paper(actor: Actor, title: str, file_name: str, data: bytes) -> CompanyPaper:
    """Keep a paper that proves something about the company.

    Raises:
        NotAllowed: neither owner nor finance.
        Invalid: no title, not a PDF, PNG or JPEG by content, or larger than 10 MB.
    """
    company = require_money_role(actor)
    tidy = " ".join(title.split())
    if not 0 < len(tidy) <= 120:
        sentence = _("Say what this paper is, for example “Extract from the register”.")
        raise Invalid(sentence, {"title": [sentence]})
    media_type = _paper_type(data)
    if len(queries.papers(actor, company.id)) >= MAXIMUM_PAPERS:
        raise Invalid(_("A company can keep 20 papers. Remove one first."))
    paper = CompanyPaper(
        company_id=company.id,
        file=files.store(actor, data, file_name, media_type),
        title=tidy,
        uploaded_at=clock.now(),
    )
    db.session.add(paper)
    company.changed_at = clock.now()
    audit.record(actor, paper, "paper_added", title=tidy, sha256=paper.file.sha256)
    return paper


def _paper_type(data: bytes) -> str:
    if len(data) > MAXIMUM_PAPER_SIZE:
        sentence = _("The file is larger than 10 MB. Nothing was stored.")
        raise Invalid(sentence, {"file": [sentence]})
    for beginning, media_type in _MEDIA_TYPES:
        if data.startswith(beginning):
            return media_type
    sentence = _("Send a PDF, PNG or JPEG file; this one is something else. Nothing was stored.")
    raise Invalid(sentence, {"file": [sentence]})


@use_case
def remove_paper(actor: Actor, public_id: str) -> None:
    """Take a paper out of the company's list.

    Raises:
        NotFound: not a paper of the actor's company.
        NotAllowed: neither owner nor finance.
        Conflict: the hub has begun to check the company.
    """
    company = require_money_role(actor)
    paper = queries.paper(actor, public_id)
    if paper.company_id != company.id:
        raise NotFound(_("There is no such paper."))
    if company.state in (Verification.UNDER_REVIEW, Verification.VERIFIED):
        raise Conflict(_("The hub relies on this paper: add a newer one instead."))
    company.changed_at = clock.now()
    audit.record(actor, paper, "paper_removed", title=paper.title, sha256=paper.file.sha256)
    db.session.delete(paper)


@use_case
def change_bank_account(
    actor: Actor, details: identifiers.BankDetails, password: str
) -> CompanyBankAccount:
    """Have the company paid elsewhere. A verifier looks at it before money goes there.

    Raises:
        NotAllowed: neither owner nor finance.
        Invalid: the password is wrong, or the details are those in use.
        failures.TooManyAttempts: too many wrong passwords.
    """
    company = require_money_role(actor)
    if not check_password(actor, password):
        sentence = _("This is not your password. Nothing was changed.")
        raise Invalid(sentence, {"password": [sentence]})
    present = queries.current_bank_account(company.id, details.currency)
    if present is not None:
        if all(getattr(present, name) == value for name, value in asdict(details).items()):
            raise Invalid(_("These are the details in use already."))
        present.retired_at = clock.now()
        audit.record(actor, present, "bank_account_retired")
        db.session.flush()
    account = CompanyBankAccount(company_id=company.id, created_at=clock.now(), **asdict(details))
    db.session.add(account)
    company.changed_at = clock.now()
    audit.record(actor, account, "bank_account_added", currency=details.currency)
    bus.publish(BankAccountChanged(company.id))
    return account


@use_case
def submit_for_verification(actor: Actor, expected_version: int) -> None:
    """Ask the hub to check the company.

    Raises:
        NotAllowed: not an owner.
        Invalid: no paper or no bank account yet.
        InvalidTransition: it is submitted, under review or verified already.
        Conflict: the data changed meanwhile, or the account is not active.
    """
    company = require_owner(actor)
    _require_version(company, expected_version)
    if not queries.papers(actor, company.id):
        raise Invalid(_("Add at least one paper first, such as an extract from the register."))
    if not queries.current_bank_accounts(company.id):
        raise Invalid(_("Enter the bank account that you want to be paid on first."))
    if not company.can_be_submitted:
        raise Conflict(_("The company can't be submitted now; look at its state."))
    company.submit(actor)
    company.changed_at = clock.now()
    bus.publish(CompanySubmitted(company.id))


def _require_trading_role(actor: Actor) -> Company:
    company = queries.own_company(actor)
    if not actor.trades_for(company.id):
        raise NotAllowed(_("Only an owner or trader of the company may do this."))
    return company


@use_case
def block_company(actor: Actor, alias: str) -> None:
    """Never be matched with the company of this alias; it isn't told. Twice is once.

    Raises:
        NotAllowed: neither owner nor trader.
        Invalid: no company has the alias, or it is the own one.
    """
    company = _require_trading_role(actor)
    other = db.session.scalar(select(Company).where(Company.alias == alias.strip().upper()))
    if other is None or other.id == company.id:
        sentence = (
            _("This is your own alias.") if other else _("No company has the alias you typed.")
        )
        raise Invalid(sentence, {"alias": [sentence]})
    pair = {"company_id": company.id, "blocked_company_id": other.id}
    if db.session.scalar(select(CompanyBlock.id).filter_by(**pair)) is not None:
        return
    block = CompanyBlock(**pair, created_at=clock.now())
    db.session.add(block)
    audit.record(actor, block, "company_blocked", alias=other.alias)


@use_case
def unblock_company(actor: Actor, alias: str) -> None:
    """Lift a block of the actor's company (NotFound if there is none)."""
    company = _require_trading_role(actor)
    other = db.session.scalar(select(Company).where(Company.alias == alias.strip().upper()))
    lifted = changed(
        delete(CompanyBlock).where(
            CompanyBlock.company_id == company.id,
            CompanyBlock.blocked_company_id == (other.id if other else None),
        )
    )
    if not lifted:
        raise NotFound(_("This company is not blocked."))
    audit.record(actor, company, "company_unblocked", alias=alias.strip().upper())
