"""Fields and lists that several forms of administration share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from flask_babel import get_locale
from wtforms import SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from hub.accounts.identifiers import COUNTRIES, CURRENCIES
from hub.catalogue.models import Unit
from hub.core.i18n import _l
from hub.core.numbers import RATE_PLACES, plain
from hub.core.web.forms import DecimalField

needed = DataRequired(_l("This is needed."))
needed_number = InputRequired(_l("This is needed."))


class PercentField(DecimalField):
    """A share, typed in per cent; ``data`` is the fraction."""

    def __init__(self, label: Any, validators: Sequence[Any], **options: Any) -> None:
        super().__init__(label, validators, RATE_PLACES - 2, positive=False, **options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read per cent."""
        super().process_formdata(valuelist)
        if valuelist and self.data is not None:
            self.data = self.data.scaleb(-2)

    def _value(self) -> str:
        if self.typed is None and isinstance(self.data, Decimal):
            return plain(self.data.scaleb(2))
        return str(super()._value())


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
