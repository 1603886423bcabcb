"""``flask hub ads``: looking after the auctions of sponsored places."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup, with_appcontext

from hub.ads.ranking.replaying import replay as replay_auctions
from hub.core import settings

ads = AppGroup("ads", help="Look after the auctions of sponsored places.")


@ads.command("replay")
@click.option(
    "--since",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Only auctions from this day on, in the hub's time zone.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def replay(since: datetime | None, as_json: bool) -> None:
    """Hold every recorded auction again from its record alone and compare places and prices.

    Exit status 1 if one differs.
    """
    zone = ZoneInfo(settings.current().time_zone)
    report = replay_auctions(since.replace(tzinfo=zone) if since else None)
    if as_json:
        numbers = {"auctions": report.auctions, "places": report.places}
        click.echo(json.dumps({**numbers, "differences": report.differences}))
    else:
        click.echo(
            f"{report.auctions} auctions with {report.places} places were held again, "
            f"{len(report.differences)} differences."
        )
        for sentence in report.differences:
            click.echo(sentence, err=True)
    if report.differences:
        raise SystemExit(1)


COMMANDS = (ads,)
