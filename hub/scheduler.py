"""The jobs process: runs what is due, never inside a web worker, and only once per database."""

import fcntl
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import text

from hub.accounts import jobs as accounts_jobs
from hub.ads.display import jobs as display_jobs
from hub.ads.ranking import jobs as campaign_jobs
from hub.affiliates import jobs as affiliates_jobs
from hub.contracts import jobs as contracts_jobs
from hub.core import logs
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.dispatch import jobs as dispatch_jobs
from hub.matching import jobs as matching_jobs
from hub.membership import jobs as membership_jobs
from hub.messaging import jobs as messaging_jobs
from hub.negotiation import jobs as negotiation_jobs
from hub.payments import jobs as payments_jobs
from hub.posting import jobs as posting_jobs

Job = tuple[str, Callable[[], Any], int]

JOBS: tuple[Job, ...] = (
    *messaging_jobs.JOBS,
    *accounts_jobs.JOBS,
    *posting_jobs.JOBS,
    *matching_jobs.JOBS,
    *contracts_jobs.JOBS,
    *payments_jobs.JOBS,
    *dispatch_jobs.JOBS,
    *membership_jobs.JOBS,
    *affiliates_jobs.JOBS,
    *negotiation_jobs.JOBS,
    *campaign_jobs.JOBS,
    *display_jobs.JOBS,
)

#: Any number will do, as long as every process of the hub uses the same.
_ADVISORY_LOCK = 7_401_182_633

logger = logging.getLogger(__name__)


class AlreadyRunning(RuntimeError):
    """Another process runs the jobs of this database."""


@contextmanager
def elected(app: Flask) -> Iterator[None]:
    """Be the one process that runs the jobs (AlreadyRunning if there is one).

    PostgreSQL keeps the lock with the connection, a file keeps it with the process: either is
    given back at the end, and free again the moment the process dies.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            won = connection.scalar(text("SELECT pg_try_advisory_lock(:k)"), {"k": _ADVISORY_LOCK})
            connection.commit()
            if not won:
                raise AlreadyRunning
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": _ADVISORY_LOCK})
                connection.commit()
        return
    folder = app.config["HUB_DATA"]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "jobs.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning from error
        yield


def run_job(app: Flask, name: str, function: Callable[[], Any]) -> None:
    """Run one job in a context of its own; a failure is logged and tried at the next tick."""
    logs.begin_request()
    with app.app_context():
        try:
            function()
        except Conflict as conflict:
            logger.info("Job %s met somebody else at work: %s", name, conflict)
        except Exception:
            logger.exception("Job %s failed", name)


def run_until_stopped(app: Flask) -> None:
    """Run the jobs until SIGINT or SIGTERM, which the threads of the jobs never see."""
    stopping = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, function, seconds in JOBS:
        scheduler.add_job(
            run_job,
            "interval",
            seconds=seconds,
            args=(app, name, function),
            id=name,
            max_instances=1,
            coalesce=True,
        )
    scheduler.start()
    logger.info("%d jobs are running", len(JOBS))
    signal.sigwait(stopping)
    scheduler.shutdown(wait=True)
