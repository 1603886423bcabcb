"""A registration with sensible values."""

from typing import Any

from hub.accounts import services
from hub.accounts.identifiers import BankDetails, bank_details
from hub.accounts.registration import CompanyProfile
from tests.factories import Factories

PASSWORD = "correct horse battery"
GSTIN = "27AAPFU0939F1ZV"
OTHER_GSTIN = "29AAGCB7383J1Z4"


def profile(make: Factories, **values: Any) -> CompanyProfile:
    defaults = {
        "legal_name": "Sahyadri Growers Ltd.",
        "country": "IN",
        "registration_number": GSTIN,
        "vat_id": "",
        "street": "7 Market Road",
        "postcode": "422001",
        "city": "Nashik",
        "region_id": make.region().id,
    }
    return CompanyProfile(**(defaults | values))


def bank(**values: Any) -> BankDetails:
    defaults = {
        "currency": "INR",
        "holder": "Sahyadri Growers Ltd.",
        "country": "IN",
        "clearing_code": "SBIN0000001",
        "account_number": "12345678901",
    }
    return bank_details(**(defaults | values))


def register(make: Factories, **values: Any) -> None:
    defaults = {
        "name": "Asha Rao",
        "email": "asha@example.org",
        "password": PASSWORD,
        "language": "en",
        "profile": profile(make),
        "bank": bank(),
        "rules_version": "1",
    }
    services.register(**(defaults | values))
