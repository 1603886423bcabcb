"""Numbers that others issue about companies and bank accounts, checked and written one way.

Registration and tax numbers are checked with python-stdnum where it knows the country; other
countries' numbers are taken as they are typed. IBAN and BIC are checked with schwifty.
"""

import importlib
import re
from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.numbers import get_territory_currencies
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from schwifty.registry import get_iban_spec
from stdnum.exceptions import ValidationError
from stdnum.us import rtn
from stdnum.util import get_cc_module

from hub.core.errors import Invalid
from hub.core.i18n import _

# What Babel lists as territories but ISO 3166 doesn't hold: groups, and codes kept for tests.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
COUNTRIES = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
)
CURRENCIES = frozenset(code for country in COUNTRIES for code in get_territory_currencies(country))

# The numbers that stand for a company in its country's registers; any of them will do.
_REGISTRATION = {
    "AU": ("au.acn", "au.abn"),
    "BR": ("br.cnpj",),
    "CH": ("ch.uid",),
    "CN": ("cn.uscc",),
    "DK": ("dk.cvr",),
    "ES": ("es.cif",),
    "FR": ("fr.siren", "fr.siret"),
    "IN": ("in_.gstin", "in_.pan"),
    "IT": ("it.iva",),
    "JP": ("jp.cn",),
    "KR": ("kr.brn",),
    "NO": ("no.orgnr",),
    "PL": ("pl.regon", "pl.nip"),
    "SE": ("se.orgnr",),
    "SG": ("sg.uen",),
    "US": ("us.ein",),
    "VN": ("vn.mst",),
}
_REGISTRATION_NAMES = {
    "AU": "ACN, ABN",
    "CN": "USCC (统一社会信用代码)",
    "DE": "Handelsregisternummer",
    "FR": "SIREN, SIRET",
    "IN": "GSTIN, PAN",
    "SG": "UEN",
    "US": "EIN",
}

_CLEARING_CODES = {
    "IN": (re.compile(r"[A-Z]{4}0[A-Z0-9]{6}"), "IFSC"),
    "CN": (re.compile(r"[0-9]{12}"), "CNAPS"),
    "US": (re.compile(r"[0-9]{9}"), "ABA"),
}
_ANY_CLEARING_CODE = re.compile(r"[A-Z0-9-]{3,20}")
_ACCOUNT_NUMBER = re.compile(r"[A-Z0-9-]{4,34}")


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where money goes: an IBAN, or a clearing code and an account number of ``country``."""

    currency: str
    holder: str
    bank_name: str
    country: str
    iban: str | None
    clearing_code: str | None
    account_number: str | None
    bic: str | None


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, {field: [sentence]})


def require_country(code: str, field: str = "country") -> str:
    """The ISO 3166 code in capitals (Invalid if there is no such country)."""
    country = code.strip().upper()
    if country not in COUNTRIES:
        raise _invalid(field, _("Choose a country from the list."))
    return country


def _registration_modules(country: str) -> list[Any]:
    listed = [importlib.import_module(f"stdnum.{name}") for name in _REGISTRATION.get(country, ())]
    general = get_cc_module(country, "businessid")
    return listed or ([general] if general else [])


def registration_number(country: str, number: str) -> str:
    """The company's number in its register, in compact form.

    Raises:
        Invalid: empty, too long, or its check fails (field ``registration_number``).
    """
    typed = " ".join(number.split()).upper()
    if not 2 <= len(typed) <= 40:
        raise _invalid("registration_number", _("Enter the company's registration number."))
    modules = _registration_modules(country)
    for module in modules:
        try:
            return str(module.validate(number))[:40].upper()
        except ValidationError:
            continue
    if modules:
        raise _invalid(
            "registration_number",
            _(
                "“%(number)s” is not a valid registration number of this country (%(kinds)s). "
                "Check for a missing or swapped character.",
                number=typed,
                kinds=_REGISTRATION_NAMES.get(country, modules[0].__name__.rpartition(".")[2]),
            ),
        )
    return typed


def vat_id(country: str, number: str) -> str:
    """The company's tax number in compact form; empty if it has none.

    Raises:
        Invalid: too long, or its check fails (field ``vat_id``).
    """
    typed = "".join(number.split()).upper()
    if not typed:
        return ""
    module = get_cc_module(country, "vat")
    try:
        compact = str(module.validate(typed)) if module else typed
    except ValidationError as error:
        raise _invalid(
            "vat_id", _("“%(number)s” is not a valid VAT number of this country.", number=typed)
        ) from error
    if len(compact) > 30:
        raise _invalid("vat_id", _("A VAT number has 30 characters at most."))
    return compact


def bank_details(
    *,
    currency: str,
    holder: str,
    bank_name: str = "",
    country: str = "",
    iban: str = "",
    clearing_code: str = "",
    account_number: str = "",
    bic: str = "",
) -> BankDetails:
    """Check what was typed and write it one way.

    Raises:
        Invalid: neither an IBAN nor a full domestic account, or one of them is wrong; the
            fields are named like the parameters.
    """
    name = " ".join(holder.split())
    if not 0 < len(name) <= 140:
        raise _invalid("holder", _("Enter the name of the account's holder."))
    if currency not in CURRENCIES:
        raise _invalid("currency", _("Choose a currency from the list."))
    number = "".join(iban.split()).upper()
    domestic: tuple[str | None, str | None] = (None, None)
    if number:
        where = _checked_iban(number)
    else:
        where = require_country(country, "bank_country")
        domestic = _checked_domestic(where, clearing_code, account_number)
    return BankDetails(
        currency=currency,
        holder=name,
        bank_name=" ".join(bank_name.split())[:140],
        country=where,
        iban=number or None,
        clearing_code=domestic[0],
        account_number=domestic[1],
        bic=_checked_bic(bic, where),
    )


def _checked_iban(number: str) -> str:
    try:
        return str(IBAN(number).country_code)
    except SchwiftyException as error:
        raise _invalid(
            "iban", _("This IBAN is not valid. Check for a missing or swapped character.")
        ) from error


def has_ibans(country: str) -> bool:
    """Whether banks of the country use IBANs."""
    try:
        get_iban_spec(country)
    except SchwiftyException:
        return False
    return True


def _checked_domestic(country: str, clearing_code: str, account_number: str) -> tuple[str, str]:
    if has_ibans(country):
        raise _invalid("iban", _("Banks of this country use IBANs: enter the account's IBAN."))
    code = "".join(clearing_code.split()).upper()
    pattern, kind = _CLEARING_CODES.get(country, (_ANY_CLEARING_CODE, ""))
    if not pattern.fullmatch(code) or (country == "US" and not rtn.is_valid(code)):
        raise _invalid(
            "clearing_code",
            _("This is not a valid %(kind)s code of the bank.", kind=kind)
            if kind
            else _("Enter the bank's clearing code: letters and digits."),
        )
    account = "".join(account_number.split()).upper()
    if not _ACCOUNT_NUMBER.fullmatch(account):
        raise _invalid("account_number", _("Enter the account number: 4 to 34 letters or digits."))
    return code, account


def _checked_bic(bic: str, country: str) -> str | None:
    typed = "".join(bic.split()).upper()
    if not typed:
        return None
    try:
        found = BIC(typed)
    except SchwiftyException as error:
        raise _invalid("bic", _("This BIC is not valid: it has 8 or 11 characters.")) from error
    if found.country_code != country:
        raise _invalid("bic", _("This BIC belongs to a bank in another country."))
    return str(found)
