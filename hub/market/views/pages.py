"""The pages of the market, open to everyone."""

from itertools import groupby

from flask import Blueprint, Response, render_template, request

from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.web.actor import current_actor
from hub.core.web.answers import download
from hub.core.web.locale import locale
from hub.market import commodity_pages, listing_queries, price_queries
from hub.market.filters import read_filter
from hub.market.labels import labels
from hub.market.lines import lines
from hub.market.offer_page import offer_page
from hub.market.results import TYPED, results
from hub.market.views.reader import sponsored_beside_commodity, sponsored_beside_list

blueprint = Blueprint("market", __name__, url_prefix="/market")


@blueprint.get("")
def index() -> str:
    wanted = read_filter(request.args)
    sponsored = sponsored_beside_list(wanted)
    found = results(
        wanted,
        tuple((name, request.args.get(name, "")) for name in TYPED),
        locale(),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
        expanded=request.args.get("all", ""),
    )
    return render_template(
        "market/index.html",
        wanted=wanted,
        results=found,
        sponsored=sponsored,
        search_text=wanted.text,
    )


@blueprint.get("/listings/<public_id>")
def listing(public_id: str) -> str:
    shown = offer_page(current_actor(), public_id, request.args.get("to"), locale())
    return render_template("market/listing.html", shown=shown)


@blueprint.get("/commodities")
def commodities() -> str:
    return render_template(
        "market/commodities.html", branches=commodity_pages.tree(locale()), language=locale()
    )


@blueprint.get("/commodities/<code>")
def commodity(code: str) -> str:
    known = labels()
    found = known.by_code.get(code)
    if found is None:
        raise NotFound(_("The catalogue has no such commodity."))
    language = locale()
    sponsored = sponsored_beside_commodity(found)
    page = commodity_pages.best_listings(found)
    _known, supplies = lines(page.supplies, language)
    _known, demands = lines(page.demands, language)
    return render_template(
        "market/commodity.html",
        commodity=found,
        name=found.text(language),
        ancestors=commodity_pages.ancestors(found, language),
        parts=commodity_pages.parts(found, language),
        unit=known.unit_of(found).code,
        ranges=[] if commodity_pages.is_group(found) else _by_currency(found.id),
        attributes=price_queries.attributes_of(found.id),
        supplies=tuple(supplies),
        demands=tuple(demands),
        sponsored=sponsored,
        language=language,
    )


def _by_currency(commodity_id: int) -> list[tuple[price_queries.PriceRange, ...]]:
    ranges = price_queries.price_ranges(commodity_id)
    return [tuple(group) for _key, group in groupby(ranges, lambda each: each.currency)]


@blueprint.get("/pictures/<public_id>")
def picture(public_id: str) -> Response:
    return _picture(public_id, thumbnail=False)


@blueprint.get("/pictures/<public_id>/thumbnail")
def thumbnail(public_id: str) -> Response:
    return _picture(public_id, thumbnail=True)


def _picture(public_id: str, *, thumbnail: bool) -> Response:
    file, for_everyone = listing_queries.picture_file(
        current_actor(), public_id, thumbnail=thumbnail
    )
    return download(file.read(), file.media_type, file.file_name, inline=True, public=for_everyone)
