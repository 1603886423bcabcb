"""Forms of accounts: shape and type only; the services judge what was typed."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies
from flask_babel import get_locale
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, Optional

from hub.accounts import identifiers
from hub.accounts.passwords import MAXIMUM_LENGTH
from hub.core import settings
from hub.core.actor import CompanyRole
from hub.core.i18n import _l
from hub.core.web.forms import PageForm, VersionField
from hub.core.web.locale import LANGUAGE_NAMES

ROLE_WORDS = {
    CompanyRole.OWNER: _l("Owner: everything, also people and company data"),
    CompanyRole.TRADER: _l("Trader: lists, consents and signs"),
    CompanyRole.FINANCE: _l("Finance: invoices, papers and bank account"),
    CompanyRole.VIEWER: _l("Viewer: reads only"),
}

_needed = InputRequired(_l("This is needed."))


def _text(limit: int) -> list[Any]:
    return [_needed, Length(max=limit, message=_l("This is too long."))]


def _optional(limit: int) -> list[Any]:
    return [Optional(), Length(max=limit, message=_l("This is too long."))]


def _email() -> EmailField:
    return EmailField(
        _l("E-mail address"),
        [
            _needed,
            Length(max=254, message=_l("This is too long.")),
            Email(_l("Enter an address like name@example.com.")),
        ],
    )


def _new_password() -> PasswordField:
    return PasswordField(
        _l("New password"),
        _text(MAXIMUM_LENGTH),
        description=_l("At least 10 characters; a few words make a good one."),
    )


class SignInForm(PageForm):
    email = _email()
    password = PasswordField(_l("Password"), _text(MAXIMUM_LENGTH))


class EmailForm(PageForm):
    email = _email()


class NewPasswordForm(PageForm):
    password = _new_password()


class ChangePasswordForm(PageForm):
    current = PasswordField(_l("Current password"), _text(MAXIMUM_LENGTH))
    password = _new_password()


@cache
def _countries(language: str) -> list[SelectChoice]:
    names = Locale.parse(language).territories
    return sorted(
        (SelectChoice(code, str(names.get(code, code))) for code in identifiers.COUNTRIES),
        key=lambda choice: choice.label,
    )


@cache
def _currencies(language: str) -> list[SelectChoice]:
    return [
        SelectChoice(code, f"{code} – {get_currency_name(code, locale=language)}")
        for code in sorted(identifiers.CURRENCIES)
    ]


class ProfileFields(PageForm):
    """What a company says about itself; ``offer(regions)`` fills the lists."""

    legal_name = StringField(
        _l("Legal name of the company"),
        _text(200),
        description=_l("As in the register, in Latin or Chinese script."),
    )
    country = SelectField(_l("Country of registration"), [_needed])
    registration_number = StringField(
        _l("Registration number"),
        _text(40),
        description=_l("India: GSTIN or PAN. China: 统一社会信用代码. Checked where we can."),
    )
    vat_id = StringField(_l("VAT number"), _optional(30))
    street = StringField(_l("Street and number"), _text(200))
    postcode = StringField(_l("Postcode"), _optional(20))
    city = StringField(_l("Town"), _text(100))
    region = SelectField(
        _l("Region"),
        [_needed],
        coerce=int,
        description=_l("Others see it beside your alias before a trade is agreed."),
    )

    def offer(self, regions: list[SelectChoice]) -> None:
        """Fill the lists of countries and regions."""
        self.country.choices = _countries(str(get_locale()))
        self.region.choices = regions
        if self.country.data is None:
            self.country.data = settings.current().country


class BankFields(PageForm):
    """Where a company is paid; ``offer_banks()`` fills the lists."""

    currency = SelectField(_l("Currency"), [_needed])
    holder = StringField(_l("Account holder"), _text(140))
    bank_name = StringField(_l("Name of the bank"), _optional(140))
    iban = StringField(
        _l("IBAN"),
        _optional(50),
        description=_l("Where banks use IBANs; leave the three fields below empty then."),
    )
    bank_country = SelectField(_l("Country of the bank"), [_needed])
    clearing_code = StringField(
        _l("Clearing code"),
        _optional(20),
        description=_l("India: IFSC. China: CNAPS. United States: ABA number."),
    )
    account_number = StringField(_l("Account number"), _optional(40))
    bic = StringField(_l("BIC"), _optional(15))

    def offer_banks(self) -> None:
        """Fill the lists of countries and currencies."""
        language = str(get_locale())
        self.bank_country.choices = _countries(language)
        self.currency.choices = _currencies(language)
        country = settings.current().country
        if self.bank_country.data is None:
            self.bank_country.data = country
        if self.currency.data is None:
            self.currency.data = (get_territory_currencies(country) or ["EUR"])[-1]


class RulesFields(PageForm):
    """The acceptance of the rules that were shown."""

    rules = BooleanField(
        _l("I have read the rules of the hub and accept them"),
        [InputRequired(_l("Without accepting the rules nobody can take part."))],
    )
    rules_version = HiddenField()


class RegistrationForm(ProfileFields, BankFields, RulesFields):
    name = StringField(_l("Your name"), _text(120))
    email = _email()
    password = PasswordField(
        _l("Password"),
        _text(MAXIMUM_LENGTH),
        description=_l("At least 10 characters; a few words make a good one."),
    )
    partner_code = StringField(
        _l("Partner code"),
        _optional(40),
        description=_l("If somebody brought you here: the code that you were given."),
    )


class InvitationForm(RulesFields):
    name = StringField(_l("Your name"), _text(120))
    password = _new_password()


class SettingsForm(PageForm):
    """``offer()`` fills the lists."""

    name = StringField(_l("Name"), _text(120))
    language = SelectField(_l("Language of pages and mails"), [_needed])
    zone = SelectField(_l("Time zone"), [_needed])
    version = VersionField()

    def offer(self) -> None:
        """Fill the lists of languages and zones."""
        self.language.choices = [
            SelectChoice(code, LANGUAGE_NAMES.get(code, code))
            for code in settings.current().languages
        ]
        self.zone.choices = [
            SelectChoice(zone, zone.replace("_", " "))
            for zone in sorted(available_timezones())
            if "/" in zone or zone == "UTC"
        ]


class ProfileForm(ProfileFields):
    version = VersionField()


class BankAccountForm(BankFields):
    password = PasswordField(_l("Your password"), _text(MAXIMUM_LENGTH))


class PaperForm(PageForm):
    title = StringField(
        _l("What it is"), _text(120), description=_l("For example: extract from the register")
    )
    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("PDF, PNG or JPEG, at most 10 MB."),
    )


class InviteForm(PageForm):
    email = _email()
    role = RadioField(
        _l("Role"),
        [_needed],
        choices=[SelectChoice(role.value, words) for role, words in ROLE_WORDS.items()],
        default=CompanyRole.TRADER.value,
    )


class RoleForm(PageForm):
    role = SelectField(
        _l("Role"), [_needed], choices=[SelectChoice(role.value) for role in CompanyRole]
    )
    version = VersionField()


class BlockForm(PageForm):
    alias = StringField(
        _l("Alias of the company"),
        _text(20),
        description=_l("As it stands on its listings, for example T-4K7PQ."),
    )


class VersionForm(PageForm):
    version = VersionField()


class DecisionForm(VersionForm):
    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=2000)])


class ReasonForm(PageForm):
    reason = TextAreaField(_l("Reason"), [_needed, Length(max=2000)])
