"""The WSGI application and the home of the ``flask hub`` commands."""

from hub.app import create_app
from hub.cli import attach_commands

app = create_app()
attach_commands(app)
