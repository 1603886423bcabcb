"""How a company and its first user join."""

import hashlib
from dataclasses import asdict, dataclass

from sqlalchemy import select

from hub.accounts import identifiers, passwords, queries
from hub.accounts.aliases import new_alias
from hub.accounts.events import CompanyRegistered, PartnerCodeGiven, RegistrationRepeated
from hub.accounts.models import Company, CompanyBankAccount, RulesAcceptance, User
from hub.accounts.signing_in import ask_to_confirm
from hub.catalogue.models import Region
from hub.core import audit, bus, clock, settings
from hub.core.actor import ANONYMOUS, CompanyRole
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.print.typesetting import missing_glyphs
from hub.core.use_case import use_case


@dataclass(frozen=True, slots=True)
class CompanyProfile:
    """What a company says about itself; checked by :func:`checked_profile`."""

    legal_name: str
    country: str
    registration_number: str
    vat_id: str
    street: str
    postcode: str
    city: str
    region_id: int


def checked_profile(profile: CompanyProfile) -> CompanyProfile:
    """The profile as it is kept: spaces tidied, numbers checked and compact.

    Raises:
        Invalid: with the sentence at the field.
    """
    tidy = {
        name: " ".join(getattr(profile, name).split())
        for name in ("legal_name", "street", "postcode", "city")
    }
    limits = {"legal_name": 200, "street": 200, "postcode": 20, "city": 100}
    for name, text in tidy.items():
        _require_printable(name, text, limits[name], may_be_empty=name == "postcode")
    country = identifiers.require_country(profile.country)
    if db.session.get(Region, profile.region_id) is None:
        sentence = _("Choose a region from the list.")
        raise Invalid(sentence, {"region": [sentence]})
    return CompanyProfile(
        **tidy,
        country=country,
        registration_number=identifiers.registration_number(country, profile.registration_number),
        vat_id=identifiers.vat_id(country, profile.vat_id),
        region_id=profile.region_id,
    )


def _require_printable(name: str, text: str, limit: int, *, may_be_empty: bool) -> None:
    missing = missing_glyphs(text)
    if missing:
        sentence = _(
            "Contracts can't show these characters: %(missing)s. Use the Latin or Chinese "
            "spelling of your register.",
            missing=" ".join(missing),
        )
    elif not text and not may_be_empty:
        sentence = _("This is needed.")
    elif len(text) > limit:
        sentence = _("This can have %(count)s characters at most.", count=limit)
    else:
        return
    raise Invalid(sentence, {name: [sentence]})


@use_case
def register(
    *,
    name: str,
    email: str,
    password: str,
    language: str,
    profile: CompanyProfile,
    bank: identifiers.BankDetails,
    rules_version: str,
    partner_code: str = "",
) -> None:
    """A company joins with its first user, an owner, who then confirms the e-mail address.

    ``partner_code`` says who brought it, if anybody did. For an address that is known already
    nothing is made; its user is told by mail, and the caller can't tell the difference.

    Raises:
        Invalid: something is wrong with what was typed, the rules have changed meanwhile, or
            the company is registered already, or the code stands for no partner.
    """
    address = email.strip().lower()
    passwords.require_strong(password, address)
    checked = checked_profile(profile)
    require_current_rules(rules_version)
    _refuse_second(checked.country, checked.registration_number)
    code = partner_code.strip()
    if code:
        bus.ask(PartnerCodeGiven(code))
    password_hash = passwords.hash_password(password)
    known = queries.user_by_email(address)
    if known is not None:
        bus.publish(RegistrationRepeated(known.id))
        return
    company = Company(**asdict(checked), alias=new_alias(), created_at=clock.now())
    db.session.add(company)
    db.session.flush()
    db.session.add(
        CompanyBankAccount(company_id=company.id, created_at=clock.now(), **asdict(bank))
    )
    user = add_user(name, address, password_hash, language, company=company, role=CompanyRole.OWNER)
    audit.record(queries.actor_of(user), company, "registered")
    accept_rules(user)
    ask_to_confirm(user)
    bus.publish(CompanyRegistered(company.id, code))


def _refuse_second(country: str, registration_number: str) -> None:
    taken = db.session.scalar(
        select(Company.id).where(
            Company.country == country, Company.registration_number == registration_number
        )
    )
    if taken is not None:
        sentence = _(
            "A company with this number is registered already. Ask its owner to invite you, or "
            "write to the hub if that should not be."
        )
        raise Invalid(sentence, {"registration_number": [sentence]})


def add_user(
    name: str,
    email: str,
    password_hash: str | None,
    language: str,
    *,
    company: Company | None = None,
    role: CompanyRole | None = None,
) -> User:
    """Add a person inside the caller's use case; the name must not be empty (Invalid)."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= 120:
        sentence = _("Enter your name.")
        raise Invalid(sentence, {"name": [sentence]})
    hub = settings.current()
    user = User(
        name=tidy,
        email=email,
        password_hash=password_hash,
        language=language if language in hub.languages else hub.languages[0],
        zone=hub.time_zone,
        company=company,
        company_role=role,
        staff_assignments=[],
        created_at=clock.now(),
    )
    db.session.add(user)
    audit.record(ANONYMOUS, user, "joined")
    return user


def require_current_rules(version: str) -> None:
    """Raise Invalid if other rules are in force than those that were shown."""
    if version != settings.current().rules_version:
        sentence = _("The rules have changed meanwhile. Read them and accept them again.")
        raise Invalid(sentence, {"rules": [sentence]})


def accept_rules(user: User) -> None:
    """Store that the user accepted the rules in force, with the hash of their text."""
    hub = settings.current()
    acceptance = RulesAcceptance(
        user_id=user.id,
        company_id=user.company_id,
        rules_version=hub.rules_version,
        accepted_at=clock.now(),
        text_sha256=hashlib.sha256(hub.rules_text.encode()).hexdigest(),
    )
    db.session.add(acceptance)
    audit.record(queries.actor_of(user), acceptance, "rules_accepted", version=hub.rules_version)
