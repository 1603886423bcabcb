"""What the forms of all packages share: their base and a field for exact decimals."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField

from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.numbers import parse_decimal, parse_integer, plain


class PageForm(FlaskForm):
    """A form of a page. The application checks the CSRF token of every POST by itself."""

    class Meta:
        csrf = False


class DecimalField(StringField):
    """An exact decimal to ``places`` places, typed plainly; ``data`` is a Decimal or None.

    It must be above zero; zero is allowed where not ``positive``, all numbers where ``signed``.
    """

    data: Any
    typed: str | None = None

    def __init__(
        self,
        label: Any,
        validators: Sequence[Any],
        places: int,
        *,
        positive: bool = True,
        signed: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.places, self.positive, self.signed = places, positive and not signed, signed

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep what was typed for the page, and read it as a number."""
        if not valuelist:
            return
        self.typed, self.data = str(valuelist[0]), None
        if not self.typed:
            return
        try:
            number = parse_decimal(self.typed, self.places, positive=self.positive)
        except Invalid as error:
            raise ValueError(error.message) from error
        if number < 0 and not self.signed:
            raise ValueError(_("This can't be below zero."))
        self.data = number

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return plain(self.data) if isinstance(self.data, Decimal) else ""


class WholeNumberField(IntegerField):
    """A whole number, zero or above, typed plainly; ``data`` is an int or None."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed; where nothing stands, nothing of what stood before is kept."""
        if not valuelist:
            return
        self.data = None
        if not valuelist[0].strip():
            return
        self.data = parse_integer(valuelist[0])
        if self.data is None:
            raise ValueError(_("Give a whole number such as 30."))


class VersionField(HiddenField):
    """The version of a thing as a page showed it: ``data`` is a whole number.

    0, which nothing has, where it is missing or was tampered with: the verb then tells that
    somebody else changed the thing.
    """

    def process_data(self, value: Any) -> None:
        """Show this version."""
        self.data = int(value or 0)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what the page sent back."""
        self.data = parse_integer(valuelist[0] if valuelist else None) or 0
