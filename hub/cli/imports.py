"""``flask hub import-…``: the catalogue, the regions, the depots and listings from CSV files."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from hub.accounts.models import Company
from hub.catalogue import importing
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.depots.places import importing as depots
from hub.posting import services as posting

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_REFUSALS_SHOWN = 50


def _told(action: Any, *arguments: Any, **options: Any) -> Any:
    """What ``action`` gives; its complaint ends the command with status 1."""
    try:
        return action(*arguments, **options)
    except HubError as error:
        raise click.ClickException(f"{error.message}\nNothing was imported.") from error


def _report(what: str, outcome: importing.Outcome) -> None:
    click.echo(
        f"{what}: {outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged."
    )


@click.command("import-catalogue")
@click.argument("file", type=_FILE, required=False)
@click.option("--units", type=_FILE, help="The list of UN/ECE Recommendation 20.")
@click.option("--hs", type=_FILE, help="A list of the Harmonized System to check HS codes against.")
@with_appcontext
def import_catalogue(file: Path | None, units: Path | None, hs: Path | None) -> None:
    """Import commodities from FILE: code, name, name_zh, parent, hs_code, unit[, attributes]."""
    if file is None and units is None:
        raise click.UsageError("Give a FILE of commodities, a list of --units, or both.")
    if units is not None:
        _report("Units", _told(importing.import_units, SYSTEM, units.read_bytes()))
    if file is not None:
        known = _told(importing.hs_codes, hs.read_bytes()) if hs is not None else None
        outcome = _told(importing.import_commodities, SYSTEM, file.read_bytes(), known)
        _report("Commodities", outcome)


@click.command("import-regions")
@click.argument("file", type=_FILE)
@with_appcontext
def import_regions(file: Path) -> None:
    """Import regions from FILE: region, latitude, longitude[, name_zh, country]."""
    _report("Regions", _told(importing.import_regions, SYSTEM, file.read_bytes()))


@click.command("import-depots")
@click.argument("file", type=_FILE)
@with_appcontext
def import_depots(file: Path) -> None:
    """Import depots from FILE: code, name, region, latitude, longitude, capacity_t."""
    count = _told(depots.import_depots, SYSTEM, file.read_bytes())
    click.echo(f"Depots: {count} are there now as the file says.")


def _company(name: str) -> Company:
    found = db.session.scalars(select(Company).where(Company.legal_name == name)).all()
    if len(found) != 1:
        how_many = "Several companies are" if found else "No company is"
        raise click.ClickException(f"{how_many} called “{name}”. Nothing was imported.")
    return found[0]


@click.command("import-listings")
@click.argument("file", type=_FILE)
@click.option(
    "--create", is_flag=True, help="Make unknown companies and commodities; open at once."
)
@click.option("--company", "name", help="Post every row for the company of this name.")
@with_appcontext
def import_listings(file: Path, create: bool, name: str | None) -> None:
    """Import listings from FILE; refused rows are told by line, the others are posted."""
    company = None if name is None else _company(name)
    batch = _told(
        posting.import_listings,
        SYSTEM,
        file.read_bytes(),
        file.name,
        create=create,
        company=company,
    )
    click.echo(
        f"Listings: {batch.accepted} accepted, {batch.changed} changed, "
        f"{batch.unchanged} unchanged, "
        f"{batch.refused} refused; {batch.flagged} with an implausible price."
    )
    for refusal in batch.refusals[:_REFUSALS_SHOWN]:
        click.echo(f"  line {refusal.line}, {refusal.column or 'row'}: {refusal.reason}", err=True)
    if len(batch.refusals) > _REFUSALS_SHOWN:
        columns = Counter(refusal.column or "row" for refusal in batch.refusals)
        listed = ", ".join(f"{column} {count}" for column, count in columns.most_common())
        click.echo(f"  … {len(batch.refusals)} problems in all: {listed}", err=True)


COMMANDS: tuple[click.Command, ...] = (
    import_catalogue,
    import_regions,
    import_depots,
    import_listings,
)
