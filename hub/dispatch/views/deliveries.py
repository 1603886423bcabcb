"""The companies' pages: the supplier announces, the purchaser answers; and the broker decides."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from hub.contracts.models import Contract
from hub.contracts.services import amounts_for
from hub.core import paths
from hub.core.actor import StaffRole
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in, staff
from hub.core.web.answers import add_errors, answer
from hub.dispatch import queries, services
from hub.dispatch.forms import AnnounceForm, DecideForm, RefuseForm
from hub.dispatch.models.inbound import Inbound
from hub.dispatch.models.release import ReleaseOrder

blueprint = Blueprint("deliveries", __name__)


def _announced_by_actor(public_id: str) -> Inbound:
    actor = current_actor()
    inbound = queries.inbound_for(actor, public_id)
    if actor.company_id != inbound.contract.supplier_id:
        raise NotFound(_("There is no such delivery, or it isn't yours to announce."))
    return inbound


@blueprint.route("/deliveries/<public_id>/announce", methods=["GET", "POST"])
@signed_in
def announce(public_id: str) -> Any:
    """Where and until when to bring the goods; the supplier says when and how they come."""
    form = AnnounceForm(obj=_announced_by_actor(public_id))

    def page() -> str:
        inbound = _announced_by_actor(public_id)
        return render_template(
            "dispatch/announce.html",
            inbound=inbound,
            contract=inbound.contract,
            form=form,
            trade_url=paths.trade(inbound.contract.public_id),
            may_announce=current_actor().trades_for(inbound.contract.supplier_id),
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.announce(
            current_actor(),
            public_id,
            arrives_on=form.arrives_on.data,
            carrier=form.carrier.data or "",
            vehicle=form.vehicle.data or "",
            packages=form.packages.data or 0,
            note=form.note.data or "",
        ),
        _("The delivery is announced; the depot is told."),
        url_for("deliveries.announce", public_id=public_id),
        page,
    )


def _delivered_to_actor(public_id: str) -> ReleaseOrder:
    actor = current_actor()
    release = queries.release_for(actor, public_id)
    if actor.company_id != release.contract.purchaser_id or release.delivered_at is None:
        raise NotFound(_("There is no such delivery, or it isn't yours to answer to."))
    return release


def _money(contract: Contract, accepted: Decimal) -> dict[str, Any]:
    """What happens with the money when this quantity is accepted."""
    goods, freight, commission = amounts_for(contract, accepted)
    return {
        "goods": goods,
        "freight": freight,
        "commission": commission,
        "supplier": goods - commission,
        "refund": contract.total - goods - freight,
        "paid": contract.total,
    }


def _answer_page(public_id: str, form: RefuseForm, status: int = 200) -> tuple[str, int]:
    release = _delivered_to_actor(public_id)
    delivered = release.delivered_quantity or Decimal(0)
    page = render_template(
        "dispatch/answer.html",
        release=release,
        contract=release.contract,
        form=form,
        money=_money(release.contract, delivered),
        pictures=queries.pictures_of(release.inbound_id),
        trade_url=paths.trade(release.contract.public_id),
        may_answer=current_actor().trades_for(release.contract.purchaser_id),
        refusing=status != 200,
    )
    return page, status


@blueprint.route("/deliveries/releases/<public_id>/accept", methods=["GET", "POST"])
@signed_in
def accept(public_id: str) -> Any:
    """What was delivered, with its proof, and what accepting it means."""
    form = RefuseForm()
    if not form.is_submitted():
        return _answer_page(public_id, form)
    release = services.accept(current_actor(), public_id)
    flash(_("You accepted the goods. The supplier is paid; the trade is settled."), "good")
    return redirect(paths.trade(release.contract.public_id))


@blueprint.route("/deliveries/releases/<public_id>/refuse", methods=["GET", "POST"])
@signed_in
def refuse(public_id: str) -> Any:
    """Refuse all or part, with a reason."""
    form = RefuseForm()
    if not form.is_submitted():
        return _answer_page(public_id, form)
    _delivered_to_actor(public_id)
    if form.validate():
        try:
            release = services.refuse(
                current_actor(), public_id, form.quantity.data, form.reason.data or ""
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            text = _("Your refusal is with a broker, who decides. No money moves until then.")
            flash(text, "info")
            return redirect(paths.trade(release.contract.public_id))
    return _answer_page(public_id, form, 422)


def _decision_page(public_id: str, form: DecideForm) -> str:
    release = queries.release_for(current_actor(), public_id)
    if release.refused_quantity is None:
        raise NotFound(_("There is no refusal of this delivery."))
    delivered = release.delivered_quantity or Decimal(0)
    least = delivered - release.refused_quantity
    return render_template(
        "dispatch/refusal.html",
        release=release,
        contract=release.contract,
        form=form,
        least=least,
        upheld=_money(release.contract, least),
        dismissed=_money(release.contract, delivered),
        pictures=queries.pictures_of(release.inbound_id),
        trade_url=paths.trade(release.contract.public_id),
    )


@blueprint.route("/broker/refusals/<public_id>", methods=["GET", "POST"])
@staff(StaffRole.BROKER)
def decide(public_id: str) -> Any:
    """The refusal, the proofs, and the decision."""
    form = DecideForm()
    if not form.is_submitted():
        return _decision_page(public_id, form)
    return answer(
        form,
        lambda: services.decide_refusal(
            current_actor(),
            public_id,
            uphold=form.decision.data == "uphold",
            accepted_quantity=form.accepted_quantity.data,
            reason=form.reason.data or "",
        ),
        _("The decision is final; both sides are told and the trade is settled."),
        lambda release: paths.trade(release.contract.public_id),
        lambda: _decision_page(public_id, form),
    )
