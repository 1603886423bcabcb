"""The forms of contracts: shapes and types only; the rules are in the services."""

import re

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    PasswordField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hub.core.i18n import _, _l
from hub.core.web.forms import PageForm, VersionField

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class SignForm(PageForm):
    """The signature under the bytes that were shown."""

    sha256 = HiddenField()
    password = PasswordField(
        _l("Your password"), [InputRequired(_l("Enter your password: it stands for your name."))]
    )


class ReasonForm(PageForm):
    """Why something ends."""

    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Say why; both sides read it.")), Length(max=1000)]
    )


class ReviseForm(PageForm):
    """What may change in the text before the first signature."""

    REVISABLE = ("delivery_from", "delivery_until", "incoterm", "packaging", "notes", "reason")

    version = VersionField()
    delivery_from = DateField(_l("Deliveries from"), [InputRequired(_l("Enter a date."))])
    delivery_until = DateField(_l("Deliveries until"), [InputRequired(_l("Enter a date."))])
    incoterm = StringField(_l("Incoterm and place"), [Length(max=120)])
    packaging = StringField(_l("Packaging"), [Optional(), Length(max=120)])
    notes = TextAreaField(_l("Also agreed"), [Optional(), Length(max=2000)])
    reason = TextAreaField(_l("Reason for the change"), [Length(max=1000)])


class VerifyForm(PageForm):
    """A file, or its SHA-256, to be compared with a contract."""

    number = StringField(
        _l("Contract number"), [DataRequired(_l("Enter the contract number.")), Length(max=20)]
    )
    file = FileField(_l("The file to check"))
    sha256 = StringField(_l("Or its SHA-256"), [Optional()])

    def validate_sha256(self, entered: StringField) -> None:
        """64 hexadecimal digits."""
        if not _SHA256.fullmatch((entered.data or "").strip()):
            raise ValidationError(_("A SHA-256 is 64 digits from 0 to 9 and a to f."))

    def validate_file(self, given: FileField) -> None:
        """A file is needed unless its hash is given."""
        if not given.data and not (self.sha256.data or "").strip():
            raise ValidationError(_("Choose the PDF that you want to check."))
