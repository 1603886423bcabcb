"""Forms of payments: shape and type only; the services judge what was typed."""

from collections.abc import Sequence
from typing import Any, Self

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from hub.core.i18n import _l
from hub.core.money import minor_digits
from hub.core.web.forms import DecimalField, PageForm, VersionField

_needed = InputRequired(_l("This is needed."))


class StatementForm(PageForm):
    """A bank file to be read."""

    file = FileField(_l("Account statement"), [FileRequired(_l("Choose a file."))])


class ReasonForm(PageForm):
    """A decision that needs nothing but its reason. Several stand on one page, by prefix."""

    version = VersionField()
    reason = TextAreaField(
        _l("Reason"), [_needed, Length(max=500, message=_l("This is too long."))]
    )

    @property
    def name(self) -> str:
        """The prefix that tells it from the other forms of the page."""
        return str(self._prefix).rstrip("-")


class TargetForm(ReasonForm):
    """Which thing a statement line is for, and why; the services judge the choice."""

    target = RadioField(_l("What it is for"), [_needed], validate_choice=False, choices=[])

    @classmethod
    def over(cls, prefix: str, choices: Sequence[tuple[str, str]]) -> Self:
        """An empty form with these choices; a single one is chosen already."""
        form = cls(formdata=None, prefix=prefix)
        form.target.choices = list(choices)
        if len(choices) == 1:
            form.target.data = choices[0][0]
        return form


class AllocationForm(TargetForm):
    """The same, for a part of a line."""

    amount = StringField(_l("Amount"), [_needed, Length(max=30)])


class WithdrawalForm(PageForm):
    """How much of an account goes to the company's bank."""

    amount = DecimalField(_l("Amount to send to your bank"), [_needed], 2)

    @classmethod
    def in_currency(cls, currency: str, typed: Any = None) -> Self:
        """The form for a currency, with as many decimals as that has, filled with ``typed``."""
        form = cls(formdata=None)
        form.amount.places = minor_digits(currency)
        form.process(typed)
        return form
