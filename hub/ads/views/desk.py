"""The advertising staff's desk: campaigns to review, clicks that cost nothing."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from hub.ads.forms.campaigns import ReasonForm
from hub.ads.ranking import campaigns
from hub.ads.ranking import queries as campaign_queries
from hub.ads.ranking.click_queries import MOST_LINES, invalid_click_report
from hub.ads.ranking.clicks import REASON_WORDS, FreeReason
from hub.ads.views.campaigns import campaign_page
from hub.core import settings
from hub.core.actor import StaffRole
from hub.core.i18n import _
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer, seen_version

blueprint = Blueprint("ad_desk", __name__, url_prefix="/ad-desk")
readers = staff(StaffRole.ADVERTISING, StaffRole.ADMINISTRATOR)
reviewers = staff(StaffRole.ADVERTISING)

#: The report of invalid clicks tells of so many days unless asked otherwise, and at most of:
DAYS_REPORTED = 30
MOST_DAYS = 366


@blueprint.get("")
@readers
def index() -> str:
    """Campaigns that wait for review, the oldest first."""
    page = campaign_queries.review_page(current_actor(), request.args.get("after"))
    return render_template("ads/desk.html", page=page)


@blueprint.get("/invalid-clicks")
@readers
def invalid_clicks() -> Any:
    """Invalid clicks by campaign and reason, between two days."""
    today = settings.today()
    errors: dict[str, str] = {}
    first = _day("from", today - timedelta(days=DAYS_REPORTED - 1), errors)
    last = _day("until", today, errors)
    if not errors and first > last:
        errors["until"] = _("The last day is before the first.")
    if not errors and (last - first).days >= MOST_DAYS:
        errors["from"] = _("Ask for a year at most.")
    report = None if errors else invalid_click_report(current_actor(), first, last)
    page = render_template(
        "ads/desk_invalid_clicks.html",
        report=report,
        errors=errors,
        typed={
            "from": request.args.get("from", first.isoformat()),
            "until": request.args.get("until", last.isoformat()),
        },
        first=first,
        last=last,
        reasons={reason.value: REASON_WORDS[reason] for reason in FreeReason},
        most=MOST_LINES,
    )
    return page, 422 if errors else 200


def _day(name: str, usual: date, errors: dict[str, str]) -> date:
    text = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else usual
    except ValueError:
        errors[name] = _("“%(text)s” is not a date such as 2026-12-04.", text=text[:20])
        return usual


@blueprint.post("/campaigns/<public_id>/approve")
@reviewers
def approve(public_id: str) -> Any:
    """Let a campaign bid from its first day on."""
    found = campaigns.approve(current_actor(), public_id, seen_version())
    flash(_("%(name)s is approved; its company was told.", name=found.name), "good")
    return redirect(url_for(".index"))


@blueprint.post("/campaigns/<public_id>/return")
@reviewers
def return_to_draft(public_id: str) -> Any:
    """Send a campaign back to be corrected."""
    form = ReasonForm(prefix="return")
    return answer(
        form,
        lambda: campaigns.return_to_draft(
            current_actor(),
            public_id,
            reason=form.reason.data or "",
            expected_version=seen_version(),
        ),
        _("The campaign went back to its company with your reason."),
        url_for(".index"),
        lambda: campaign_page(public_id, returning=form),
    )


@blueprint.post("/campaigns/<public_id>/reject")
@reviewers
def reject(public_id: str) -> Any:
    """Refuse a campaign for good."""
    form = ReasonForm(prefix="reject")
    return answer(
        form,
        lambda: campaigns.reject(
            current_actor(),
            public_id,
            reason=form.reason.data or "",
            expected_version=seen_version(),
        ),
        _("The campaign was rejected; its company was told why."),
        url_for(".index"),
        lambda: campaign_page(public_id, rejecting=form),
    )


@blueprint.post("/campaigns/<public_id>/end")
@reviewers
def end(public_id: str) -> Any:
    """End a campaign that was approved before."""
    form = ReasonForm(prefix="end")
    return answer(
        form,
        lambda: campaigns.cancel(current_actor(), public_id, reason=form.reason.data or ""),
        _("The campaign was ended; its company was told why."),
        url_for("campaigns.campaign", public_id=public_id),
        lambda: campaign_page(public_id, ending=form),
    )
