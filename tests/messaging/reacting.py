"""What messaging does about facts of accounts, alone: without the rest of the trade's reactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from hub.accounts import events
from hub.core import bus
from hub.core.db.base import db
from hub.core.outbox import OutboxMessage
from hub.messaging import reactions

TABLE = {
    events.EmailConfirmationRequested: (reactions.on_email_confirmation_requested,),
    events.RegistrationRepeated: (reactions.on_registration_repeated,),
    events.StaffCreated: (reactions.on_staff_created,),
    events.PasswordResetRequested: (reactions.on_password_reset_requested,),
    events.PasswordChanged: (reactions.on_password_changed,),
    events.ColleagueInvited: (reactions.on_colleague_invited,),
    events.CompanySubmitted: (reactions.on_company_submitted,),
    events.CompanyReviewed: (reactions.on_company_reviewed,),
    events.CompanySuspended: (reactions.on_company_suspended,),
    events.CompanyReinstated: (reactions.on_company_reinstated,),
    events.BankAccountChanged: (reactions.on_bank_account_changed,),
    events.BankAccountReviewed: (reactions.on_bank_account_reviewed,),
}


@contextmanager
def reacting() -> Iterator[None]:
    """Install these reactions for a while."""
    before, guards = dict(bus._reactions), dict(bus._guards)
    bus.install(TABLE, guards)
    try:
        yield
    finally:
        bus.install(before, guards)


def mails_to(email: str) -> list[dict[str, str]]:
    """What waits in the outbox for this address, oldest first."""
    payloads = db.session.scalars(select(OutboxMessage.payload).order_by(OutboxMessage.id))
    return [payload for payload in payloads if payload["to"] == email]


def token_in(mail: dict[str, str], path: str) -> str:
    """The token of the link under ``path`` in a mail."""
    return mail["text"].split(f"{path}/", 1)[1].split()[0]
