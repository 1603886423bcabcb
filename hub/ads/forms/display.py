"""The forms of places, bookings and the house's own advertisements: shape and type only."""

from wtforms import (
    DateField,
    FileField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from hub.ads.display.models import KIND_WORDS, PAGE_WORDS, PRICING_WORDS, AdKind, AdPage, Pricing
from hub.core.i18n import _l
from hub.core.web.forms import DecimalField, PageForm, VersionField, WholeNumberField

_needed = InputRequired(_l("This is needed."))
_PRICE_PLACES = 4


class PlaceForm(PageForm):
    """A place: where it is can be chosen only once."""

    version = VersionField()
    page = SelectField(
        _l("Page"),
        [Optional()],
        choices=[SelectChoice(each.value, PAGE_WORDS[each]) for each in AdPage],
    )
    kind = SelectField(
        _l("Type"),
        [Optional()],
        choices=[SelectChoice(each.value, KIND_WORDS[each]) for each in AdKind],
    )
    width = WholeNumberField(_l("Width"), [Optional()])
    height = WholeNumberField(_l("Height"), [Optional()])
    pricing = SelectField(
        _l("The price is for"),
        choices=[SelectChoice(each.value, PRICING_WORDS[each]) for each in Pricing],
    )
    price = DecimalField(_l("Price"), [_needed], _PRICE_PLACES)
    capacity = WholeNumberField(_l("Bookings that may share it on one day"), [_needed])


class SpanForm(PageForm):
    """The days of a booking, and for places sold by views how many thousand."""

    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    thousands = WholeNumberField(_l("Thousand views"), [Optional()])
    price = HiddenField()


class PictureForm(PageForm):
    """Artwork with a picture."""

    version = VersionField()
    picture = FileField(_l("Picture"))
    alternative = StringField(_l("What the picture says"))
    target = StringField(_l("Where it leads"))


class TextForm(PageForm):
    """Artwork of words."""

    version = VersionField()
    headline = StringField(_l("Headline"))
    text = StringField(_l("Text"))
    target = StringField(_l("Where it leads"))


class HouseForm(PageForm):
    """An advertisement of the house's own: a picture, or words."""

    page = SelectField(
        _l("Page"), choices=[SelectChoice(each.value, PAGE_WORDS[each]) for each in AdPage]
    )
    kind = SelectField(
        _l("Type"), choices=[SelectChoice(each.value, KIND_WORDS[each]) for each in AdKind]
    )
    headline = StringField(_l("Headline"), [Optional()])
    text = StringField(_l("Text"), [Optional()])
    picture = FileField(_l("Picture"), [Optional()])
    alternative = StringField(_l("What the picture says"), [Optional()])
    target = StringField(_l("Path on this site"))


class SendBackForm(PageForm):
    """Why a booking goes back to its company."""

    reason = TextAreaField(_l("What must be corrected"), id="send-back-reason")


class RejectForm(PageForm):
    """Why a booking is refused."""

    reason = TextAreaField(_l("Why it can't be shown"), id="reject-reason")


class PauseForm(PageForm):
    """Why a booking is paused."""

    reason = TextAreaField(_l("Why it is paused"), id="pause-reason")


class EndForm(PageForm):
    """Why staff end a booking."""

    reason = TextAreaField(_l("Why it is ended"), id="end-reason")
