"""Reading proposals: the broker sees all, a company those it was asked about or made itself."""

from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from hub.catalogue.models import Commodity
from hub.core import clock
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.matching.models import MatchRun, Origin, Proposal, ProposalState
from hub.posting.models import Listing, ListingState, Side

PAGE_SIZE = 30
WAITING = (ProposalState.ASKED, ProposalState.CONSENTED)
ENDED = (
    ProposalState.ACCEPTED,
    ProposalState.DISMISSED,
    ProposalState.DECLINED,
    ProposalState.EXPIRED,
    ProposalState.SUPERSEDED,
)

_LISTING_CONTEXT = (
    joinedload(Listing.company),
    joinedload(Listing.commodity),
    joinedload(Listing.region),
)
#: Both listings with what a page and the verbs need of them.
WHOLE: tuple[ORMOption, ...] = (
    joinedload(Proposal.supply).options(*_LISTING_CONTEXT),
    joinedload(Proposal.demand).options(*_LISTING_CONTEXT),
)


def _listings_of(company_id: int | None) -> Select[Any]:
    return select(Listing.id).where(Listing.company_id == (company_id or 0))


def visible_to(actor: Actor) -> Select[Any]:
    """Brokers and administrators see every proposal; a company those about its own listings that
    it was asked about or made itself."""
    wanted = select(Proposal)
    if actor.has(StaffRole.BROKER, StaffRole.ADMINISTRATOR):
        return wanted
    if actor.company_id is None:
        return wanted.where(false())
    own = _listings_of(actor.company_id)
    return wanted.where(
        or_(Proposal.supply_id.in_(own), Proposal.demand_id.in_(own)),
        or_(
            Proposal.asked_at.is_not(None),
            Proposal.proposed_by_company == actor.company_id,
        ),
    )


def proposal(actor: Actor, public_id: str, *, lock: bool = False) -> Proposal:
    """The proposal with both listings, their companies, commodity and regions.

    With ``lock`` nobody else changes it until the transaction ends, and it is read afresh.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    found = _one(visible_to(actor).where(Proposal.public_id == public_id), lock)
    if found is None:
        raise NotFound(_("There is no such proposal, or it isn't yours to see."))
    return found


def by_id(proposal_id: int, *, lock: bool = False) -> Proposal | None:
    """The proposal with this internal id, for callers who have checked who asks."""
    return _one(select(Proposal).where(Proposal.id == proposal_id), lock)


def _one(wanted: Select[Any], lock: bool) -> Proposal | None:
    if lock:
        locked = wanted.with_only_columns(Proposal.id).with_for_update(of=Proposal)
        if db.session.scalar(locked) is None:
            return None
        wanted = wanted.execution_options(populate_existing=True)
    found: Proposal | None = db.session.scalar(wanted.options(*WHOLE))
    return found


def active_between(supply_id: int, demand_id: int) -> Proposal | None:
    """The proposal under way between two listings."""
    return db.session.scalar(
        select(Proposal)
        .where(
            Proposal.supply_id == supply_id,
            Proposal.demand_id == demand_id,
            Proposal.state.in_((ProposalState.PROPOSED, *WAITING)),
        )
        .options(*WHOLE)
    )


def active_about(listing_id: int) -> list[Proposal]:
    """The proposals under way that one of the two sides of which is this listing."""
    return list(
        db.session.scalars(
            select(Proposal)
            .where(
                or_(Proposal.supply_id == listing_id, Proposal.demand_id == listing_id),
                Proposal.state.in_((ProposalState.PROPOSED, *WAITING)),
            )
            .options(*WHOLE)
            .order_by(Proposal.id)
        )
    )


class DeskTab(StrEnum):
    """The parts of the broker's desk."""

    PROPOSED = "proposed"
    WAITING = "waiting"
    LATE = "late"
    ENDED = "ended"


def _in_tab(tab: DeskTab) -> ColumnElement[bool]:
    if tab is DeskTab.PROPOSED:
        return Proposal.state == ProposalState.PROPOSED
    if tab is DeskTab.ENDED:
        return Proposal.state.in_(ENDED)
    late = Proposal.reminded_at.is_not(None)
    return and_(Proposal.state.in_(WAITING), late if tab is DeskTab.LATE else ~late)


def desk_page(tab: DeskTab, commodity_code: str = "", cursor: str | None = None) -> Page:
    """One page of the broker's desk.

    Proposed: those that traders made first, then by surplus. Waiting and late (reminded): by
    who was asked first. Ended: the newest first.
    """
    supply = aliased(Listing)
    wanted = select(Proposal).where(_in_tab(tab)).options(*WHOLE)
    if commodity_code:
        wanted = (
            wanted.join(supply, supply.id == Proposal.supply_id)
            .join(Commodity, Commodity.id == supply.commodity_id)
            .where(Commodity.code == commodity_code)
        )
    if tab is DeskTab.PROPOSED:
        by_computer = case((Proposal.origin == Origin.TRADER, 0), else_=1)
        keys = [
            SortKey(by_computer),
            SortKey(Proposal.surplus, descending=True, kind=Decimal),
            SortKey(Proposal.id),
        ]
        return _page(wanted, keys, cursor, _desk_key)
    newest = SortKey(Proposal.id, descending=tab is DeskTab.ENDED)
    return _page(wanted, [newest], cursor, lambda row: [row.id])


def _desk_key(row: Proposal) -> list[Any]:
    return [0 if row.origin is Origin.TRADER else 1, row.surplus, row.id]


def _page(wanted: Any, keys: list[SortKey], cursor: str | None, key_values: Any) -> Page:
    rows = db.session.scalars(keyset(wanted, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, key_values)


def desk_counts() -> dict[DeskTab, int]:
    """How many proposals are in each part of the desk that still needs something."""
    tabs = (DeskTab.PROPOSED, DeskTab.WAITING, DeskTab.LATE)
    row = db.session.execute(
        select(
            *(
                select(func.count()).select_from(Proposal).where(_in_tab(tab)).scalar_subquery()
                for tab in tabs
            )
        )
    ).one()
    return dict(zip(tabs, row, strict=True))


def desk_commodities() -> list[Commodity]:
    """The commodities that there are proposals about, by name."""
    return list(
        db.session.scalars(
            select(Commodity)
            .where(
                Commodity.id.in_(
                    select(Listing.commodity_id).join(Proposal, Proposal.supply_id == Listing.id)
                )
            )
            .order_by(Commodity.name)
        )
    )


class CompanyTab(StrEnum):
    """The parts of a trader's page of proposals."""

    MINE = "mine"
    OTHERS = "others"
    ENDED = "ended"


def _for_company(actor: Actor, tab: CompanyTab) -> ColumnElement[bool]:
    if tab is CompanyTab.ENDED:
        return Proposal.state.in_(ENDED)
    own = _listings_of(actor.company_id)
    unanswered = and_(
        Proposal.state.in_(WAITING),
        or_(
            and_(Proposal.supply_id.in_(own), Proposal.supply_consented_at.is_(None)),
            and_(Proposal.demand_id.in_(own), Proposal.demand_consented_at.is_(None)),
        ),
    )
    if tab is CompanyTab.MINE:
        return unanswered
    return and_(Proposal.state.in_((ProposalState.PROPOSED, *WAITING)), ~unanswered)


def company_page(actor: Actor, tab: CompanyTab, cursor: str | None = None) -> Page:
    """One page of the proposals of the actor's company."""
    own = _listings_of(actor.company_id)
    wanted = (
        visible_to(actor)
        .where(
            or_(Proposal.supply_id.in_(own), Proposal.demand_id.in_(own)),
            _for_company(actor, tab),
        )
        .options(*WHOLE)
    )
    newest = SortKey(Proposal.id, descending=tab is not CompanyTab.MINE)
    return _page(wanted, [newest], cursor, lambda row: [row.id])


def company_counts(actor: Actor) -> dict[CompanyTab, int]:
    """How many proposals wait for the company, and for others."""
    tabs = (CompanyTab.MINE, CompanyTab.OTHERS)
    counts = {}
    for tab in tabs:
        rows = visible_to(actor).where(_for_company(actor, tab)).subquery()
        counts[tab] = int(db.session.scalar(select(func.count()).select_from(rows)) or 0)
    return counts


def last_run() -> MatchRun | None:
    """The latest computation."""
    return db.session.scalar(select(MatchRun).order_by(MatchRun.id.desc()).limit(1))


def overdue() -> list[int]:
    """Ids of the proposals whose time to consent is over."""
    return list(
        db.session.scalars(
            select(Proposal.id)
            .where(Proposal.state.in_(WAITING), Proposal.consent_until < clock.now())
            .order_by(Proposal.id)
        )
    )


def listing_for_proposal(actor: Actor, public_id: str) -> Listing:
    """A listing that the actor may propose a trade with: open on the market, or their own.

    Brokers may propose every listing. Raises NotFound for what the actor may not see.
    """
    wanted = select(Listing).where(Listing.public_id == public_id).options(*_LISTING_CONTEXT)
    if not actor.has(StaffRole.BROKER):
        wanted = wanted.where(
            or_(
                Listing.state == ListingState.OPEN,
                Listing.company_id == (actor.company_id or 0),
            )
        )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(_("There is no such listing on the market."))
    return found


def own_candidates(actor: Actor, partner: Listing, limit: int = 50) -> list[Listing]:
    """The company's listings on the other side of ``partner``'s market, newest first."""
    return list(
        db.session.scalars(
            select(Listing)
            .where(
                Listing.company_id == (actor.company_id or 0),
                Listing.side == partner.side.other,
                Listing.commodity_id == partner.commodity_id,
                Listing.currency == partner.currency,
                Listing.state.in_((ListingState.OPEN, ListingState.PENDING_REVIEW)),
            )
            .options(*_LISTING_CONTEXT)
            .order_by(Listing.id.desc())
            .limit(limit)
        )
    )


def listings_by_reference(side: Side, text: str, states: Collection[ListingState]) -> list[Listing]:
    """The listings of one side with this reference (references are unique within a company) or
    this public id."""
    wanted = text.strip()
    return list(
        db.session.scalars(
            select(Listing)
            .where(
                Listing.side == side,
                Listing.state.in_(states),
                or_(Listing.reference == wanted, Listing.public_id == wanted.lower()),
            )
            .options(*_LISTING_CONTEXT)
            .order_by(Listing.id)
            .limit(20)
        )
    )
