"""A member's campaigns: what they brought, a new one, its way."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for

from hub.ads.forms.campaigns import BudgetForm, CampaignForm, ReasonForm
from hub.ads.ranking import campaigns, quality
from hub.ads.ranking import queries as campaign_queries
from hub.ads.ranking.campaigns import Terms
from hub.ads.ranking.forecast import forecasts
from hub.ads.ranking.history import history
from hub.ads.ranking.models import Campaign
from hub.ads.ranking.queries import Figures
from hub.ads.states import CampaignState
from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.formats import named
from hub.core.i18n import _
from hub.core.money import Money, minor_digits
from hub.core.numbers import parse_decimal, round_half_even
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import answer
from hub.payments.wallets.queries import wallet_balance
from hub.posting.models import Listing

blueprint = Blueprint("campaigns", __name__, url_prefix="/advertising")

#: The page of a campaign shows the figures of so many days.
DAYS_SHOWN = 30


def click_rate(figures: Figures) -> Decimal | None:
    """Valid clicks of all views, to a tenth of a per cent; None while nobody has seen it."""
    if not figures.impressions:
        return None
    return round_half_even(Decimal(figures.clicks) / figures.impressions, 3)


def _member() -> Actor:
    """The actor, who belongs to a company."""
    actor = current_actor()
    if actor.company_id is None:
        raise NotAllowed(_("Only companies advertise; the hub's staff work at the ad desk."))
    return actor


@blueprint.get("")
@signed_in
def index() -> str:
    """All campaigns of the company with what they brought, and its account."""
    actor = _member()
    page = campaign_queries.own_page(actor, (), request.args.get("after"))
    currency = settings.current().fee_currency
    return render_template(
        "ads/campaigns.html",
        page=page,
        figures=campaign_queries.figures(page.rows),
        today_spent={
            each.id: campaign_queries.spent_today(each)
            for each in page.rows
            if each.state is CampaignState.RUNNING
        },
        click_rate=click_rate,
        balance=wallet_balance(actor.company_id or 0, currency),
        reserve=campaigns.reserve(),
        may_act=actor.trades_for(actor.company_id),
    )


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Choose a listing, then say where and for how much to bid."""
    actor = _member()
    actor.require_trader()
    listing = _chosen_listing(actor)
    if listing is None:
        listings = campaign_queries.promotable_listings(actor)
        return render_template("ads/campaign_choose.html", listings=listings)
    form = _form(listing, _usual(listing))

    def page() -> str:
        return _edit_page(form, _chosen_listing(actor) or listing, None)

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: _told(lambda: campaigns.create_draft(actor, _terms(form, listing))),
        _("The draft was saved. Look at the forecast, then send it off."),
        lambda campaign: _address(campaign.public_id),
        page,
    )


def _chosen_listing(actor: Actor) -> Listing | None:
    """The open listing of the company's that the address names. Ask again after a refusal, which
    has ended the transaction that it was read in."""
    wanted = request.args.get("listing")
    listings = campaign_queries.promotable_listings(actor) if wanted else []
    return next((each for each in listings if each.public_id == wanted), None)


def _usual(listing: Listing) -> dict[str, Any]:
    """What a new campaign most likely wants."""
    return {
        "name": f"{named(listing.commodity)} {listing.reference}",
        "starts_on": settings.today(),
        "commodities": [listing.commodity.code],
        "keywords": named(listing.commodity).lower(),
        "max_bid": campaigns.reserve().decimal * 2,
    }


def _form(listing: Listing, known: dict[str, Any]) -> CampaignForm:
    typed = request.form if request.method == "POST" else None
    form = CampaignForm.in_currency(settings.current().fee_currency, typed, known)
    form.offer_commodities(
        [(each.code, named(each)) for each in campaign_queries.commodity_choices(listing)]
    )
    return form


def _terms(form: CampaignForm, listing: Listing) -> Terms:
    currency = settings.current().fee_currency
    return Terms(
        name=form.name.data or "",
        listing_id=listing.public_id,
        max_bid=Money.from_decimal(form.max_bid.data, currency),
        daily_budget=Money.from_decimal(form.daily_budget.data, currency),
        total_budget=Money.from_decimal(form.total_budget.data, currency),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        keywords=form.typed_keywords,
        commodities=tuple(form.commodities.data or ()),
    )


def _told(verb: Callable[[], Campaign]) -> Campaign:
    """Carry ``verb`` out; the listing was chosen before and has no field for what is wrong."""
    try:
        return verb()
    except Invalid as error:
        if "listing" in error.fields and len(error.fields) > 1:
            flash(" ".join(error.fields["listing"]), "bad")
        raise


def _edit_page(form: CampaignForm, listing: Listing, campaign: Campaign | None) -> str:
    return render_template(
        "ads/campaign_edit.html",
        form=form,
        listing=listing,
        campaign=campaign,
        reserve=campaigns.reserve(),
        balance=wallet_balance(listing.company_id, settings.current().fee_currency),
    )


def _address(public_id: str) -> str:
    return url_for("campaigns.campaign", public_id=public_id)


@blueprint.get("/campaigns/<public_id>")
@signed_in
def campaign(public_id: str) -> Any:
    """One campaign from the inside: state, money, figures by day, quality and forecast."""
    return campaign_page(public_id)


def campaign_page(
    public_id: str,
    returning: ReasonForm | None = None,
    rejecting: ReasonForm | None = None,
    ending: ReasonForm | None = None,
) -> str:
    """The page of one campaign; the staff's forms carry what was wrong with a try."""
    actor = current_actor()
    found = campaign_queries.campaign(actor, public_id)
    today = settings.today()
    bid, bid_error = _asked_bid(found)
    entries = history(actor, found)
    return render_template(
        "ads/campaign.html",
        campaign=found,
        figures=campaign_queries.figures([found])[found.id],
        click_rate=click_rate,
        days=campaign_queries.daily_figures(found, today - timedelta(days=DAYS_SHOWN - 1), today),
        spent_today=campaign_queries.spent_today(found),
        can_pay=campaigns.can_pay(found),
        reserve=campaigns.reserve(),
        parts=quality.parts_of(found),
        least_quality=quality.LEAST,
        score=quality.score(quality.shares_of(found)),
        thousandths=lambda points: Decimal(points).scaleb(-3),
        forecasts=forecasts(found, _bids(found, bid)),
        bid_error=bid_error,
        asked_bid=request.args.get("bid", ""),
        history=entries,
        mine=actor.trades_for(found.company_id),
        decides=actor.has(StaffRole.ADVERTISING),
        return_form=returning or ReasonForm(formdata=None, prefix="return"),
        reject_form=rejecting or ReasonForm(formdata=None, prefix="reject"),
        end_form=ending or ReasonForm(formdata=None, prefix="end"),
    )


def _asked_bid(found: Campaign) -> tuple[Money | None, str]:
    """The bid that the address asks a forecast for, and what is wrong with it."""
    text = request.args.get("bid", "").strip()
    if not text:
        return None, ""
    try:
        bid = parse_decimal(text, minor_digits(found.currency))
    except Invalid as error:
        return None, error.message
    return Money.from_decimal(bid, found.currency), ""


def _bids(found: Campaign, asked: Money | None) -> list[Money]:
    """The bids to forecast: the campaign's own, half as much again, twice, and what is asked."""
    own = found.max_bid_minor
    minors = {own, own * 3 // 2, own * 2, *((asked.minor,) if asked else ())}
    return [Money(minor, found.currency) for minor in sorted(minors)]


@blueprint.route("/campaigns/<public_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(public_id: str) -> Any:
    """Change all of a draft."""
    actor = current_actor()
    found = campaign_queries.campaign(actor, public_id)
    actor.require_trader(found.company_id)
    if not found.can_edit:
        raise Conflict(_("Only a draft can be changed as a whole. Nothing was changed."))
    form = _form(found.listing, _as_typed(found))

    def again() -> str:
        present = campaign_queries.campaign(actor, public_id)
        return _edit_page(form, present.listing, present)

    if not form.is_submitted():
        return _edit_page(form, found.listing, found)
    return answer(
        form,
        lambda: _told(
            lambda: campaigns.edit(actor, public_id, form.version.data, _terms(form, found.listing))
        ),
        _("The campaign was saved."),
        _address(public_id),
        again,
    )


def _as_typed(found: Campaign) -> dict[str, Any]:
    return _budget_as_typed(found) | {
        "name": found.name,
        "starts_on": found.starts_on,
        "keywords": "\n".join(each.typed for each in found.targets if each.keyword),
        "commodities": [each.commodity.code for each in found.targets if each.commodity],
    }


def _budget_as_typed(found: Campaign) -> dict[str, Any]:
    return {
        "version": found.version,
        "max_bid": found.max_bid.decimal,
        "daily_budget": found.daily_budget.decimal,
        "total_budget": found.total_budget.decimal,
        "ends_on": found.ends_on,
    }


@blueprint.route("/campaigns/<public_id>/budget", methods=["GET", "POST"])
@signed_in
def budget(public_id: str) -> Any:
    """Change bid, budgets and last day of a campaign that was approved."""
    actor = current_actor()
    found = campaign_queries.campaign(actor, public_id)
    actor.require_trader(found.company_id)
    if not found.can_change_budget:
        raise Conflict(_("The budget of this campaign can't be changed any more."))
    typed = request.form if request.method == "POST" else None
    form = BudgetForm.in_currency(found.currency, typed, _budget_as_typed(found))

    def page() -> str:
        return render_template(
            "ads/campaign_budget.html", form=form, campaign=found, reserve=campaigns.reserve()
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: campaigns.change_budget(
            actor,
            public_id,
            form.version.data,
            max_bid=Money.from_decimal(form.max_bid.data, found.currency),
            daily_budget=Money.from_decimal(form.daily_budget.data, found.currency),
            total_budget=Money.from_decimal(form.total_budget.data, found.currency),
            ends_on=form.ends_on.data,
        ),
        _("Bid and budgets were changed; the next auction goes by them."),
        _address(public_id),
        page,
    )
