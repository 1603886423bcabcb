"""The hub checks companies and their bank accounts, and suspends those that must not trade."""

from hub.accounts import queries
from hub.accounts.events import (
    BankAccountReviewed,
    CompanyReinstated,
    CompanyReviewed,
    CompanySuspended,
)
from hub.accounts.models import Company, CompanyBankAccount, Verification
from hub.core import audit, bus, clock
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, NotFound
from hub.core.i18n import _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case


def _company(actor: Actor, public_id: str, expected_version: int | None = None) -> Company:
    company = queries.company_seen_by(actor, public_id)
    if expected_version is not None and company.version != expected_version:
        raise Conflict(
            _(
                "The company's data or papers changed since you opened the page. Look at them "
                "again before you decide."
            )
        )
    return company


def _reason(text: str) -> str:
    return required_reason(text, _("Give the reason: the company reads it."))


@use_case
def take(actor: Actor, public_id: str, expected_version: int) -> Company:
    """Begin to check a submitted company, or take the check over from a colleague.

    Raises:
        NotAllowed: not a verifier. NotFound: no such company.
        InvalidTransition: it is not waiting to be checked.
        Conflict: a colleague took it, or the data changed, meanwhile.
    """
    actor.require(StaffRole.VERIFIER)
    company = _company(actor, public_id, expected_version)
    if company.state is Verification.UNDER_REVIEW and company.reviewer_id != actor.user_id:
        audit.record(actor, company, "review_taken_over", before=company.reviewer_id)
        company.reviewer_id = actor.user_id
    else:
        company.take(actor)
    return company


def _under_my_review(actor: Actor, public_id: str, expected_version: int) -> Company:
    actor.require(StaffRole.VERIFIER)
    company = _company(actor, public_id, expected_version)
    if company.state is Verification.UNDER_REVIEW and company.reviewer_id != actor.user_id:
        raise Conflict(_("A colleague is checking this company. Take it over to decide."))
    return company


@use_case
def approve(actor: Actor, public_id: str, reason: str, expected_version: int) -> Company:
    """Let the company trade, and confirm the bank accounts that were shown with it.

    Raises:
        NotAllowed: not a verifier. InvalidTransition: not under review.
        Conflict: a colleague checks it, or its data changed since the page was opened.
    """
    company = _under_my_review(actor, public_id, expected_version)
    company.approve(actor, reason.strip(), clock.now())
    for account in queries.current_bank_accounts(company.id):
        if account.verified_at is None:
            _confirm(actor, account)
    bus.publish(CompanyReviewed(company.id, company.state.value, reason.strip()))
    return company


@use_case
def ask_for_more(actor: Actor, public_id: str, reason: str, expected_version: int) -> Company:
    """Send the company back for papers or corrections; raises as :func:`approve` does, and
    Invalid without a reason."""
    company = _under_my_review(actor, public_id, expected_version)
    company.ask_for_more(actor, _reason(reason))
    bus.publish(CompanyReviewed(company.id, company.state.value, company.review_reason))
    return company


@use_case
def reject(actor: Actor, public_id: str, reason: str, expected_version: int) -> Company:
    """Refuse the company; raises as :func:`ask_for_more` does."""
    company = _under_my_review(actor, public_id, expected_version)
    company.reject(actor, _reason(reason))
    bus.publish(CompanyReviewed(company.id, company.state.value, company.review_reason))
    return company


@use_case
def revoke(actor: Actor, public_id: str, reason: str, expected_version: int) -> Company:
    """Take the verification of a company back (verifier); Invalid without a reason."""
    actor.require(StaffRole.VERIFIER)
    company = _company(actor, public_id, expected_version)
    company.revoke(actor, _reason(reason))
    bus.publish(CompanyReviewed(company.id, company.state.value, company.review_reason))
    return company


def _confirm(actor: Actor, account: CompanyBankAccount) -> None:
    account.verified_at = clock.now()
    account.verified_by = actor.user_id
    audit.record(actor, account, "bank_account_verified")


def _changed_account(actor: Actor, public_id: str) -> CompanyBankAccount:
    actor.require(StaffRole.VERIFIER)
    for account in queries.bank_accounts_to_verify():
        if account.public_id == public_id:
            return account
    raise NotFound(_("This bank account doesn't wait for verification any more."))


@use_case
def verify_bank_account(actor: Actor, public_id: str) -> CompanyBankAccount:
    """Confirm the changed account of a verified company: money may go there.

    Raises:
        NotAllowed: not a verifier.
        NotFound: the account was replaced or decided on meanwhile.
    """
    account = _changed_account(actor, public_id)
    _confirm(actor, account)
    bus.publish(BankAccountReviewed(account.company_id, True, ""))
    return account


@use_case
def refuse_bank_account(actor: Actor, public_id: str, reason: str) -> CompanyBankAccount:
    """Refuse a changed account: it retires, and the company has to enter another one.

    Raises:
        NotAllowed, NotFound: as :func:`verify_bank_account`.
        Invalid: no reason.
    """
    account = _changed_account(actor, public_id)
    why = _reason(reason)
    account.retired_at = clock.now()
    audit.record(actor, account, "bank_account_refused", reason=why)
    bus.publish(BankAccountReviewed(account.company_id, False, why))
    return account


@use_case
def suspend(actor: Actor, public_id: str, reason: str) -> Company:
    """Stop a company from trading (administrator); it is told the reason.

    Raises:
        NotAllowed: not an administrator. Invalid: no reason.
        InvalidTransition: it is not active.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    company = _company(actor, public_id)
    company.suspend(actor, _reason(reason))
    db.session.flush()
    bus.publish(CompanySuspended(company.id, company.suspension_reason))
    return company


@use_case
def reinstate(actor: Actor, public_id: str, reason: str) -> Company:
    """Lift a suspension (administrator); raises as :func:`suspend` does."""
    actor.require(StaffRole.ADMINISTRATOR)
    company = _company(actor, public_id)
    why = _reason(reason)
    company.reinstate(actor, why)
    db.session.flush()
    bus.publish(CompanyReinstated(company.id, why))
    return company
