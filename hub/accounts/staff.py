"""The people of the hub: an administrator creates them and gives and takes their roles."""

from collections.abc import Iterable

from sqlalchemy import func, select

from hub.accounts import passwords, queries
from hub.accounts.events import StaffCreated
from hub.accounts.models import StaffAssignment, TokenPurpose, User
from hub.accounts.registration import add_user
from hub.accounts.signing_in import WELCOME_LIFE, end_sessions_of, new_account_token
from hub.core import audit, bus, clock
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.reasons import required_reason
from hub.core.use_case import use_case

Assignment = tuple[StaffRole, int | None]


@use_case
def create_staff(
    actor: Actor,
    *,
    name: str,
    email: str,
    assignments: Iterable[Assignment],
    language: str = "en",
    password: str | None = None,
) -> User:
    """Add a person of the hub with roles; ``(StaffRole.DEPOT, depot_id)`` once for each depot.

    Without a password a link to choose one is mailed, good for seven days.

    Raises:
        NotAllowed: not an administrator (nor the system).
        Invalid: the address is taken, no role, or a depot operator without a depot.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    address = email.strip().lower()
    wanted = list(dict.fromkeys(assignments))
    if not wanted:
        sentence = _("Choose at least one role.")
        raise Invalid(sentence, {"roles": [sentence]})
    if queries.user_by_email(address) is not None:
        sentence = _("Somebody with this address is here already.")
        raise Invalid(sentence, {"email": [sentence]})
    password_hash = None
    if password is not None:
        passwords.require_strong(password, address)
        password_hash = passwords.hash_password(password)
    user = add_user(name, address, password_hash, language)
    for role, depot_id in wanted:
        _assign(actor, user, role, depot_id)
    if password_hash is not None:
        user.email_confirmed_at = clock.now()
    else:
        token = new_account_token(user, TokenPurpose.RESET_PASSWORD, WELCOME_LIFE)
        bus.publish(StaffCreated(user.id, token))
    return user


def _assign(actor: Actor, user: User, role: StaffRole, depot_id: int | None) -> None:
    if (role is StaffRole.DEPOT) != (depot_id is not None):
        sentence = _("A depot operator works in a depot: choose which; other roles have none.")
        raise Invalid(sentence, {"depot": [sentence]})
    if any((row.role, row.depot_id) == (role, depot_id) for row in user.staff_assignments):
        return
    user.staff_assignments.append(StaffAssignment(role=role, depot_id=depot_id))
    db.session.flush()
    audit.record(actor, user, "staff_role_assigned", role=role.value, depot_id=depot_id)


@use_case
def assign_role(actor: Actor, public_id: str, role: StaffRole, depot_id: int | None = None) -> User:
    """Give a person of the hub one more role; one they have stays as it is.

    Raises:
        NotAllowed: not an administrator.
        NotFound: no such person, or one of a company.
        Invalid: a depot operator without a depot, or another role with one.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    user = queries.staff_user(public_id)
    _assign(actor, user, role, depot_id)
    return user


@use_case
def remove_role(actor: Actor, public_id: str, role: StaffRole, depot_id: int | None = None) -> User:
    """Take a role away; it is gone at the person's next request.

    Raises:
        NotAllowed: not an administrator.
        NotFound: no such person, or without this role.
        Conflict: it is the last administrator.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    user = queries.staff_user(public_id)
    for row in user.staff_assignments:
        if (row.role, row.depot_id) == (role, depot_id):
            if role is StaffRole.ADMINISTRATOR:
                _refuse_last_administrator(user)
            user.staff_assignments.remove(row)
            audit.record(actor, user, "staff_role_removed", role=role.value, depot_id=depot_id)
            return user
    raise NotFound(_("This person doesn't have that role."))


def _refuse_last_administrator(user: User) -> None:
    # Two administrators who remove each other at once queue up here; SQLite has one writer anyway.
    db.session.execute(
        select(StaffAssignment.id)
        .where(StaffAssignment.role == StaffRole.ADMINISTRATOR)
        .with_for_update()
    )
    others = db.session.scalar(
        select(func.count())
        .select_from(StaffAssignment)
        .join(User, User.id == StaffAssignment.user_id)
        .where(
            StaffAssignment.role == StaffRole.ADMINISTRATOR,
            User.id != user.id,
            User.disabled_at.is_(None),
        )
    )
    if not others:
        raise Conflict(_("The hub needs an administrator: appoint another one first."))


@use_case
def disable_staff(actor: Actor, public_id: str, reason: str) -> User:
    """Lock a person of the hub out at once.

    Raises:
        NotAllowed: not an administrator. NotFound: no such person. Invalid: no reason.
        Conflict: it is the last administrator, or they are locked out already.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    user = queries.staff_user(public_id)
    why = required_reason(reason, _("Give the reason."))
    if user.disabled_at is not None:
        raise Conflict(_("This person is locked out already."))
    if any(row.role is StaffRole.ADMINISTRATOR for row in user.staff_assignments):
        _refuse_last_administrator(user)
    user.disabled_at = clock.now()
    end_sessions_of(actor, user)
    audit.record(actor, user, "disabled", reason=why)
    return user


@use_case
def enable_staff(actor: Actor, public_id: str) -> User:
    """Let a person of the hub in again (Conflict if they are not locked out)."""
    actor.require(StaffRole.ADMINISTRATOR)
    user = queries.staff_user(public_id)
    if user.disabled_at is None:
        raise Conflict(_("This person is not locked out."))
    user.disabled_at = None
    audit.record(actor, user, "enabled")
    return user
