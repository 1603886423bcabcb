"""``flask hub jobs``: the process that does what is due."""

import click
from flask import current_app
from flask.cli import with_appcontext

from hub.scheduler import JOBS, AlreadyRunning, elected, run_job, run_until_stopped


@click.command("jobs")
@click.option("--once", is_flag=True, help="Run every job once and stop.")
@with_appcontext
def jobs(once: bool) -> None:
    """Run the jobs: mail, matching, deadlines, reminders."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with elected(app):
            if once:
                for name, function, _seconds in JOBS:
                    run_job(app, name, function)
                    click.echo(f"{name}: done")
            else:
                run_until_stopped(app)
    except AlreadyRunning as error:
        raise click.ClickException("Another process already runs the jobs.") from error


COMMANDS = (jobs,)
