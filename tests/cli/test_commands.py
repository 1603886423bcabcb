"""``flask hub check`` and ``flask hub jobs``: what an operator runs."""

import json
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from hub.cli.check import check
from hub.core.db.base import db
from hub.core.errors import Conflict, NotFound
from hub.core.settings import Setting
from hub.core.use_case import use_case
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


@pytest.mark.parametrize(
    "defect",
    [
        ValueError("no ink"),
        KeyError("no ink"),
        AssertionError("no ink"),
        NotFound("no ink"),
        OperationalError("SELECT 1", {}, OSError("no ink")),
    ],
    ids=lambda defect: type(defect).__name__,
)
def test_a_failing_job_is_told_and_does_not_stop_the_others(
    app: Flask, make: Factories, caplog: pytest.LogCaptureFixture, defect: Exception
) -> None:
    """What it had begun is gone, so the next job on the same thread can begin its own."""

    @use_case
    def succeed() -> None:
        db.session.add(Setting(name="printed", value=True))

    def fail() -> None:
        db.session.add(Setting(name="half", value=True))
        raise defect

    run_job(app, "print", fail)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "Job print failed")
    ]
    assert "no ink" in caplog.text
    run_job(app, "print", succeed)
    assert len(caplog.records) == 1
    assert db.session.scalars(select(Setting.name)).all() == ["printed"]


def test_a_job_that_somebody_was_faster_than_is_no_failure(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def lose() -> None:
        raise Conflict("somebody was faster")

    with caplog.at_level("INFO"):
        run_job(app, "print", lose)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "Job print met somebody else at work: somebody was faster")
    ]


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_a_job_does_not_keep_the_process_from_ending(app: Flask, end: type[BaseException]) -> None:
    def stop() -> None:
        raise end

    with pytest.raises(end):
        run_job(app, "print", stop)


@pytest.mark.one_database
def test_every_job_has_a_name_of_its_own() -> None:
    names = [name for name, _function, _seconds in JOBS]
    assert len(set(names)) == len(names) > 0


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
