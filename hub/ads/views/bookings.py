"""Bookings of places: a member makes one and follows it, the hub's people decide on it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts import queries as accounts
from hub.ads.display import bookings, places
from hub.ads.display import overview as display_queries
from hub.ads.display import review as display_review
from hub.ads.display.artwork import Given
from hub.ads.display.history import history
from hub.ads.display.models import AdKind, Booking, CampaignState
from hub.ads.forms.display import (
    EndForm,
    PauseForm,
    PictureForm,
    RejectForm,
    SendBackForm,
    SpanForm,
    TextForm,
)
from hub.ads.views.places import keepers, readers, uploaded, words
from hub.core.actor import StaffRole
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.web.actor import current_actor, signed_in
from hub.core.web.answers import add_errors, answer, download, seen_version
from hub.payments.invoices.queries import invoice_of

blueprint = Blueprint("ad_bookings", __name__)

ReasonForm = SendBackForm | RejectForm | PauseForm | EndForm
ArtworkForm = PictureForm | TextForm


@blueprint.route("/advertising/bookings/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Choose days, see the price, and only then book them."""
    actor = current_actor()
    actor.require_trader()
    place = places.place(request.args.get("place", ""))
    asked = request.method == "POST" or "starts_on" in request.args
    form = SpanForm(request.form if request.method == "POST" else request.args if asked else None)
    status, price = 200, None
    full: Sequence[date] = ()
    if asked and form.validate():
        span = (form.starts_on.data, form.ends_on.data, form.thousands.data)
        try:
            if request.method == "POST":
                made = bookings.book(actor, place.public_id, *span, form.price.data or "")
                flash(_("The days are yours for 24 hours. Now add your advertisement."), "good")
                return redirect(url_for(".show", public_id=made.public_id))
            first, last = bookings.checked_span(place, *span)
            full = bookings.full_days(place, first, last)
            price = bookings.price_of(place, first, last, form.thousands.data)
        except (Invalid, Conflict) as error:
            status = error.status if request.method == "POST" else 200
            add_errors(form, error)
    elif asked:
        status = 422 if request.method == "POST" else 200
    page = render_template(
        "ads/booking_new.html",
        form=form,
        place=place,
        price=price,
        full=full,
        months=display_queries.calendar(place),
        **words(),
    )
    return page, status


def _artwork_form(found: Booking) -> ArtworkForm:
    kept, version = found.creative, str(found.version)
    if found.place.kind is AdKind.TEXT:
        return TextForm(
            formdata=None,
            version=version,
            headline=kept.headline if kept else "",
            text=kept.text if kept else "",
            target=kept.target if kept else "https://",
        )
    return PictureForm(
        formdata=None,
        version=version,
        alternative=kept.alternative if kept else "",
        target=kept.target if kept else "https://",
    )


def _page(public_id: str, **answered: Any) -> str:
    """The page of a booking; a form that was answered carries what was wrong with the try."""
    actor = current_actor()
    found = bookings.booking(actor, public_id)
    return render_template(
        "ads/booking_show.html",
        booking=found,
        mine=actor.trades_for(found.company_id),
        decides=actor.has(StaffRole.ADVERTISING),
        from_desk=actor.is_staff,
        company_name=accounts.company(found.company_id).legal_name,
        invoice=invoice_of(found.subject),
        report=display_queries.report(found),
        shown=found.state not in (CampaignState.DRAFT, CampaignState.PENDING_REVIEW),
        history=history(actor, found),
        artwork_form=answered.get("artwork") or _artwork_form(found),
        send_back_form=answered.get("send_back") or SendBackForm(formdata=None),
        reject_form=answered.get("reject") or RejectForm(formdata=None),
        pause_form=answered.get("pause") or PauseForm(formdata=None),
        end_form=answered.get("end") or EndForm(formdata=None),
        **words(),
    )


def _address(public_id: str) -> str:
    """The page of the booking as the actor sees it."""
    endpoint = ".reviewed" if current_actor().is_staff else ".show"
    return url_for(endpoint, public_id=public_id)


def _back(public_id: str, message: str) -> Response:
    flash(message, "good")
    return redirect(_address(public_id))


@blueprint.get("/advertising/bookings/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """One booking: where it stands, what to do, what it got."""
    return _page(public_id)


@blueprint.get("/ad-desk/bookings/<public_id>")
@readers
def reviewed(public_id: str) -> Any:
    """One booking, for those who decide on it."""
    return _page(public_id)


@blueprint.post("/advertising/bookings/<public_id>/artwork")
@signed_in
def artwork(public_id: str) -> Any:
    """Give a draft its artwork."""
    found = bookings.booking(current_actor(), public_id)
    form: ArtworkForm = TextForm() if found.place.kind is AdKind.TEXT else PictureForm()
    typed = {name: str(value or "") for name, value in form.data.items() if name != "picture"}
    given = Given(
        target=typed["target"],
        headline=typed.get("headline", ""),
        text=typed.get("text", ""),
        alternative=typed.get("alternative", ""),
        picture=uploaded("picture"),
    )
    return answer(
        form,
        lambda: bookings.set_artwork(current_actor(), public_id, seen_version(), given),
        _("Saved. Look at it below, then send it for review."),
        _address(public_id),
        lambda: _page(public_id, artwork=form),
    )


@blueprint.post("/advertising/bookings/<public_id>/submit")
@signed_in
def submit(public_id: str) -> Response:
    """Send it for review."""
    bookings.submit(current_actor(), public_id, seen_version())
    return _back(public_id, _("It is with the hub's people now. They answer before its first day."))


@blueprint.post("/advertising/bookings/<public_id>/cancel")
@signed_in
def cancel(public_id: str) -> Any:
    """End it; staff say why."""
    form = EndForm()
    return answer(
        form,
        lambda: bookings.cancel(current_actor(), public_id, seen_version(), form.reason.data or ""),
        lambda found: (
            _("The booking ended. What was not delivered is in the account at the hub.")
            if found.returned
            else _("The booking ended. Its days are free again.")
        ),
        _address(public_id),
        lambda: _page(public_id, end=form),
    )


@blueprint.post("/ad-desk/bookings/<public_id>/approve")
@keepers
def approve(public_id: str) -> Response:
    """Let it run once it is paid."""
    display_review.approve(current_actor(), public_id, seen_version())
    return _back(public_id, _("Approved: the company was sent the invoice."))


def _decided(
    public_id: str, name: str, form: ReasonForm, verb: Callable[..., Booking], told: str
) -> Any:
    return answer(
        form,
        lambda: verb(current_actor(), public_id, seen_version(), form.reason.data or ""),
        told,
        _address(public_id),
        lambda: _page(public_id, **{name: form}),
    )


@blueprint.post("/ad-desk/bookings/<public_id>/send-back")
@keepers
def send_back(public_id: str) -> Any:
    """Have it corrected."""
    told = _("It went back to the company with your reason.")
    return _decided(public_id, "send_back", SendBackForm(), display_review.send_back, told)


@blueprint.post("/ad-desk/bookings/<public_id>/reject")
@keepers
def reject(public_id: str) -> Any:
    """Refuse it for good."""
    told = _("It was rejected; the company was told why.")
    return _decided(public_id, "reject", RejectForm(), display_review.reject, told)


@blueprint.post("/ad-desk/bookings/<public_id>/pause")
@keepers
def pause(public_id: str) -> Any:
    """Stop it for a while."""
    told = _("It is paused; the company was told why.")
    return _decided(public_id, "pause", PauseForm(), display_review.pause, told)


@blueprint.post("/ad-desk/bookings/<public_id>/resume")
@keepers
def resume(public_id: str) -> Response:
    """Let it run again."""
    display_review.resume(current_actor(), public_id, seen_version())
    return _back(public_id, _("It runs again."))


@blueprint.get("/ads/artwork/<public_id>")
def picture(public_id: str) -> Response:
    """The picture of an advertisement."""
    file, for_everyone = display_queries.artwork_file(current_actor(), public_id)
    return download(file.read(), file.media_type, file.file_name, inline=True, public=for_everyone)


def _own_ad_bookings() -> dict[str, Any]:
    return {"rows": display_queries.latest_bookings(current_actor()), **words()}


def _ad_bookings_to_review() -> dict[str, Any]:
    return {"rows": display_queries.review_page(current_actor()).rows, **words()}


@blueprint.app_context_processor
def _partials() -> dict[str, Any]:
    """What ``ads/_bookings.html`` and ``ads/_desk_bookings.html`` ask for on others' pages."""
    return {
        "own_ad_bookings": _own_ad_bookings,
        "ad_bookings_to_review": _ad_bookings_to_review,
    }
