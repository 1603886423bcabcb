"""Payouts: chosen, requested, approved by another person, exported to the bank."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core.actor import StaffRole
from hub.core.errors import Invalid
from hub.core.formats import money
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.payments import finance_desk as finance_queries
from hub.payments import services
from hub.payments.forms import ReasonForm
from hub.payments.ledger import chart
from hub.payments.payouts.models import Payout, PayoutState
from hub.payments.views.finance import clerks, next_url, readers

pages = Blueprint("finance_payouts", __name__, url_prefix="/finance/payouts")


@pages.get("")
@readers
def payout_list() -> str:
    actor = current_actor()
    wanted = request.args.get("state", PayoutState.DUE.value)
    state = PayoutState(wanted) if wanted in set(PayoutState) else None
    page = finance_queries.payouts_page(actor, state, request.args.get("after"))
    balances = finance_queries.balances(actor)
    return render_template(
        "payments/payouts.html",
        page=page,
        next_url=next_url(page),
        state=state,
        states=list(PayoutState),
        counts=finance_queries.payout_counts(actor),
        fees=[
            row.balance
            for row in balances
            if row.account.code == chart.FEES_DUE_TO_HUB and row.balance
        ],
        currencies=sorted({row.currency for row in page.rows}),
        files=finance_queries.payment_files(actor),
        may_act=actor.has(StaffRole.FINANCE),
    )


@pages.post("/request")
@clerks
def request_chosen() -> Response:
    try:
        payouts = services.request_payouts(current_actor(), request.form.getlist("payout"))
    except Invalid as error:
        flash(error.message, "bad")
        return redirect(url_for("finance_payouts.payout_list"))
    flash(_("%(number)d payouts wait for another person's approval.", number=len(payouts)), "good")
    return redirect(url_for("finance_payouts.payout_list", state=PayoutState.REQUESTED.value))


@pages.post("/export")
@clerks
def export() -> Response:
    exported = services.export_payouts(current_actor(), request.form.get("currency", ""))
    flash(
        _(
            "%(number)d payouts, %(amount)s in all, are in file %(name)s: give it to the bank.",
            number=exported.count,
            amount=money(Money(exported.total_minor, exported.currency)),
            name=exported.message_id,
        ),
        "good",
    )
    return redirect(url_for("finance_payouts.payout_list", state=PayoutState.EXPORTED.value))


@pages.post("/sweep")
@clerks
def sweep() -> Response:
    try:
        payout = services.request_sweep(current_actor(), request.form.get("currency", ""))
    except Invalid as error:
        flash(error.message, "bad")
        return redirect(url_for("finance_payouts.payout_list"))
    flash(_("The sweep of %(amount)s waits for approval.", amount=money(payout.amount)), "good")
    return redirect(url_for("finance_payouts.payout_list", state=PayoutState.REQUESTED.value))


@pages.get("/<public_id>")
@readers
def payout(public_id: str) -> str:
    return _page(finance_queries.payout(current_actor(), public_id))


def _page(found: Payout, answered: ReasonForm | None = None) -> str:
    actor = current_actor()
    forms = {name: ReasonForm(formdata=None, prefix=name) for name in ("confirm", "reject")}
    if answered is not None:
        forms[answered.name] = answered
    return render_template(
        "payments/payout.html",
        payout=found,
        names=finance_queries.names_of([found.requested_by, found.approved_by]),
        may_act=actor.has(StaffRole.FINANCE),
        is_own_request=found.requested_by == actor.user_id,
        forms=forms,
    )


@pages.post("/<public_id>/approve")
@clerks
def approve(public_id: str) -> Response:
    approved = services.approve_payout(current_actor(), public_id)
    flash(
        _("Approved: %(amount)s leave with the next export.", amount=money(approved.amount)), "good"
    )
    return redirect(url_for("finance_payouts.payout", public_id=public_id))


def _answer(
    public_id: str, form: ReasonForm, verb: Callable[..., Any], done: str, **options: Any
) -> Any:
    return answer(
        form,
        lambda: verb(current_actor(), public_id, form.reason.data),
        done,
        url_for("finance_payouts.payout", public_id=public_id),
        lambda: _page(finance_queries.payout(current_actor(), public_id), form),
        **options,
    )


@pages.post("/<public_id>/reject")
@clerks
def reject(public_id: str) -> Any:
    form = ReasonForm(prefix="reject")
    done = _("Rejected: the money is back where it came from.")
    return _answer(public_id, form, services.reject_payout, done, refusals=())


@pages.post("/<public_id>/confirm")
@clerks
def confirm(public_id: str) -> Any:
    form = ReasonForm(prefix="confirm")
    done = _("The account is confirmed; the payout can be requested.")
    return _answer(public_id, form, services.confirm_account, done)
