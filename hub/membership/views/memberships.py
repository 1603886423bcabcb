"""All memberships for the desk: by state, renewals ahead, churn, and plans that staff grant."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from hub.accounts import queries as accounts
from hub.core.actor import StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.formats import named
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import answer
from hub.membership import queries, services
from hub.membership.entitlements.table import price_words
from hub.membership.forms import GrantForm
from hub.membership.models.subscriptions import Subscription, SubscriptionState
from hub.membership.subscriptions import figures
from hub.membership.subscriptions.situation import last_day
from hub.membership.views.choices import plan_choices
from hub.membership.views.companies import company_named
from hub.membership.views.guards import administrator, desk
from hub.membership.words import INTERVALS, charge_words

pages = Blueprint("memberships", __name__, url_prefix="/admin/memberships")

AHEAD = (30, 60, 90)


def _tabs() -> list[dict[str, Any]]:
    """The three views of the desk."""
    return [
        {"label": label, "url": url_for(endpoint), "active": request.endpoint == endpoint}
        for label, endpoint in (
            (_("All"), "memberships.index"),
            (_("Renewals ahead"), "memberships.renewals"),
            (_("Coming and going"), "memberships.churn"),
        )
    ]


@pages.get("")
@desk
def index() -> str:
    actor = current_actor()
    wanted = request.args.get("state", "")
    states = [SubscriptionState(wanted)] if wanted in set(SubscriptionState) else []
    words, plan = request.args.get("q", ""), request.args.get("plan", "")
    return render_template(
        "membership/admin_memberships.html",
        tabs=_tabs(),
        page=queries.subscriptions_page(actor, states, plan, words, request.args.get("after")),
        states=list(SubscriptionState),
        state=wanted,
        words=words,
        plan=plan,
        plans=queries.plans(actor),
        intervals=INTERVALS,
        last_day=last_day,
        may_grant=actor.has(StaffRole.ADMINISTRATOR),
    )


@pages.get("/renewals")
@desk
def renewals() -> str:
    asked = request.args.get("days", "")
    days = int(asked) if asked in map(str, AHEAD) else AHEAD[0]
    rows = figures.renewals_ahead(current_actor(), days)
    return render_template(
        "membership/admin_renewals.html",
        tabs=_tabs(),
        days=days,
        choices=AHEAD,
        rows=rows,
        last_day=last_day,
    )


@pages.get("/churn")
@desk
def churn() -> str:
    rows = figures.churn(current_actor())
    return render_template(
        "membership/admin_churn.html",
        tabs=_tabs(),
        rows=rows,
        most=max((max(row.began, row.ended) for row in rows), default=0),
    )


@pages.route("/grant", methods=["GET", "POST"])
@administrator
def grant() -> Any:
    form = GrantForm(company=request.args.get("company", ""))
    form.plan.choices = plan_choices(queries.plans(current_actor()), lambda plan: plan.public_id)

    def page() -> str:
        return render_template("membership/admin_grant.html", form=form)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.grant(
            current_actor(),
            company_named(form.company.data or "").public_id,
            form.plan.data,
            form.ends_on.data,
            form.reason.data or "",
        ),
        _granted_text,
        lambda granted: url_for("memberships.show", public_id=granted.public_id),
        page,
        refusals=(Invalid, Conflict),
    )


def _granted_text(subscription: Subscription) -> str:
    return _(
        "%(company)s has “%(plan)s” to the end of %(day)s.",
        company=accounts.company(subscription.company_id).legal_name,
        plan=named(subscription.plan_version),
        day=last_day(subscription.paid_until),
    )


@pages.get("/<public_id>")
@desk
def show(public_id: str) -> str:
    membership = queries.membership(current_actor(), public_id)
    subscription = membership.subscription
    return render_template(
        "membership/admin_membership.html",
        membership=membership,
        subscription=subscription,
        company=accounts.company(subscription.company_id),
        price=subscription.plan_version.price(subscription.interval, subscription.currency),
        price_words=price_words,
        charge_words=charge_words,
        intervals=INTERVALS,
        last_day=last_day,
    )
