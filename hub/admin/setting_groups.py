"""The settings in the groups in which they are shown, and what each may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from email_validator import EmailNotValidError, validate_email

from hub.accounts.identifiers import COUNTRIES
from hub.core.i18n import _
from hub.core.money import minor_digits
from hub.core.numbers import RATE_PLACES, round_half_even
from hub.core.settings import HubSettings

LONGEST_DEADLINE = 365
LONGEST_ATTRIBUTION = 3650
MOST_SPONSORED = 10
HIGHEST_PRICE = 1_000_000_000

#: The languages the hub is translated into.
LANGUAGES = ("en", "zh_Hans")


class Group(StrEnum):
    """A page of settings."""

    IDENTITY = "identity"
    LANGUAGES = "languages"
    RATES = "rates"
    DEADLINES = "deadlines"
    FEES = "fees"
    RULES = "rules"


GROUPS: Mapping[Group, tuple[str, ...]] = {
    Group.IDENTITY: (
        "hub_name",
        "legal_name",
        "legal_name_zh",
        "registration_number",
        "vat_id",
        "address",
        "country",
        "contact_email",
    ),
    Group.LANGUAGES: ("time_zone", "languages"),
    Group.RATES: ("commission_rate", "implausible_price_share"),
    Group.DEADLINES: (
        "consent_days",
        "signing_days",
        "payment_days",
        "payment_grace_days",
        "reminder_days",
        "announce_days",
        "depot_days",
        "acceptance_days",
    ),
    Group.FEES: (
        "fee_currency",
        "renewal_days",
        "membership_grace_days",
        "membership_lapse_days",
        "sponsored_places",
        "reserve_bid",
        "inquiry_price",
        "inquiry_answer_days",
        "inquiry_contest_days",
        "affiliate_rate",
        "affiliate_days",
        "affiliate_hold_days",
    ),
    Group.RULES: (
        "rules_version",
        "rules_text",
        "law",
        "law_zh",
        "disputes",
        "disputes_zh",
    ),
}

_REQUIRED = {"hub_name", "legal_name", "law", "law_zh", "disputes", "disputes_zh", "rules_version"}
_LONGEST = {
    "hub_name": 60,
    "legal_name": 200,
    "legal_name_zh": 200,
    "registration_number": 40,
    "vat_id": 30,
    "address": 400,
    "rules_version": 20,
    "rules_text": 200_000,
}
_LONGEST_TEXT = 2000


@dataclass(frozen=True)
class _Check:
    """``holds(value)`` or else ``sentence()`` is told."""

    holds: Callable[[Any], bool]
    sentence: Callable[[], str]


def _is_email(value: Any) -> bool:
    try:
        return value == "" or bool(validate_email(value, check_deliverability=False))
    except EmailNotValidError:
        return False


def _is_rate(value: Any) -> bool:
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and 0 <= value < 1
        and value == round_half_even(value, RATE_PLACES)
    )


def _are_languages(value: Any) -> bool:
    return bool(value) and set(value) <= set(LANGUAGES) and len(set(value)) == len(value)


def _days(least: int, most: int = LONGEST_DEADLINE) -> _Check:
    return _Check(
        lambda value: isinstance(value, int) and least <= value <= most,
        lambda: _("Give whole days, from %(least)d to %(most)d.", least=least, most=most),
    )


def _is_price(value: Any) -> bool:
    """Above zero, and exact in the minor unit of every currency that the fees may be in."""
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and 0 < value <= HIGHEST_PRICE
        and value == round_half_even(value, 2)
    )


_rate = _Check(_is_rate, lambda: _("Give a share from 0 to below 100%, with up to 4 decimals."))

_price = _Check(_is_price, lambda: _("Give a price above zero, with up to 2 decimals."))

_CHECKS: Mapping[str, _Check] = {
    "country": _Check(
        lambda value: value in COUNTRIES, lambda: _("Choose a country from the list.")
    ),
    "contact_email": _Check(_is_email, lambda: _("This is not an e-mail address.")),
    "time_zone": _Check(
        lambda value: value in available_timezones(), lambda: _("There is no such time zone.")
    ),
    "languages": _Check(_are_languages, lambda: _("Choose at least one language.")),
    "commission_rate": _rate,
    "implausible_price_share": _rate,
    "fee_currency": _Check(
        lambda value: value in list_currencies() and minor_digits(value) == 2,
        lambda: _("Give the code of a currency with two decimals, such as INR."),
    ),
    "renewal_days": _days(1),
    "membership_grace_days": _days(0),
    "membership_lapse_days": _days(1),
    "sponsored_places": _Check(
        lambda value: isinstance(value, int) and 0 <= value <= MOST_SPONSORED,
        lambda: _("Give a number from 0 to %(most)d.", most=MOST_SPONSORED),
    ),
    "reserve_bid": _price,
    "inquiry_price": _price,
    "inquiry_answer_days": _days(1),
    "inquiry_contest_days": _days(1),
    "affiliate_rate": _rate,
    "affiliate_days": _days(1, LONGEST_ATTRIBUTION),
    "affiliate_hold_days": _days(0),
    "payment_grace_days": _days(0),
    "reminder_days": _days(0),
    **{
        name: _days(1)
        for name in GROUPS[Group.DEADLINES]
        if name not in {"payment_grace_days", "reminder_days"}
    },
}


def problems(before: HubSettings, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with new ``values``, sentences by setting; nothing if all are fine."""
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        check = _CHECKS.get(name)
        if check is not None and not check.holds(value):
            found[name] = [check.sentence()]
        elif isinstance(value, str) and (sentence := _text_problem(name, value)):
            found[name] = [sentence]
    new_text = values.get("rules_text", before.rules_text) != before.rules_text
    if new_text and values.get("rules_version", before.rules_version) == before.rules_version:
        found["rules_version"] = [
            _("The text of the rules changed: give it a new version, so that people accept it.")
        ]
    return found


def _text_problem(name: str, value: str) -> str:
    longest = _LONGEST.get(name, _LONGEST_TEXT)
    if name in _REQUIRED and not value.strip():
        return _("This is needed.")
    if len(value) > longest:
        return _("This is longer than %(longest)d characters.", longest=longest)
    return ""


def known_names() -> frozenset[str]:
    """The names of all settings."""
    return frozenset(item.name for item in fields(HubSettings))
