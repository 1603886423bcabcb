"""Reading companies, people and sessions, each scoped to who asks."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hub.accounts import passwords
from hub.accounts.models import (
    Company,
    CompanyBankAccount,
    CompanyBlock,
    CompanyPaper,
    Invitation,
    StaffAssignment,
    User,
    UserSession,
    Verification,
)
from hub.core import clock
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.i18n import _

PAPER_READERS = (CompanyRole.OWNER, CompanyRole.FINANCE)


def actor_of(user: User) -> Actor:
    """The user as the actor of use cases."""
    company = user.company
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        company_id=user.company_id,
        company_name=company.legal_name if company else "",
        company_role=user.company_role,
        company_verified=bool(company and company.can_trade),
        staff_roles=frozenset(row.role for row in user.staff_assignments),
        depot_ids=frozenset(
            row.depot_id for row in user.staff_assignments if row.depot_id is not None
        ),
        language=user.language,
        zone=user.zone,
    )


def session_of(token: str) -> UserSession | None:
    """The valid session with this token: not revoked, not expired, its user not disabled."""
    return (
        db.session.execute(
            select(UserSession)
            .join(UserSession.user)
            .where(
                UserSession.token_hash == passwords.hash_token(token),
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > clock.now(),
                User.disabled_at.is_(None),
            )
            .options(joinedload(UserSession.user).joinedload(User.staff_assignments))
        )
        .unique()
        .scalars()
        .one_or_none()
    )


def sessions_of(actor: Actor) -> list[UserSession]:
    """The actor's own valid sessions, newest first."""
    return list(
        db.session.scalars(
            select(UserSession)
            .where(
                UserSession.user_id == actor.user_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > clock.now(),
            )
            .order_by(UserSession.id.desc())
        )
    )


def user_by_email(email: str) -> User | None:
    """The user with this address, written in any case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def user(user_id: int) -> User:
    """The user (NotFound if there is none)."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


def company(company_id: int) -> Company:
    """The company (NotFound if there is none)."""
    found = db.session.get(Company, company_id)
    if found is None:
        raise NotFound(_("There is no such company."))
    return found


def visible_companies(actor: Actor) -> Select[Company]:
    """The companies whose data the actor may see: the own one; all of them for the staff."""
    statement = select(Company)
    if actor.has(StaffRole.VERIFIER, StaffRole.ADMINISTRATOR, StaffRole.BROKER, StaffRole.FINANCE):
        return statement
    return statement.where(Company.id == actor.company_id)


def company_seen_by(actor: Actor, public_id: str) -> Company:
    """The company with this public id (NotFound if the actor may not see its data)."""
    found = db.session.scalars(
        visible_companies(actor).where(Company.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such company."))
    return found


def own_company(actor: Actor) -> Company:
    """The actor's company (NotFound for people without one)."""
    if actor.company_id is None:
        raise NotFound(_("You are not a member of a company."))
    return company(actor.company_id)


def recipients(company_id: int, roles: Iterable[CompanyRole]) -> list[User]:
    """The people of a company with these roles who can be written to."""
    return list(
        db.session.scalars(
            select(User)
            .where(
                User.company_id == company_id,
                User.company_role.in_(list(roles)),
                User.disabled_at.is_(None),
                User.email_confirmed_at.is_not(None),
            )
            .order_by(User.id)
        )
    )


def staff_with(role: StaffRole, depot_id: int | None = None) -> list[User]:
    """The people of the hub with this role (of this depot, if named)."""
    statement = (
        select(User)
        .where(
            User.id.in_(
                select(StaffAssignment.user_id).where(
                    StaffAssignment.role == role,
                    *([StaffAssignment.depot_id == depot_id] if depot_id is not None else []),
                )
            ),
            User.disabled_at.is_(None),
        )
        .order_by(User.id)
    )
    return list(db.session.scalars(statement))


def staff() -> list[User]:
    """Everyone with a staff role, by name."""
    return list(
        db.session.scalars(
            select(User)
            .where(User.id.in_(select(StaffAssignment.user_id)))
            .order_by(User.name, User.id)
        )
    )


def staff_user(public_id: str) -> User:
    """A person of the hub, also one without a role at present (NotFound for company people)."""
    found = db.session.scalar(
        select(User).where(User.public_id == public_id, User.company_id.is_(None))
    )
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


def current_bank_account(company_id: int, currency: str) -> CompanyBankAccount | None:
    """Where the company is paid in this currency now, verified or not."""
    return db.session.scalar(
        select(CompanyBankAccount).where(
            CompanyBankAccount.company_id == company_id,
            CompanyBankAccount.currency == currency,
            CompanyBankAccount.retired_at.is_(None),
        )
    )


def current_bank_accounts(company_id: int) -> list[CompanyBankAccount]:
    """The accounts in use, one a currency."""
    return list(
        db.session.scalars(
            select(CompanyBankAccount)
            .where(
                CompanyBankAccount.company_id == company_id,
                CompanyBankAccount.retired_at.is_(None),
            )
            .order_by(CompanyBankAccount.currency)
        )
    )


def bank_accounts(company_id: int) -> list[CompanyBankAccount]:
    """All accounts a company has had, the present ones too."""
    return list(
        db.session.scalars(
            select(CompanyBankAccount)
            .where(CompanyBankAccount.company_id == company_id)
            .order_by(CompanyBankAccount.id)
        )
    )


def blocked_pairs() -> set[frozenset[int]]:
    """The pairs of companies (by id) of which one does not want to trade with the other."""
    rows = db.session.execute(select(CompanyBlock.company_id, CompanyBlock.blocked_company_id))
    return {frozenset((row.company_id, row.blocked_company_id)) for row in rows}


def blocked_by(company_id: int) -> list[Company]:
    """The companies that this one has blocked; pages show only their alias."""
    return list(
        db.session.scalars(
            select(Company)
            .join(CompanyBlock, CompanyBlock.blocked_company_id == Company.id)
            .where(CompanyBlock.company_id == company_id)
            .order_by(Company.alias)
        )
    )


def colleagues(actor: Actor) -> list[User]:
    """The people of the actor's company, by name."""
    return people_of(own_company(actor).id)


def people_of(company_id: int) -> list[User]:
    """The people of a company, by name."""
    return list(
        db.session.scalars(
            select(User)
            .where(User.company_id == company_id)
            .options(selectinload(User.staff_assignments))
            .order_by(User.name, User.id)
        )
    )


def _can_be_accepted() -> ColumnElement[bool]:
    return (
        Invitation.accepted_at.is_(None)
        & Invitation.withdrawn_at.is_(None)
        & (Invitation.expires_at > clock.now())
    )


def open_invitations(actor: Actor) -> list[Invitation]:
    """Invitations of the actor's company that can still be accepted."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(Invitation.company_id == own_company(actor).id, _can_be_accepted())
            .order_by(Invitation.id)
        )
    )


def seats_taken(company_id: int) -> int:
    """How many people the company has or has invited: those who can sign in, and invitations
    that can still be accepted."""
    people = select(func.count()).where(User.company_id == company_id, User.disabled_at.is_(None))
    invited = select(func.count()).where(Invitation.company_id == company_id, _can_be_accepted())
    return sum(int(db.session.scalar(wanted) or 0) for wanted in (people, invited))


def invitation_of(token: str) -> Invitation:
    """The invitation behind a mailed link.

    Raises:
        NotFound: the link is not one of ours, was used or withdrawn, or is too old.
    """
    found = db.session.scalar(
        select(Invitation).where(
            Invitation.token_hash == passwords.hash_token(token), _can_be_accepted()
        )
    )
    if found is None:
        raise NotFound(
            _("This invitation doesn't work any more. Ask your colleague for a new one.")
        )
    return found


def may_read_papers(actor: Actor, company_id: int) -> bool:
    """Owners and finance of the company, and those who check it."""
    if actor.has(StaffRole.VERIFIER, StaffRole.ADMINISTRATOR):
        return True
    return actor.company_id == company_id and actor.company_role in PAPER_READERS


def papers(actor: Actor, company_id: int) -> list[CompanyPaper]:
    """The papers of a company; none for those who may not read them."""
    if not may_read_papers(actor, company_id):
        return []
    return list(
        db.session.scalars(
            select(CompanyPaper)
            .where(CompanyPaper.company_id == company_id)
            .order_by(CompanyPaper.id)
        )
    )


def paper(actor: Actor, public_id: str) -> CompanyPaper:
    """One paper (NotFound for those who may not read it)."""
    found = db.session.scalar(select(CompanyPaper).where(CompanyPaper.public_id == public_id))
    if found is None or not may_read_papers(actor, found.company_id):
        raise NotFound(_("There is no such paper."))
    return found


def verification_queue() -> list[tuple[Company, str | None]]:
    """Companies to check, longest waiting first, with the name of who took them."""
    reviewer = aliased(User)
    rows = db.session.execute(
        select(Company, reviewer.name)
        .outerjoin(reviewer, reviewer.id == Company.reviewer_id)
        .where(Company.state.in_([Verification.SUBMITTED, Verification.UNDER_REVIEW]))
        .order_by(func.coalesce(Company.changed_at, Company.created_at), Company.id)
    )
    return [(row[0], row[1]) for row in rows]


def bank_accounts_to_verify() -> list[CompanyBankAccount]:
    """Changed accounts of companies that are verified already, oldest first."""
    return list(
        db.session.scalars(
            select(CompanyBankAccount)
            .join(CompanyBankAccount.company)
            .where(
                Company.state == Verification.VERIFIED,
                CompanyBankAccount.verified_at.is_(None),
                CompanyBankAccount.retired_at.is_(None),
            )
            .options(joinedload(CompanyBankAccount.company))
            .order_by(CompanyBankAccount.id)
        )
    )


def companies(text: str = "", state: Verification | None = None, limit: int = 200) -> list[Company]:
    """Companies by name for the hub's staff, filtered by a part of the name, alias or number."""
    statement = select(Company).order_by(Company.legal_name, Company.id).limit(limit)
    if text.strip():
        wanted = text.strip().lower()
        statement = statement.where(
            func.lower(Company.legal_name).contains(wanted, autoescape=True)
            | func.lower(Company.alias).contains(wanted, autoescape=True)
            | func.lower(Company.registration_number).contains(wanted, autoescape=True)
        )
    if state is not None:
        statement = statement.where(Company.state == state)
    return list(db.session.scalars(statement))


def demo_people() -> list[User]:
    """The people whom a demonstration lets visitors play."""
    return list(
        db.session.scalars(
            select(User)
            .where(User.demo_label.is_not(None), User.disabled_at.is_(None))
            .order_by(User.id)
        )
    )


def active_owner_count(company_id: int) -> int:
    """How many owners could still run the company."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(User)
            .where(
                User.company_id == company_id,
                User.company_role == CompanyRole.OWNER,
                User.disabled_at.is_(None),
            )
        )
        or 0
    )
