"""Colleagues: invited, given another role, removed; and each person's own settings."""

from datetime import timedelta
from zoneinfo import available_timezones

from sqlalchemy import select, update

from hub.accounts import passwords, queries
from hub.accounts.events import ColleagueInvited, SeatWanted
from hub.accounts.models import Company, Invitation, User
from hub.accounts.registration import accept_rules, add_user, require_current_rules
from hub.accounts.signing_in import end_sessions_of, mark_confirmed
from hub.core import audit, bus, clock, settings
from hub.core.actor import Actor, CompanyRole
from hub.core.db.base import db
from hub.core.db.statements import changed_one
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.i18n import _
from hub.core.use_case import use_case

INVITATION_LIFE = timedelta(days=7)


def require_owner(actor: Actor) -> Company:
    """The company the actor owns (NotFound without a company, NotAllowed for other roles)."""
    company = queries.own_company(actor)
    if actor.company_role is not CompanyRole.OWNER:
        raise NotAllowed(_("Only an owner of the company may do this."))
    return company


@use_case
def update_settings(
    actor: Actor, *, name: str, language: str, zone: str, expected_version: int
) -> None:
    """Change the actor's own name, language and time zone.

    Raises:
        Invalid: an empty name, a language that is not offered, an unknown zone.
        Conflict: the settings were changed elsewhere meanwhile.
    """
    user = queries.user(actor.user_id or 0)
    if user.version != expected_version:
        raise Conflict(_("Your settings were changed in another window. Look at them again."))
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= 120:
        sentence = _("Enter your name.")
        raise Invalid(sentence, {"name": [sentence]})
    if language not in settings.current().languages:
        sentence = _("Choose a language from the list.")
        raise Invalid(sentence, {"language": [sentence]})
    if zone not in available_timezones():
        sentence = _("Choose a time zone from the list.")
        raise Invalid(sentence, {"zone": [sentence]})
    before = {"name": user.name, "language": user.language, "zone": user.zone}
    user.name, user.language, user.zone = tidy, language, zone
    audit.record(actor, user, "settings_changed", before=before)


@use_case
def choose_language(actor: Actor, language: str) -> None:
    """Keep the language the actor chose for all pages and mails (Invalid if not offered)."""
    if language not in settings.current().languages:
        raise Invalid(_("This language is not offered."))
    user = queries.user(actor.user_id or 0)
    if user.language != language:
        audit.record(actor, user, "language_chosen", before=user.language, after=language)
        user.language = language


@use_case
def invite(actor: Actor, email: str, role: CompanyRole) -> Invitation:
    """Invite a colleague by mail. A former open invitation of the same address is withdrawn.

    Raises:
        NotAllowed: not an owner.
        Invalid: the address belongs to a colleague already.
        NotAllowed: a package above finds that the company has no seat left.
    """
    company = require_owner(actor)
    address = email.strip().lower()
    known = queries.user_by_email(address)
    if known is not None and known.company_id == company.id:
        sentence = _("This person is in your company already.")
        raise Invalid(sentence, {"email": [sentence]})
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.company_id == company.id,
            Invitation.email == address,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=clock.now())
    )
    bus.ask(SeatWanted(company.id))
    token = passwords.new_token()
    invitation = Invitation(
        company_id=company.id,
        email=address,
        role=role,
        token_hash=passwords.hash_token(token),
        invited_by=actor.user_id,
        expires_at=clock.now() + INVITATION_LIFE,
    )
    db.session.add(invitation)
    audit.record(actor, invitation, "invited", email=address, role=role.value)
    bus.publish(ColleagueInvited(invitation.id, token))
    return invitation


@use_case
def withdraw_invitation(actor: Actor, public_id: str) -> None:
    """Make an invitation of the actor's company useless (NotFound if it is not open)."""
    company = require_owner(actor)
    invitation = db.session.scalar(
        select(Invitation).where(
            Invitation.public_id == public_id,
            Invitation.company_id == company.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    )
    if invitation is None:
        raise NotFound(_("There is no such open invitation."))
    invitation.withdrawn_at = clock.now()
    audit.record(actor, invitation, "invitation_withdrawn")


@use_case
def accept_invitation(
    token: str, *, name: str, password: str, language: str, rules_version: str
) -> User:
    """Join the company behind a mailed link. The link proves the mailbox.

    Raises:
        NotFound: the link doesn't work (any more).
        Conflict: somebody used it at the same moment, or the address already belongs to
            another company or to the hub.
        Invalid: the name or the password won't do, or the rules changed; the link stays good.
    """
    invitation = queries.invitation_of(token)
    taken = changed_one(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(accepted_at=clock.now())
        .execution_options(synchronize_session="auto")
    )
    if not taken:
        raise Conflict(_("This invitation was accepted or withdrawn at this very moment."))
    passwords.require_strong(password, invitation.email)
    require_current_rules(rules_version)
    user = _join(invitation, name, password, language)
    mark_confirmed(user)
    accept_rules(user)
    audit.record(
        queries.actor_of(user), invitation, "invitation_accepted", role=invitation.role.value
    )
    return user


def _join(invitation: Invitation, name: str, password: str, language: str) -> User:
    password_hash = passwords.hash_password(password)
    user = queries.user_by_email(invitation.email)
    if user is None:
        return add_user(
            name,
            invitation.email,
            password_hash,
            language,
            company=invitation.company,
            role=invitation.role,
        )
    if user.company_id is not None or user.staff_assignments:
        raise Conflict(
            _(
                "Your address already belongs to another company or to the hub. Ask to be invited "
                "under another address."
            )
        )
    user.company, user.company_role = invitation.company, invitation.role
    user.password_hash, user.disabled_at = password_hash, None
    db.session.flush()
    return user


def _colleague(company: Company, public_id: str) -> User:
    found = db.session.scalar(
        select(User).where(User.public_id == public_id, User.company_id == company.id)
    )
    if found is None:
        raise NotFound(_("There is no such person in your company."))
    return found


def _refuse_last_owner(company: Company, user: User) -> None:
    if user.company_role is not CompanyRole.OWNER or user.disabled_at is not None:
        return
    # Two owners who step back at once queue up at the company's row; SQLite has one writer anyway.
    db.session.execute(select(Company.id).where(Company.id == company.id).with_for_update())
    if queries.active_owner_count(company.id) <= 1:
        raise Conflict(_("The company needs an owner: make somebody else an owner first."))


@use_case
def change_role(actor: Actor, public_id: str, role: CompanyRole, expected_version: int) -> User:
    """Give a colleague another role; it holds from their next request.

    Raises:
        NotAllowed: not an owner. NotFound: not a colleague.
        Conflict: it would leave no owner, or somebody changed the person meanwhile.
    """
    company = require_owner(actor)
    user = _colleague(company, public_id)
    if user.version != expected_version:
        raise Conflict(_("Somebody changed this person meanwhile. Look at the page again."))
    if user.company_role is role:
        return user
    if role is not CompanyRole.OWNER:
        _refuse_last_owner(company, user)
    before = user.company_role.value if user.company_role else None
    user.company_role = role
    audit.record(actor, user, "role_changed", before=before, after=role.value)
    return user


@use_case
def remove_colleague(actor: Actor, public_id: str) -> User:
    """Take somebody out of the company; all their sessions end at once.

    Raises:
        NotAllowed: not an owner. NotFound: not a colleague.
        Conflict: it would leave no owner.
    """
    company = require_owner(actor)
    user = _colleague(company, public_id)
    _refuse_last_owner(company, user)
    before = user.company_role.value if user.company_role else None
    user.company, user.company_role = None, None
    user.disabled_at = clock.now()
    end_sessions_of(actor, user)
    audit.record(actor, user, "removed_from_company", before=before, company_id_left=company.id)
    return user
