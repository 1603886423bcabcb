"""The staff's pages of partners: the list, whom they brought, and what is decided about one."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template, request, url_for

from hub.affiliates import queries, services, words
from hub.affiliates.forms import GrantForm, RateForm, ReasonForm, StopForm
from hub.affiliates.models import Partner
from hub.affiliates.terms import terms_for
from hub.core import audit
from hub.core.actor import StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.states import state_label
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer

blueprint = Blueprint("admin_partners", __name__, url_prefix="/admin/partners")
administrator = staff(StaffRole.ADMINISTRATOR)
reader = staff(StaffRole.ADMINISTRATOR, StaffRole.FINANCE)

_FORMS: dict[str, type[ReasonForm]] = {"stop": StopForm, "resume": ReasonForm, "rate": RateForm}


def _list(form: GrantForm) -> str:
    return render_template(
        "affiliates/partners.html",
        page=queries.partners_page(request.args.get("after")),
        form=form,
        terms=terms_for(None),
        may_change=current_actor().has(StaffRole.ADMINISTRATOR),
    )


@blueprint.get("")
@reader
def index() -> str:
    return _list(GrantForm(formdata=None))


@blueprint.post("")
@administrator
def grant() -> Any:
    form = GrantForm()
    return answer(
        form,
        lambda: services.grant(current_actor(), form.alias.data, form.reason.data),
        _("The company is invited; it becomes a partner by accepting the terms."),
        lambda partner: url_for("admin_partners.show", public_id=partner.public_id),
        lambda: _list(form),
        refusals=(Invalid, Conflict),
    )


@blueprint.get("/members")
@reader
def members() -> str:
    refused_only = request.args.get("refused") == "yes"
    return render_template(
        "affiliates/attributions.html",
        page=queries.attributions_page(request.args.get("after"), refused_only=refused_only),
        refused_only=refused_only,
        refusals=words.REFUSALS,
    )


def _partner_page(public_id: str, **sent: ReasonForm) -> str:
    partner = queries.partner_seen_by(current_actor(), public_id)
    for form in sent.values():
        # The page shows the partner as it is now, so that is what a repetition decides on.
        form.version.raw_data, form.version.data = None, partner.version
    return render_template(
        "affiliates/admin_partner.html",
        partner=partner,
        terms=terms_for(partner),
        figures=queries.figures(partner.id),
        members=queries.members_page(partner.id, request.args.get("after")),
        refusals=words.REFUSALS,
        history=_history(partner),
        forms={name: sent.get(name) or _empty(name, partner) for name in _FORMS},
        may_change=current_actor().has(StaffRole.ADMINISTRATOR),
    )


def _empty(name: str, partner: Partner) -> ReasonForm:
    form = _FORMS[name](formdata=None, prefix=name)
    form.version.data = partner.version
    if isinstance(form, RateForm) and partner.rate is not None:
        form.rate.data = partner.rate * 100
    return form


def _history(partner: Partner) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            who=entry.actor_name,
            what=words.ACTIONS.get(entry.action, entry.action),
            when=entry.at,
            before=entry.state_from and state_label(Partner.THING, entry.state_from)[0],
            after=entry.state_to and state_label(Partner.THING, entry.state_to)[0],
            reason=entry.reason,
        )
        for entry in audit.history([(Partner.THING, partner.id)], limit=100)
    ]


@blueprint.get("/<public_id>")
@reader
def show(public_id: str) -> str:
    return _partner_page(public_id)


def _decide(name: str, public_id: str, verb: Callable[[Any, Any], object], done: str) -> Any:
    """Carry out what a form of the partner's page decides, or show the page with its errors."""
    form = _FORMS[name](prefix=name)
    return answer(
        form,
        lambda: verb(current_actor(), form),
        done,
        url_for("admin_partners.show", public_id=public_id),
        lambda: _partner_page(public_id, **{name: form}),
        refusals=(Invalid, Conflict),
    )


@blueprint.post("/<public_id>/stop")
@administrator
def stop(public_id: str) -> Any:
    return _decide(
        "stop",
        public_id,
        lambda actor, form: services.stop(
            actor,
            public_id,
            form.version.data,
            form.reason.data,
            for_cause=form.for_cause.data,
        ),
        _("The partner is stopped, and was told why."),
    )


@blueprint.post("/<public_id>/resume")
@administrator
def resume(public_id: str) -> Any:
    return _decide(
        "resume",
        public_id,
        lambda actor, form: services.resume(actor, public_id, form.version.data, form.reason.data),
        _("The partner goes on, and was told so."),
    )


@blueprint.post("/<public_id>/rate")
@administrator
def set_rate(public_id: str) -> Any:
    return _decide(
        "rate",
        public_id,
        lambda actor, form: services.set_rate(
            actor, public_id, form.version.data, form.fraction, form.reason.data
        ),
        _("The rate holds from now on, and the partner was told."),
    )
