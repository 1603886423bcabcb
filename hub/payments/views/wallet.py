"""The member's account at the hub: topped up, looked through, paid back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core import settings
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.formats import money
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.payments import reference, services
from hub.payments.forms import WithdrawalForm
from hub.payments.invoices import queries as invoices_queries
from hub.payments.ledger import queries as ledger_queries
from hub.payments.payouts import queries as payouts_queries
from hub.payments.payouts.models import Payout
from hub.payments.wallets import queries as wallet_queries

pages = Blueprint("wallet", __name__, url_prefix="/wallet")


def _member() -> Actor:
    actor = current_actor()
    if actor.company_id is None:
        raise NotAllowed(_("Accounts at the hub belong to companies."))
    return actor


@pages.get("")
@signed_in
def overview() -> str:
    return _page(_member(), request.args.get("currency", ""))


def _page(actor: Actor, wanted: str, form: WithdrawalForm | None = None) -> str:
    company_id = actor.company_id
    currencies = wallet_queries.currencies_of(actor, company_id)
    offered = wallet_queries.currencies_offered()
    known = [*currencies, *offered]
    home = settings.current().fee_currency
    currency = next((each for each in (wanted, home, *known) if each in known), "")
    account = wallet_queries.account_of(actor, company_id, currency) if currency else None
    page = wallet_queries.statement_page(
        actor, company_id, currency, request.args.get("after") if form is None else None
    )
    return render_template(
        "payments/wallet.html",
        account=account,
        currencies=currencies,
        unopened=[each for each in offered if each not in currencies],
        page=page,
        form=form or WithdrawalForm.in_currency(currency),
        printed_reference=reference.printed(account.wallet.reference)
        if account and account.wallet
        else "",
        may_pay=invoices_queries.may_pay(actor, company_id or 0),
        may_withdraw=actor.company_role in payouts_queries.CREDIT_ROLES,
    )


@pages.post("/open")
@signed_in
def open_account() -> Response:
    actor = _member()
    wallet = services.open_wallet(
        actor, actor.company_id or 0, request.form.get("currency", "")[:3].upper()
    )
    flash(
        _(
            "Your account in %(currency)s is open. Transfers that quote its reference top it up.",
            currency=wallet.currency,
        ),
        "good",
    )
    return redirect(url_for("wallet.overview", currency=wallet.currency))


@pages.post("/<currency>/take-credit")
@signed_in
def take_credit(currency: str) -> Response:
    moved = services.move_credit_to_wallet(_member(), currency)
    flash(_("%(amount)s of credit now lie in your account.", amount=money(moved)), "good")
    return redirect(url_for("wallet.overview", currency=currency))


@pages.post("/<currency>/withdraw")
@signed_in
def withdraw(currency: str) -> Any:
    actor = _member()
    ledger_queries.payment_account(currency)
    form = WithdrawalForm.in_currency(currency, request.form)

    def act() -> Payout:
        try:
            return services.withdraw(actor, Money.from_decimal(form.amount.data, currency))
        except Conflict as error:
            raise Conflict(error.message, {"amount": [error.message]}) from error

    return answer(
        form,
        act,
        lambda payout: _(
            "%(amount)s left your account. They go to your bank account as soon as the "
            "hub's finance people have approved it.",
            amount=money(payout.amount),
        ),
        url_for("wallet.overview", currency=currency),
        lambda: _page(actor, currency, form),
        refusals=(Invalid, Conflict),
        own_status=True,
    )
