"""Who reads the market, as far as its sponsored places need to know."""

from collections.abc import Callable

from flask import current_app, request, session

from hub.ads.ranking.models import Surface
from hub.ads.visits import SESSION_KEY, Viewer, new_viewer_id, viewer_hash
from hub.core import settings
from hub.core.web.actor import current_actor
from hub.core.web.locale import locale
from hub.market import sponsored
from hub.market.filters import Filter
from hub.market.labels import CommodityLabel
from hub.market.lines import Line
from hub.market.sponsored import Reader


def sponsored_beside_list(wanted: Filter, surface: Surface | None = None) -> tuple[Line, ...]:
    """The sponsored places of a list's first page; none on any other.

    The surface is a search or a category, as the filter has it, unless it is named.
    """
    if request.args.get("after") or request.args.get("before"):
        return ()
    shown_on = surface or (Surface.SEARCH if wanted.search else Surface.CATEGORY)
    return _shown(lambda reader: sponsored.beside_list(wanted, shown_on, reader))


def sponsored_beside_commodity(commodity: CommodityLabel) -> tuple[Line, ...]:
    """The sponsored places of a commodity's page."""
    return _shown(lambda reader: sponsored.beside_commodity(commodity, reader))


def _shown(places: Callable[[Reader], tuple[Line, ...]]) -> tuple[Line, ...]:
    """Places for a person who looks now; a browser that is shown some gets its random id."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return ()
    secret = str(current_app.config["SECRET_KEY"])
    viewer_id = str(session.get(SESSION_KEY) or new_viewer_id())
    mark = viewer_hash(secret, viewer_id, settings.today())
    found = places(Reader(Viewer(secret, mark, current_actor().company_id), locale()))
    if found and SESSION_KEY not in session:
        session[SESSION_KEY] = viewer_id
    return found
