"""Reading inquiries: each side sees its own ones, the hub's brokers all of them."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Company
from hub.catalogue.models import Commodity
from hub.core import clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.numbers import round_half_even
from hub.membership.entitlements import services as entitlements
from hub.negotiation.models import (
    VOID,
    ContestState,
    Inquiry,
    InquiryContest,
    InquiryPrice,
    InquiryState,
    Party,
    Terms,
)
from hub.posting.models import Listing, ListingState, Side

PAGE_SIZE = 30
ALTERNATIVES = 5
#: The entitlement that says how many inquiries a month a plan includes.
INCLUDED = "inquiries_included"
#: How long an earlier inquiry makes the next one about the same commodity a repetition.
FIRST_TIME = timedelta(days=90)
RATED = timedelta(days=90)

_WHOLE = (
    joinedload(Inquiry.listing).options(joinedload(Listing.commodity), joinedload(Listing.region)),
    joinedload(Inquiry.asker),
    joinedload(Inquiry.receiver),
    joinedload(Inquiry.contest),
)


def _of_company(company_id: int | None) -> ColumnElement[bool]:
    company = company_id or 0
    return or_(Inquiry.asker_id == company, Inquiry.receiver_id == company)


def visible_to(actor: Actor) -> Select[Inquiry]:
    """The inquiries that the actor's company sent or received; brokers see all."""
    wanted = select(Inquiry)
    if actor.has(StaffRole.BROKER):
        return wanted
    return wanted.where(_of_company(actor.company_id))


def inquiry(actor: Actor, public_id: str, *, lock: bool = False) -> Inquiry:
    """The inquiry with its listing, both companies and its contest.

    With ``lock`` nobody else changes it until the transaction ends, and it is read afresh.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    found = _one(visible_to(actor).where(Inquiry.public_id == public_id), lock)
    if found is None:
        raise NotFound(_("There is no such inquiry, or it isn't yours to see."))
    return found


def by_id(inquiry_id: int) -> Inquiry | None:
    """The inquiry with this internal id, locked, for callers who have checked who asks."""
    return _one(select(Inquiry).where(Inquiry.id == inquiry_id), lock=True)


def _one(wanted: Select[Any], lock: bool) -> Inquiry | None:
    if lock:
        locked = wanted.with_only_columns(Inquiry.id).with_for_update(of=Inquiry)
        if db.session.scalar(locked) is None:
            return None
        wanted = wanted.execution_options(populate_existing=True)
    found: Inquiry | None = db.session.scalar(wanted.options(*_WHOLE))
    return found


def own(actor: Actor, public_id: str, *, lock: bool = False) -> tuple[Inquiry, Party]:
    """An inquiry of the actor's company, and which of the two the company is.

    Raises:
        NotFound: there is none, or the actor's company is neither of the two.
    """
    found = inquiry(actor, public_id, lock=lock)
    party = found.party_of(actor.company_id)
    if party is None:
        raise NotFound(_("There is no such inquiry, or it isn't yours to see."))
    return found, party


def company_page(actor: Actor, party: Party, cursor: str | None = None) -> Page:
    """The inquiries that the company received or sent, newest first."""
    column = Inquiry.asker_id if party is Party.ASKER else Inquiry.receiver_id
    wanted = select(Inquiry).where(column == (actor.company_id or 0)).options(*_WHOLE)
    return _page(wanted, cursor)


def _page(wanted: Select[Any], cursor: str | None, *, descending: bool = True) -> Page:
    keys = [SortKey(Inquiry.id, descending)]
    rows = db.session.scalars(keyset(wanted, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def unread_by(company_id: int, party: Party) -> ColumnElement[bool]:
    """Inquiries in which there is something new to the company on this side."""
    if party is Party.ASKER:
        return and_(Inquiry.asker_id == company_id, Inquiry.unread_by_asker.is_(True))
    return and_(Inquiry.receiver_id == company_id, Inquiry.unread_by_receiver.is_(True))


def waiting_for(company_id: int) -> ColumnElement[bool]:
    """Inquiries in which there is something new to the company, on either side."""
    return or_(*(unread_by(company_id, party) for party in Party))


def unread_counts(actor: Actor) -> dict[Party, int]:
    """How many inquiries hold something new to the actor's company, by its side."""
    counts = [_count(Inquiry, unread_by(actor.company_id or 0, party)) for party in Party]
    row = db.session.execute(select(*counts)).one()
    return dict(zip(Party, row, strict=True))


def _count(model: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(model).where(*conditions).scalar_subquery()


class DeskTab(StrEnum):
    """The parts of the brokers' page of inquiries."""

    CONTESTED = "contested"
    CONTACTS = "contacts"
    DECIDED = "decided"


def in_tab(tab: DeskTab) -> ColumnElement[bool]:
    """The inquiries of one part of the brokers' page."""
    if tab is DeskTab.CONTACTS:
        return Inquiry.names_contacts.is_(True)
    is_open = InquiryContest.state == ContestState.OPEN
    contested = select(InquiryContest.inquiry_id)
    wanted = is_open if tab is DeskTab.CONTESTED else ~is_open
    return Inquiry.id.in_(contested.where(wanted))


def desk_page(tab: DeskTab, cursor: str | None = None) -> Page:
    """One part of the brokers' page: what waits the longest first, all else newest first."""
    wanted = select(Inquiry).where(in_tab(tab)).options(*_WHOLE)
    return _page(wanted, cursor, descending=tab is not DeskTab.CONTESTED)


def contested_count() -> int:
    """How many contests wait for a decision."""
    return int(db.session.scalar(select(_count(Inquiry, in_tab(DeskTab.CONTESTED)))) or 0)


def open_listing(public_id: str) -> Listing:
    """A listing that may be asked about (NotFound if it isn't on the market)."""
    found = db.session.scalar(
        select(Listing)
        .where(Listing.public_id == public_id, Listing.state == ListingState.OPEN)
        .options(
            joinedload(Listing.company),
            joinedload(Listing.commodity),
            joinedload(Listing.region),
        )
    )
    if found is None:
        raise NotFound(_("There is no such listing on the market."))
    return found


def living(listing_id: int, asker_id: int) -> Inquiry | None:
    """The inquiry under way of a company about a listing."""
    return db.session.scalar(
        select(Inquiry).where(
            Inquiry.listing_id == listing_id,
            Inquiry.asker_id == asker_id,
            Inquiry.state.in_((InquiryState.DELIVERED, InquiryState.OPENED, InquiryState.REPLIED)),
        )
    )


def asked_before(asker_id: int, receiver_id: int, commodity_id: int) -> bool:
    """Whether one company asked another about a commodity in the last 90 days."""
    earlier = db.session.scalar(
        select(Inquiry.id)
        .where(
            Inquiry.receiver_id == receiver_id,
            Inquiry.asker_id == asker_id,
            Inquiry.commodity_id == commodity_id,
            Inquiry.asked_at > clock.now() - FIRST_TIME,
        )
        .limit(1)
    )
    return earlier is not None


def overdue() -> list[int]:
    """Ids of the inquiries that were not answered in time."""
    return list(
        db.session.scalars(
            select(Inquiry.id)
            .where(
                Inquiry.state.in_((InquiryState.DELIVERED, InquiryState.OPENED)),
                Inquiry.answer_until < settings.today(),
            )
            .order_by(Inquiry.id)
        )
    )


def alternatives(asked: Inquiry, limit: int = ALTERNATIVES) -> list[Listing]:
    """Open listings of the same commodity, side and currency, the best price first.

    One a company, and none of companies that the asker asked about the commodity since.
    """
    listing = asked.listing
    asked_since = select(Inquiry.receiver_id).where(
        Inquiry.asker_id == asked.asker_id,
        Inquiry.commodity_id == asked.commodity_id,
        Inquiry.id >= asked.id,
    )
    supply = listing.side is Side.SUPPLY
    best = Listing.unit_price.asc() if supply else Listing.unit_price.desc()
    ranked = (
        select(
            Listing.id,
            func.row_number()
            .over(partition_by=Listing.company_id, order_by=(best, Listing.id))
            .label("place"),
        )
        .where(
            Listing.state == ListingState.OPEN,
            Listing.commodity_id == asked.commodity_id,
            Listing.side == listing.side,
            Listing.currency == listing.currency,
            Listing.quantity > Listing.reserved + Listing.filled,
            Listing.company_id.not_in((asked.asker_id, asked.receiver_id)),
            Listing.company_id.not_in(asked_since),
        )
        .subquery()
    )
    return list(
        db.session.scalars(
            select(Listing)
            .join(ranked, ranked.c.id == Listing.id)
            .where(ranked.c.place == 1)
            .order_by(best, Listing.id)
            .limit(limit)
            .options(
                joinedload(Listing.company),
                joinedload(Listing.commodity),
                joinedload(Listing.region),
            )
        )
    )


def repetitions(asked: Inquiry) -> list[Inquiry]:
    """The inquiries by which the asker asked others the same, oldest first."""
    return list(
        db.session.scalars(
            select(Inquiry)
            .where(Inquiry.repeats_id == asked.id)
            .options(*_WHOLE)
            .order_by(Inquiry.id)
        )
    )


def opened_this_month(company_id: int) -> int:
    """How many inquiries of this month the company read as part of its plan.

    What the staff found void doesn't count.
    """
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Inquiry)
            .where(
                Inquiry.receiver_id == company_id,
                Inquiry.terms == Terms.INCLUDED,
                Inquiry.opened_at >= entitlements.month_start(),
                Inquiry.state.not_in(VOID),
            )
        )
        or 0
    )


def answer_rate(company_id: int) -> Decimal | None:
    """The share of inquiries of the last 90 days that the company answered in time, to 4 places.

    Those that it could read, whose time is over or that it answered or closed; without what the
    staff found void and what the asker took back. None: there are none.
    """
    settled = or_(
        Inquiry.replied_at.is_not(None),
        Inquiry.closed_by == Party.RECEIVER,
        and_(Inquiry.closed_at.is_(None), Inquiry.answer_until < settings.today()),
    )
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((Inquiry.in_time.is_(True), 1), else_=0)), 0),
        ).where(
            Inquiry.receiver_id == company_id,
            Inquiry.opened_at.is_not(None),
            Inquiry.asked_at > clock.now() - RATED,
            Inquiry.state.not_in(VOID),
            settled,
        )
    ).one()
    received, answered = (int(value) for value in row)
    return round_half_even(Decimal(answered) / received, 4) if received else None


def _ancestry() -> dict[int, int | None]:
    rows = db.session.execute(select(Commodity.id, Commodity.parent_id))
    return {row.id: row.parent_id for row in rows}


def price_for(commodity_id: int) -> Money:
    """What opening an inquiry about a commodity costs, in the hub's currency of fees.

    Its own price, else that of the nearest group above it, else the one in the settings.
    """
    hub = settings.current()
    rows = db.session.execute(
        select(InquiryPrice.commodity_id, InquiryPrice.amount_minor).where(
            InquiryPrice.currency == hub.fee_currency
        )
    )
    prices = {row.commodity_id: int(row.amount_minor) for row in rows}
    parents = _ancestry() if prices else {}
    at: int | None = commodity_id
    while at is not None and at not in prices:
        at = parents.get(at)
    if at is None:
        return Money.from_decimal(hub.inquiry_price, hub.fee_currency)
    return Money(prices[at], hub.fee_currency)


def prices() -> list[InquiryPrice]:
    """The prices set for commodities and groups, by their names."""
    return list(
        db.session.scalars(
            select(InquiryPrice)
            .join(InquiryPrice.commodity)
            .options(joinedload(InquiryPrice.commodity))
            .order_by(Commodity.name, InquiryPrice.currency)
        )
    )


def locked_company(company_id: int) -> Company:
    """The company, locked against other inquiries that it sends at the same moment."""
    found = db.session.scalar(
        select(Company)
        .where(Company.id == company_id)
        .with_for_update(key_share=True, of=Company)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("There is no such company."))
    return found
