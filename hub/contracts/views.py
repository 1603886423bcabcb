"""The pages of contracts: reading, signing, changing, ending, and checking a copy."""

import hashlib
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import CombinedMultiDict

from config import ConfigurationError
from hub.contracts import queries, services
from hub.contracts.forms import ReasonForm, ReviseForm, SignForm, VerifyForm
from hub.contracts.models import Contract, ContractState
from hub.contracts.seal.keys import SealUnusable
from hub.contracts.seal.provider import current_seal
from hub.contracts.terms import ContractTerms
from hub.core import formats, paths
from hub.core.actor import StaffRole
from hub.core.errors import InvalidTransition, NotAllowed, NotFound
from hub.core.files import StoredFile
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in, staff
from hub.core.web.answers import answer, download
from hub.core.web.requests import limiter

blueprint = Blueprint("contracts", __name__, url_prefix="/contracts")
checking = Blueprint("contract_checking", __name__)


def _page(template: str, contract: Contract, **values: Any) -> str:
    actor = current_actor()
    return render_template(
        f"contracts/{template}.html",
        contract=contract,
        terms=ContractTerms.from_json(contract.terms),
        trade_url=paths.trade(contract.public_id),
        side=contract.side_of(actor.company_id),
        **values,
    )


@blueprint.route("/<public_id>/sign", methods=["GET", "POST"])
@signed_in
def sign(public_id: str) -> Any:
    """The text with its SHA-256, who has signed, and the signature itself."""
    actor = current_actor()
    contract = queries.contract_for(actor, public_id)
    form = SignForm(sha256=contract.issued_file.sha256)
    if not form.is_submitted():
        return _page("sign", contract, form=form)
    return answer(
        form,
        lambda: services.sign(actor, public_id, form.sha256.data or "", form.password.data or ""),
        _signed_text,
        lambda found: paths.trade(found.public_id),
        lambda: _page("sign", contract, form=form),
    )


def _signed_text(contract: Contract) -> str:
    if contract.state is ContractState.PARTLY_SIGNED:
        return _(
            "You signed contract %(number)s. It binds as soon as your partner has signed too.",
            number=contract.number,
        )
    return _(
        "Contract %(number)s is signed by both sides and sealed. The purchaser now pays "
        "%(total)s to the designated bank.",
        number=contract.number,
        total=formats.money(contract.total),
    )


@blueprint.get("/<public_id>/document.pdf")
@signed_in
def document(public_id: str) -> Response:
    """The issued bytes."""
    return _file(queries.contract_for(current_actor(), public_id).issued_file)


@blueprint.get("/<public_id>/sealed.pdf")
@signed_in
def sealed(public_id: str) -> Response:
    """The issued bytes with the signature sheet and the hub's seal."""
    return _file(queries.contract_for(current_actor(), public_id).sealed_file)


def _file(file: StoredFile | None) -> Response:
    if file is None:
        raise NotFound(_("This contract is not sealed: not both sides have signed it."))
    return download(file.read(), file.media_type, file.file_name)


@blueprint.route("/<public_id>/void", methods=["GET", "POST"])
@signed_in
def void(public_id: str) -> Any:
    """Call the contract off before the second signature."""
    contract = queries.contract_for(current_actor(), public_id)
    services.require_voider(current_actor(), contract)
    return _end(contract, "void", contract.can_void)


@blueprint.route("/<public_id>/terminate", methods=["GET", "POST"])
@signed_in
def terminate(public_id: str) -> Any:
    """End a signed contract."""
    contract = queries.contract_for(current_actor(), public_id)
    if not current_actor().has(StaffRole.BROKER):
        raise NotAllowed(_("Only a broker of the hub can end a signed contract."))
    return _end(contract, "terminate", contract.can_terminate)


def _end(contract: Contract, step: str, possible: bool) -> Any:
    form = ReasonForm()
    if not form.is_submitted():
        if not possible:
            raise InvalidTransition(_("This step is not possible any more. Nothing was changed."))
        return _page(step, contract, form=form)
    verb = services.void if step == "void" else services.terminate
    return answer(
        form,
        lambda: verb(current_actor(), contract.public_id, form.reason.data or ""),
        lambda ended: _("Contract %(number)s has ended.", number=ended.number),
        lambda found: paths.trade(found.public_id),
        lambda: _page(step, contract, form=form),
    )


@blueprint.route("/<public_id>/revise", methods=["GET", "POST"])
@staff(StaffRole.BROKER)
def revise(public_id: str) -> Any:
    """Change the text before the first signature."""
    contract = queries.contract_for(current_actor(), public_id)
    terms = ContractTerms.from_json(contract.terms)
    form = ReviseForm(obj=terms, version=contract.version)
    if not form.is_submitted():
        if not contract.can_edit:
            raise InvalidTransition(_("This step is not possible any more. Nothing was changed."))
        return _page("revise", contract, form=form)
    return answer(
        form,
        lambda: _revise(form, public_id),
        lambda revised: _("The new text of contract %(number)s is issued.", number=revised.number),
        lambda found: paths.trade(found.public_id),
        lambda: _page("revise", contract, form=form),
    )


def _revise(form: ReviseForm, public_id: str) -> Contract:
    values: dict[str, Any] = {name: form.data[name] for name in form.REVISABLE}
    return services.revise(current_actor(), public_id, expected_version=form.version.data, **values)


@blueprint.route("/draw/<proposal_public_id>", methods=["GET", "POST"])
@staff(StaffRole.BROKER)
def draw(proposal_public_id: str) -> Any:
    """Try again to draw a contract that something stood against."""
    proposal = queries.undrawn(current_actor(), proposal_public_id)
    if request.method == "POST":
        contract = services.draw_again(current_actor(), proposal_public_id)
        if contract is not None:
            flash(_("Contract %(number)s is issued.", number=contract.number), "good")
            return redirect(paths.trade(contract.public_id))
        flash(_("The contract still can't be drawn."), "warning")
        return redirect(url_for(".draw", proposal_public_id=proposal_public_id))
    hindrance = services.hindrance_of(proposal)
    return render_template("contracts/draw.html", proposal=proposal, hindrance=hindrance)


@checking.route("/verify", methods=["GET", "POST"])
@checking.route("/verify/<number>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def verify(number: str = "") -> Any:
    """Anybody learns whether a file is a contract's issued or sealed one, and nothing else."""
    form = VerifyForm(CombinedMultiDict([request.files, request.values]), number=number)
    if number and "number" not in request.values:
        form.number.data = number
    verdict, sha256, status = None, "", 200
    if request.method == "POST" or "sha256" in request.args:
        if form.validate():
            sha256 = _sha256_of(form)
            verdict = queries.verdict((form.number.data or "").strip(), sha256)
        else:
            status = 422
    page = render_template(
        "contracts/verify.html", form=form, number=number, verdict=verdict, sha256=sha256
    )
    return page, status


def _sha256_of(form: VerifyForm) -> str:
    """The hash of the uploaded file, which is kept nowhere, or the one that was typed."""
    if not form.file.data:
        return str(form.sha256.data).strip().lower()
    return hashlib.file_digest(form.file.data.stream, "sha256").hexdigest()


def init_app(app: Flask) -> None:
    """Register the pages, and see to it that a real hub has its own seal.

    Raises:
        ConfigurationError: a hub in production has no seal, or one that can't be used.
    """
    app.register_blueprint(blueprint)
    app.register_blueprint(checking)
    if app.config["HUB_NEEDS_SEAL"]:
        _check_seal(app)


def _check_seal(app: Flask) -> None:
    if not app.config["HUB_SEAL_KEY"]:
        raise ConfigurationError(
            "Production needs HUB_SEAL_KEY (and HUB_SEAL_CERTIFICATE unless it is a PKCS#12 "
            "file): the key and certificate of the hub's seal."
        )
    try:
        with app.app_context():
            current_seal()
    except SealUnusable as error:
        raise ConfigurationError(f"The hub's seal can't be used. {error}") from error
