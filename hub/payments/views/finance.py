"""The finance office: what waits, bank files, invoices, the ledger."""

import hashlib
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core.actor import StaffRole
from hub.core.db.paging import Page
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.tabular import write_csv
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import add_errors, download
from hub.payments import finance_desk as finance_queries
from hub.payments import services
from hub.payments.bank import matching
from hub.payments.bank.importing import accepted_file
from hub.payments.bank.position import bank_positions
from hub.payments.forms import StatementForm
from hub.payments.invoices.models import InvoiceState

pages = Blueprint("finance", __name__, url_prefix="/finance")
readers = staff(StaffRole.FINANCE, StaffRole.ADMINISTRATOR)
clerks = staff(StaffRole.FINANCE)


def next_url(page: Page) -> str | None:
    """The address of the next page of the present list, if there is one."""
    if page.next_cursor is None:
        return None
    values: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {})}
    return url_for(request.endpoint or "", **{**values, "after": page.next_cursor})


@pages.get("")
@readers
def overview() -> str:
    actor = current_actor()
    page = finance_queries.exceptions_page(actor, request.args.get("after"))
    return render_template(
        "payments/finance.html",
        positions=bank_positions(),
        work=finance_queries.work_of(actor),
        page=page,
        next_url=next_url(page),
        suggestions=matching.suggest(page.rows),
        may_act=actor.has(StaffRole.FINANCE),
    )


@pages.route("/files", methods=["GET"])
@readers
def file_list() -> str:
    return _file_list(StatementForm())


def _file_list(form: StatementForm) -> str:
    page = finance_queries.files_page(current_actor(), request.args.get("after"))
    return render_template(
        "payments/files.html",
        page=page,
        next_url=next_url(page),
        form=form,
        may_upload=current_actor().has(StaffRole.FINANCE),
    )


@pages.post("/files")
@clerks
def upload() -> Any:
    form = StatementForm()
    if not form.validate_on_submit():
        return _file_list(form), 422
    data = form.file.data.read()
    known = accepted_file(hashlib.sha256(data).hexdigest()) is not None
    try:
        found = services.import_statement(current_actor(), data, form.file.data.filename or "file")
    except Invalid as error:
        add_errors(form, error)
        return _file_list(form), 422
    if known:
        flash(_("These very bytes were read before, so nothing was posted again."), "info")
    elif found.error:
        flash(_("The file was kept, but nothing of it was posted: see why below."), "bad")
    else:
        flash(_("%(number)d new lines were posted and matched.", number=found.new_lines), "good")
    return redirect(url_for("finance.bank_file", public_id=found.public_id))


@pages.get("/files/<public_id>")
@readers
def bank_file(public_id: str) -> str:
    actor = current_actor()
    found = finance_queries.bank_file(actor, public_id)
    page = finance_queries.lines_page(actor, found, request.args.get("after"))
    return render_template(
        "payments/file.html",
        file=found,
        statements=finance_queries.statements_of(actor, found),
        page=page,
        next_url=next_url(page),
        names=finance_queries.names_of([found.imported_by]),
    )


@pages.get("/files/<public_id>/download")
@readers
def download_bank_file(public_id: str) -> Response:
    found = finance_queries.bank_file(current_actor(), public_id).file
    return download(found.read(), "application/octet-stream", found.file_name)


@pages.get("/payment-files/<public_id>")
@readers
def download_payment_file(public_id: str) -> Response:
    found = finance_queries.payment_file(current_actor(), public_id).file
    return download(found.read(), "application/xml", found.file_name)


@pages.get("/invoices")
@readers
def invoice_list() -> str:
    actor = current_actor()
    wanted = request.args.get("state", "")
    state = InvoiceState(wanted) if wanted in set(InvoiceState) else None
    page = finance_queries.invoices_page(actor, state, request.args.get("after"))
    return render_template(
        "payments/finance_invoices.html",
        page=page,
        next_url=next_url(page),
        state=state,
        states=list(InvoiceState),
        counts=finance_queries.invoice_counts(actor),
    )


@pages.get("/ledger")
@readers
def ledger() -> str:
    return render_template(
        "payments/ledger.html", balances=finance_queries.balances(current_actor())
    )


@pages.get("/ledger/<int:code>")
@readers
def ledger_account(code: int) -> str:
    account = finance_queries.chart_account(code)
    currency, holder = request.args.get("currency", ""), request.args.get("holder", "")
    page = finance_queries.ledger_page(
        current_actor(), code, currency, holder, request.args.get("after")
    )
    return render_template(
        "payments/ledger_account.html",
        account=account,
        page=page,
        next_url=next_url(page),
        currency=currency,
        holder=holder,
    )


@pages.get("/ledger/<int:code>.csv")
@readers
def ledger_csv(code: int) -> Response:
    account = finance_queries.chart_account(code)
    if request.args.keys() - {"currency", "holder"}:
        raise NotFound(_("There is no such table."))
    rows = finance_queries.ledger_rows(
        current_actor(), code, request.args.get("currency", ""), request.args.get("holder", "")
    )
    head = ("date", "kind", "subject", "holder", "description", "amount", "currency")
    text = write_csv(head, rows)
    return download(text.encode("utf-8-sig"), "text/csv", f"ledger-{account.code}.csv")
