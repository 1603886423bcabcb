"""What the hub owes to those who brought it members: accrued, taken back, and paid."""

from hub.core import settings
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.ledger.queries import Subject, account_holder, company_holder, payment_account
from hub.payments.payouts import making as payout_making
from hub.payments.payouts.models import Payout, PayoutKind


def partner_balance(company_id: int, currency: str) -> Money:
    """What the hub owes the company as a partner."""
    return ledger.owed(chart.AFFILIATES_PAYABLE, currency, company_holder(company_id))


@use_case
def accrue_partner_share(
    actor: Actor, *, key: str, company_id: int, amount: Money, subject: Subject
) -> None:
    """A partner earned a share: DR 5300 / CR 2800; the same key accrues once."""
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.PARTNER_SHARE,
            subject,
            settings.today(),
            [
                debit(chart.AFFILIATE_COST, "", amount),
                credit(chart.AFFILIATES_PAYABLE, company_holder(company_id), amount),
            ],
        ),
    )


@use_case
def take_back_partner_share(
    actor: Actor, *, key: str, company_id: int, amount: Money, subject: Subject
) -> None:
    """What was accrued is not owed after all: DR 2800 / CR 5300.

    Raises:
        Conflict: less is owed than that.
    """
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.PARTNER_SHARE_TAKEN_BACK,
            subject,
            settings.today(),
            [
                debit(chart.AFFILIATES_PAYABLE, company_holder(company_id), amount),
                credit(chart.AFFILIATE_COST, "", amount),
            ],
        ),
    )


@use_case
def pay_partner_share(
    actor: Actor, *, key: str, company_id: int, amount: Money, subject: Subject
) -> Payout:
    """Pay a partner out of the hub's fees: they become credit of the company, and a due payout.

    DR 2800 / CR 1150 in the own books, DR 2150 / CR 2110 in client money.

    Raises:
        Conflict: less is owed, or the fees have left the designated account.
        Invalid: the hub has no designated account in the currency.
    """
    account = payment_account(amount.currency)
    if ledger.owed(chart.FEES_DUE_TO_HUB, amount.currency, account_holder(account.id)) < amount:
        raise Conflict(
            _(
                "The hub's fees have left the designated account, so %(amount)s can't be paid "
                "from it yet. Try again when new fees have come in. Nothing was changed.",
                amount=str(amount),
            )
        )
    ledger.post(
        actor,
        ledger.Draft(
            key,
            EntryKind.PARTNER_SHARE_PAID,
            subject,
            settings.today(),
            [
                debit(chart.AFFILIATES_PAYABLE, company_holder(company_id), amount),
                credit(chart.DUE_FROM_ESCROW, "", amount),
                debit(chart.FEES_DUE_TO_HUB, account_holder(account.id), amount),
                credit(chart.BUYER_CREDIT, company_holder(company_id), amount),
            ],
        ),
    )
    return payout_making.make(
        actor,
        PayoutKind.CREDIT,
        subject,
        amount,
        (chart.BUYER_CREDIT, company_holder(company_id)),
        account_id=account.id,
        purpose="Share for members brought to the hub",
        payee_id=company_id,
    )
