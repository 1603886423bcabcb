"""Importing listings from a CSV file."""

from typing import Any

from flask import Blueprint, Response, render_template, url_for

from hub.core import tabular
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer, download
from hub.membership.entitlements.services import use_of
from hub.posting import queries, services
from hub.posting.forms import ImportForm
from hub.posting.importing import COLUMNS
from hub.posting.models import ImportBatch
from hub.posting.plan_limits import OPEN_LISTINGS

blueprint = Blueprint("posting_imports", __name__, url_prefix="/listings/import")

_SHOWN = 200
_EXAMPLE = {
    "reference": "S-0001",
    "side": "supply",
    "commodity": "Onion",
    "grade": "FAQ",
    "quantity": "40",
    "unit": "DTN",
    "min_lot": "5",
    "price": "2150.00",
    "currency": "INR",
    "region": "Maharashtra",
    "ready_from": "2026-12-05",
    "ready_until": "2026-12-19",
    "valid_until": "2026-12-14",
}


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def upload() -> Any:
    """Choose a file; what it holds is posted row by row."""
    actor = current_actor()
    company_id = actor.require_trader()
    form = ImportForm()

    def page() -> str:
        return render_template(
            "posting/import.html",
            form=form,
            batches=queries.batches(actor),
            columns=COLUMNS,
            use=use_of(company_id, OPEN_LISTINGS),
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: _imported(form),
        lambda batch: _result_text(batch.accepted, batch.refused),
        lambda batch: url_for(".result", public_id=batch.public_id),
        page,
    )


def _imported(form: ImportForm) -> ImportBatch:
    """The import of the file; whatever is wrong with it stands beside its field."""
    sent = form.file.data
    try:
        if not sent:
            raise Invalid(_("Choose a file."))
        return services.import_listings(current_actor(), sent.read(), sent.filename or "file.csv")
    except Invalid as error:
        raise Invalid(error.message, {"file": [error.message]}) from error


def _result_text(accepted: int, refused: int) -> str:
    if refused:
        return _(
            "%(accepted)d listings wait for the broker's review; %(refused)d rows were refused.",
            accepted=accepted,
            refused=refused,
        )
    return _("%(accepted)d listings wait for the broker's review.", accepted=accepted)


@blueprint.get("/template.csv")
@signed_in
def template() -> Response:
    """The columns, with an example row."""
    text = tabular.write_csv(COLUMNS, [[_EXAMPLE.get(name, "") for name in COLUMNS]])
    return download(text.encode("utf-8-sig"), "text/csv", "listings-template.csv")


@blueprint.get("/<public_id>")
@signed_in
def result(public_id: str) -> str:
    """What one import did."""
    batch = queries.batch(current_actor(), public_id)
    refusals = queries.refusals(batch.id, _SHOWN)
    return render_template("posting/imported.html", batch=batch, refusals=refusals, shown=_SHOWN)


@blueprint.get("/<public_id>/refused.csv")
@signed_in
def refused(public_id: str) -> Response:
    """The refused rows with line, column and reason, to be corrected and sent again."""
    batch = queries.batch(current_actor(), public_id)
    rows = [
        [each.line, each.column, each.reason, *(each.row.get(name, "") for name in COLUMNS)]
        for each in queries.refusals(batch.id)
    ]
    text = tabular.write_csv(["line", "column", "reason", *COLUMNS], rows)
    return download(text.encode("utf-8-sig"), "text/csv", f"refused-{batch.public_id}.csv")
