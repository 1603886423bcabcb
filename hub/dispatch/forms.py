"""The forms of goods on their way: shapes and types only."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from hub.core.errors import Invalid
from hub.core.i18n import _l
from hub.core.numbers import QUANTITY_PLACES, parse_decimal


class QuantityField(StringField):
    """A quantity to 3 decimals, typed as text; ``data`` is a Decimal, zero or more."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep what was typed for the page, and read it as a number."""
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data: Any = None
        if not self.typed:
            return
        try:
            number = parse_decimal(self.typed, QUANTITY_PLACES, positive=False)
        except Invalid as error:
            raise ValueError(error.message) from error
        if number < 0:
            raise ValueError(_l("A quantity can't be negative."))
        self.data = number

    def _value(self) -> str:
        if getattr(self, "typed", None):
            return self.typed
        return f"{self.data.normalize():f}" if isinstance(self.data, Decimal) else ""


_NEEDED = InputRequired(_l("Fill this in."))
_PACKAGES = _l("Number of packages")
_CARRIER = _l("Carrier")
_VEHICLE = _l("Vehicle, as on its number plate")


class AnnounceForm(FlaskForm):
    """When and how the goods come."""

    arrives_on = DateField(_l("Day of arrival"), [InputRequired(_l("Choose a day."))])
    carrier = StringField(_CARRIER, [_NEEDED, Length(max=120)])
    vehicle = StringField(_VEHICLE, [_NEEDED, Length(max=40)])
    packages = IntegerField(_PACKAGES, [InputRequired(_l("Give a whole number."))])
    note = TextAreaField(_l("Anything the depot should know"), [Optional(), Length(max=2000)])


class CountForm(FlaskForm):
    """What was counted, with nothing to compare it to."""

    quantity = QuantityField(_l("Counted"), [_NEEDED])


class InspectForm(FlaskForm):
    """What of the received goods is accepted."""

    accepted = QuantityField(_l("Accepted"), [_NEEDED])
    reason = TextAreaField(_l("What is wrong with the rest"), [Optional(), Length(max=2000)])
    pictures = MultipleFileField(_l("Pictures"), [Optional()])


class PutAwayForm(FlaskForm):
    """The storage bin, scanned, typed or chosen."""

    bin = StringField(_l("Storage bin"), [_NEEDED, Length(max=40)])


class ChooseDepotForm(FlaskForm):
    """A depot by hand."""

    depot = SelectField(_l("Depot"), [_NEEDED])


class ScanForm(FlaskForm):
    """What was scanned at the bin."""

    scan = StringField(_l("Scan the lot or its bin"), [_NEEDED, Length(max=40)])


class LoadForm(FlaskForm):
    """Who drives the goods away."""

    carrier = StringField(_CARRIER, [_NEEDED, Length(max=120)])
    vehicle = StringField(_VEHICLE, [_NEEDED, Length(max=40)])
    driver = StringField(_l("Driver"), [_NEEDED, Length(max=120)])
    packages = IntegerField(_PACKAGES, [InputRequired(_l("Give a whole number."))])


class DeliverForm(FlaskForm):
    """The proof of delivery."""

    quantity = QuantityField(_l("Delivered"), [_NEEDED])
    receiver_name = StringField(_l("Who received the goods"), [_NEEDED, Length(max=120)])
    delivered_at = DateTimeLocalField(
        _l("When"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    picture = FileField(_l("Picture of the delivered goods"), [Optional()])
    signature = HiddenField(_l("Signature"))


class RefuseForm(FlaskForm):
    """How much is refused, and why."""

    quantity = QuantityField(_l("Refused"), [_NEEDED])
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say what is wrong.")), Length(max=2000)]
    )


class DecideForm(FlaskForm):
    """A broker's decision on a refusal."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("uphold", _l("The refusal is right")),
            SelectChoice(
                "dismiss", _l("The refusal is wrong: everything delivered counts as accepted")
            ),
        ],
    )
    accepted_quantity = QuantityField(_l("Counts as accepted"), [Optional()])
    reason = TextAreaField(
        _l("Reason, for both sides to read"),
        [InputRequired(_l("Give a reason.")), Length(max=2000)],
    )


class ReturnForm(FlaskForm):
    """Where goods went that were outside the depot when their trade ended."""

    outcome = RadioField(
        _l("Where are the goods?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("supplier", _l("Back at the supplier's")),
            SelectChoice("lost", _l("Lost or spoilt")),
        ],
    )
    reason = TextAreaField(_l("What happened"), [InputRequired(_l("Say it.")), Length(max=2000)])


class WriteOffForm(FlaskForm):
    """Unreserved goods that are lost or spoilt."""

    quantity = QuantityField(_l("Quantity"), [_NEEDED])
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Give a reason.")), Length(max=2000)])

    def validate_quantity(self, field: QuantityField) -> None:
        """Zero can't be written off."""
        if field.data == 0:
            raise ValidationError(_l("Give a quantity above zero."))
