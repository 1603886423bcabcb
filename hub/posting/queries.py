"""Reading listings: one's own, the broker's review queue, imports."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts import queries as accounts
from hub.catalogue.models import Commodity, FreightRate, Region
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.posting.models import ImportBatch, ImportRefusal, Listing, ListingState

PAGE_SIZE = 50
_CONTEXT = (
    joinedload(Listing.company),
    joinedload(Listing.commodity),
    joinedload(Listing.region),
)


def visible_to(actor: Actor) -> Select[Listing]:
    """The listings that the actor may see from the inside: the company's own; brokers see all."""
    wanted = select(Listing).options(*_CONTEXT)
    if actor.has(StaffRole.BROKER, StaffRole.ADMINISTRATOR):
        return wanted
    return wanted.where(Listing.company_id == (actor.company_id or 0))


def listing(actor: Actor, public_id: str) -> Listing:
    """The listing with company, commodity, region and pictures (NotFound if it isn't theirs)."""
    found = db.session.scalar(
        visible_to(actor)
        .where(Listing.public_id == public_id)
        .options(selectinload(Listing.pictures))
    )
    if found is None:
        raise NotFound(_("There is no such listing, or it isn't yours to see."))
    return found


def by_id(listing_id: int) -> Listing:
    """The listing with company, commodity and region, for other packages."""
    found = db.session.scalar(select(Listing).where(Listing.id == listing_id).options(*_CONTEXT))
    if found is None:
        raise NotFound(_("There is no such listing."))
    return found


def state_counts(actor: Actor) -> dict[ListingState, int]:
    """How many listings of the actor's company are in each state."""
    rows = db.session.execute(
        select(Listing.state, func.count())
        .where(Listing.company_id == (actor.company_id or 0))
        .group_by(Listing.state)
    )
    return dict(rows.all())


def own_page(
    actor: Actor,
    states: Sequence[ListingState] = (),
    search: str = "",
    cursor: str | None = None,
) -> Page:
    """The company's listings, newest first, by state and by words in reference or commodity."""
    wanted = (
        select(Listing)
        .join(Listing.commodity)
        .join(Listing.region)
        .options(*_CONTEXT)
        .where(Listing.company_id == (actor.company_id or 0))
    )
    if states:
        wanted = wanted.where(Listing.state.in_(states))
    for word in search.split()[:5]:
        wanted = wanted.where(_mentions(word))
    return _page(wanted, cursor)


def _mentions(word: str) -> ColumnElement[bool]:
    columns = (Listing.reference, Listing.grade, Commodity.name, Region.name)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _page(wanted: Select[Listing], cursor: str | None, *, descending: bool = True) -> Page:
    keys = [SortKey(Listing.id, descending)]
    rows = db.session.scalars(keyset(wanted, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def usual_texts(company_id: int, commodity: Commodity) -> dict[str, str]:
    """What the form for a new listing starts with: as in the company's last listing."""
    last = db.session.execute(
        select(Listing.currency, Region.name)
        .join(Listing.region)
        .where(Listing.company_id == company_id)
        .order_by(Listing.id.desc())
        .limit(1)
    ).one_or_none()
    currency, region = last or (
        db.session.scalar(select(FreightRate.currency).order_by(FreightRate.id).limit(1)) or "",
        accounts.company(company_id).region.name,
    )
    return {"unit": commodity.unit.code, "currency": currency, "region": region}


def review_page(actor: Actor, cursor: str | None = None) -> Page:
    """Listings that wait for a broker, the longest waiting first."""
    wanted = visible_to(actor).where(Listing.state == ListingState.PENDING_REVIEW)
    return _page(wanted, cursor, descending=False)


def flagged_page(actor: Actor, cursor: str | None = None) -> Page:
    """Open listings whose price looks like a mistake, newest first."""
    wanted = visible_to(actor).where(
        Listing.state.in_((ListingState.OPEN, ListingState.PAUSED)),
        Listing.implausible_price.is_(True),
    )
    return _page(wanted, cursor)


def waiting_for_review() -> int:
    """How many listings wait for a broker."""
    return _count(Listing.state == ListingState.PENDING_REVIEW)


def flagged() -> int:
    """How many listings on the market have a price that looks like a mistake."""
    return _count(
        Listing.state.in_((ListingState.OPEN, ListingState.PAUSED)),
        Listing.implausible_price.is_(True),
    )


def _count(*conditions: ColumnElement[bool]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(Listing).where(*conditions)) or 0)


def batches(actor: Actor, limit: int = 20) -> list[ImportBatch]:
    """The last imports of the actor's company."""
    return list(
        db.session.scalars(
            select(ImportBatch)
            .where(ImportBatch.company_id == (actor.company_id or 0))
            .order_by(ImportBatch.id.desc())
            .limit(limit)
        )
    )


def batch(actor: Actor, public_id: str) -> ImportBatch:
    """An import of the actor's company; administrators see all (NotFound otherwise)."""
    wanted = select(ImportBatch).where(ImportBatch.public_id == public_id)
    if not actor.has(StaffRole.ADMINISTRATOR):
        wanted = wanted.where(ImportBatch.company_id == (actor.company_id or 0))
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(_("There is no such import, or it isn't yours to see."))
    return found


def refusals(batch_id: int, limit: int | None = None) -> list[ImportRefusal]:
    """What an import refused, in the order of the file."""
    wanted = select(ImportRefusal).where(ImportRefusal.batch_id == batch_id)
    return list(
        db.session.scalars(wanted.order_by(ImportRefusal.line, ImportRefusal.id).limit(limit))
    )
