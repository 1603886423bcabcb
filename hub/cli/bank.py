"""``flask hub read-statement``: what the reader makes of bank files, touching nothing."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from hub.payments.bank import reader as statement_reader


@click.command("read-statement")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list instead of a table.")
@with_appcontext
def read_statement(files: tuple[Path, ...], as_json: bool) -> None:
    """Show what the reader makes of bank FILEs (camt.053). Nothing is stored or posted.

    A file that can't be read is told as such in the list; the exit status is 0 all the same.
    """
    described = [statement_reader.describe(str(path), path.read_bytes()) for path in files]
    if as_json:
        click.echo(json.dumps(described, ensure_ascii=False, indent=2))
        return
    for number, file in enumerate(described):
        if number:
            click.echo()
        _print_file(file)


def _print_file(file: dict[str, Any]) -> None:
    click.echo(f"{file['file']}  SHA-256 {file['sha256']}")
    if file["error"]:
        click.echo(f"  {file['error']}")
    for statement in file["statements"]:
        currency = statement["currency"] or ""
        click.echo(
            f"  Statement {_or_dash(statement['id'])} of account "
            f"{_or_dash(statement['account'])} {currency}: opens with "
            f"{_or_dash(statement['opening'])}, closes with {_or_dash(statement['closing'])}"
        )
        for entry in statement["entries"]:
            click.echo(
                f"    {_or_dash(entry['booked']):10}  {entry['amount']:>18} {entry['currency']}  "
                f"{_or_dash(entry['status']):4}  {_about(entry)}"
            )


def _about(entry: dict[str, Any]) -> str:
    """What tells an entry from others: references, names and texts of its transactions."""
    words = [entry["reference"]]
    for transaction in entry["transactions"]:
        words += [
            transaction[name] for name in ("name", "structured", "end_to_end_id", "remittance")
        ]
    return " · ".join(word for word in words if word)


def _or_dash(text: str | None) -> str:
    return text or "–"


COMMANDS: tuple[click.Command, ...] = (read_statement,)
