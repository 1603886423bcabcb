"""``flask hub load-demo``: the believable market that ``make run`` shows."""

import click
from flask import current_app
from flask.cli import with_appcontext

from hub.cli.progress import bar
from hub.demo.loading import HalfLoaded, load


@click.command("load-demo")
@with_appcontext
def load_demo() -> None:
    """Load the demo once; later calls only open listings where old ones have run out."""
    if not current_app.config["HUB_DEMO"]:
        raise click.ClickException("Demo mode is off: set HUB_DEMO=1.")
    try:
        with bar() as progress:
            fresh = load(progress)
    except HalfLoaded as error:
        raise click.ClickException(str(error)) from error
    click.echo("The demo is loaded." if fresh else "The demo was there; its market is current.")


COMMANDS = (load_demo,)
