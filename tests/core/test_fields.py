"""The field for exact decimals: what is typed stays on the page, read or not."""

from decimal import Decimal

import pytest
from flask import Flask

from hub.core.web.forms import DecimalField, PageForm

pytestmark = pytest.mark.one_database


class Form(PageForm):
    above = DecimalField("", [], 2)
    zero = DecimalField("", [], 2, positive=False)
    signed = DecimalField("", [], 6, signed=True)


@pytest.mark.parametrize(
    ("name", "typed", "number", "error"),
    [
        ("above", " 1.50 ", "1.50", ""),
        ("above", "0", None, "0 must be above zero."),
        ("above", "-1", None, "-1 must be above zero."),
        ("above", "1.005", None, "1.005 has more than 2 decimal places."),
        ("above", "a", None, "“a” is not a plain number such as 1200.50."),
        ("above", "", None, ""),
        ("zero", "0", "0.00", ""),
        ("zero", "-0.01", None, "This can't be below zero."),
        ("signed", "-73.123456", "-73.123456", ""),
        ("signed", "0", "0.000000", ""),
    ],
)
def test_what_was_typed_is_read_or_told_and_shown_again(
    app: Flask, name: str, typed: str, number: str | None, error: str
) -> None:
    with app.test_request_context(method="POST", data={name: typed}):
        form = Form()
        form.validate()
        field = form[name]
        assert field.data == (None if number is None else Decimal(number))
        assert list(field.errors) == ([error] if error else [])
        assert field._value() == typed


def test_a_number_that_nobody_typed_is_shown_plainly(app: Flask) -> None:
    with app.test_request_context():
        form = Form(formdata=None, above=Decimal("1200.5000"), signed=Decimal("0E-6"))
        assert [form[name]._value() for name in ("above", "zero", "signed")] == ["1200.5", "", "0"]


def test_only_a_field_that_was_not_sent_keeps_what_the_form_began_with(app: Flask) -> None:
    began = {"above": Decimal("7.00"), "zero": Decimal("7.00"), "signed": Decimal("7.00")}
    with app.test_request_context(method="POST", data={"zero": "1", "signed": ""}):
        form = Form(data=began)
        assert form.above.data == Decimal("7.00")
        assert form.zero.data == Decimal("1.00")
        assert form.signed.data is None
