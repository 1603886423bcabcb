"""Reading partners, what they brought and what they earn."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import joinedload

from hub.affiliates.models import UNPAID, Attribution, Partner, Share, ShareState
from hub.core import settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.core.money import Money

PAGE_SIZE = 50

#: What is owed of a share or was paid; the same sum as :attr:`hub.affiliates.models.Share.net`.
NET = Share.amount_minor - Share.withheld_minor - Share.taken_back_minor + Share.debt_minor


@dataclass(frozen=True)
class Figures:
    """What became of a partner's shares in one currency.

    ``earned`` - ``taken_back`` = ``pending`` + ``payable`` + ``paid`` - ``debt``.
    """

    earned: Money
    taken_back: Money
    pending: Money
    payable: Money
    paid: Money
    debt: Money

    @property
    def currency(self) -> str:
        return self.earned.currency


@dataclass(frozen=True)
class Member:
    """A company that came through a partner, and what it earned the partner, less returns."""

    attribution: Attribution
    earned: list[Money] = field(default_factory=list)


def partner_of(company_id: int | None) -> Partner | None:
    """The company as a partner, if it is one."""
    return db.session.scalar(select(Partner).where(Partner.company_id == company_id))


def partner_with_code(typed: str) -> Partner | None:
    """The partner whose code this is, written in any way."""
    return db.session.scalar(select(Partner).where(Partner.code == normalised(typed)))


def partner_seen_by(actor: Actor, public_id: str) -> Partner:
    """A partner, for the staff who look after partners and their money (else NotFound)."""
    found = db.session.scalar(select(Partner).where(Partner.public_id == public_id))
    if found is None or not actor.has(StaffRole.ADMINISTRATOR, StaffRole.FINANCE):
        raise NotFound(_("There is no such partner."))
    return found


def attribution_of(company_id: int) -> Attribution | None:
    """Through whom the company came, counting or not."""
    return db.session.scalar(select(Attribution).where(Attribution.company_id == company_id))


def figures(partner_id: int) -> list[Figures]:
    """The partner's money, a line for each currency in which it earned something."""
    return figures_of([partner_id]).get(partner_id, [])


def figures_of(partner_ids: Iterable[int]) -> Mapping[int, list[Figures]]:
    """The same for several partners, in one statement."""
    unpaid, today = Share.state.in_(UNPAID), settings.today()
    waiting = and_(unpaid, Share.payable_on > today)
    payable = and_(unpaid, Share.payable_on <= today)

    def net_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, NET), else_=0))

    rows = db.session.execute(
        select(
            Share.partner_id,
            Share.currency,
            func.sum(Share.amount_minor),
            func.sum(Share.taken_back_minor),
            net_where(waiting),
            net_where(payable),
            net_where(Share.state == ShareState.PAID),
            func.sum(Share.debt_minor - Share.withheld_minor),
        )
        .where(Share.partner_id.in_(list(partner_ids)))
        .group_by(Share.partner_id, Share.currency)
        .order_by(Share.partner_id, Share.currency)
    )
    found: dict[int, list[Figures]] = defaultdict(list)
    for partner_id, currency, *sums in rows:
        found[partner_id].append(Figures(*(Money(int(minor), currency) for minor in sums)))
    return found


def debt_of(partner_id: int, currency: str) -> int:
    """What the partner was paid too much, in minor units: made good by its next shares."""
    return int(
        db.session.scalar(
            select(func.sum(Share.debt_minor - Share.withheld_minor)).where(
                Share.partner_id == partner_id, Share.currency == currency
            )
        )
        or 0
    )


def unpaid_shares(partner_id: int, currency: str) -> list[Share]:
    """Shares of which something is owed, oldest first."""
    return list(
        db.session.scalars(
            select(Share)
            .where(
                Share.partner_id == partner_id,
                Share.currency == currency,
                Share.state.in_(UNPAID),
            )
            .order_by(Share.id)
        )
    )


def members_page(partner_id: int, cursor: str | None) -> Page:
    """The companies the partner brought, newest first, as :class:`Member`."""
    return _members(select(Attribution).where(Attribution.partner_id == partner_id), cursor)


def attributions_page(cursor: str | None, *, refused_only: bool) -> Page:
    """All companies that came through partners, newest first, as :class:`Member`."""
    statement = select(Attribution).options(
        joinedload(Attribution.partner).joinedload(Partner.company)
    )
    if refused_only:
        statement = statement.where(Attribution.refusal.is_not(None))
    return _members(statement, cursor)


def _members(statement: Select[Attribution], cursor: str | None) -> Page:
    statement = statement.options(joinedload(Attribution.company))
    keys = [SortKey(Attribution.id, descending=True)]
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    page = page_of(rows, PAGE_SIZE, lambda row: [row.id])
    earned: dict[int, list[Money]] = defaultdict(list)
    for attribution_id, currency, minor in db.session.execute(
        select(
            Share.attribution_id,
            Share.currency,
            func.sum(Share.amount_minor - Share.taken_back_minor),
        )
        .where(Share.attribution_id.in_([row.id for row in page.rows]))
        .group_by(Share.attribution_id, Share.currency)
        .order_by(Share.currency)
    ):
        earned[attribution_id].append(Money(int(minor), currency))
    return Page([Member(row, earned[row.id]) for row in page.rows], page.next_cursor)


def shares_page(partner_id: int, cursor: str | None) -> Page:
    """The partner's shares, newest first, with who earned them and how they were paid."""
    statement = (
        select(Share)
        .where(Share.partner_id == partner_id)
        .options(
            joinedload(Share.attribution).joinedload(Attribution.company),
            joinedload(Share.payout),
        )
    )
    keys = [SortKey(Share.id, descending=True)]
    rows = db.session.scalars(keyset(statement, keys, cursor, PAGE_SIZE)).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


@dataclass(frozen=True)
class PartnerLine:
    """A partner as the staff see it in the list."""

    partner: Partner
    members: int
    refused: int
    figures: list[Figures]


def partners_page(cursor: str | None) -> Page:
    """All partners, newest first, as :class:`PartnerLine`."""
    keys = [SortKey(Partner.id, descending=True)]
    rows = db.session.scalars(keyset(select(Partner), keys, cursor, PAGE_SIZE)).all()
    page = page_of(rows, PAGE_SIZE, lambda row: [row.id])
    ids = [row.id for row in page.rows]
    refused = func.sum(case((Attribution.refusal.is_not(None), 1), else_=0))
    brought = {
        partner_id: (int(whole), int(out))
        for partner_id, whole, out in db.session.execute(
            select(Attribution.partner_id, func.count(), refused)
            .where(Attribution.partner_id.in_(ids))
            .group_by(Attribution.partner_id)
        )
    }
    money = figures_of(ids)
    lines = []
    for row in page.rows:
        whole, out = brought.get(row.id, (0, 0))
        lines.append(PartnerLine(row, whole - out, out, money.get(row.id, [])))
    return Page(lines, page.next_cursor)


def payable_shares(partner_id: int, currency: str, day: date) -> list[Share]:
    """What could be paid to the partner on ``day``, oldest first."""
    return list(
        db.session.scalars(
            select(Share)
            .where(
                Share.partner_id == partner_id,
                Share.currency == currency,
                Share.state.in_(UNPAID),
                Share.payable_on <= day,
            )
            .order_by(Share.id)
        )
    )


def partners_with_payable() -> list[tuple[int, str]]:
    """(partner id, currency) wherever something is payable."""
    rows = db.session.execute(
        select(Share.partner_id, Share.currency)
        .where(Share.state == ShareState.PAYABLE)
        .distinct()
        .order_by(Share.partner_id, Share.currency)
    )
    return [(partner_id, currency) for partner_id, currency in rows]


def normalised(typed: str) -> str:
    """The code as it is kept: in capitals, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", typed).upper()
