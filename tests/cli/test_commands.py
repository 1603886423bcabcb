"""``flask hub check`` and ``flask hub jobs``: what an operator runs."""

import json
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import update

from hub.cli.check import check
from hub.core.db.base import db
from hub.posting.models import Listing
from hub.scheduler import JOBS, AlreadyRunning, elected, run_job
from tests.factories import Factories


def test_check_holds_on_a_database_without_trades(app: Flask, make: Factories) -> None:
    make.listing()
    done = app.test_cli_runner().invoke(check, ["--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["broken"] == []
    assert found["checked"] >= 13


def test_check_names_what_breaks_an_invariant(app: Flask, make: Factories) -> None:
    listing = make.listing()
    db.session.execute(
        update(Listing).where(Listing.id == listing.id).values(reserved=Decimal("3"))
    )
    db.session.commit()
    done = app.test_cli_runner().invoke(check)
    assert done.exit_code == 1
    assert listing.reference in done.stderr


def test_every_job_runs_on_an_empty_hub(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    for name, function, seconds in JOBS:
        assert seconds > 0
        run_job(app, name, function)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_failing_job_is_told_and_does_not_stop_the_others(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("no ink")

    run_job(app, "print", fail)
    assert "Job print failed" in caplog.text
    assert "no ink" in caplog.text


def test_only_one_process_runs_the_jobs(committed_app: Flask) -> None:
    with (
        committed_app.app_context(),
        elected(committed_app),
        pytest.raises(AlreadyRunning),
        elected(committed_app),
    ):
        pass
    with committed_app.app_context(), elected(committed_app):
        pass
