"""Advertisements on pages: chosen while a page is made, recorded once it is sent, followed out."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, session
from markupsafe import Markup

from hub.ads.display import clicks as display_clicks
from hub.ads.display import serving
from hub.ads.display.models import AdKind, AdPage
from hub.ads.ranking.beside_listing import SponsoredListing, beside_listing
from hub.ads.views.visits import visit
from hub.ads.visits import SESSION_KEY, Viewer, new_viewer_id, viewer_hash
from hub.core import settings
from hub.core.errors import Conflict
from hub.core.web.actor import current_actor
from hub.core.web.requests import limiter

blueprint = Blueprint("ad_serving", __name__)

#: What a browser was shown today, kept in its own session cookie and nowhere else.
_COUNTERS = "ads"
_TEMPLATE = "ads/_slot.html"
#: These open by a script, which says so; without one nobody sees them, and none is recorded.
_SCRIPTED = (AdKind.POPUP, AdKind.FLOATING)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _counters() -> dict[str, Any]:
    """The counters of today; fresh ones on another day."""
    today = settings.today().isoformat()
    kept = session.get(_COUNTERS)
    if isinstance(kept, dict) and kept.get("day") == today:
        return {"day": today, "popup": bool(kept["popup"]), "shown": dict(kept["shown"])}
    return {"day": today, "popup": False, "shown": {}}


def _count(kind: AdKind, booking_id: int | None) -> str:
    """Count one shown advertisement in the session; the hash that this browser is known by."""
    counters = _counters()
    if kind is AdKind.POPUP:
        counters["popup"] = True
    if booking_id is not None:
        key = str(booking_id)
        counters["shown"][key] = counters["shown"].get(key, 0) + 1
    session[_COUNTERS] = counters
    if SESSION_KEY not in session:
        session[SESSION_KEY] = new_viewer_id()
    return viewer_hash(_secret(), str(session[SESSION_KEY]), settings.today())


def _reader() -> serving.Reader:
    counters = _counters()
    return serving.Reader(
        current_actor(),
        is_robot=visit().is_robot,
        popup_shown=counters["popup"],
        shown={int(key): count for key, count in counters["shown"].items()},
    )


def _ads_of(page: AdPage) -> serving.PageAds:
    """What may be shown on the page, asked for once a request."""
    if "page_ads" not in g or g.page_ads.page is not page:
        g.page_ads = serving.page_ads(page)
    found: serving.PageAds = g.page_ads
    return found


def ad_slot(page: str, kind: str, listing: str = "") -> Markup:
    """The advertisement for a place of a page, or nothing: booked, auctioned, the house's own.

    ``listing`` is the public id of a listing that the page is about: others of its commodity may
    stand on a place that isn't booked.
    """
    reader, wanted = _reader(), AdKind(kind)
    if request.method != "GET" or not serving.may_show(wanted, reader):
        return Markup()
    ads = _ads_of(AdPage(page))
    shown = serving.booked(ads, wanted, reader)
    if shown is None and listing:
        lines = _auctioned(listing)
        if lines:
            return _rendered("sponsored", lines)
    shown = shown or serving.of_house(ads, wanted)
    if shown is None:
        return Markup()
    if shown.kind not in _SCRIPTED:
        g.setdefault("ads_shown", []).append(shown)
    return _rendered("slot", shown, serving.token_of(_secret(), shown))


def _rendered(macro: str, *arguments: Any) -> Markup:
    module = current_app.jinja_env.get_template(_TEMPLATE).module
    return Markup(getattr(module, macro)(*arguments))  # noqa: S704


def _auctioned(listing: str) -> tuple[SponsoredListing, ...]:
    """What the auction places beside a listing, in a context of its own.

    The auction is recorded while the page is made; in the page's own session that would take from
    the page what it has loaded.
    """
    viewer_id = str(session.get(SESSION_KEY) or new_viewer_id())
    mark = viewer_hash(_secret(), viewer_id, settings.today())
    viewer = Viewer(_secret(), mark, current_actor().company_id)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        lines = beside_listing(listing, viewer)
    if lines:
        session[SESSION_KEY] = viewer_id
    return lines


def _forget() -> None:
    """A request begins with nothing of one before it."""
    g.pop("page_ads", None)
    g.pop("ads_shown", None)


def _record_shown(response: Response) -> Response:
    """Record what the page that is sent now shows."""
    shown: list[serving.Shown] = g.pop("ads_shown", [])
    if shown and response.status_code == 200:
        viewer = ""
        for each in shown:
            viewer = _count(each.kind, each.booking_id)
        # A page is never lost for its advertising: where the record can't be written, nobody pays.
        with suppress(Conflict):
            serving.record(shown, viewer)
    return response


@blueprint.post("/ads/shown")
@limiter.limit("120/minute")
def shown() -> Response:
    """A script opened a pop-up or a floating advertisement."""
    if not _reader().wants_none:
        secret, token = _secret(), request.form.get("token", "")
        values = serving.read_token(secret, token)
        viewer = _count(values["kind"], values["booking_id"])
        serving.record_opened(secret, token, viewer)
    return Response(status=204)


@blueprint.post("/ads/seen")
@limiter.limit("120/minute")
def seen() -> Response:
    """Half of an advertisement was in sight for a second."""
    if not _reader().wants_none:
        display_clicks.seen(_secret(), request.form.get("token", ""))
    return Response(status=204)


@blueprint.get("/go-ad/<token>")
@limiter.limit("120/minute")
def go(token: str) -> Any:
    """Lead to where the advertisement leads; asking only for the head is no click."""
    secret = _secret()
    target = display_clicks.destination(secret, token)
    if request.method == "GET":
        with suppress(Conflict):
            display_clicks.click(current_actor(), secret, token, visit())
    response = redirect(target, 303)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def init_app(app: Flask) -> None:
    """Register the blueprint, ``ad_slot`` for all templates, and the recording of what was sent."""
    app.register_blueprint(blueprint)
    app.before_request(_forget)
    app.after_request(_record_shown)
    app.jinja_env.globals.update(ad_slot=ad_slot)
