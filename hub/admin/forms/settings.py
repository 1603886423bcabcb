"""A form for each group of settings; each field bears the name of its setting."""

from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hub.admin.forms.fields import LinesField, PercentField, countries, needed, needed_number
from hub.admin.setting_groups import LANGUAGES, Group
from hub.core.i18n import _l
from hub.core.web.forms import DecimalField, PageForm, WholeNumberField
from hub.core.web.locale import LANGUAGE_NAMES


class SettingsForm(PageForm):
    """Settings of one group; each field bears the name of its setting."""

    seen = HiddenField()

    def values(self) -> dict[str, Any]:
        """The new values by setting."""
        found = {}
        for field in self:
            if field.name in {"seen", "csrf_token"}:
                continue
            value = field.data
            if isinstance(value, str):
                value = value.strip()
            found[field.name] = tuple(value) if isinstance(value, list) else value
        return found


class IdentityForm(SettingsForm):
    """Who the hub is before the law."""

    hub_name = StringField(_l("Name of the hub"), [needed], description=_l("On every page."))
    legal_name = StringField(
        _l("Legal name"), [needed], description=_l("On contracts and invoices.")
    )
    legal_name_zh = StringField(_l("Legal name in Chinese"), [Optional()])
    registration_number = StringField(_l("Registration number"), [Optional()])
    vat_id = StringField(_l("VAT number"), [Optional()])
    address = LinesField(_l("Address"), [Optional()], render_kw={"rows": 3})
    country = SelectField(_l("Country"))
    contact_email = StringField(_l("E-mail address for questions"), [Optional()])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.country.choices = countries()


class LanguagesForm(SettingsForm):
    """The calendar and the languages."""

    time_zone = SelectField(
        _l("Time zone"), description=_l("Dates and deadlines are days in this zone.")
    )
    languages = SelectMultipleField(
        _l("Languages"),
        choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.time_zone.choices = [SelectChoice(name) for name in sorted(available_timezones())]


class RatesForm(SettingsForm):
    """What is a share of a price."""

    commission_rate = PercentField(
        _l("Commission, of the price of the goods"),
        [needed_number],
        description=_l("Borne by the supplier. Proposals already asked keep the rate they showed."),
    )
    implausible_price_share = PercentField(
        _l("Unusual price, away from the usual one"),
        [needed_number],
        description=_l("Listings further away from the usual price are flagged to the broker."),
    )


def _days(label: Any, hint: Any) -> WholeNumberField:
    return WholeNumberField(label, [InputRequired(_l("Give whole days."))], description=hint)


class DeadlinesForm(SettingsForm):
    """How long each side has."""

    consent_days = _days(_l("To consent to a proposal"), _l("Then it lapses."))
    signing_days = _days(_l("To sign a contract"), _l("Then it is voided."))
    payment_days = _days(_l("To pay an invoice"), _l("From the last signature."))
    payment_grace_days = _days(_l("Grace for late payment"), _l("Then the trade lapses."))
    reminder_days = _days(_l("Reminder"), _l("Before each of these ends."))
    announce_days = _days(_l("To announce a delivery"), _l("From the payment."))
    depot_days = _days(_l("To bring the goods to the depot"), _l("From the payment."))
    acceptance_days = _days(
        _l("To accept or refuse delivered goods"), _l("No answer is acceptance.")
    )


class FeesForm(SettingsForm):
    """What the hub's own services cost, and how long each side has."""

    fee_currency = StringField(
        _l("Currency of advertising and inquiries"),
        [needed],
        description=_l("Campaigns in another currency stop taking part when it is changed."),
    )
    renewal_days = _days(
        _l("Invoice for a renewal, ahead"), _l("At most a third of the time that was paid for.")
    )
    membership_grace_days = _days(
        _l("Grace of an unpaid membership"), _l("Then its rights are suspended.")
    )
    membership_lapse_days = _days(
        _l("End of an unpaid membership"), _l("From the day to which it was paid.")
    )
    sponsored_places = WholeNumberField(
        _l("Sponsored places on a page"),
        [InputRequired(_l("Give a whole number."))],
        description=_l("At most; 0 shows none."),
    )
    reserve_bid = DecimalField(
        _l("Lowest bid for a click"), [needed_number], 2, description=_l("In the currency above.")
    )
    inquiry_price = DecimalField(
        _l("Price of an inquiry"),
        [needed_number],
        2,
        description=_l("Where the commodity has no price of its own."),
    )
    inquiry_answer_days = _days(
        _l("To answer an inquiry"), _l("Then it goes back to who asked, with alternatives.")
    )
    inquiry_contest_days = _days(_l("To contest an inquiry"), _l("From the day it was opened."))
    affiliate_rate = PercentField(
        _l("Share of partners"),
        [needed_number],
        description=_l("Of what the hub earns from the members they brought."),
    )
    affiliate_days = _days(
        _l("Time for which partners share"), _l("From the registration of the member.")
    )
    affiliate_hold_days = _days(
        _l("Wait before a share is payable"), _l("So that a refund can still take it back.")
    )


class RulesForm(SettingsForm):
    """What everybody accepts, and what contracts say."""

    rules_version = StringField(
        _l("Version of the rules"),
        [needed],
        description=_l("Give a new one with every change of the text; everybody accepts it anew."),
    )
    rules_text = LinesField(_l("Rules of the hub"), [Optional()], render_kw={"rows": 14})
    law = LinesField(_l("Law that contracts stand under"), [needed], render_kw={"rows": 2})
    law_zh = LinesField(_l("… in Chinese"), [needed], render_kw={"rows": 2})
    disputes = LinesField(_l("How disputes are settled"), [needed], render_kw={"rows": 2})
    disputes_zh = LinesField(_l("… in Chinese"), [needed], render_kw={"rows": 2})


SETTINGS_FORMS: dict[Group, type[SettingsForm]] = {
    Group.IDENTITY: IdentityForm,
    Group.LANGUAGES: LanguagesForm,
    Group.RATES: RatesForm,
    Group.DEADLINES: DeadlinesForm,
    Group.FEES: FeesForm,
    Group.RULES: RulesForm,
}
