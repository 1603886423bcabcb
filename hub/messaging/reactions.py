"""What facts about people and companies lead to: mails with links, notices, tasks."""

from hub.accounts import queries as accounts
from hub.accounts.events import (
    BankAccountChanged,
    BankAccountReviewed,
    ColleagueInvited,
    CompanyReinstated,
    CompanyReviewed,
    CompanySubmitted,
    CompanySuspended,
    EmailConfirmationRequested,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationRepeated,
    StaffCreated,
)
from hub.accounts.models import Company, Invitation, Verification
from hub.core import paths, settings
from hub.core.actor import SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.i18n import N_
from hub.messaging import services

_MONEY_ROLES = (CompanyRole.OWNER, CompanyRole.FINANCE)

_OUTCOMES = {
    Verification.VERIFIED: N_("The hub has verified %(company)s: it may trade now."),
    Verification.REVISION_REQUESTED: N_(
        "The hub needs more from %(company)s before it can be verified: %(reason)s"
    ),
    Verification.REJECTED: N_("The hub has not verified %(company)s: %(reason)s"),
    Verification.REVOKED: N_(
        "The hub has revoked the verification of %(company)s; it can't trade: %(reason)s"
    ),
}


def _mail(user_id: int, subject: str, text: str, path: str | None) -> None:
    user = accounts.user(user_id)
    services.send_mail(
        user.email,
        user.language,
        subject,
        text,
        {"name": user.name, "hub": settings.current().hub_name},
        path,
    )


def on_email_confirmation_requested(event: EmailConfirmationRequested) -> None:
    _mail(
        event.user_id,
        N_("Confirm your e-mail address"),
        N_(
            "Hello %(name)s,\n\nplease confirm that this is your address at %(hub)s. The link "
            "works once, for three days:"
        ),
        paths.email_confirmation(event.token),
    )


def on_registration_repeated(event: RegistrationRepeated) -> None:
    _mail(
        event.user_id,
        N_("You are registered already"),
        N_(
            "Hello %(name)s,\n\nsomebody, perhaps you, has just tried to register at %(hub)s with "
            "this address. It has an account already, and nothing was changed. If you have "
            "forgotten your password, choose a new one here:"
        ),
        paths.FORGOT_PASSWORD,
    )


def on_staff_created(event: StaffCreated) -> None:
    _mail(
        event.user_id,
        N_("Your account at %(hub)s"),
        N_(
            "Hello %(name)s,\n\nyou now work for %(hub)s. Choose your password here; the link "
            "works once, for seven days:"
        ),
        paths.password_reset(event.token),
    )


def on_password_reset_requested(event: PasswordResetRequested) -> None:
    _mail(
        event.user_id,
        N_("Choose a new password"),
        N_(
            "Hello %(name)s,\n\nhere you can choose a new password for %(hub)s. The link works "
            "once, for two hours. If you didn't ask for it, do nothing:"
        ),
        paths.password_reset(event.token),
    )


def on_password_changed(event: PasswordChanged) -> None:
    _mail(
        event.user_id,
        N_("Your password was changed"),
        N_(
            "Hello %(name)s,\n\nyour password at %(hub)s was changed just now, and other browsers "
            "were signed out. If that wasn't you, choose a new password at once:"
        ),
        paths.FORGOT_PASSWORD,
    )


def on_colleague_invited(event: ColleagueInvited) -> None:
    invitation = db.session.get_one(Invitation, event.invitation_id)
    inviter = accounts.user(invitation.invited_by)
    services.send_mail(
        invitation.email,
        inviter.language,
        N_("%(inviter)s invites you to %(hub)s"),
        N_(
            "Hello,\n\n%(inviter)s invites you to work for %(company)s at %(hub)s. The link works "
            "once, for seven days:"
        ),
        {
            "inviter": inviter.name,
            "company": accounts.company(invitation.company_id).legal_name,
            "hub": settings.current().hub_name,
        },
        paths.invitation(event.token),
    )


def on_company_submitted(event: CompanySubmitted) -> None:
    company = accounts.company(event.company_id)
    services.open_task(
        StaffRole.VERIFIER,
        "verification",
        Company.THING,
        company.id,
        N_("Check %(company)s, which wants to trade"),
        {"company": company.legal_name},
        paths.company_verification(company.public_id),
    )


def on_company_reviewed(event: CompanyReviewed) -> None:
    services.close_tasks(SYSTEM, Company.THING, event.company_id, "verification")
    services.notify_company(
        event.company_id,
        list(CompanyRole),
        _OUTCOMES[Verification(event.outcome)],
        {
            "company": accounts.company(event.company_id).legal_name,
            "reason": event.reason,
        },
        paths.COMPANY,
    )


def on_company_suspended(event: CompanySuspended) -> None:
    services.notify_company(
        event.company_id,
        list(CompanyRole),
        N_(
            "%(company)s is suspended and can't trade: %(reason)s Answer to this mail if you "
            "think that this is wrong."
        ),
        {
            "company": accounts.company(event.company_id).legal_name,
            "reason": event.reason,
        },
        paths.COMPANY,
    )


def on_company_reinstated(event: CompanyReinstated) -> None:
    services.notify_company(
        event.company_id,
        list(CompanyRole),
        N_("The suspension of %(company)s is lifted: %(reason)s"),
        {
            "company": accounts.company(event.company_id).legal_name,
            "reason": event.reason,
        },
        paths.COMPANY,
    )


def on_bank_account_changed(event: BankAccountChanged) -> None:
    company = accounts.company(event.company_id)
    services.notify_company(
        company.id,
        _MONEY_ROLES,
        N_(
            "The bank account of %(company)s was changed. Payouts wait until the hub has checked "
            "it. If none of you did this, tell the hub at once."
        ),
        {"company": company.legal_name},
        paths.COMPANY,
    )
    if company.is_verified:
        services.open_task(
            StaffRole.VERIFIER,
            "bank_account",
            Company.THING,
            company.id,
            N_("Check the changed bank account of %(company)s"),
            {"company": company.legal_name},
            paths.company_verification(company.public_id),
        )


def on_bank_account_reviewed(event: BankAccountReviewed) -> None:
    waiting = {account.company_id for account in accounts.bank_accounts_to_verify()}
    if event.company_id not in waiting:
        services.close_tasks(SYSTEM, Company.THING, event.company_id, "bank_account")
    services.notify_company(
        event.company_id,
        _MONEY_ROLES,
        N_("The hub has checked the bank account of %(company)s: payouts may go there.")
        if event.accepted
        else N_(
            "The hub can't accept the bank account of %(company)s: %(reason)s Enter another one."
        ),
        {
            "company": accounts.company(event.company_id).legal_name,
            "reason": event.reason,
        },
        paths.COMPANY,
    )
