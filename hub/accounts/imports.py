"""Companies that come with an import of listings and have not registered themselves."""

import hashlib

from sqlalchemy import select

from hub.accounts import queries
from hub.accounts.aliases import new_alias
from hub.accounts.models import (
    AccountState,
    Company,
    CompanyBankAccount,
    Verification,
)
from hub.catalogue.models import Region
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.print.typesetting import missing_glyphs
from hub.core.use_case import use_case

_MARK = "IMPORT-"


@use_case
def ensure_company(actor: Actor, legal_name: str, region: Region, currency: str) -> Company:
    """The company of this name, made verified and active if the hub doesn't know it.

    An imported company gets a number drawn from its name, an alias and, for each currency it is
    asked for in, an account number drawn from its name. A company that registered itself is
    returned as it is.

    Raises:
        NotAllowed: not a broker, an administrator or the system.
        Invalid: the name is empty, too long or can't be printed.
    """
    actor.require(StaffRole.BROKER, StaffRole.ADMINISTRATOR)
    name = " ".join(legal_name.split())
    if not 0 < len(name) <= 200 or missing_glyphs(name):
        raise Invalid(_("“%(name)s” can't be the name of a company.", name=legal_name))
    found = db.session.scalar(
        select(Company).where(Company.legal_name == name).order_by(Company.id).limit(1)
    )
    company = found or _import_company(actor, name, region)
    if (
        company.registration_number.startswith(_MARK)
        and queries.current_bank_account(company.id, currency) is None
    ):
        _add_account(company, currency)
    return company


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _import_company(actor: Actor, name: str, region: Region) -> Company:
    company = Company(
        legal_name=name,
        alias=new_alias(),
        country=region.country or settings.current().country,
        registration_number=_MARK + _digest(name)[:16].upper(),
        street=region.name,
        city=region.name,
        region=region,
        state=Verification.VERIFIED,
        account_state=AccountState.ACTIVE,
        created_at=clock.now(),
        verified_at=clock.now(),
    )
    db.session.add(company)
    audit.record(actor, company, "imported", state_to=Verification.VERIFIED.value)
    return company


def _add_account(company: Company, currency: str) -> None:
    db.session.add(
        CompanyBankAccount(
            company_id=company.id,
            currency=currency,
            holder=company.legal_name[:140],
            country=company.country,
            clearing_code="IMPORT",
            account_number=str(int(_digest(company.legal_name + currency)[:15], 16)).zfill(18),
            created_at=clock.now(),
            verified_at=clock.now(),
        )
    )
    db.session.flush()
