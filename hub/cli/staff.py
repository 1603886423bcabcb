"""The first administrator of a new hub."""

import sys

import click
from flask.cli import with_appcontext

from hub.accounts.services import create_staff
from hub.core.actor import SYSTEM, StaffRole
from hub.core.errors import HubError


@click.command("create-administrator")
@click.argument("email")
@click.argument("name")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for when it is not given.",
)
@with_appcontext
def create_administrator(email: str, name: str, password: str) -> None:
    """Create an administrator with the address EMAIL, called NAME."""
    try:
        user = create_staff(
            SYSTEM,
            name=name,
            email=email,
            assignments=[(StaffRole.ADMINISTRATOR, None)],
            password=password,
        )
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"{user.name} <{user.email}> is an administrator now and can sign in.")


COMMANDS: tuple[click.Command, ...] = (create_administrator,)
