"""Invoices as the payer sees them: exactly how to pay."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core.actor import StaffRole
from hub.core.errors import NotAllowed
from hub.core.formats import money
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.payments import finance_desk as finance_queries
from hub.payments import reference, services
from hub.payments.bank import queries as bank_queries
from hub.payments.invoices import queries as invoices_queries
from hub.payments.payouts import queries as payouts_queries
from hub.payments.wallets import queries as wallets_queries

pages = Blueprint("payments", __name__)


@pages.get("/invoices")
@signed_in
def invoice_list() -> str | Response:
    actor = current_actor()
    if actor.company_id is None:
        if actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR):
            return redirect(url_for("finance.invoice_list"))
        raise NotAllowed(_("Invoices belong to companies and to the hub's finance people."))
    page = finance_queries.invoices_page(actor, None, request.args.get("after"))
    return render_template(
        "payments/invoices.html",
        page=page,
        credits=payouts_queries.credits_of(actor.company_id),
        may_take_credit=actor.company_role in payouts_queries.CREDIT_ROLES,
    )


@pages.get("/invoices/<public_id>")
@signed_in
def invoice(public_id: str) -> str:
    actor = current_actor()
    found = invoices_queries.visible_invoice(actor, public_id)
    return render_template(
        "payments/invoice.html",
        invoice=found,
        printed_reference=reference.printed(found.reference),
        payments=bank_queries.payments_of(found),
        credit=payouts_queries.credit_of(found.payer_id, found.currency),
        in_account=wallets_queries.wallet_balance(found.payer_id, found.currency),
        may_pay=invoices_queries.may_pay(actor, found.payer_id),
        is_payer=actor.company_id == found.payer_id,
    )


@pages.post("/invoices/<public_id>/use-credit")
@signed_in
def use_credit(public_id: str) -> Response:
    used = services.use_credit(current_actor(), public_id)
    flash(_("%(amount)s of the credit now count for this invoice.", amount=money(used)), "good")
    return redirect(url_for("payments.invoice", public_id=public_id))


@pages.post("/invoices/<public_id>/pay-from-account")
@signed_in
def pay_from_account(public_id: str) -> Response:
    paid = services.pay_from_wallet(current_actor(), public_id)
    flash(_("%(amount)s were paid from the account.", amount=money(paid)), "good")
    return redirect(url_for("payments.invoice", public_id=public_id))


@pages.post("/invoices/credit/<currency>/pay-out")
@signed_in
def pay_out_credit(currency: str) -> Response:
    actor = current_actor()
    if actor.company_id is None:
        raise NotAllowed(_("Only a company has credit."))
    payout = services.pay_out_credit(actor, actor.company_id, currency)
    flash(
        _(
            "%(amount)s will be sent to your bank account as soon as the hub's finance people "
            "have approved it.",
            amount=money(payout.amount),
        ),
        "good",
    )
    return redirect(url_for("payments.invoice_list"))
