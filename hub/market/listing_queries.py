"""One listing as the market shows it, and what stands around it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, Select, Text, bindparam, cast, func, or_, select, union_all
from sqlalchemy.orm import aliased

from hub.accounts.models import Company
from hub.contracts.models import Contract, ContractState
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import SortKey
from hub.core.errors import NotFound
from hub.core.files import StoredFile
from hub.core.i18n import _
from hub.market.queries import AVAILABLE, IS_VERIFIED, OPEN, lines_of, with_company
from hub.posting.fields import EXTRA_COLUMNS
from hub.posting.models import Listing, ListingPicture, ListingState, Side

OTHER_SIDE = 6
SAME_SIDE = 4


@dataclass(frozen=True)
class Picture:
    """A picture of the goods, by its public id."""

    public_id: str
    width: int
    height: int


@dataclass(frozen=True)
class ListingPage:
    """A listing (its row has the columns of ``_FACTS``; attributes as JSON) with its pictures."""

    listing: Row[Any]
    pictures: tuple[Picture, ...]

    @property
    def is_open(self) -> bool:
        return bool(self.listing.state is ListingState.OPEN)


@dataclass(frozen=True)
class Neighbours:
    """Open listings of the commodity: the best of the other side, and others like this one."""

    other_side: tuple[Row[Any], ...]
    same_side: tuple[Row[Any], ...]


_RECORD = (
    select(func.count())
    .select_from(Contract)
    .where(
        Contract.state == ContractState.COMPLETED,
        or_(
            Contract.supplier_id == Listing.company_id, Contract.purchaser_id == Listing.company_id
        ),
    )
    .correlate(Listing)
    .scalar_subquery()
)
_FACTS: tuple[Any, ...] = (
    Listing.id,
    Listing.public_id,
    Listing.reference,
    Listing.side,
    Listing.state,
    Listing.company_id,
    Listing.commodity_id,
    Listing.region_id,
    Listing.grade,
    cast(Listing.attributes, Text).label("attributes"),
    Listing.quantity,
    AVAILABLE.label("available"),
    Listing.minimum_lot,
    Listing.unit_price,
    Listing.currency,
    Listing.incoterm,
    Listing.ready_from,
    Listing.ready_until,
    Listing.valid_until,
    *(getattr(Listing, name) for name in EXTRA_COLUMNS),
    Listing.opened_at,
    Listing.plan_badge,
    Company.alias,
    Company.verified_at,
    Company.region_id.label("company_region_id"),
    IS_VERIFIED.label("is_verified"),
    _RECORD.label("completed_trades"),
)


_VIEWER = aliased(Company)
_LISTING: Select[Any] = (
    select(
        *_FACTS,
        select(_VIEWER.region_id)
        .where(_VIEWER.id == bindparam("viewer_company_id", type_=Integer))
        .scalar_subquery()
        .label("viewer_region_id"),
        ListingPicture.public_id.label("picture"),
        ListingPicture.width,
        ListingPicture.height,
    )
    .join(Company, Company.id == Listing.company_id)
    .outerjoin(ListingPicture, ListingPicture.listing_id == Listing.id)
    .where(Listing.public_id == bindparam("public_id"))
    .order_by(ListingPicture.position, ListingPicture.id)
)


def _neighbours_statement(own_side: Side) -> Select[Any]:
    parts = []
    for side, size in ((own_side, SAME_SIDE), (own_side.other, OTHER_SIDE)):
        keys = [SortKey(Listing.unit_price, side is Side.DEMAND), SortKey(Listing.id)]
        narrowed = [
            OPEN,
            Listing.commodity_id == bindparam("commodity_id"),
            Listing.currency == bindparam("currency"),
            Listing.id != bindparam("listing_id"),
            Listing.side == side,
            AVAILABLE > 0,
        ]
        parts.append(select(lines_of(narrowed, keys, size).subquery()))
    return with_company(union_all(*parts).subquery())


_NEIGHBOURS = {side: _neighbours_statement(side) for side in Side}


def _sees_closed(actor: Actor, company_id: int) -> bool:
    return actor.has(StaffRole.BROKER, StaffRole.ADMINISTRATOR) or actor.company_id == company_id


def listing_page(actor: Actor, public_id: str) -> ListingPage:
    """The listing with its pictures, in one statement; ``viewer_region_id`` is the actor's region.

    Raises:
        NotFound: there is none, or it is not open and neither the actor's company's nor is the
            actor of the staff.
    """
    rows = db.session.execute(
        _LISTING, {"public_id": public_id, "viewer_company_id": actor.company_id}
    ).all()
    if not rows:
        raise NotFound(_("There is no such listing. It may never have been, or its link is cut."))
    first = rows[0]
    if first.state is not ListingState.OPEN and not _sees_closed(actor, first.company_id):
        raise NotFound(
            _("This listing has left the market: it was filled, withdrawn, paused, or it ended.")
        )
    pictures = (Picture(row.picture, row.width, row.height) for row in rows if row.picture)
    return ListingPage(first, tuple(pictures))


def neighbours(listing: Row[Any]) -> Neighbours:
    """The open listings of the same commodity and currency: best prices first, one statement."""
    rows = db.session.execute(
        _NEIGHBOURS[listing.side],
        {
            "commodity_id": listing.commodity_id,
            "currency": listing.currency,
            "listing_id": listing.id,
        },
    ).all()
    by_side: dict[Side, list[Row[Any]]] = {side: [] for side in Side}
    for row in rows:
        by_side[row.side].append(row)
    for side, found in by_side.items():
        found.sort(key=lambda row: (row.unit_price, row.id), reverse=side is Side.DEMAND)
    return Neighbours(tuple(by_side[listing.side.other]), tuple(by_side[listing.side]))


def picture_file(actor: Actor, public_id: str, *, thumbnail: bool) -> tuple[StoredFile, bool]:
    """A picture's file, and whether anyone may see it.

    Raises:
        NotFound: there is none, or its listing is not open to the actor.
    """
    wanted = ListingPicture.thumbnail_id if thumbnail else ListingPicture.file_id
    row = db.session.execute(
        select(StoredFile, Listing.state, Listing.company_id)
        .join(ListingPicture, wanted == StoredFile.id)
        .join(Listing, Listing.id == ListingPicture.listing_id)
        .where(ListingPicture.public_id == public_id)
    ).one_or_none()
    is_open = row is not None and row.state is ListingState.OPEN
    if row is None or not (is_open or _sees_closed(actor, row.company_id)):
        raise NotFound(_("There is no such picture."))
    return row[0], is_open
