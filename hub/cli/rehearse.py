"""``flask hub rehearse``: the whole trade on real listings, by one command."""

import json
import shutil
import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade

import config
from hub.app import create_app
from hub.cli.check import run_checks
from hub.cli.progress import bar
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.core.numbers import RATE_PLACES, parse_decimal
from hub.rehearsal.rehearsal import Input, Rehearsal
from hub.rehearsal.repetition import Repetition

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _rate(_context: Any, _option: Any, text: str) -> Decimal:
    try:
        return parse_decimal(text, RATE_PLACES)
    except HubError as error:
        raise click.BadParameter(str(error)) from error


def _settings_for(folder: Path, here: bool) -> config.Config:
    """A throwaway hub in ``folder``; with ``here``, the configured database and its files."""
    settings = config.Development()
    settings.HUB_DEMO = False
    settings.HUB_SMTP_HOST = ""
    settings.SERVER_NAME = "127.0.0.1"
    if not here:
        settings.HUB_DATA = folder
        settings.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'hub.sqlite3'}"
    return settings


def _check(app: Flask, rehearsal: Rehearsal, repetition: Repetition) -> None:
    found = run_checks()
    for number, rule, broken in repetition.outcome():
        found.setdefault(number, {"rule": rule, "broken": []})["broken"] += broken
    report = rehearsal.report
    report.checked = sum(1 for number in found if number.isdigit())
    report.broken = [
        f"{number}: {sentence}" for number, entry in found.items() for sentence in entry["broken"]
    ]


def _keep(app: Flask, rehearsal: Rehearsal, folder: Path, target: Path) -> None:
    """Copy the database, the sealed contracts and the bank's files into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    database = folder / "hub.sqlite3"
    if database.exists():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(database, target / database.name)
    papers = target / "contracts"
    papers.mkdir(exist_ok=True)
    for number, data in rehearsal.sealed_contracts():
        (papers / f"contract-{number}.pdf").write_bytes(data)
    shutil.copytree(folder / "bank", target / "bank", dirs_exist_ok=True)


def _told(report: dict[str, Any]) -> str:
    listings, match, broken = report["listings"], report["match"], report["invariants"]["broken"]
    found = f"{match['proposals']} proposals over {match['quantity']}"
    rows = {
        "listings": f"{listings['accepted']} accepted, {listings['rejected']} rejected",
        "match": f"{found}, surplus {match['surplus']} in {match['seconds']} s",
        "contracts": f"{report['contracts']['signed']} signed",
        "payments": "{paid} of {invoices} invoices paid".format(**report["payments"]),
        "dispatch": "{delivered} delivered, {accepted} accepted".format(**report["dispatch"]),
        "payouts": f"{report['payouts']['settled']} trades settled",
        "invariants": f"{report['invariants']['checked']} checked, {len(broken)} broken",
    }
    return "\n".join([*(f"{name:<12}{text}" for name, text in rows.items()), *broken])


@click.command("rehearse")
@click.option("--supply", type=FILE, required=True, help="CSV of supplies.")
@click.option("--demand", type=FILE, required=True, help="CSV of demands.")
@click.option("--regions", type=FILE, required=True, help="CSV of regions.")
@click.option("--depots", type=FILE, required=True, help="CSV of depots.")
@click.option("--freight", default="0.30", callback=_rate, help="INR a DTN and km.")
@click.option("--trades", default=50, type=click.IntRange(0, 10_000), help="How many to play.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day the clock is set to.")
@click.option("--here", is_flag=True, help="Use HUB_DATABASE_URL instead of a throwaway database.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep files here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def rehearse(
    supply: Path,
    demand: Path,
    regions: Path,
    depots: Path,
    freight: Decimal,
    trades: int,
    today: datetime | None,
    here: bool,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Import, match, sign, pay, deliver, accept and pay out; then check every invariant."""
    if here and config.from_environment().__class__ is config.Production:
        raise click.ClickException("The rehearsal makes up trades: it is refused in Production.")
    day = today.date() if today else None
    given = Input(supply, demand, regions, depots, freight, trades, day)
    with tempfile.TemporaryDirectory(prefix="hub-rehearsal-") as name:
        folder = Path(name)
        app = create_app(_settings_for(folder, here))
        with app.app_context(), bar() as progress:
            upgrade()
            rehearsal = Rehearsal(given, folder, progress)
            repetition = Repetition(app, folder, rehearsal)
            try:
                rehearsal.run()
            except HubError as error:
                raise click.ClickException(str(error)) from error
            _check(app, rehearsal, repetition)
            if keep is not None:
                _keep(app, rehearsal, folder, keep)
            db.session.remove()
            db.engine.dispose()
        report = rehearsal.report.as_json()
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _told(report))
    if report["invariants"]["broken"]:
        raise SystemExit(1)


COMMANDS = (rehearse,)
