"""Members' accounts: topped up, spent on the hub's services, paid back."""

from sqlalchemy import select

from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments import reference as rf
from hub.payments.invoices import paying
from hub.payments.invoices.queries import may_pay, visible_invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.income import announce_earned, announce_returned, mirrored
from hub.payments.ledger.queries import (
    Subject,
    account_holder,
    company_holder,
    payment_account,
    subject_holder,
)
from hub.payments.payouts import making as payout_making
from hub.payments.payouts.models import Payout, PayoutKind
from hub.payments.payouts.queries import CREDIT_ROLES, credit_of
from hub.payments.wallets.models import Wallet
from hub.payments.wallets.queries import wallet_balance


def _owner(actor: Actor) -> int:
    """The company whose account the actor may dispose of."""
    if actor.company_id is None or actor.company_role not in CREDIT_ROLES:
        raise NotAllowed(_("Only an owner or finance person of the company may do this."))
    return actor.company_id


@use_case
def open_wallet(actor: Actor, company_id: int, currency: str) -> Wallet:
    """The company's account in ``currency``, opened at the first call.

    Raises:
        NotAllowed: neither the system, nor finance staff, nor somebody who pays for the company.
        Invalid: the hub has no designated account in the currency.
    """
    if not may_pay(actor, company_id):
        raise NotAllowed(_("Your role in the company can't dispose of its account."))
    payment_account(currency)
    found = db.session.scalar(
        select(Wallet).where(Wallet.company_id == company_id, Wallet.currency == currency)
    )
    if found is not None:
        return found
    public_id = new_public_id()
    wallet = Wallet(
        public_id=public_id,
        company_id=company_id,
        currency=currency,
        reference=rf.create(f"W{public_id}"),
        opened_at=clock.now(),
    )
    db.session.add(wallet)
    db.session.flush()
    audit.record(actor, wallet, "opened", currency=currency)
    return wallet


@use_case
def charge_wallet(
    actor: Actor,
    *,
    key: str,
    kind: EntryKind,
    company_id: int,
    amount: Money,
    income: int,
    subject: Subject,
    description: str = "",
) -> None:
    """Take what the hub earned from a member's account; the same key charges once.

    DR 2710 / CR 2150, mirrored by DR 1150 / CR ``income``.

    Raises:
        Conflict: the account holds less than that; nothing is charged.
        Invalid: the hub has no designated account in the currency.
    """
    ledger.post(
        actor,
        ledger.Draft(
            key,
            kind,
            subject,
            settings.today(),
            [
                debit(chart.MEMBER_WALLET, company_holder(company_id), amount),
                *mirrored(payment_account(amount.currency).id, [(income, "", amount)]),
            ],
            description,
        ),
    )
    announce_earned(key, company_id, subject, income, amount)


@use_case
def credit_wallet(
    actor: Actor,
    *,
    key: str,
    kind: EntryKind,
    company_id: int,
    amount: Money,
    income: int,
    subject: Subject,
    description: str = "",
) -> None:
    """Give what the hub had earned back to a member's account; the same key gives it once.

    DR 2150 / CR 2710, mirrored by DR ``income`` / CR 1150.

    Raises:
        Conflict: the hub's fees have left the designated account; finance sends some back first.
    """
    account = payment_account(amount.currency)
    if ledger.owed(chart.FEES_DUE_TO_HUB, amount.currency, account_holder(account.id)) < amount:
        raise Conflict(
            _(
                "The hub's fees have left the designated account, so %(amount)s can't be given "
                "back from it yet. Try again when new fees have come in. Nothing was changed.",
                amount=str(amount),
            )
        )
    reversed_lines = [
        ledger.Line(line.account, line.holder, -line.amount)
        for line in mirrored(account.id, [(income, "", amount)])
    ]
    ledger.post(
        actor,
        ledger.Draft(
            key,
            kind,
            subject,
            settings.today(),
            [*reversed_lines, credit(chart.MEMBER_WALLET, company_holder(company_id), amount)],
            description,
        ),
    )
    announce_returned(key, company_id, subject, income, amount)


@use_case
def pay_from_wallet(actor: Actor, public_id: str) -> Money:
    """Pay all that is due of an invoice from the payer's account: DR 2710 / CR 2100.

    Raises:
        NotFound: not the actor's to see.
        NotAllowed: neither finance staff nor somebody who pays for the company.
        Conflict: the invoice needs no money any more, or the account holds less than is due.
    """
    invoice = visible_invoice(actor, public_id)
    if not may_pay(actor, invoice.payer_id):
        raise NotAllowed(_("Your role in the company can't dispose of its account."))
    if not invoice.is_payable:
        raise Conflict(_("This invoice needs no payment any more. Nothing was changed."))
    amount = invoice.due
    available = wallet_balance(invoice.payer_id, invoice.currency)
    if available < amount:
        raise Conflict(
            _(
                "The account holds %(available)s, and %(due)s are due. Top it up by "
                "%(missing)s first. Nothing was changed.",
                available=str(available),
                due=str(amount),
                missing=str(amount - available),
            )
        )
    ledger.post(
        actor,
        ledger.Draft(
            f"wallet-used:{invoice.id}:{invoice.paid_minor}",
            EntryKind.WALLET_USED,
            invoice.subject,
            settings.today(),
            [
                debit(chart.MEMBER_WALLET, company_holder(invoice.payer_id), amount),
                credit(chart.HELD_FOR_CONTRACT, subject_holder(invoice.subject), amount),
            ],
            invoice.number,
        ),
    )
    paying.count_on_invoice(actor, invoice, amount)
    return amount


@use_case
def move_credit_to_wallet(actor: Actor, currency: str) -> Money:
    """All of the company's credit in ``currency`` becomes money of its account: DR 2110 / CR 2710.

    Raises:
        NotAllowed: not an owner or finance person of a company.
        Conflict: there is no credit.
    """
    company_id = _owner(actor)
    wallet = open_wallet(actor, company_id, currency)
    # Two at once would both see credit of which a payout that is due needs a part.
    db.session.execute(select(Wallet.id).where(Wallet.id == wallet.id).with_for_update())
    amount = credit_of(company_id, currency)
    if amount.minor <= 0:
        raise Conflict(_("There is no credit in this currency. Nothing was changed."))
    ledger.post(
        actor,
        ledger.Draft(
            f"credit-to-wallet:{new_public_id()}",
            EntryKind.CREDIT_TO_WALLET,
            (Wallet.THING, wallet.id),
            settings.today(),
            [
                debit(chart.BUYER_CREDIT, company_holder(company_id), amount),
                credit(chart.MEMBER_WALLET, company_holder(company_id), amount),
            ],
        ),
    )
    audit.record(actor, wallet, "topped_up_from_credit", amount=str(amount))
    return amount


@use_case
def withdraw(actor: Actor, amount: Money) -> Payout:
    """Send money of the company's account to its bank: it leaves the account at once.

    DR 2710 / CR 2110, and a payout of that credit that is due. A payout that fails leaves credit.

    Raises:
        NotAllowed: not an owner or finance person of a company.
        Invalid: nothing, or the hub has no designated account in the currency.
        Conflict: the account holds less than that.
    """
    company_id = _owner(actor)
    if amount.minor <= 0:
        sentence = _("Give an amount above zero.")
        raise Invalid(sentence, {"amount": [sentence]})
    if wallet_balance(company_id, amount.currency) < amount:
        raise Conflict(
            _("The account holds less than %(amount)s. Nothing was changed.", amount=str(amount))
        )
    wallet = open_wallet(actor, company_id, amount.currency)
    ledger.post(
        actor,
        ledger.Draft(
            f"withdrawal:{new_public_id()}",
            EntryKind.WITHDRAWAL,
            (Wallet.THING, wallet.id),
            settings.today(),
            [
                debit(chart.MEMBER_WALLET, company_holder(company_id), amount),
                credit(chart.BUYER_CREDIT, company_holder(company_id), amount),
            ],
        ),
    )
    audit.record(actor, wallet, "withdrawn", amount=str(amount))
    return payout_making.make(
        actor,
        PayoutKind.CREDIT,
        ("company", company_id),
        amount,
        (chart.BUYER_CREDIT, company_holder(company_id)),
        account_id=payment_account(amount.currency).id,
        purpose="Withdrawal from the account at the hub",
        payee_id=company_id,
    )
