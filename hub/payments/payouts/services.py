"""Payouts on their way: requested by one person, approved by another, exported to the bank."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import CompanyBankAccount
from hub.accounts.queries import current_bank_account
from hub.core import audit, clock, files, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.money import Money, total
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.models import DesignatedAccount
from hub.payments.ledger.queries import account_holder, company_holder, own_account, payment_account
from hub.payments.payouts import making as payout_making
from hub.payments.payouts import payment_file
from hub.payments.payouts.models import PaymentFile, Payout, PayoutKind, PayoutState
from hub.payments.payouts.queries import CREDIT_ROLES, credit_of


def _finance_person(actor: Actor) -> int:
    """The id of the finance clerk who acts; four eyes need people, so not the system's."""
    actor.require(StaffRole.FINANCE)
    if actor.user_id is None:
        raise NotAllowed(_("Payouts are requested and approved by people."))
    return actor.user_id


def _payout(public_id: str) -> Payout:
    payout = db.session.scalar(select(Payout).where(Payout.public_id == public_id))
    if payout is None:
        raise NotFound(_("There is no such payout."))
    return payout


def _refuse_held(payout: Payout) -> None:
    problem = payout.held_reason or payout_making.account_problem(payout)
    if problem:
        raise Conflict(
            _(
                "Payout %(number)s is held: %(reason)s Nothing was changed.",
                number=payout.end_to_end_id,
                reason=_(problem),
            )
        )


@use_case
def request_payouts(actor: Actor, public_ids: Sequence[str]) -> list[Payout]:
    """Ask for due payouts to leave, all of them or none: DR their sources / CR 2300.

    Raises:
        NotAllowed: not a finance clerk.
        NotFound: one doesn't exist.
        Conflict: one is held, or isn't due any more.
        Invalid: none was chosen.
    """
    _finance_person(actor)
    if not public_ids:
        raise Invalid(_("Choose at least one payout."))
    payouts = [_payout(public_id) for public_id in dict.fromkeys(public_ids)]
    for payout in payouts:
        _request(actor, payout)
    return payouts


def _request(actor: Actor, payout: Payout) -> None:
    _refuse_held(payout)
    payout.request(actor)
    ledger.post(
        actor,
        ledger.Draft(
            f"payout:{payout.id}",
            EntryKind.PAYOUT,
            payout.subject,
            settings.today(),
            [
                debit(payout.source_account, payout.source_holder, payout.amount),
                credit(chart.PAYOUT_IN_TRANSIT, payout.holder, payout.amount),
            ],
            payout.end_to_end_id,
        ),
    )


@use_case
def approve_payout(actor: Actor, public_id: str) -> Payout:
    """Let a requested payout leave.

    Raises:
        NotAllowed: not a finance clerk, or the one who requested it.
        NotFound: it doesn't exist.
        Conflict: it is held, or isn't waiting for approval.
    """
    person = _finance_person(actor)
    payout = _payout(public_id)
    if payout.requested_by == person and payout.state is PayoutState.REQUESTED:
        raise NotAllowed(_("You requested this payout, so another person has to approve it."))
    _refuse_held(payout)
    payout.approve(actor)
    return payout


@use_case
def reject_payout(actor: Actor, public_id: str, reason: str) -> Payout | None:
    """Take a payout back before the bank pays it: DR 2300 / CR its source.

    Returns the payout that is due instead (None for a sweep, which is asked for afresh). An
    exported one is rejected when the bank refused it.

    Raises:
        NotAllowed: not a finance clerk.
        NotFound: it doesn't exist.
        Invalid: no reason.
        InvalidTransition: it is neither requested, approved nor exported.
    """
    actor.require(StaffRole.FINANCE)
    why = required_reason(reason, _("Say why."))
    return _reject(actor, _payout(public_id), why)


def _reject(actor: Actor, payout: Payout, reason: str) -> Payout | None:
    payout.reject(actor, reason)
    ledger.post(
        actor,
        ledger.Draft(
            f"payout-rejected:{payout.id}",
            EntryKind.PAYOUT_REJECTED,
            payout.subject,
            settings.today(),
            [
                debit(chart.PAYOUT_IN_TRANSIT, payout.holder, payout.amount),
                credit(payout.source_account, payout.source_holder, payout.amount),
            ],
            reason,
        ),
    )
    return payout_making.retry(actor, payout)


@use_case
def confirm_account(actor: Actor, public_id: str, reason: str) -> Payout:
    """A held payout may go to the payee's present account, which the clerk has checked.

    Raises:
        NotAllowed: not a finance clerk.
        NotFound: it doesn't exist.
        Invalid: no reason.
        Conflict: it isn't held, or the payee has no verified account in the currency.
    """
    _finance_person(actor)
    why = required_reason(reason, _("Say how you checked it."))
    payout = _payout(public_id)
    if payout.state is not PayoutState.DUE or not payout.held_reason or payout.payee_id is None:
        raise Conflict(_("This payout is not held. Nothing was changed."))
    present = current_bank_account(payout.payee_id, payout.currency)
    if present is None or present.verified_at is None:
        raise Conflict(
            _("The payee has no verified bank account in this currency. Nothing was changed.")
        )
    payout.confirm(actor, present.id, why)
    messaging.close_tasks(actor, Payout.THING, payout.id, "payout_held")
    return payout


@use_case
def hold_for_changed_account(actor: Actor, company_id: int) -> None:
    """The company's bank details changed: nothing leaves for it until a clerk has checked.

    What was requested or approved already goes back to due, since its approver saw other details.
    """
    payouts = db.session.scalars(
        select(Payout)
        .where(
            Payout.payee_id == company_id,
            Payout.state.in_([PayoutState.DUE, PayoutState.REQUESTED, PayoutState.APPROVED]),
        )
        .order_by(Payout.id)
    ).all()
    for payout in payouts:
        problem = payout_making.account_problem(payout)
        if not problem:
            continue
        if payout.state is PayoutState.DUE:
            payout_making.hold_if(actor, payout, problem)
        else:
            _reject(actor, payout, problem)


@use_case
def pay_out_credit(actor: Actor, company_id: int, currency: str) -> Payout:
    """A company wants its credit in one currency back: all of it becomes a payout that is due.

    Raises:
        NotFound: another company's.
        NotAllowed: neither finance staff nor an owner or finance person of the company.
        Conflict: there is no credit.
    """
    mine = actor.company_id == company_id
    if not mine and not actor.has(StaffRole.FINANCE):
        raise NotFound(_("There is no such company."))
    if mine and actor.company_role not in CREDIT_ROLES:
        raise NotAllowed(_("Only an owner or finance person of the company may do this."))
    amount = credit_of(company_id, currency)
    if amount.minor <= 0:
        raise Conflict(_("There is no credit in this currency. Nothing was changed."))
    return payout_making.make(
        actor,
        PayoutKind.CREDIT,
        ("company", company_id),
        amount,
        (chart.BUYER_CREDIT, company_holder(company_id)),
        account_id=payment_account(currency).id,
        purpose="Credit paid out",
        payee_id=company_id,
    )


@use_case
def request_sweep(actor: Actor, currency: str) -> Payout:
    """Ask for the hub's fees to leave the designated account for the hub's own.

    Raises:
        NotAllowed: not a finance clerk.
        Invalid: the hub lacks one of the two accounts.
        Conflict: no fees are waiting.
    """
    _finance_person(actor)
    account, own = payment_account(currency), own_account(currency)
    source = (chart.FEES_DUE_TO_HUB, account_holder(account.id))
    amount = ledger.owed(source[0], currency, source[1])
    if amount.minor <= 0:
        raise Conflict(_("No fees are waiting in this currency. Nothing was changed."))
    payout = payout_making.make(
        actor,
        PayoutKind.SWEEP,
        (DesignatedAccount.THING, account.id),
        amount,
        source,
        account_id=account.id,
        purpose="Fees of the hub",
        own_account_id=own.id,
    )
    _request(actor, payout)
    return payout


@use_case
def export_payouts(actor: Actor, currency: str) -> PaymentFile:
    """Put every approved payout in ``currency`` into a payment file, each exactly once.

    A file orders from one account; what waits on another one comes with the next export.

    Raises:
        NotAllowed: not a finance clerk.
        Conflict: nothing is approved, or an account changed and must be checked.
        Invalid: the bank details of a payout can't be written.
    """
    actor.require(StaffRole.FINANCE)
    payouts = _approved(currency)
    if not payouts:
        raise Conflict(_("No approved payout in %(currency)s is waiting.", currency=currency))
    account = db.session.get_one(DesignatedAccount, payouts[0].account_id)
    for payout in payouts:
        _refuse_held(payout)
    message_id = f"PAY-{new_public_id().upper()}"
    data = payment_file.build(
        message_id,
        clock.now(),
        settings.current().legal_name,
        _party(account),
        [_order(payout) for payout in payouts],
        settings.today(),
    )
    stored = files.store(actor, data, f"{message_id}.xml", "application/xml")
    exported = PaymentFile(
        message_id=message_id,
        account_id=account.id,
        file=stored,
        created_at=clock.now(),
        created_by=actor.user_id,
        currency=currency,
        total_minor=total([payout.amount for payout in payouts], currency).minor,
        count=len(payouts),
    )
    db.session.add(exported)
    db.session.flush()
    audit.record(
        actor, exported, "exported", count=len(payouts),
        total=str(Money(exported.total_minor, currency)),
    )  # fmt: skip
    for payout in payouts:
        payout.export(actor, exported.id)
    return exported


def _approved(currency: str) -> list[Payout]:
    """The approved payouts of the account whose turn it is."""
    found = db.session.scalars(
        select(Payout)
        .where(Payout.state == PayoutState.APPROVED, Payout.currency == currency)
        .options(
            joinedload(Payout.bank_account),
            joinedload(Payout.own_account),
            joinedload(Payout.payee),
        )
        .order_by(Payout.id)
    ).all()
    return [payout for payout in found if payout.account_id == found[0].account_id]


def _order(payout: Payout) -> payment_file.Payment:
    target = payout.bank_account or payout.own_account
    if target is None:
        raise ValueError(f"Payout {payout.end_to_end_id} has no account to go to.")
    try:
        return payment_file.Payment(
            payout.end_to_end_id,
            payout.amount,
            _party(target),
            text=f"{payout.end_to_end_id} {payout.purpose}",
        )
    except ValueError as error:
        raise Invalid(
            _(
                "Payout %(number)s can't be written: %(reason)s Nothing was exported.",
                number=payout.end_to_end_id,
                reason=str(error),
            )
        ) from error


def _party(account: DesignatedAccount | CompanyBankAccount) -> payment_file.PartyAccount:
    return payment_file.PartyAccount(
        account.holder,
        iban=account.iban,
        account_number=account.account_number,
        country=account.country,
        clearing_code=account.clearing_code,
        bic=account.bic,
    )
