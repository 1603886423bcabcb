"""``flask hub match``: proposals for all open listings, as the button on the broker's desk."""

import json
import sys
from collections.abc import Callable

import click
from flask.cli import with_appcontext

from hub.core.actor import SYSTEM
from hub.core.errors import HubError
from hub.matching import services
from hub.matching.models import MatchRun


def _progress_bar() -> tuple[Callable[[int, int], None], Callable[[], None]]:
    """What to tell about commodities done, and what to call at the end; silent off a terminal."""
    if not sys.stderr.isatty():
        return (lambda _done, _total: None), (lambda: None)

    def show(done: int, total: int) -> None:
        filled = 30 * done // max(total, 1)
        bar = "#" * filled + "-" * (30 - filled)
        click.echo(f"\rMatching [{bar}] {done}/{total} commodities", err=True, nl=False)

    return show, lambda: click.echo("", err=True)


def _numbers(run: MatchRun) -> dict[str, object]:
    return {
        "supplies": run.supplies,
        "demands": run.demands,
        "proposals": run.proposals,
        "quantity": str(run.quantity),
        "surplus": run.surpluses,
        "failures": run.failures,
        "seconds": round((run.finished_at - run.started_at).total_seconds(), 3),
    }


@click.command("match")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def match(as_json: bool) -> None:
    """Compute proposals for all open listings and store them with their reasons."""
    show, finish = _progress_bar()
    try:
        run = services.match_all(SYSTEM, progress=show)
    except HubError as error:
        raise click.ClickException(f"Nothing was stored: {error.message}") from error
    finally:
        finish()
    numbers = _numbers(run)
    if as_json:
        click.echo(json.dumps(numbers))
        return
    click.echo(
        f"{run.proposals} proposals over {run.quantity.normalize():f} units, from {run.supplies} "
        f"supplies and {run.demands} demands, in {numbers['seconds']} s."
    )
    for currency, surplus in run.surpluses.items():
        click.echo(f"Total surplus: {surplus} {currency}")
    for failure in run.failures:
        click.echo(
            f"Not matched: commodity {failure['commodity']} in {failure['currency']} "
            f"({failure['error']}); its proposals stay as they were."
        )


COMMANDS = (match,)
