"""The WSGI application and the home of the ``flask hub`` commands."""

from hub.app import create_app
from hub.cli import attach_commands
from hub.core import logs

app = create_app()
attach_commands(app)
logs.install(app.config["HUB_LOG_LEVEL"], sql=app.config["HUB_SQL_ECHO"])
