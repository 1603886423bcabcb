"""What a form is answered with: the way on, or the page again with what is wrong."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, get_flashed_messages, make_response
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from hub.core.errors import Conflict, HubError, Invalid, NotFound
from hub.core.web.answers import answer


class NameForm(Form):
    name = StringField(validators=[InputRequired("Give a name.")])


def typed() -> NameForm:
    return NameForm(MultiDict({"name": "Ada"}))


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    app = Flask(__name__)
    app.secret_key = "of a test"
    with app.test_request_context(method="POST"):
        yield


def told() -> list[Any]:
    return get_flashed_messages(with_categories=True)


def refusing(error: HubError) -> Callable[[], str]:
    def act() -> str:
        raise error

    return act


def never(*_results: object) -> Any:
    raise AssertionError("This was not to be called.")


def test_what_was_done_is_told_and_leads_on() -> None:
    found = answer(typed(), lambda: "Ada", "Stored.", "/people", never)
    assert (found.status_code, found.location) == (302, "/people")
    assert told() == [("good", "Stored.")]


def test_sentence_and_address_are_made_of_the_result() -> None:
    found = answer(
        typed(),
        lambda: 7,
        lambda number: f"Stored as {number}.",
        lambda number: f"/people/{number}",
        never,
    )
    assert found.location == "/people/7"
    assert told() == [("good", "Stored as 7.")]


def test_a_wrong_form_is_shown_again_and_nothing_is_done() -> None:
    form = NameForm()
    found = answer(form, never, never, never, lambda: f"page: {form.name.errors[0]}")
    assert found == ("page: Give a name.", 422)
    assert told() == []


def test_a_refusal_stands_beside_its_field() -> None:
    form = typed()
    act = refusing(Invalid("No.", {"name": ["This name is taken."]}))
    found = answer(form, act, never, never, lambda: "page")
    assert found == ("page", 422)
    assert form.errors == {"name": ["This name is taken."]}
    assert told() == []


def test_a_refusal_without_a_field_is_told_on_top() -> None:
    form = typed()
    found = answer(form, refusing(Invalid("Not today.")), never, never, lambda: "page")
    assert found == ("page", 422)
    assert told() == [("bad", "Not today.")]


def test_only_expected_refusals_are_told_beside_the_form() -> None:
    form = typed()
    with pytest.raises(Conflict):
        answer(form, refusing(Conflict("Late.")), never, never, never)
    kinds = (Invalid, Conflict)
    assert answer(
        form, refusing(Conflict("Late.")), never, never, lambda: "page", refusals=kinds
    ) == ("page", 422)
    assert told() == [("bad", "Late.")]
    with pytest.raises(NotFound):
        answer(form, refusing(NotFound("None.")), never, never, never, refusals=kinds)


@pytest.mark.parametrize(("error", "status"), [(Invalid("No."), 422), (Conflict("Late."), 409)])
def test_a_refusal_may_have_its_own_status(error: HubError, status: int) -> None:
    found = answer(
        typed(),
        refusing(error),
        never,
        never,
        lambda: "page",
        refusals=(Invalid, Conflict),
        own_status=True,
    )
    assert found == ("page", status)


def test_the_page_may_bring_its_own_status() -> None:
    assert answer(NameForm(), never, never, never, lambda: ("page", 200)) == ("page", 200)
    assert make_response(answer(NameForm(), never, never, never, lambda: "page")).status_code == 422
