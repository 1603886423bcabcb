"""The forms of listings: texts as they were typed; what they mean is read by ``terms``."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    FileField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from hub.catalogue.models import AttributeKind, Commodity, CommodityAttribute, Region, Unit
from hub.core.i18n import _l, localised
from hub.core.web.forms import PageForm, VersionField
from hub.posting.fields import ATTRIBUTE_PREFIX, FIELDS, Entry, Field


class _Required:
    """Marks a field as needed. The use case says so in words, together with all else it finds."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing is judged here."""


_required = _Required()


class ListingForm(PageForm):
    """The terms of one listing; :func:`listing_form` adds its fields."""

    version = VersionField()

    def attribute_fields(self) -> list[Any]:
        """The fields of the commodity's attributes, in their order."""
        return [field for field in self if field.name.startswith(ATTRIBUTE_PREFIX)]

    def extra_fields(self) -> list[Any]:
        """The free words that may be added, in their order."""
        return [self[each.name] for each in FIELDS if each.extra]

    def texts(self) -> dict[str, str]:
        """What was typed, by the names that the reader of terms knows."""
        return {
            name: value
            for name, value in self.data.items()
            if isinstance(value, str) and name != "version"
        }


def _field(field: Field) -> Any:
    if field.entry is Entry.CHOICE:
        return SelectField(field.label)
    validators = [_required if field.required else Optional()]
    if field.entry is Entry.LINES:
        return TextAreaField(field.label, validators, description=field.hint, render_kw={"rows": 4})
    return StringField(field.label, validators, description=field.hint)


def _attribute_field(attribute: CommodityAttribute, language: str) -> Any:
    label = localised(attribute.names, attribute.name, language)
    validators = [_required if attribute.required else Optional()]
    if attribute.kind is AttributeKind.CHOICE:
        choices = [("", "–"), *((str(each), str(each)) for each in attribute.choices)]
        return SelectField(label, validators, choices=choices)
    return StringField(label, validators)


def listing_form(
    commodity: Commodity,
    units: Sequence[Unit],
    regions: Sequence[Region],
    language: str,
    texts: Mapping[str, str],
) -> ListingForm:
    """The form for listings of ``commodity``, filled with ``texts`` or with what was sent."""
    fields = {each.name: _field(each) for each in FIELDS if each.label is not None}
    fields |= {
        "grade"
        if attribute.code == "grade"
        else ATTRIBUTE_PREFIX + attribute.code: _attribute_field(attribute, language)
        for attribute in commodity.attributes
    }
    form: ListingForm = type("CommodityListingForm", (ListingForm,), fields)(data=dict(texts))
    form["unit"].choices = [
        (each.code, f"{each.code} – {localised(each.names, each.name, language)}") for each in units
    ]
    form["region"].choices = [
        (each.name, localised(each.names, each.name, language)) for each in regions
    ]
    return form


class PicturesForm(PageForm):
    """Pictures of the goods."""

    pictures = MultipleFileField(_l("Pictures"))


class ReturnForm(PageForm):
    """Why a broker sends a listing back."""

    reason = TextAreaField(
        _l("What must be corrected"),
        [_required],
        id="return-reason",
    )


class RejectForm(PageForm):
    """Why a broker rejects a listing."""

    reason = TextAreaField(
        _l("Why it can't be posted"),
        [_required],
        id="reject-reason",
    )


class ImportForm(PageForm):
    """A CSV file of listings."""

    file = FileField(_l("CSV file"), [_required])
