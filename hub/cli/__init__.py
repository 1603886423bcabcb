"""The ``flask hub`` commands, one file per topic."""

import importlib
import pkgutil

from flask import Flask
from flask.cli import AppGroup

hub_group = AppGroup("hub", help="Run the hub: import, match, check, rehearse, jobs.")


def attach_commands(app: Flask) -> None:
    """Give ``app`` the command group ``flask hub``."""
    for topic in pkgutil.iter_modules(__path__):
        for command in importlib.import_module(f"{__name__}.{topic.name}").COMMANDS:
            hub_group.add_command(command)
    app.cli.add_command(hub_group)
