"""The market's list for programs (JSON) and for spreadsheets (CSV), by the page's own filters."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from hub.ads.ranking.models import Surface
from hub.core.errors import HubError, Invalid
from hub.core.i18n import _
from hub.core.numbers import parse_integer, plain
from hub.core.tabular import write_csv
from hub.core.web.locale import locale
from hub.core.web.requests import limiter
from hub.market import queries
from hub.market.facets import address
from hub.market.filters import Filter, read_filter
from hub.market.lines import Line, lines
from hub.market.views.reader import sponsored_beside_list
from hub.messaging.mail import absolute

blueprint = Blueprint("market_lists", __name__)

MOST_OF_JSON = 100
MOST_OF_CSV = 1000

#: Column of the CSV file, and the field of a line in JSON.
FIELDS = (
    "side",
    "commodity",
    "grade",
    "region",
    "available",
    "unit",
    "unit_price",
    "currency",
    "ready_from",
    "ready_until",
    "valid_until",
    "company",
    "verified",
    "url",
)


@blueprint.get("/market.json")
@limiter.limit("60 per minute")
def as_json() -> Response:
    """A page of the list: ``advertising``, ``listings`` and the address of the ``next`` page."""
    try:
        wanted = _readable_filter()
        size = _size()
        advertising = sponsored_beside_list(wanted, Surface.JSON)
        found, cursor = _page(wanted, size)
    except HubError as error:
        return _problem(error)
    content = {
        "advertising": [{"label": _("Advertising"), **_fields(line)} for line in advertising],
        "listings": [_fields(line) for line in found],
        "next": _next(".json", wanted, cursor, size),
    }
    return _json(content, "application/json")


@blueprint.get("/market.csv")
@limiter.limit("20 per minute")
def as_csv() -> Response:
    """The list as a file; its first column says what is advertising. More: see the Link header."""
    wanted = _readable_filter()
    advertising = sponsored_beside_list(wanted, Surface.CSV)
    found, cursor = _page(wanted, MOST_OF_CSV)
    rows = [
        (mark, *_fields(line).values())
        for mark, several in ((_("Advertising"), advertising), ("", found))
        for line in several
    ]
    text = write_csv(("advertising", *FIELDS), rows)
    response = Response(text.encode("utf-8-sig"), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="market.csv")
    following = _next(".csv", wanted, cursor)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _readable_filter() -> Filter:
    """The filter in the address; a program is told of what can't be read instead of guessing.

    Raises:
        Invalid: with a sentence for each parameter that can't be read.
    """
    wanted = read_filter(request.args)
    if wanted.errors:
        sentences = {name: [sentence] for name, sentence in wanted.errors}
        raise Invalid(" ".join(sentence for _name, sentence in wanted.errors), sentences)
    return wanted


def _size() -> int:
    text = request.args.get("limit", str(queries.PAGE_SIZE))
    size = parse_integer(text) or 0
    if not 1 <= size <= MOST_OF_JSON:
        sentence = _("Give a whole number from 1 to %(most)d.", most=MOST_OF_JSON)
        raise Invalid(sentence, {"limit": [sentence]})
    return size


def _page(wanted: Filter, size: int) -> tuple[Sequence[Line], str | None]:
    page = queries.listing_page(wanted, after=request.args.get("after", ""), size=size)
    return lines(page.rows, locale())[1], page.next_cursor


def _fields(line: Line) -> dict[str, Any]:
    """One line as plain values: numbers as text, so that no reader rounds them."""
    listing = line.listing
    values = (
        listing.side.value,
        line.commodity,
        listing.grade,
        line.region,
        plain(listing.available),
        line.unit,
        plain(listing.unit_price),
        listing.currency,
        listing.ready_from.isoformat(),
        listing.ready_until.isoformat(),
        listing.valid_until.isoformat(),
        listing.alias,
        bool(listing.is_verified),
        absolute(line.url),
    )
    return dict(zip(FIELDS, values, strict=True))


def _next(kind: str, wanted: Filter, cursor: str | None, size: int | None = None) -> str | None:
    if cursor is None:
        return None
    url = address(wanted).replace("/market", f"/market{kind}", 1)
    limit = f"&limit={size}" if size is not None and size != queries.PAGE_SIZE else ""
    return absolute(f"{url}{'&' if '?' in url else '?'}after={cursor}{limit}")


def _problem(error: HubError) -> Response:
    """What was wrong, as RFC 9457 has it."""
    content = {"status": error.status, "title": str(error.message), "errors": error.fields}
    return _json(content, "application/problem+json", error.status)


def _json(content: dict[str, Any], media_type: str, status: int = 200) -> Response:
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, status=status, mimetype=media_type)
