"""The application whose routes are looked at; nothing asks its database."""

import pytest
from flask import Flask

from hub.app import create_app
from tests.configurations import live_config_on


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with all its routes, those of the demonstration among them."""
    data = tmp_path_factory.mktemp("site")
    return create_app(live_config_on(f"sqlite:///{data / 'hub.db'}", data, demo=True))
