"""The configuration that tests run the application with."""

from pathlib import Path

import config


def config_on(database_url: str, data: Path) -> config.Testing:
    """Settings for a database and a data folder of the test's own."""
    settings = config.Testing()
    settings.SQLALCHEMY_DATABASE_URI = database_url
    settings.HUB_DATA = data
    settings.SERVER_NAME = "127.0.0.1"
    return settings


def live_config_on(database_url: str, data: Path, *, demo: bool) -> config.Testing:
    """The same for a hub that a browser visits: any port, and forms are protected."""
    settings = config_on(database_url, data)
    settings.SERVER_NAME = None
    settings.WTF_CSRF_ENABLED = True
    settings.HUB_DEMO = demo
    return settings
