"""The forms of goods on their way: shapes and types only."""

from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from hub.core.i18n import _l
from hub.core.numbers import QUANTITY_PLACES
from hub.core.web.forms import DecimalField, PageForm, WholeNumberField


def _quantity(label: Any, required: Any) -> DecimalField:
    return DecimalField(label, [required], QUANTITY_PLACES, positive=False)


_NEEDED = InputRequired(_l("Fill this in."))
_PACKAGES = _l("Number of packages")
_CARRIER = _l("Carrier")
_VEHICLE = _l("Vehicle, as on its number plate")


class AnnounceForm(PageForm):
    """When and how the goods come."""

    arrives_on = DateField(_l("Day of arrival"), [InputRequired(_l("Choose a day."))])
    carrier = StringField(_CARRIER, [_NEEDED, Length(max=120)])
    vehicle = StringField(_VEHICLE, [_NEEDED, Length(max=40)])
    packages = WholeNumberField(_PACKAGES, [InputRequired(_l("Give a whole number."))])
    note = TextAreaField(_l("Anything the depot should know"), [Optional(), Length(max=2000)])


class CountForm(PageForm):
    """What was counted, with nothing to compare it to."""

    quantity = _quantity(_l("Counted"), _NEEDED)


class InspectForm(PageForm):
    """What of the received goods is accepted."""

    accepted = _quantity(_l("Accepted"), _NEEDED)
    reason = TextAreaField(_l("What is wrong with the rest"), [Optional(), Length(max=2000)])
    pictures = MultipleFileField(_l("Pictures"), [Optional()])


class PutAwayForm(PageForm):
    """The storage bin, scanned, typed or chosen."""

    bin = StringField(_l("Storage bin"), [_NEEDED, Length(max=40)])


class ChooseDepotForm(PageForm):
    """A depot by hand."""

    depot = SelectField(_l("Depot"), [_NEEDED])


class ScanForm(PageForm):
    """What was scanned at the bin."""

    scan = StringField(_l("Scan the lot or its bin"), [_NEEDED, Length(max=40)])


class LoadForm(PageForm):
    """Who drives the goods away."""

    carrier = StringField(_CARRIER, [_NEEDED, Length(max=120)])
    vehicle = StringField(_VEHICLE, [_NEEDED, Length(max=40)])
    driver = StringField(_l("Driver"), [_NEEDED, Length(max=120)])
    packages = WholeNumberField(_PACKAGES, [InputRequired(_l("Give a whole number."))])


class DeliverForm(PageForm):
    """The proof of delivery."""

    quantity = _quantity(_l("Delivered"), _NEEDED)
    receiver_name = StringField(_l("Who received the goods"), [_NEEDED, Length(max=120)])
    delivered_at = DateTimeLocalField(
        _l("When"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    picture = FileField(_l("Picture of the delivered goods"), [Optional()])
    signature = HiddenField(_l("Signature"))


class RefuseForm(PageForm):
    """How much is refused, and why."""

    quantity = _quantity(_l("Refused"), _NEEDED)
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say what is wrong.")), Length(max=2000)]
    )


class DecideForm(PageForm):
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
    accepted_quantity = _quantity(_l("Counts as accepted"), Optional())
    reason = TextAreaField(
        _l("Reason, for both sides to read"),
        [InputRequired(_l("Give a reason.")), Length(max=2000)],
    )


class ReturnForm(PageForm):
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


class WriteOffForm(PageForm):
    """Unreserved goods that are lost or spoilt."""

    quantity = DecimalField(_l("Quantity"), [_NEEDED], QUANTITY_PLACES)
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Give a reason.")), Length(max=2000)])
