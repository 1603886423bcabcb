"""Whether a company that a partner is said to have brought is the partner itself.

The answer is looked for at the registration and again whenever a share would be earned, because
bank accounts and people change. It is never told to who registers: a form that refuses would tell
anybody which bank account, mailbox or domain a partner has.
"""

from sqlalchemy import select

from hub.accounts.models import Company, User
from hub.accounts.queries import bank_accounts
from hub.affiliates.mail_providers import PUBLIC_DOMAINS
from hub.affiliates.models import Refusal
from hub.core.db.base import db

_GSTIN_LENGTH = 15
_PAN_IN_GSTIN = slice(2, 12)


def found(partner: Company, member: Company) -> Refusal | None:
    """Why ``member`` is the partner's own company or people; None if nothing says so."""
    if partner.id == member.id:
        return Refusal.SAME_COMPANY
    if _numbers(partner) & _numbers(member):
        return Refusal.SAME_NUMBER
    if _accounts(partner) & _accounts(member):
        return Refusal.SAME_BANK_ACCOUNT
    ours, theirs = _addresses(partner), _addresses(member)
    if set(map(_mailbox, ours)) & set(map(_mailbox, theirs)):
        return Refusal.SAME_PERSON
    if any(_related(one, other) for one in _domains(ours) for other in _domains(theirs)):
        return Refusal.SAME_DOMAIN
    return None


def _numbers(company: Company) -> set[tuple[str, str]]:
    """Its numbers in the registers of its country.

    An Indian GSTIN holds the PAN of the legal person, who has one GSTIN in each state.
    """
    country = company.country
    numbers = {number for number in (company.registration_number, company.vat_id) if number}
    if country == "IN":
        numbers |= {number[_PAN_IN_GSTIN] for number in numbers if len(number) == _GSTIN_LENGTH}
    return {(country, number.removeprefix(country)) for number in numbers}


def _accounts(company: Company) -> set[tuple[str, ...]]:
    return {
        (row.iban,)
        if row.iban
        else (row.country, row.clearing_code or "", row.account_number or "")
        for row in bank_accounts(company.id)
    }


def _addresses(company: Company) -> list[str]:
    return list(db.session.scalars(select(User.email).where(User.company_id == company.id)))


def _mailbox(address: str) -> str:
    """The address without what follows a plus sign, which most providers ignore."""
    name, _at, domain = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _domains(addresses: list[str]) -> set[str]:
    return {address.lower().rpartition("@")[2] for address in addresses} - PUBLIC_DOMAINS


def _related(one: str, other: str) -> bool:
    """The same domain, or one inside the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
