"""Who plays: one owner for each company that trades, and one person for each staff role."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from hub.accounts.models import Company, StaffAssignment, User
from hub.accounts.queries import actor_of
from hub.accounts.services import hash_password
from hub.core import audit, clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.depots.models import Depot

PASSWORD = "quiet-harbour-rehearsal"  # noqa: S105 - of people who exist in the rehearsal only


@dataclass(frozen=True)
class Staff:
    """The people of the hub: two finance clerks, because nobody approves their own payout."""

    broker: Actor
    first_clerk: Actor
    second_clerk: Actor
    operator: Actor


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def _person(email: str, name: str) -> User:
    user = User(
        email=email,
        name=name,
        password_hash=_password_hash(),
        email_confirmed_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    audit.record(SYSTEM, user, "create_user")
    return user


def _staff_member(number: int, role: StaffRole, depots: tuple[int, ...] = ()) -> Actor:
    email = f"{role.value}{number}@rehearsal.invalid"
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        user = _person(email, f"Rehearsal {role.value} {number}")
    wanted: tuple[int | None, ...] = depots if role is StaffRole.DEPOT else (None,)
    held = {(row.role, row.depot_id) for row in user.staff_assignments}
    user.staff_assignments.extend(
        StaffAssignment(user_id=user.id, role=role, depot_id=depot_id)
        for depot_id in wanted
        if (role, depot_id) not in held
    )
    db.session.flush()
    return actor_of(user)


@use_case
def hire_staff() -> Staff:
    """The staff of the rehearsal; the operator works at every depot."""
    depots = tuple(db.session.scalars(select(Depot.id).order_by(Depot.id)))
    return Staff(
        broker=_staff_member(1, StaffRole.BROKER),
        first_clerk=_staff_member(1, StaffRole.FINANCE),
        second_clerk=_staff_member(2, StaffRole.FINANCE),
        operator=_staff_member(1, StaffRole.DEPOT, depots),
    )


@use_case
def owner_of(company_id: int) -> Actor:
    """An owner of the company who knows the rehearsal's password."""
    email = f"owner{company_id}@rehearsal.invalid"
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        company = db.session.get_one(Company, company_id)
        user = _person(email, f"Owner of {company.legal_name}"[:120])
        user.company, user.company_role = company, CompanyRole.OWNER
        db.session.flush()
    return actor_of(user)
