"""What the journeys in a browser share, and the one hub that others ask without changing it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from hub.app import create_app
from hub.core.db.base import db
from tests import databases
from tests.browser import LiveServer
from tests.configurations import config_on
from tests.journeys.people import Person, sign_in_as
from tests.journeys.undone_hub import Hub


@pytest.fixture
def enter(
    hub: LiveServer, open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> Callable[..., Person]:
    """Lets somebody in: ``enter("Supplier")``, or ``enter("Depot operator", phone=True)``."""

    def start(label: str, *, phone: bool = False) -> Person:
        return sign_in_as(label, open_page, hub, axe, phone=phone)

    return start


@pytest.fixture(scope="session")
def undone_hub(
    database_server: databases.Server,
    database_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Hub]:
    """Takes seconds to make: tests with it are of the group "permissions", on one worker."""
    url = database_server.copy_of(database_template)
    app = create_app(config_on(url, tmp_path_factory.mktemp("permissions")))
    try:
        yield Hub(app)
    finally:
        with app.app_context():
            db.engine.dispose()
        database_server.drop(url)
