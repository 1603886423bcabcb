"""One schema per worker, one savepoint per test, on SQLite or on a PostgreSQL started here."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.app import create_app
from hub.core import clock
from hub.core.db.base import Base, db
from hub.core.settings import HubSettings
from tests import databases
from tests.configurations import config_on
from tests.examples import TIMES
from tests.factories import Factories
from tests.states import State, States
from tests.transactions import rolled_back

pytest_plugins = ("tests.browser",)

CASES_ON_POSTGRESQL = 4
HUB_ZONE = HubSettings().time_zone
SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

hypothesis.settings.register_profile(
    "hub",
    # Every run draws the same examples, unless more of them are asked for; and whatever else the
    # machine does meanwhile, they may take their time.
    derandomize=TIMES == 1,
    deadline=None,
    # Fixtures are made once for all examples: these tests undo what they do themselves.
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("hub")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_configure() -> None:
    """The settings of whoever runs the tests play no part in them, but for those of the tests.

    These stay for the workers, which are started from here.
    """
    for name in list(os.environ):
        if name.startswith("HUB_") and not name.startswith("HUB_TEST_"):
            del os.environ[name]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long; on PostgreSQL, run only what depends on the database.

    That is every test of services, races, constraints and SQL, but of a test with many cases the
    first few only: the further ones differ in what is typed or who asks, not in what the database
    is asked to do. Pages read by the same queries; where those are written differently for each
    database, the test says ``both_databases``.
    """
    long = ("xdist_group", "browser", "shared_data")
    items.sort(key=lambda item: not any(map(item.get_closest_marker, long)))
    if config.getoption("--database") == "sqlite":
        return
    touching, others = [], []
    cases: Counter[tuple[Path, str]] = Counter()
    for item in items:
        names = getattr(item, "fixturenames", ())
        test = (item.path, item.nodeid.partition("[")[0])
        cases[test] += 1
        wanted = (
            "database_server" in names
            and not item.get_closest_marker("one_database")
            and cases[test] <= CASES_ON_POSTGRESQL
            and ("client" not in names or item.get_closest_marker("both_databases"))
        )
        (touching if wanted else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = touching


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[databases.Server]:
    """Makes databases: files, or databases of a throwaway PostgreSQL cluster."""
    with databases.server(request.config.getoption("--database")) as found:
        yield found


@pytest.fixture(scope="session")
def database_template(
    database_server: databases.Server, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The URL of a database with all tables and no rows, to be copied; nobody is connected."""
    url = database_server.empty_database()
    app = create_app(config_on(url, tmp_path_factory.mktemp("template")))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def database_url(database_server: databases.Server, database_template: str) -> str:
    return database_server.copy_of(database_template)


@pytest.fixture(scope="session")
def schema_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database with all tables and no rows."""
    app = create_app(config_on(database_url, tmp_path_factory.mktemp("data")))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def committed_app(
    database_server: databases.Server, database_template: str, tmp_path: Path
) -> Iterator[Flask]:
    """The application on a database of its own, where commits are real: for tests with threads.

    No application context is open; each thread opens its own.
    """
    url = database_server.copy_of(database_template)
    app = create_app(config_on(url, tmp_path / "data"))
    with app.app_context():
        databases.wait_for_locks(db.engine)
    try:
        yield app
    finally:
        clock.set_to(None)
        with app.app_context():
            db.engine.dispose()
        database_server.drop(url)


@pytest.fixture(scope="session")
def states(
    database_server: databases.Server,
    database_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[States]:
    """Databases in usual states, for tests marked with one."""
    found = States(database_server, database_template, tmp_path_factory.mktemp("states"))
    yield found
    found.close()


@pytest.fixture
def usual_state(request: pytest.FixtureRequest) -> State | None:
    """The state that the test is marked with; None for a database without rows."""
    marker = request.node.get_closest_marker("state")
    if marker is None or marker.args[0] is None:
        return None
    return request.getfixturevalue("states").get(marker.args[0])  # type: ignore[no-any-return]


@pytest.fixture
def app(schema_app: Flask, usual_state: State | None) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back after the test."""
    app = usual_state.app if usual_state else schema_app
    with rolled_back(app):
        if usual_state and _is_of_another_day(usual_state.built_at):
            clock.set_to(usual_state.built_at)
        yield app


def _is_of_another_day(instant: datetime) -> bool:
    """Whether midnight has passed since, so that what was made then is not of today."""
    return any(clock.date_of(instant, zone) != clock.today(zone) for zone in (HUB_ZONE, "UTC"))


@pytest.fixture
def make(app: Flask, usual_state: State | None) -> Factories:
    """Makes companies, people, listings and depots with sensible values."""
    if usual_state is None:
        return Factories()
    return Factories(usual_state.next_number, {usual_state.name: usual_state.made})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the real input beside the checkout (../shared/data) is absent")
    return SHARED_DATA
