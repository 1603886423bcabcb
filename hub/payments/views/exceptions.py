"""One statement line that matched nothing by itself, and what a clerk may decide about it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core.actor import StaffRole
from hub.core.errors import Invalid
from hub.core.formats import money
from hub.core.i18n import _
from hub.core.money import Money, minor_digits
from hub.core.numbers import parse_decimal, parse_integer
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.payments import finance_desk as finance_queries
from hub.payments import services
from hub.payments.bank import matching
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.forms import AllocationForm, ReasonForm, TargetForm
from hub.payments.views import choices
from hub.payments.views.finance import clerks, readers

pages = Blueprint("finance_exceptions", __name__, url_prefix="/finance/exceptions")


@pages.get("/<public_id>")
@readers
def exception(public_id: str) -> str:
    return _page(finance_queries.line(current_actor(), public_id))


def _page(line: StatementLine, answered: ReasonForm | None = None) -> str:
    """The line with every decision that is open for it; ``answered`` is shown with its errors."""
    actor = current_actor()
    words = request.args.get("q", "")
    suggestion = matching.suggest([line]).get(line.id)
    return render_template(
        "payments/exception.html",
        line=line,
        words=words,
        suggestion=suggestion,
        forms=_forms(line, words, answered) if actor.has(StaffRole.FINANCE) else {},
        names=finance_queries.names_of([part.allocated_by for part in line.allocations]),
    )


def _forms(line: StatementLine, words: str, answered: ReasonForm | None) -> dict[str, ReasonForm]:
    """The forms of the decisions that can be made about the line, by their prefix."""
    if line.state is not LineState.UNRECONCILED:
        return {}
    actor = current_actor()
    forms: list[ReasonForm] = []
    if line.is_credit:
        companies = choices.of_companies(finance_queries.companies_named(actor, words))
        invoices = finance_queries.payable_invoices(actor, line.currency, words)
        debits = finance_queries.debits_to_mend(actor, line)
        forms += [
            AllocationForm.over("allocate", choices.of_invoices(invoices)),
            AllocationForm.over("credit", companies),
            TargetForm.over("return", companies),
            TargetForm.over("make-good", choices.of_debits(debits)),
        ]
    else:
        forms.append(ReasonForm(formdata=None, prefix="charges"))
    payouts = finance_queries.payouts_like(actor, line)
    forms.append(TargetForm.over("settle", choices.of_payouts(payouts)))
    by_name = {form.name: form for form in forms}
    for form in forms:
        form.version.data = line.version
        if isinstance(form, AllocationForm):
            form.amount.data = f"{line.unallocated.decimal:f}"
    if answered is not None and answered.name in by_name:
        if isinstance(answered, TargetForm):
            answered.target.choices = by_name[answered.name].target.choices
        by_name[answered.name] = answered
    return by_name


def _decide(public_id: str, form: ReasonForm, act: Callable[[int | None], Any], done: str) -> Any:
    """Carry out one decision: back to the line, or the page again with what is wrong."""
    return answer(
        form,
        lambda: act(form.version.data),
        done,
        url_for("finance_exceptions.exception", public_id=public_id),
        lambda: _page(finance_queries.line(current_actor(), public_id), form),
    )


def _typed_amount(form: AllocationForm, currency: str) -> Money:
    try:
        value = parse_decimal(form.amount.data or "", minor_digits(currency))
    except Invalid as error:
        raise Invalid(error.message, {"amount": [error.message]}) from error
    return Money.from_decimal(value, currency)


def _company_id(text: str) -> int:
    return parse_integer(text) or 0


@pages.post("/<public_id>/allocate")
@clerks
def allocate(public_id: str) -> Any:
    form = AllocationForm(prefix="allocate")
    currency = finance_queries.line(current_actor(), public_id).currency
    return _decide(
        public_id,
        form,
        lambda version: services.allocate(
            current_actor(),
            public_id,
            form.target.data,
            form.reason.data,
            _typed_amount(form, currency),
            version,
        ),
        _("The money counts for the invoice now; both sides are told."),
    )


@pages.post("/<public_id>/credit")
@clerks
def credit(public_id: str) -> Any:
    form = AllocationForm(prefix="credit")
    currency = finance_queries.line(current_actor(), public_id).currency
    return _decide(
        public_id,
        form,
        lambda version: services.put_to_credit(
            current_actor(),
            public_id,
            _company_id(form.target.data),
            form.reason.data,
            _typed_amount(form, currency),
            version,
        ),
        _("The money is credit of the company now; it is told."),
    )


@pages.post("/<public_id>/return")
@clerks
def send_back(public_id: str) -> Any:
    form = TargetForm(prefix="return")
    return _decide(
        public_id,
        form,
        lambda version: services.return_to_payer(
            current_actor(), public_id, _company_id(form.target.data), form.reason.data, version
        ),
        _("A payout back to the company is due now: request it among the payouts."),
    )


@pages.post("/<public_id>/charges")
@clerks
def charges(public_id: str) -> Any:
    form = ReasonForm(prefix="charges")
    amount = money(finance_queries.line(current_actor(), public_id).unallocated)
    return _decide(
        public_id,
        form,
        lambda version: services.explain_charges(
            current_actor(), public_id, form.reason.data, version
        ),
        _("Booked as bank charges. Transfer %(amount)s from the hub's own account.", amount=amount),
    )


@pages.post("/<public_id>/make-good")
@clerks
def make_good(public_id: str) -> Any:
    form = TargetForm(prefix="make-good")
    return _decide(
        public_id,
        form,
        lambda version: services.make_good(
            current_actor(), public_id, form.target.data, form.reason.data, version
        ),
        _("The debit is made good by this money."),
    )


@pages.post("/<public_id>/settle")
@clerks
def settle(public_id: str) -> Any:
    form = TargetForm(prefix="settle")
    return _decide(
        public_id,
        form,
        lambda version: services.settle_by_hand(
            current_actor(), public_id, form.target.data, form.reason.data, version
        ),
        _("The line now belongs to the payout."),
    )


@pages.post("/rematch")
@clerks
def rematch() -> Response:
    number = services.rematch(current_actor())
    flash(_("%(number)d lines could be matched now.", number=number), "good" if number else "info")
    return redirect(url_for("finance.overview"))
