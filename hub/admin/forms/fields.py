"""Fields and lists that several forms of administration share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import (
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, ValidationError

from hub.accounts.identifiers import COUNTRIES, CURRENCIES
from hub.catalogue.models import Unit
from hub.core.errors import Invalid
from hub.core.formats import percent
from hub.core.i18n import _l
from hub.core.numbers import RATE_PLACES, parse_decimal

needed = DataRequired(_l("This is needed."))


class PageForm(FlaskForm):
    """A form of a page. The application checks the CSRF token of every POST by itself."""

    class Meta:
        csrf = False


class ExactField(StringField):
    """An exact decimal, typed plainly; ``amount`` is set once it has validated."""

    amount: Decimal

    def __init__(self, label: Any, places: int, *, signed: bool = False, **options: Any) -> None:
        super().__init__(label, [InputRequired(_l("This is needed."))], **options)
        self.places, self.signed = places, signed

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Complain beside the field where the text is no such number."""
        if validation_stopped:
            return
        try:
            self.amount = parse_decimal(str(self.data or ""), self.places, positive=False)
        except Invalid as error:
            raise ValidationError(error.message) from error
        if self.amount < 0 and not self.signed:
            raise ValidationError(_l("This can't be below zero."))


class PercentField(ExactField):
    """A share, typed in per cent; ``amount`` is the fraction."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, RATE_PLACES - 2, **options)

    def process_data(self, value: Any) -> None:
        self.data = percent(value).rstrip("%") if isinstance(value, Decimal) else value

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        super().post_validate(form, validation_stopped)
        if not validation_stopped:
            self.amount = self.amount.scaleb(-2)


class LinesField(TextAreaField):
    """Running text; line ends are one character."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]).replace("\r\n", "\n") if valuelist else ""


def countries() -> list[SelectChoice]:
    """All countries, by name in the reader's language."""
    names = Locale.parse(str(get_locale())).territories
    return sorted(
        (SelectChoice(code, names.get(code, code)) for code in COUNTRIES),
        key=lambda choice: str(choice.label),
    )


def currencies() -> list[SelectChoice]:
    """The codes of all currencies."""
    return [SelectChoice(code) for code in sorted(CURRENCIES)]


def unit_choices(units: Sequence[Unit]) -> list[SelectChoice]:
    """Units by code and name."""
    return [SelectChoice(each.code, f"{each.code}: {each.name}") for each in units]


NOTHING = SelectChoice("", "–")
