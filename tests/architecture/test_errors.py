"""Each error that a use case can end with has one status, and a page that says what happened."""

import pytest
from flask import Flask
from markupsafe import escape

from hub.accounts.failures import TooManyAttempts
from hub.core import errors
from hub.membership.entitlements.services import LimitReached

STATUSES = {
    errors.HubError: 400,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.InvalidTransition: 409,
    errors.Invalid: 422,
    TooManyAttempts: 429,
    LimitReached: 403,
}


def _family(root: type[errors.HubError]) -> set[type[errors.HubError]]:
    return {root}.union(*map(_family, root.__subclasses__()))


def test_the_family_is_complete() -> None:
    assert _family(errors.HubError) == set(STATUSES)


@pytest.mark.parametrize("kind", STATUSES, ids=lambda kind: kind.__name__)
def test_an_error_becomes_a_page_with_its_status(app: Flask, kind: type[errors.HubError]) -> None:
    sentence = f"This is <{kind.__name__}> in words."
    with app.test_request_context("/"):
        response = app.make_response(app.handle_user_exception(kind(sentence)))
    assert response.status_code == STATUSES[kind]
    assert str(escape(sentence)) in response.get_data(as_text=True)
