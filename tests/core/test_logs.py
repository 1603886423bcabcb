"""One id tells the story of a request."""

import logging
import os
import subprocess
import sys
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from hub.core import clock, logs
from tests.architecture.source import ROOT
from tests.factories import Factories
from tests.signing_in import sign_in


def test_each_request_is_one_line_with_its_id(
    client: FlaskClient, make: Factories, caplog: pytest.LogCaptureFixture
) -> None:
    trader = make.trader()
    sign_in(client, trader)
    caplog.set_level(logging.INFO, logger="hub.requests")
    answer = client.get("/listings?q=secret+words", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1" == logs.request_id()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("GET /listings -> 200 in ")
    assert line.endswith(f" ms, user {trader.user_id}")


def test_what_is_refused_at_the_door_is_told_too(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)
    caplog.set_level(logging.INFO, logger="hub.requests")
    assert client.post("/sign-in").status_code == 400
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("POST /sign-in -> 400 in ")


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", "line\\nfeed-000"])
def test_an_id_that_is_none_is_replaced(client: FlaskClient, given: str) -> None:
    found = [client.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"] for _ in "12"]
    assert given not in found
    assert len(set(found)) == 2


def test_the_log_is_in_utc_and_tells_statements_when_asked() -> None:
    """In a process of its own: this one's log is pytest's."""
    program = (
        "import logging, sqlalchemy; from hub.core import logs; logs.install('info', sql=True); "
        "logs.begin_request('the-story'); "
        "sqlalchemy.create_engine('sqlite://').connect().exec_driver_sql('SELECT 42'); "
        "logging.getLogger('hub').info('told')"
    )
    before = clock.now().replace(microsecond=0)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    stamps = [datetime.fromisoformat(line.partition(" ")[0]) for line in lines]
    assert all(before <= stamp <= clock.now() for stamp in stamps)
    told = [line.partition(" ")[2] for line in lines]
    assert "INFO [the-story] sqlalchemy.engine.Engine: SELECT 42" in told
    assert told[-1] == "INFO [the-story] hub: told"
