"""The page that plays the designated bank: what is due is paid, payment files are carried out."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Company
from hub.core import files, settings
from hub.core.db.base import db
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import minor_digits
from hub.core.numbers import parse_decimal
from hub.core.web.answers import download
from hub.core.web.requests import limiter
from hub.demo import data
from hub.demo.loading import bank_folder
from hub.payments.invoices.models import Invoice, InvoiceState
from hub.payments.ledger.queries import payment_account
from hub.payments.payouts.models import PaymentFile
from hub.payments.wallets.models import Wallet
from hub.rehearsal.bank import BankRefused, PretendBank, Transfer

blueprint = Blueprint("demo", __name__, url_prefix="/demo/bank")
PAYABLE = (InvoiceState.OPEN, InvoiceState.PARTLY_PAID, InvoiceState.OVERDUE)


def _bank() -> PretendBank:
    return PretendBank(bank_folder(), payment_account(data.CURRENCY))


def _due() -> list[Invoice]:
    return list(
        db.session.scalars(
            select(Invoice)
            .where(Invoice.state.in_(PAYABLE))
            .options(joinedload(Invoice.payer))
            .order_by(Invoice.id.desc())
            .limit(50)
        )
    )


def _statements() -> list[Path]:
    found = bank_folder().glob("statement-*.xml")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:30]


def _next_id(prefix: str) -> str:
    number = sum(1 for _ in bank_folder().glob("statement-*")) + 1
    return f"{prefix}-{settings.today():%y%m%d}-{number:04d}"


@blueprint.get("")
def bank() -> str:
    orders = db.session.scalars(select(PaymentFile).order_by(PaymentFile.id.desc()).limit(20)).all()
    done = {path.stem.removeprefix("statement-") for path in _statements()}
    return render_template(
        "demo/bank.html",
        account=payment_account(data.CURRENCY),
        due=_due(),
        wallets=db.session.execute(
            select(Wallet, Company.legal_name)
            .join(Company, Company.id == Wallet.company_id)
            .where(Wallet.currency == data.CURRENCY)
            .order_by(Company.legal_name)
            .limit(50)
        ).all(),
        orders=orders,
        statements=_statements(),
        done=done,
    )


@blueprint.post("/pay/<public_id>")
@limiter.limit("60 per minute")
def pay(public_id: str) -> Any:
    invoice = next((each for each in _due() if each.public_id == public_id), None)
    if invoice is None:
        raise NotFound(_("This invoice isn't waiting for money any more."))
    with_reference = bool(request.form.get("with_reference"))
    return _book(invoice.payer, invoice.reference if with_reference else "", invoice.currency)


@blueprint.post("/top-up/<public_id>")
@limiter.limit("60 per minute")
def top_up(public_id: str) -> Any:
    wallet = db.session.scalar(select(Wallet).where(Wallet.public_id == public_id))
    if wallet is None:
        raise NotFound(_("There is no such account."))
    company = db.session.get_one(Company, wallet.company_id)
    return _book(company, wallet.reference, wallet.currency)


def _book(payer: Company, reference: str, currency: str) -> Any:
    """The payer's transfer of the amount in the form arrives."""
    amount = parse_decimal(request.form.get("amount", ""), minor_digits(currency))
    transfer = Transfer(
        payer=payer.legal_name,
        payer_account=f"{payer.id:012d}",
        amount=str(amount),
        reference=reference,
        end_to_end_id="NOTPROVIDED",
    )
    statement = _bank().credit([transfer], _next_id("CR"), settings.today())
    flash(
        _(
            "The bank has booked it. Give the hub the statement %(name)s: download it here and "
            "upload it as finance clerk under Finance, Files.",
            name=statement.name,
        ),
        "good",
    )
    return redirect("/demo/bank")


@blueprint.post("/carry-out/<public_id>")
@limiter.limit("60 per minute")
def carry_out(public_id: str) -> Any:
    order = db.session.scalar(select(PaymentFile).where(PaymentFile.public_id == public_id))
    if order is None:
        raise NotFound(_("There is no such payment file."))
    bank = _bank()
    path = bank.folder / f"{order.message_id}.xml"
    path.write_bytes(files.path_of(order.file.sha256).read_bytes())
    try:
        statement = bank.debit(path, f"DB-{order.message_id}"[:35], settings.today())
    except BankRefused as error:
        raise Invalid(str(error)) from error
    flash(
        _("The bank has carried the payments out; the statement is %(name)s.", name=statement.name),
        "good",
    )
    return redirect("/demo/bank")


@blueprint.get("/statements/<name>")
def statement(name: str) -> Any:
    found = next((path for path in _statements() if path.name == name), None)
    if found is None:
        raise NotFound(_("The bank has no such statement."))
    return download(found.read_bytes(), "application/xml", found.name)


def init_app(app: Flask) -> None:
    """Register the pages, if this is a demonstration."""
    if app.config["HUB_DEMO"]:
        app.register_blueprint(blueprint)
        app.jinja_env.globals["demo_password"] = data.PASSWORD
