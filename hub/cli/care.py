"""``flask hub reindex`` and ``verify-seal``: looking after the search and checking old papers."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from hub.contracts.seal.keys import SealUnusable, load_certificate
from hub.contracts.seal.provider import current_seal
from hub.core.actor import SYSTEM
from hub.market import services as market

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("reindex")
@with_appcontext
def reindex() -> None:
    """Build the market's search anew; needed after names in the catalogue have changed."""
    click.echo(f"{market.reindex(SYSTEM)} open listings are in the search.")


@click.command("verify-seal")
@click.argument("file", type=_FILE)
@click.option("--certificate", type=_FILE, help="An earlier certificate of the hub (PEM).")
@with_appcontext
def verify_seal_of(file: Path, certificate: Path | None) -> None:
    """Check the hub's seal on a contract, offline. Exit status 1 if it doesn't hold."""
    from hub.contracts.seal.sealing import verify_seal

    try:
        expected = load_certificate(certificate) if certificate else current_seal().certificate
    except SealUnusable as error:
        raise click.ClickException(str(error)) from error
    report = verify_seal(file.read_bytes(), expected)
    if not report.valid:
        raise click.ClickException("This file doesn't bear an unbroken seal of the hub.")
    if not report.covers_whole_document:
        raise click.ClickException("The seal holds, but something was added after it.")
    signed = f" on {report.signed_at:%Y-%m-%d %H:%M} UTC" if report.signed_at else ""
    click.echo(f"Sealed by {report.signer}{signed}; unchanged since.")


COMMANDS = (reindex, verify_seal_of)
