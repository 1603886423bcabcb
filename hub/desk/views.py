"""The first page, the list of trades, the page of a trade, the rules."""

from typing import Any

from flask import Blueprint, Flask, render_template, request
from sqlalchemy import func, select

from hub.accounts.queries import own_company
from hub.core.actor import StaffRole
from hub.core.db.base import db
from hub.core.web.actor import current_actor, signed_in, staff
from hub.desk import queries
from hub.desk.fee_return import fee_return
from hub.desk.income import income_links, income_page
from hub.desk.rooms import rooms, waiting
from hub.desk.trade_page import trade_page
from hub.desk.worklist import worklist
from hub.posting.models import Listing, ListingState, Side

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def home() -> str:
    actor = current_actor()
    if not actor.signed_in:
        open_listings = dict(
            db.session.execute(
                select(Listing.side, func.count())
                .where(Listing.state == ListingState.OPEN)
                .group_by(Listing.side)
            ).all()
        )
        return render_template(
            "desk/front.html",
            supplies=open_listings.get(Side.SUPPLY, 0),
            demands=open_listings.get(Side.DEMAND, 0),
        )
    return render_template("desk/home.html", groups=worklist(actor))


@blueprint.get("/trades")
@signed_in
def trades() -> str:
    actor = current_actor()
    ended = request.args.get("show") == "ended"
    words = request.args.get("q", "").strip()[:40]
    page = queries.trades(actor, ended=ended, words=words, cursor=request.args.get("after"))
    return render_template(
        "desk/trades.html", page=page, ended=ended, words=words, company_id=actor.company_id
    )


@blueprint.get("/trades/<public_id>")
@signed_in
def trade(public_id: str) -> str:
    actor = current_actor()
    page = trade_page(actor, public_id)
    contract = page.performance.contract
    is_broker = actor.has(StaffRole.BROKER)
    signs = any(actor.trades_for(party) for party in (contract.supplier_id, contract.purchaser_id))
    return render_template(
        "desk/trade.html",
        page=page,
        trade=page.performance,
        contract=contract,
        is_broker=is_broker,
        may_void=contract.can_void and (is_broker or signs),
        is_finance=actor.has(StaffRole.FINANCE, StaffRole.ADMINISTRATOR),
    )


@blueprint.get("/income")
@staff(StaffRole.FINANCE, StaffRole.ADMINISTRATOR)
def income() -> str:
    actor = current_actor()
    return render_template(
        "desk/income.html",
        page=income_page(request.args.get("currency", "")),
        links=income_links(actor),
    )


@blueprint.get("/membership/return")
@signed_in
def membership_return() -> str:
    """What the company had of the hub, beside what it paid."""
    company = own_company(current_actor())
    return render_template("desk/fee_return.html", returned=fee_return(company.id))


def _rail() -> dict[str, Any]:
    actor = current_actor()
    counts = waiting(actor)
    return {
        "rooms": rooms(actor, request.path, counts),
        "unread_notices": counts.get("notices", 0),
    }


def init_app(app: Flask) -> None:
    """Register the pages, and give every page its rail of rooms."""
    app.register_blueprint(blueprint)
    app.context_processor(_rail)
