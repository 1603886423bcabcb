"""How payouts come into being, and when one is held back. Joins the use case of its caller."""

from hub.accounts.queries import current_bank_account
from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.i18n import N_
from hub.core.money import Money
from hub.payments.ledger.queries import Subject
from hub.payments.payouts import notices as payouts_notices
from hub.payments.payouts.models import Payout, PayoutKind

NO_ACCOUNT = N_("The payee has no bank account in this currency.")
CHANGED = N_("The payee's bank account is not the one that was frozen at signing.")
NOT_VERIFIED = N_("The payee's bank account has not been verified.")


def make(
    actor: Actor,
    kind: PayoutKind,
    subject: Subject,
    amount: Money,
    source: tuple[int, str],
    *,
    account_id: int,
    purpose: str,
    payee_id: int | None = None,
    bank_account_id: int | None = None,
    own_account_id: int | None = None,
    retry_of: Payout | None = None,
    held_reason: str = "",
) -> Payout:
    """A payout that is due, held if ``held_reason`` says so or the payee's account isn't sure.

    ``source`` is account and holder of the ledger, where the money lies until it is requested.
    Without a ``bank_account_id`` the payee's present account is taken.
    """
    public_id = new_public_id()
    if payee_id is not None and bank_account_id is None:
        present = current_bank_account(payee_id, amount.currency)
        bank_account_id = present.id if present else None
    payout = Payout(
        public_id=public_id,
        end_to_end_id=f"PO-{public_id.upper()}",
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        payee_id=payee_id,
        bank_account_id=bank_account_id,
        own_account_id=own_account_id,
        account_id=account_id,
        source_account=source[0],
        source_holder=source[1],
        currency=amount.currency,
        amount_minor=amount.minor,
        purpose=purpose[:140],
        held_reason="",
        created_at=clock.now(),
        retry_of_id=retry_of.id if retry_of else None,
    )
    db.session.add(payout)
    db.session.flush()
    audit.record(actor, payout, "became_due", amount=str(amount), purpose=payout.purpose)
    hold_if(actor, payout, held_reason or account_problem(payout))
    return payout


def retry(actor: Actor, payout: Payout, held_reason: str = "") -> Payout | None:
    """The payout that follows a rejected or returned one; a sweep is asked for afresh instead."""
    if payout.kind is PayoutKind.SWEEP:
        return None
    return make(
        actor,
        payout.kind,
        payout.subject,
        payout.amount,
        (payout.source_account, payout.source_holder),
        account_id=payout.account_id,
        purpose=payout.purpose,
        payee_id=payout.payee_id,
        bank_account_id=payout.bank_account_id,
        retry_of=payout,
        held_reason=held_reason,
    )


def hold_if(actor: Actor, payout: Payout, reason: str) -> None:
    """Hold a due payout for ``reason``; an empty one holds nothing."""
    if not reason or payout.held_reason:
        return
    payout.hold(actor, reason)
    payouts_notices.payout_held(payout)


def account_problem(payout: Payout) -> str:
    """Why the payout can't go to its bank account now; empty when it can."""
    if payout.payee_id is None:
        return ""
    present = current_bank_account(payout.payee_id, payout.currency)
    if present is None:
        return NO_ACCOUNT
    if present.id != payout.bank_account_id:
        return CHANGED
    return "" if present.verified_at else NOT_VERIFIED
