"""Every address asked by every role: who is let in, who is told no, and for whom it isn't there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from hub.app import create_app
from tests.configurations import live_config_on
from tests.journeys.permission_rows import Outcome, Row
from tests.journeys.permission_table import TABLE
from tests.journeys.trades_in_every_state import Role
from tests.journeys.undone_hub import Hub, contents

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("permissions")]

LET_IN_AFTER_A_POST = {409, 422}
WRITING = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) +\"?(\w+)", re.IGNORECASE)
POSTS = [row for row in TABLE if row.method == "POST"]


@pytest.fixture
def hub(undone_hub: Hub) -> Hub:
    return undone_hub


@contextmanager
def written_tables(engine: Engine) -> Iterator[set[str]]:
    """The tables that something is written to while this is open."""
    found: set[str] = set()

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if writing := WRITING.match(statement):
            found.add(writing[1].lower())

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def outcome(row: Row, response: TestResponse) -> Outcome | str:
    """What the answer means; a status that it can't mean is named."""
    if "/sign-in?next=" in (response.location or ""):
        return Outcome.SIGN_IN
    status = response.status_code
    refusals = {403: Outcome.FORBIDDEN, 404: Outcome.HIDDEN}
    if status in refusals:
        return refusals[status]
    if status < 400 or (row.method == "POST" and status in LET_IN_AFTER_A_POST):
        return Outcome.LET_IN
    return f"status {status}"


def addresses(app: Flask) -> set[tuple[str, str]]:
    """Every endpoint with every method it answers."""
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def test_the_table_has_every_address_and_no_other(hub: Hub) -> None:
    assert {(row.endpoint, row.method) for row in TABLE} == addresses(hub.app)


def test_every_path_leads_to_the_endpoint_of_its_row(hub: Hub) -> None:
    routes = hub.app.url_map.bind("127.0.0.1")
    for row in TABLE:
        path = row.path.format(**hub.world.ids).partition("?")[0]
        assert routes.match(path, row.method)[0] == row.endpoint, row


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_each_role_gets_what_the_table_says(hub: Hub, row: Row) -> None:
    found: dict[str, Outcome | str] = {}
    changed: dict[str, Any] = {}
    recorded: set[str] = set()
    for role in Role:
        with hub.undone() as connection, written_tables(hub.engine) as written:
            response = hub.ask(row, role)
            found[role] = outcome(row, response)
            assert_guarded(response)
            if row.method == "GET":
                recorded |= written
            elif found[role] is not Outcome.LET_IN and contents(connection) != hub.before:
                changed[role] = contents(connection)
    assert found == dict(row.outcomes)
    assert changed == {}
    assert recorded == row.records, "something else was written by looking"


def assert_guarded(response: TestResponse) -> None:
    """The browser neither guesses what the answer is nor runs what isn't the hub's."""
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith(("default-src 'self'; ", "default-src 'none'; "))
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_viewer_changes_nothing_of_the_company(hub: Hub) -> None:
    """Only what is a person's own is written for a viewer: account, notices, the session.

    Beside it, only that somebody read an inquiry, and that an advertisement was in sight.
    """
    own = {"account", "accounts", "joining", "messaging"}
    written = {
        row.endpoint
        for row in POSTS
        if row.outcomes[Role.SUPPLIER_VIEWER] is Outcome.LET_IN
        and row.endpoint.partition(".")[0] not in own
    }
    assert written == {
        "ad_serving.seen",
        "ad_serving.shown",
        "contract_checking.verify",
        "inquiries.mark_read",
    }


def test_a_viewer_of_the_purchaser_decides_nothing_for_it(hub: Hub) -> None:
    cookie = hub.cookie(hub.world.purchaser_viewer_token)
    decisions = [
        row
        for row in POSTS
        if row.outcomes[Role.PURCHASER] is Outcome.LET_IN
        and row.outcomes[Role.SUPPLIER_VIEWER] is not Outcome.LET_IN
    ]
    for row in decisions:
        with hub.undone() as connection:
            assert outcome(row, hub.ask_with(row, cookie)) is Outcome.FORBIDDEN, row
            assert contents(connection) == hub.before


@pytest.mark.parametrize("row", POSTS, ids=str)
def test_a_post_without_the_form_s_token_is_refused(
    hub: Hub, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hub.app.config, "WTF_CSRF_ENABLED", True)
    allowed = [role for role in Role if row.outcomes[role] is Outcome.LET_IN] or [Role.ANONYMOUS]
    with hub.undone() as connection:
        response = hub.ask(row, allowed[0])
        assert response.status_code == 400
        assert contents(connection) == hub.before


def test_a_demonstration_adds_the_bank_and_nothing_else(
    hub: Hub, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = hub.engine.url.render_as_string(hide_password=False)
    folder = tmp_path_factory.mktemp("demonstration")
    demonstration = create_app(live_config_on(url, folder, demo=True))
    assert addresses(demonstration) - addresses(hub.app) == {
        ("demo.bank", "GET"),
        ("demo.pay", "POST"),
        ("demo.top_up", "POST"),
        ("demo.carry_out", "POST"),
        ("demo.statement", "GET"),
    }
