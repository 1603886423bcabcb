"""Forms of proposals: shape and type only; the services judge what was typed."""

from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from hub.core.errors import Invalid
from hub.core.i18n import _, _l
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES, parse_decimal


class DecimalField(StringField):
    """An exact decimal above zero, typed plainly; ``data`` stays the text."""

    amount: Decimal  # set once it has validated

    def __init__(self, label: Any, places: int, **options: Any) -> None:
        super().__init__(label, [DataRequired(_l("This is needed."))], **options)
        self.places = places

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Complain beside the field where the text is no such number."""
        if validation_stopped:
            return
        try:
            self.amount = parse_decimal(str(self.data or ""), self.places)
        except Invalid as error:
            raise ValidationError(error.message) from error


class PageForm(FlaskForm):
    """A form of a page. The application checks the CSRF token of every POST by itself."""

    class Meta:
        csrf = False


class VersionedForm(PageForm):
    """A form about a thing as it was when the page was shown."""

    version = HiddenField()

    @property
    def expected_version(self) -> int:
        """The version on the page; 0, which none has, if it was tampered with."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


class TermsForm(VersionedForm):
    """Quantity and price of a proposal."""

    quantity = DecimalField(_l("Quantity"), QUANTITY_PLACES)
    unit_price = DecimalField(_l("Price of a unit, ex region"), UNIT_PRICE_PLACES)


class ReasonForm(PageForm):
    """Why something ends."""

    reason = TextAreaField(
        _l("Reason"),
        [
            DataRequired(_l("Say why; the other side and the record will have it.")),
            Length(max=500, message=_l("This is too long.")),
        ],
    )


class PairForm(PageForm):
    """Two listings that a broker brings together, by their references."""

    supply = StringField(
        _l("Supply"), [DataRequired(_l("Give the reference of a supply.")), Length(max=40)]
    )
    demand = StringField(
        _l("Demand"), [DataRequired(_l("Give the reference of a demand.")), Length(max=40)]
    )


class NoteForm(TermsForm):
    """Terms of a new proposal, with a word to the broker."""

    note = TextAreaField(
        _l("Note to the broker"),
        [Optional(), Length(max=500, message=_l("This is too long."))],
    )


class OwnListingForm(NoteForm):
    """A trade with one of the own listings."""

    own = SelectField(_l("Your listing"))


class OnTheSpotForm(NoteForm):
    """A trade for which a listing is posted in the same step."""

    region = SelectField(_l("Region of your goods or your delivery"))
    ready_from = DateField(_l("Delivery from"), [DataRequired(_l("Give the first day."))])
    ready_until = DateField(_l("Delivery until"), [DataRequired(_l("Give the last day."))])

    def validate_ready_until(self, field: DateField) -> None:
        """The window may not end before it begins."""
        first = self.ready_from.data
        if first and field.data and field.data < first:
            raise ValidationError(_("The last day lies before the first."))
