"""Forms of proposals: shape and type only; the services judge what was typed."""

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from hub.core.i18n import _, _l
from hub.core.numbers import QUANTITY_PLACES, UNIT_PRICE_PLACES
from hub.core.web.forms import DecimalField, PageForm, VersionField

_needed = InputRequired(_l("This is needed."))


class VersionedForm(PageForm):
    """A form about a thing as it was when the page was shown."""

    version = VersionField()


class TermsForm(VersionedForm):
    """Quantity and price of a proposal."""

    quantity = DecimalField(_l("Quantity"), [_needed], QUANTITY_PLACES)
    unit_price = DecimalField(_l("Price of a unit, ex region"), [_needed], UNIT_PRICE_PLACES)


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
