"""Reading plans, subscriptions, charges and coupons."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Company
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.paging import Page, SortKey, keyset, page_of
from hub.core.errors import NotFound
from hub.core.i18n import _
from hub.membership.models.plans import Plan, PlanVersion
from hub.membership.models.subscriptions import (
    CHARGED_FOR,
    LIVING,
    Charge,
    ChargeKind,
    ChargeState,
    Coupon,
    Subscription,
    SubscriptionState,
)
from hub.payments.invoices.models import Invoice

PAGE_SIZE = 50


@dataclass(frozen=True)
class ChargeSeen:
    """A charge and its invoice, where there is one."""

    charge: Charge
    invoice: Invoice | None


@dataclass(frozen=True)
class Membership:
    """A subscription with all its charges, newest first.

    ``waiting`` is the charge that waits for payment to begin or renew the subscription,
    ``upgrade`` the one that waits for payment to go over to a higher plan.
    """

    subscription: Subscription
    charges: Sequence[ChargeSeen]

    @property
    def waiting(self) -> ChargeSeen | None:
        return self._open(upgrade=False)

    @property
    def upgrade(self) -> ChargeSeen | None:
        return self._open(upgrade=True)

    def _open(self, *, upgrade: bool) -> ChargeSeen | None:
        for seen in self.charges:
            is_upgrade = seen.charge.kind is ChargeKind.UPGRADE
            if seen.charge.state is ChargeState.OPEN and is_upgrade is upgrade:
                return seen
        return None


def _look_after(actor: Actor) -> None:
    actor.require(StaffRole.ADMINISTRATOR, StaffRole.FINANCE)


def plans(actor: Actor) -> list[Plan]:
    """All plans with their versions, by rank; for administrators and finance (NotAllowed)."""
    _look_after(actor)
    wanted = select(Plan).options(selectinload(Plan.versions)).order_by(Plan.rank, Plan.id)
    return list(db.session.scalars(wanted))


def plan(actor: Actor, public_id: str) -> Plan:
    """A plan with its versions, for administrators and finance (NotFound if there is none)."""
    _look_after(actor)
    found = db.session.scalar(
        select(Plan).where(Plan.public_id == public_id).options(selectinload(Plan.versions))
    )
    if found is None:
        raise NotFound(_("There is no such plan."))
    return found


def version(public_id: str) -> PlanVersion:
    """A version of a plan, as anybody may see it (NotFound if there is none)."""
    found = db.session.scalar(select(PlanVersion).where(PlanVersion.public_id == public_id))
    if found is None:
        raise NotFound(_("There is no such plan."))
    return found


def living(company_id: int) -> Subscription | None:
    """The company's subscription that is neither cancelled nor expired."""
    return db.session.scalar(
        select(Subscription).where(
            Subscription.company_id == company_id, Subscription.state.in_(LIVING)
        )
    )


def locked(subscription_id: int) -> Subscription:
    """A subscription as it is now; whoever else wants it so waits until the transaction ends.

    The row is locked before it is read: PostgreSQL would join what others changed meanwhile with
    rows of before. On SQLite a use case has the write lock from its beginning.
    """
    only = Subscription.id == subscription_id
    db.session.execute(select(Subscription.id).where(only).with_for_update())
    fresh = select(Subscription).where(only).execution_options(populate_existing=True)
    found = db.session.scalars(fresh).one()
    db.session.expire(found, ["charges"])
    return found


def had_trial(company_id: int) -> bool:
    """Whether the company has had its trial."""
    tried = select(Subscription.id).where(
        Subscription.company_id == company_id, Subscription.trial_until.is_not(None)
    )
    return db.session.scalar(tried.limit(1)) is not None


def own_membership(actor: Actor) -> Membership | None:
    """The living subscription of the actor's company with its charges and invoices."""
    found = _own(actor, living_ones=True)
    return found[0] if found else None


def own_past(actor: Actor) -> list[Membership]:
    """The subscriptions of the actor's company that have ended, newest first."""
    return _own(actor, living_ones=False)


def _own(actor: Actor, *, living_ones: bool) -> list[Membership]:
    alive = Subscription.state.in_(LIVING)
    return _memberships(
        select(Subscription)
        .where(Subscription.company_id == (actor.company_id or 0), alive if living_ones else ~alive)
        .order_by(Subscription.id.desc())
    )


def _memberships(wanted: Select[Subscription]) -> list[Membership]:
    with_charges = wanted.options(selectinload(Subscription.charges))
    found = db.session.scalars(with_charges.execution_options(populate_existing=True)).all()
    charges = [charge.id for subscription in found for charge in subscription.charges]
    invoices = invoices_of(charges)
    return [
        Membership(
            subscription,
            [
                ChargeSeen(charge, invoices.get(charge.id))
                for charge in reversed(subscription.charges)
            ],
        )
        for subscription in found
    ]


def invoices_of(charge_ids: Sequence[int]) -> dict[int, Invoice]:
    """The invoices of charges, by the id of the charge."""
    found = db.session.scalars(
        select(Invoice).where(
            Invoice.subject_kind == CHARGED_FOR, Invoice.subject_id.in_(charge_ids)
        )
    )
    return {invoice.subject_id: invoice for invoice in found}


def membership(actor: Actor, public_id: str) -> Membership:
    """A subscription with its company, for administrators and finance (NotFound if none)."""
    _look_after(actor)
    found = _memberships(
        select(Subscription)
        .where(Subscription.public_id == public_id)
        .options(joinedload(Subscription.company))
    )
    if not found:
        raise NotFound(_("There is no such subscription."))
    return found[0]


def subscriptions_page(
    actor: Actor,
    states: Sequence[SubscriptionState] = (),
    plan_public_id: str = "",
    search: str = "",
    cursor: str | None = None,
) -> Page:
    """Subscriptions of all companies, newest first, by state, plan and words of the company's
    name or alias; for administrators and finance."""
    _look_after(actor)
    wanted = (
        select(Subscription).join(Subscription.company).options(joinedload(Subscription.company))
    )
    if states:
        wanted = wanted.where(Subscription.state.in_(states))
    if plan_public_id:
        wanted = wanted.where(
            Subscription.version_id.in_(
                select(PlanVersion.id)
                .join(Plan, Plan.id == PlanVersion.plan_id)
                .where(Plan.public_id == plan_public_id)
            )
        )
    for word in search.split()[:5]:
        wanted = wanted.where(
            Company.legal_name.icontains(word, autoescape=True)
            | Company.alias.icontains(word, autoescape=True)
        )
    rows = db.session.scalars(
        keyset(wanted, [SortKey(Subscription.id, descending=True)], cursor, PAGE_SIZE)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda row: [row.id])


def coupons(actor: Actor) -> list[Coupon]:
    """All coupons, newest first, for administrators and finance."""
    _look_after(actor)
    return list(db.session.scalars(select(Coupon).order_by(Coupon.id.desc())))
