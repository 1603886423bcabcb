"""What a company may do: the one place that says it, counts its use and refuses what is beyond.

A package that owns what is counted counts it where ``hub.flow.USES`` says, and calls :func:`claim`
inside the use case that is about to use one more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from hub.core import settings
from hub.core.db.base import db
from hub.core.db.statements import insert_or_ignore
from hub.core.errors import NotAllowed
from hub.core.formats import named, number
from hub.core.i18n import _
from hub.membership.entitlements.table import (
    ENTITLEMENTS,
    Entitlement,
    Kind,
    limit_in,
    price_in_words,
    written,
)
from hub.membership.models.plans import Plan, PlanVersion
from hub.membership.models.subscriptions import ENTITLED, EntitlementLock, Subscription

Counter = Callable[[int], int]


__all__ = [
    "ENTITLEMENTS",
    "Entitlement",
    "Kind",
    "LimitReached",
    "Rights",
    "Usage",
    "claim",
    "claim_up_to",
    "companies_with_plan",
    "hold",
    "install",
    "limit",
    "limit_in",
    "month_start",
    "offered_versions",
    "over_limit",
    "refusal",
    "remaining",
    "rights_by_company",
    "rights_of",
    "usage_of",
    "usage_under",
    "use_of",
    "written",
]

_counters: dict[str, Counter] = {}


class LimitReached(NotAllowed):
    """The company's plan doesn't include this; what would is named in the message."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a company may do: by a version of a plan, or everything where there are no plans."""

    version: PlanVersion | None

    def limit(self, code: str) -> Decimal | None:
        """The value of an entitlement; None: without limit (for a rate: none of its own)."""
        return limit_in(self.version, code)

    @property
    def natural_position(self) -> int:
        """The position among natural results; higher comes first."""
        return int(self.limit("natural_position") or 0)

    @property
    def badge(self) -> str:
        """The word beside the company's alias; empty: none."""
        return self.version.badge if self.version else ""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of an entitlement is used; ``limit`` None: no limit, ``used`` None: not counted
    for the company as a whole."""

    code: str
    label: str
    used: int | None
    limit: int | None
    monthly: bool

    @property
    def left(self) -> int | None:
        """How many more are included (None where that is not limited or not counted)."""
        if self.limit is None or self.used is None:
            return None
        return max(self.limit - self.used, 0)


def install(uses: Mapping[str, Counter]) -> None:
    """Say how the present use of each entitlement is counted for a company's id."""
    unknown = uses.keys() - ENTITLEMENTS.keys()
    if unknown:
        raise ValueError(f"There are no entitlements {sorted(unknown)}.")
    _counters.clear()
    _counters.update(uses)


def month_start() -> datetime:
    """When the calendar month of the hub's zone began, that monthly entitlements count by."""
    first = settings.today().replace(day=1)
    return settings.midnight(first)


def rights_of(company_id: int) -> Rights:
    """What the company may do now: by its entitled subscription, else by the default plan."""
    own = (
        select(Subscription.version_id)
        .where(Subscription.company_id == company_id, Subscription.state.in_(ENTITLED))
        .scalar_subquery()
    )
    version_id = db.session.scalar(select(func.coalesce(own, _default_version_id())))
    return Rights(db.session.get(PlanVersion, version_id) if version_id else None)


def _default_version_id() -> Any:
    return (
        select(PlanVersion.id)
        .join(PlanVersion.plan)
        .where(Plan.is_default.is_(True))
        .order_by(PlanVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def companies_with_plan() -> Select[int]:
    """The ids of the companies whose own subscription says what they may do."""
    return select(Subscription.company_id).where(Subscription.state.in_(ENTITLED))


def rights_by_company() -> tuple[dict[int, Rights], Rights]:
    """The rights of every company with an entitled subscription, and those of all others."""
    versions: dict[int, PlanVersion] = {}
    rows = db.session.execute(
        select(Subscription.company_id, PlanVersion)
        .join(PlanVersion, PlanVersion.id == Subscription.version_id)
        .where(Subscription.state.in_(ENTITLED))
    )
    for company_id, version in rows:
        versions[company_id] = version
    version_id = db.session.scalar(select(_default_version_id()))
    default = Rights(db.session.get(PlanVersion, version_id) if version_id else None)
    return {each: Rights(version) for each, version in versions.items()}, default


def limit(company_id: int, code: str) -> Decimal | None:
    """The value of one entitlement of the company; None: without limit."""
    return rights_of(company_id).limit(code)


def claim(company_id: int, code: str, wanted: int = 1, count: Counter | None = None) -> None:
    """Make sure, inside a use case, that ``wanted`` more may be used; the caller then uses them.

    Whoever claims for a company waits for the others who do, until its transaction ends, so two
    can't take the last place. ``count`` stands in for the registered counter where what is
    counted is not the company's as a whole.

    Raises:
        LimitReached: the plan includes less; the message says what is included and used, and
            which plan would allow it at what price.
    """
    if claim_up_to(company_id, code, wanted, count) < wanted:
        raise LimitReached(refusal(company_id, code, wanted, count))


def claim_up_to(company_id: int, code: str, wanted: int, count: Counter | None = None) -> int:
    """Like :func:`claim`, but returns how many of ``wanted`` may be used instead of refusing."""
    if wanted <= 0 or limit(company_id, code) is None:
        return wanted
    hold(company_id)
    most = limit(company_id, code)
    if most is None:
        return wanted
    used = (count or _counters[code])(company_id)
    return min(max(int(most) - used, 0), wanted)


def hold(company_id: int) -> None:
    """Keep others from counting the company's use until this transaction ends.

    On SQLite a use case has the write lock from its beginning.
    """
    insert_or_ignore(EntitlementLock, company_id=company_id)
    db.session.execute(
        select(EntitlementLock.company_id)
        .where(EntitlementLock.company_id == company_id)
        .with_for_update()
    )


def remaining(company_id: int, code: str) -> int | None:
    """How many more are included; None: without limit."""
    most = limit(company_id, code)
    return None if most is None else max(int(most) - _counters[code](company_id), 0)


def usage_of(company_id: int) -> list[Usage]:
    """What is included and used of everything that is counted in numbers."""
    return usage_under(company_id, rights_of(company_id).version)


def usage_under(company_id: int, version: PlanVersion | None) -> list[Usage]:
    """The company's present use beside the limits of a version it might choose."""
    return [
        _use(company_id, version, each)
        for each in ENTITLEMENTS.values()
        if each.kind is Kind.NUMBER
    ]


def use_of(company_id: int, code: str) -> Usage:
    """What is included and used of one entitlement."""
    return _use(company_id, rights_of(company_id).version, ENTITLEMENTS[code])


def _use(company_id: int, version: PlanVersion | None, entitlement: Entitlement) -> Usage:
    most = limit_in(version, entitlement.code)
    counter = _counters.get(entitlement.code)
    return Usage(
        entitlement.code,
        str(entitlement.label),
        counter(company_id) if counter else None,
        None if most is None else int(most),
        entitlement.monthly,
    )


def over_limit(company_id: int, version: PlanVersion) -> list[Usage]:
    """What the company uses beyond a version's limits at this moment; monthly use doesn't
    count, since the next month begins anew."""
    return [
        each
        for each in usage_under(company_id, version)
        if not each.monthly
        and each.used is not None
        and each.limit is not None
        and each.used > each.limit
    ]


def refusal(company_id: int, code: str, wanted: int = 1, count: Counter | None = None) -> str:
    """Why no more may be used, and which plan would allow ``wanted`` more at what price."""
    version = rights_of(company_id).version
    used = (count or _counters[code])(company_id)
    sentence = _(
        ENTITLEMENTS[code].used_up,
        plan=named(version) if version else "",
        limit=written(code, limit_in(version, code)),
        used=number(used),
    )
    return f"{sentence} {_way_out(code, used + wanted)}"


def _way_out(code: str, needed: int) -> str:
    better = [
        each
        for each in offered_versions()
        if (most := limit_in(each, code)) is None or most >= needed
    ]
    priced = [(each, price) for each in better if (price := price_in_words(each))]
    if not priced:
        return _("No plan on offer includes more.")
    version, price = priced[0]
    return _(
        "“%(plan)s” includes %(limit)s, for %(price)s; see the plans.",
        plan=named(version),
        limit=written(code, limit_in(version, code)),
        price=price,
    )


def offered_versions() -> list[PlanVersion]:
    """The present versions of the plans that are offered, by rank."""
    newest = (
        select(PlanVersion.plan_id, func.max(PlanVersion.number).label("number"))
        .group_by(PlanVersion.plan_id)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(PlanVersion)
            .join(
                newest,
                (newest.c.plan_id == PlanVersion.plan_id) & (newest.c.number == PlanVersion.number),
            )
            .join(PlanVersion.plan)
            .where(Plan.retired_at.is_(None))
            .order_by(Plan.rank, Plan.id)
        )
    )
