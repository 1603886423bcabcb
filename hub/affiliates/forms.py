"""Forms of affiliates: shape and type only; the services judge what was typed."""

from decimal import Decimal

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hub.core.i18n import _l
from hub.core.numbers import RATE_PLACES
from hub.core.web.forms import DecimalField, PageForm, VersionField

_needed = InputRequired(_l("This is needed."))
_short = Length(max=500, message=_l("This is too long."))


class JoinForm(PageForm):
    """The terms that were shown, accepted."""

    terms = HiddenField()
    accepts = BooleanField(
        _l("We accept these terms"),
        [InputRequired(_l("Without accepting the terms nobody can be a partner."))],
    )


class GrantForm(PageForm):
    alias = StringField(
        _l("Alias of the company"),
        [_needed, Length(max=20, message=_l("This is too long."))],
        description=_l("For example T-4K7PQ; the list of companies has it."),
    )
    reason = TextAreaField(_l("Reason"), [_needed, _short])


class ReasonForm(PageForm):
    """A decision about a partner, in the version that was looked at."""

    version = VersionField()
    reason = TextAreaField(_l("Reason"), [_needed, _short], description=_l("The partner reads it."))


class StopForm(ReasonForm):
    for_cause = BooleanField(
        _l("For cause: the members it brought stop counting, too"),
        description=_l("What it has earned so far stays owed and is paid."),
    )


class RateForm(ReasonForm):
    rate = DecimalField(
        _l("Own rate"),
        [Optional()],
        RATE_PLACES - 2,
        description=_l("Of income from now on. Empty: the rate that all partners have."),
    )

    @property
    def fraction(self) -> Decimal | None:
        """The rate as a fraction (typed as per cent); None for the hub's."""
        return None if self.rate.data is None else self.rate.data / 100
