"""The partner's pages: become one, the link, the members brought, and the shares."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.queries import own_company
from hub.affiliates import codes, queries, services, words
from hub.affiliates.forms import JoinForm
from hub.affiliates.models import PartnerState
from hub.affiliates.paying import SMALLEST_MONTHLY_PAYOUT
from hub.affiliates.terms import terms_for
from hub.core import paths
from hub.core.actor import CompanyRole
from hub.core.errors import Invalid, NotFound
from hub.core.formats import money
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.messaging.mail import absolute
from hub.payments.payouts.queries import CREDIT_ROLES

blueprint = Blueprint("partner", __name__, url_prefix="/partner")


def _page(form: JoinForm) -> str:
    actor = current_actor()
    company = own_company(actor)
    partner = queries.partner_of(company.id)
    terms = terms_for(partner)
    common = {"partner": partner, "terms": terms, "smallest": SMALLEST_MONTHLY_PAYOUT}
    if partner is None or partner.state is PartnerState.INVITED:
        form.terms.data = terms.mark
        return render_template(
            "affiliates/join.html",
            form=form,
            may_join=actor.company_role is CompanyRole.OWNER and company.can_trade,
            company=company,
            **common,
        )
    link = absolute(paths.partner_link(partner.code))
    return render_template(
        "affiliates/partner.html",
        link=link,
        qr=codes.qr_path(link),
        figures=queries.figures(partner.id),
        members=queries.members_page(partner.id, request.args.get("after")),
        refusals=words.REFUSALS,
        may_take=actor.company_role in CREDIT_ROLES and company.can_trade,
        **common,
    )


@blueprint.get("")
@signed_in
def show() -> str:
    return _page(JoinForm(formdata=None))


@blueprint.post("")
@signed_in
def join() -> Any:
    form = JoinForm()

    def act() -> None:
        try:
            services.join(current_actor(), form.terms.data or "")
        except Invalid:
            form.accepts.data = False
            raise

    return answer(
        form,
        act,
        _("Your company is a partner now. Here are your link and your code."),
        url_for("partner.show"),
        lambda: _page(form),
    )


@blueprint.get("/shares")
@signed_in
def shares() -> str:
    partner = queries.partner_of(own_company(current_actor()).id)
    if partner is None:
        raise NotFound(_("Your company is not a partner."))
    return render_template(
        "affiliates/shares.html",
        page=queries.shares_page(partner.id, request.args.get("after")),
        income=words.INCOME,
    )


@blueprint.post("/payouts/<currency>")
@signed_in
def pay_out(currency: str) -> Response:
    payout = services.pay_out(current_actor(), currency)
    if payout.held_reason:
        flash(
            _(
                "%(amount)s are yours, but can’t leave yet: %(reason)s Enter or correct the bank "
                "account on the page of your company.",
                amount=money(payout.amount),
                reason=_(payout.held_reason),
            ),
            "warning",
        )
    else:
        flash(
            _(
                "%(amount)s will be sent to your bank account as soon as the hub's finance people "
                "have approved it.",
                amount=money(payout.amount),
            ),
            "good",
        )
    return redirect(url_for("partner.show"))
