"""Forms of inquiries: shape and type only; the services judge what was typed."""

from typing import Any

from wtforms import DateField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hub.core.i18n import _l
from hub.core.numbers import QUANTITY_PLACES
from hub.core.web.forms import DecimalField, PageForm, VersionField
from hub.negotiation.asking import LONGEST
from hub.negotiation.words import GROUNDS

_too_long = _l("This is too long.")


def _reason(label: Any, hint: Any, **options: Any) -> TextAreaField:
    return TextAreaField(label, [DataRequired(hint), Length(max=500, message=_too_long)], **options)


class MessageForm(PageForm):
    """What one side writes to the other."""

    text = TextAreaField(
        _l("Your message"),
        [DataRequired(_l("Write something first.")), Length(max=LONGEST, message=_too_long)],
    )


class QuestionForm(MessageForm):
    """A new inquiry."""

    quantity = DecimalField(_l("Quantity you mean"), [Optional()], QUANTITY_PLACES)
    unit = SelectField(_l("Unit"))
    needed_on = DateField(_l("Needed on"), [Optional()])


class CloseForm(PageForm):
    """Why a thread ends."""

    reason = _reason(
        _l("Why you close it"), _l("Say why; the other side reads it."), id="close-reason"
    )


class ContestForm(PageForm):
    """Why an inquiry should not count."""

    ground = SelectField(
        _l("What is wrong with it"),
        choices=[SelectChoice(each.value, word) for each, word in GROUNDS.items()],
    )
    reason = _reason(
        _l("What the staff should know"),
        _l("Say why; the hub’s staff decide by it."),
        id="contest-reason",
    )


class _DecisionForm(PageForm):
    """A contest as it was when the page was shown."""

    version = VersionField()


class UpholdForm(_DecisionForm):
    """Why a contest is right."""

    reason = _reason(_l("Reason"), _l("Say why; both companies read it."), id="uphold-reason")


class RefuseForm(_DecisionForm):
    """Why an inquiry counts."""

    reason = _reason(
        _l("Reason"), _l("Say why; the company that contested reads it."), id="refuse-reason"
    )


class PriceForm(PageForm):
    """What opening an inquiry costs."""

    commodity = SelectField(_l("Commodity or group"))
    amount = DecimalField(
        _l("Price of an inquiry"), [InputRequired(_l("This is needed."))], 4, positive=False
    )
