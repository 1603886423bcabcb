"""How often one address may ask for what is costly, guessable or counted."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from hub.app import create_app
from hub.core.db.base import db
from hub.core.web.requests import limiter
from tests import databases
from tests.configurations import config_on
from tests.factories import Factories
from tests.signing_in import sign_in

pytestmark = pytest.mark.one_database

MINUTE, HOUR = 60, 3600

_addresses = count(1)


@pytest.fixture(scope="module")
def limited(
    database_server: databases.Server,
    database_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """An owner of a company at a demonstration that counts what each address asks for."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limiter, "enabled", True)
        url = database_server.copy_of(database_template)
        settings = config_on(url, tmp_path_factory.mktemp("limited"))
        settings.RATELIMIT_ENABLED = settings.HUB_DEMO = True
        app = create_app(settings)
        client = app.test_client()
        with app.app_context():
            make = Factories()
            sign_in(client, make.user(make.company()))
        yield client
        with app.app_context():
            db.engine.dispose()
        database_server.drop(url)


@pytest.fixture
def somewhere() -> dict[str, str]:
    """An address that nobody has asked from before."""
    return {"REMOTE_ADDR": f"192.0.2.{next(_addresses)}"}


@pytest.mark.parametrize(
    ("method", "path", "most", "window"),
    [
        ("GET", "/verify", 30, MINUTE),
        ("POST", "/verify/K-1", 30, MINUTE),
        ("POST", "/sign-in", 20, MINUTE),
        ("POST", "/sign-in/demo", 120, MINUTE),
        ("POST", "/forgot-password", 20, HOUR),
        ("POST", "/reset-password/x", 20, MINUTE),
        ("POST", "/register", 20, HOUR),
        ("POST", "/confirm/x", 20, MINUTE),
        ("POST", "/invitations/x", 20, MINUTE),
        ("POST", "/account/password", 20, MINUTE),
        ("POST", "/company/bank-account", 20, MINUTE),
        ("POST", "/company/people/invite", 60, HOUR),
        ("GET", "/r/x", 60, MINUTE),
        ("POST", "/membership/plans/x/subscribe", 30, MINUTE),
        ("POST", "/market/listings/x/inquire", 60, HOUR),
        ("POST", "/inquiries/x/ask-others", 60, HOUR),
        ("GET", "/market.json", 60, MINUTE),
        ("GET", "/market.csv", 20, MINUTE),
        ("GET", "/go/x", 120, MINUTE),
        ("GET", "/go-ad/x", 120, MINUTE),
        ("POST", "/ads/shown", 120, MINUTE),
        ("POST", "/ads/seen", 120, MINUTE),
        ("POST", "/demo/bank/pay/x", 60, MINUTE),
        ("POST", "/demo/bank/top-up/x", 60, MINUTE),
    ],
)
def test_each_page_tells_its_own_limit(
    limited: FlaskClient,
    somewhere: dict[str, str],
    method: str,
    path: str,
    most: int,
    window: int,
) -> None:
    answer = limited.open(path, method=method, environ_base=somewhere)
    assert answer.headers["X-RateLimit-Limit"] == str(most)
    assert answer.headers["X-RateLimit-Remaining"] == str(most - 1)
    assert window / 2 < int(answer.headers["Retry-After"]) <= window


@pytest.mark.parametrize(
    "path", ["/sign-in", "/forgot-password", "/register", "/company/bank-account"]
)
def test_looking_at_a_form_is_not_counted(
    limited: FlaskClient, somewhere: dict[str, str], path: str
) -> None:
    answer = limited.get(path, environ_base=somewhere)
    assert "X-RateLimit-Limit" not in answer.headers
    assert answer.status_code == 200


def test_files_are_checked_so_often_whichever_way(
    limited: FlaskClient, somewhere: dict[str, str]
) -> None:
    ways: list[dict[str, Any]] = [
        {"path": "/verify?number=K-1&sha256=" + "0" * 64},
        {"path": "/verify/K-1"},
        {"path": "/verify", "method": "POST", "data": {"number": "K-1", "sha256": "0" * 64}},
    ]
    answers = [limited.open(**way, environ_base=somewhere) for way in ways]
    left = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert left == ["29", "28", "27"]


def test_signing_in_is_limited_by_address_whoever_is_tried(
    limited: FlaskClient, somewhere: dict[str, str]
) -> None:
    def sign_in_as(number: int, place: dict[str, str]) -> tuple[int, str]:
        form = {"email": f"nobody{number}@example.org"}
        answer = limited.post("/sign-in", data=form, environ_base=place)
        return answer.status_code, answer.text

    answers = [sign_in_as(number, somewhere) for number in range(21)]
    assert [status for status, _page in answers] == [422] * 20 + [429]
    assert "That was too often" in answers[-1][1]
    assert sign_in_as(21, {"REMOTE_ADDR": "198.51.100.1"})[0] == 422
