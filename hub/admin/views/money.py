"""The hub's bank accounts and the freight rates."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from hub.accounts.identifiers import BankDetails, bank_details
from hub.admin import queries, services
from hub.admin.forms.things import USE_WORDS, AccountForm, FreightForm
from hub.admin.views.settings import administrator
from hub.catalogue import queries as catalogue
from hub.catalogue.services import set_freight_rate
from hub.core import settings
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.payments.ledger.models import AccountUse

blueprint = Blueprint("admin_money", __name__, url_prefix="/admin")


@blueprint.route("/accounts", methods=["GET", "POST"])
@administrator
def accounts() -> Any:
    """The accounts in force and retired, and a form for new details."""
    form = AccountForm()

    def page() -> tuple[str, int]:
        rows = queries.accounts()
        shown = render_template(
            "admin/accounts.html",
            rows=rows,
            owed=queries.open_invoices([row.id for row in rows]),
            form=form,
            uses=USE_WORDS,
        )
        return shown, 422 if form.errors else 200

    if not form.is_submitted():
        now = settings.current()
        form.holder.data, form.bank_country.data = now.legal_name, now.country
        form.currency.data = request.args.get("currency", "INR")
        form.use.data = request.args.get("use", AccountUse.CLIENT.value)
        return page()
    return answer(
        form,
        lambda: services.designate_account(
            current_actor(), AccountUse(form.use.data), _details(form)
        ),
        lambda account: _(
            "%(account)s is the hub's account in %(currency)s from now on. Open invoices "
            "keep the account that they name.",
            account=account.identification,
            currency=account.currency,
        ),
        url_for("admin_money.accounts"),
        page,
    )


def _details(form: AccountForm) -> BankDetails:
    return bank_details(
        currency=form.currency.data,
        holder=form.holder.data,
        bank_name=form.bank_name.data or "",
        country=form.bank_country.data,
        iban=form.iban.data or "",
        clearing_code=form.clearing_code.data or "",
        account_number=form.account_number.data or "",
        bic=form.bic.data or "",
    )


@blueprint.route("/freight", methods=["GET", "POST"])
@administrator
def freight() -> Any:
    """The freight rates, and a form to set one."""
    form = FreightForm()
    form.offer(catalogue.units("mass"))

    def page() -> str:
        return render_template("admin/freight.html", rows=catalogue.freight_rates(), form=form)

    if not form.is_submitted():
        form.currency.data = request.args.get("currency", "INR")
        form.unit.data = request.args.get("unit", "DTN")
        return page()
    return answer(
        form,
        lambda: set_freight_rate(
            current_actor(), form.currency.data, form.unit.data, form.rate.data
        ),
        _("The rate holds for everything proposed from now on."),
        url_for("admin_money.freight"),
        page,
    )
