"""The administrator's rules of commission, and which of them would decide."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from hub.catalogue import queries as catalogue
from hub.core import settings
from hub.core.errors import Invalid, NotFound
from hub.core.formats import percent
from hub.core.i18n import _
from hub.core.money import Money, minor_digits
from hub.core.numbers import round_half_even
from hub.core.web.actor import current_actor
from hub.core.web.answers import add_errors, answer
from hub.membership import queries
from hub.membership.commission import services as commission
from hub.membership.commission.words import conditions, rate_rows, sentence
from hub.membership.forms import QuoteForm, RetireForm, RuleForm
from hub.membership.models.commission import CommissionRule
from hub.membership.views.choices import (
    NOTHING,
    commodity_choices,
    currency_choices,
    plan_choices,
)
from hub.membership.views.companies import company_named
from hub.membership.views.guards import administrator

pages = Blueprint("commission", __name__, url_prefix="/admin/commission")


@pages.get("")
@administrator
def index() -> Any:
    form = QuoteForm(formdata=request.args or None)
    form.commodity.choices = commodity_choices()
    form.currency.choices = currency_choices()
    quote = _quote(form) if request.args else None
    page = render_template(
        "membership/admin_commission.html",
        rules=commission.rules(current_actor()),
        standard=settings.current().commission_rate,
        words=_words,
        today=settings.today(),
        form=form,
        quote=quote,
        rate_rows=rate_rows,
        sentence=sentence,
    )
    return page, 422 if form.errors else 200


def _words(rule: CommissionRule) -> str:
    return conditions(commission.conditions_of(rule))


def _quote(form: QuoteForm) -> commission.Quote | None:
    """The rate for what was asked, or None and why at the fields."""
    if not form.validate():
        return None
    try:
        company = company_named(form.company.data or "")
    except Invalid as error:
        add_errors(form, error)
        return None
    wanted = catalogue.commodity_by_code(form.commodity.data)
    if wanted is None:
        return None
    return commission.preview(current_actor(), company.id, wanted.id, form.currency.data)


@pages.route("/new", methods=["GET", "POST"])
@administrator
def new() -> Any:
    form = RuleForm(valid_from=settings.today())
    form.commodity.choices = [NOTHING, *commodity_choices()]
    form.currency.choices = currency_choices()
    plans = queries.plans(current_actor())
    form.plan.choices = [NOTHING, *plan_choices(plans, lambda plan: plan.code)]

    def page() -> str:
        return render_template("membership/admin_commission_rule.html", form=form)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: _add(form),
        lambda rule: _("Proposals asked from now on may bear %(rate)s.", rate=percent(rule.rate)),
        url_for("commission.index"),
        page,
    )


def _add(form: RuleForm) -> CommissionRule:
    volume = None
    if form.volume.data is not None:
        digits = minor_digits(form.currency.data)
        if form.volume.data != round_half_even(form.volume.data, digits):
            finer = _("This is finer than the currency's smallest unit.")
            raise Invalid(finer, {"volume": [finer]})
        volume = Money.from_decimal(form.volume.data, form.currency.data)
    return commission.add_rule(
        current_actor(),
        rate=form.rate.data.scaleb(-2),
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
        commodity_code=form.commodity.data,
        plan_code=form.plan.data,
        volume=volume,
        note=form.note.data or "",
    )


def _rule(public_id: str) -> CommissionRule:
    found = [each for each in commission.rules(current_actor()) if each.public_id == public_id]
    if not found:
        raise NotFound(_("There is no such rule."))
    return found[0]


@pages.get("/<public_id>")
@administrator
def show(public_id: str) -> str:
    rule = _rule(public_id)
    return _shown(rule, RetireForm(formdata=None, version=rule.version))


def _shown(rule: CommissionRule, form: RetireForm) -> str:
    return render_template(
        "membership/admin_commission_shown.html",
        rule=rule,
        words=_words,
        today=settings.today(),
        form=form,
    )


@pages.post("/<public_id>/retire")
@administrator
def retire(public_id: str) -> Any:
    form = RetireForm()
    return answer(
        form,
        lambda: commission.retire_rule(
            current_actor(), public_id, form.reason.data or "", form.version.data
        ),
        _("The rule holds for no further proposal. Frozen rates stay."),
        url_for("commission.index"),
        lambda: _shown(_rule(public_id), form),
    )
