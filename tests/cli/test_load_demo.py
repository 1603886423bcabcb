"""``flask hub load-demo``: a demo that was stopped midway says so instead of staying half empty."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.cli.demo import load_demo
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.demo.loading import load


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def _stop(_step: str, _done: int, _total: int) -> None:
    raise Stopped


def test_a_demo_stopped_midway_is_told_and_left_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "HUB_DEMO", True)
    with pytest.raises(Stopped):
        load(_stop)
    entries = db.session.scalar(select(func.count(AuditEntry.id)))
    again = app.test_cli_runner().invoke(load_demo)
    assert again.exit_code == 1
    assert "The demo was stopped while it loaded: run `make demo-reset`." in again.output
    assert db.session.scalar(select(func.count(AuditEntry.id))) == entries
