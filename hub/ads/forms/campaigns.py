"""The forms of campaigns: shape and type only; the services judge what was typed."""

import re
from collections.abc import Sequence
from typing import Any, Self

from wtforms import (
    DateField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hub.core.i18n import _l
from hub.core.money import minor_digits
from hub.core.web.forms import DecimalField, PageForm, VersionField

_needed = InputRequired(_l("This is needed."))
_SEPARATORS = re.compile(r"[\r\n,;，；、]+")


class BudgetForm(PageForm):
    """What a campaign may spend, and until when."""

    version = VersionField()
    max_bid = DecimalField(_l("Highest bid for a click"), [_needed], 2)
    daily_budget = DecimalField(_l("Budget a day"), [_needed], 2)
    total_budget = DecimalField(_l("Budget in all"), [_needed], 2)
    ends_on = DateField(_l("Last day"), [Optional()])

    @classmethod
    def in_currency(cls, currency: str, typed: Any, known: dict[str, Any]) -> Self:
        """The form with as many decimals as ``currency`` has, filled with ``typed`` (what was
        sent, None: nothing) over what is ``known``."""
        form = cls(formdata=None)
        for field in (form.max_bid, form.daily_budget, form.total_budget):
            field.places = minor_digits(currency)
        form.process(typed, data=known)
        return form


class CampaignForm(BudgetForm):
    """A campaign for one listing."""

    name = StringField(_l("Name"), [_needed, Length(max=80, message=_l("This is too long."))])
    keywords = TextAreaField(
        _l("Words searched for"), [Optional(), Length(max=4000, message=_l("This is too long."))]
    )
    commodities = SelectMultipleField(
        _l("Pages of commodities"),
        [Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        choices=[],
        validate_choice=False,
    )
    starts_on = DateField(_l("First day"), [_needed])

    def offer_commodities(self, choices: Sequence[tuple[str, str]]) -> None:
        """Let these be chosen: code and name."""
        self.commodities.choices = [SelectChoice(code, name) for code, name in choices]

    @property
    def typed_keywords(self) -> tuple[str, ...]:
        """The keywords as typed: one a line, or between commas."""
        parts = (part.strip() for part in _SEPARATORS.split(self.keywords.data or ""))
        return tuple(dict.fromkeys(part for part in parts if part))


class ReasonForm(PageForm):
    """A decision that needs its reason. Several stand on one page, by prefix."""

    reason = TextAreaField(_l("Reason"), [Length(max=500, message=_l("This is too long."))])
