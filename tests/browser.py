"""Fixtures for tests in a real browser: a live server, Chromium, pages, and axe."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, got_request_exception
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server

from hub.app import create_app
from hub.core import clock
from hub.core.db.base import db
from tests import databases
from tests.configurations import live_config_on

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    # Pages may load nothing from elsewhere: no other host can be found.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

#: Tests wait for what pages come to, not for a time: these (in ms) only end a wait that is in vain.
LONGEST_LOOK = 30_000
LONGEST_STEP = 60_000
LONGEST_START = 120_000

expect.set_options(timeout=LONGEST_LOOK)


@dataclass
class LiveServer:
    """The hub answering at ``url``, in this process: its database is real, its clock can be set."""

    url: str
    app: Flask
    errors: list[BaseException] = field(default_factory=list)


@contextmanager
def serving(app: Flask) -> Iterator[LiveServer]:
    """Serve ``app`` on a free port with a thread for each request, until the block ends.

    Raises:
        AssertionError: at the end, if a request ended in an unhandled error.
    """
    server = make_server("127.0.0.1", 0, app, threaded=True)
    live = LiveServer(f"http://127.0.0.1:{server.server_port}", app)
    app.config["HUB_PUBLIC_URL"] = live.url

    def note(_sender: Flask, exception: BaseException) -> None:
        live.errors.append(exception)

    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with got_request_exception.connected_to(note, app):
            yield live
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert live.errors == [], "requests ended in unhandled errors"


@pytest.fixture
def serve(
    database_server: databases.Server, database_template: str, tmp_path: Path
) -> Iterator[Callable[..., LiveServer]]:
    """Starts a hub on a database of its own: ``serve()``, or ``serve(demo=True)``."""
    with ExitStack() as stack:

        def start(*, demo: bool = False) -> LiveServer:
            url = database_server.copy_of(database_template)
            stack.callback(database_server.drop, url)
            app = create_app(live_config_on(url, tmp_path / "data", demo=demo))
            stack.callback(_disconnect, app)
            with app.app_context():
                databases.wait_for_locks(db.engine)
            return stack.enter_context(serving(app))

        yield start
    clock.set_to(None)


def _disconnect(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def live_server(serve: Callable[..., LiveServer]) -> LiveServer:
    """A running hub with an empty, committed database, demo mode off."""
    return serve()


@pytest.fixture
def demo_server(serve: Callable[..., LiveServer]) -> LiveServer:
    """A running hub with an empty, committed database, demo mode on."""
    return serve(demo=True)


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise RuntimeError("Chromium is missing: install it (Debian: chromium).")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, gone with the module: its event loop would forbid others theirs."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=_chromium(),
            headless=True,
            args=list(CHROMIUM_OPTIONS),
            timeout=LONGEST_START,
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each as a different person: ``open_page(viewport=PHONE, locale="zh-CN")``.

    Fails at the end of the test on script errors, on what the Content-Security-Policy blocked,
    and on addresses elsewhere; answers like 404 and 422 are no errors here.
    """
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        expected = message.text.startswith("Failed to load resource: the server responded")
        if message.type == "error" and not expected:
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def start(*, viewport: dict[str, int] = DESKTOP, locale: str = "en-GB", **options: Any) -> Page:
        context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            locale=locale,
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(LONGEST_STEP)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One page of desktop size."""
    return open_page()


#: Kinds of pages, with their widths, that axe has looked at in this process.
_checked: set[tuple[str, int]] = set()
_AN_ID = re.compile(r"(?<=/)(?=[a-z]*\d)[0-9a-z]{13}(?=/|$)|(?<=[/-])\d+")


def _kind_of(page: Page) -> str:
    """The address without what tells one thing from another, and the headings: a page shows
    other parts in other states."""
    path = _AN_ID.sub("*", urlsplit(page.url).path)
    headings = page.locator("h1, h2, [role=dialog]").count()
    return f"{path} {headings}"


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Checks a page: ``axe(page)`` fails with a list of what is not accessible, and where.

    Each kind of page is checked once in each width: what differs then is what it tells.
    """
    checker = Axe()

    def check(page: Page) -> None:
        kind = (_kind_of(page), (page.viewport_size or DESKTOP)["width"])
        if kind in _checked:
            return
        _checked.add(kind)
        found = checker.run(page).response["violations"]
        assert not found, f"{page.url} is not accessible:\n" + "\n".join(map(_told, found))

    return check


def _told(violation: dict[str, Any]) -> str:
    places = "\n".join(
        f"    {' '.join(map(str, node['target']))}: {node['html'][:160]}"
        for node in violation["nodes"]
    )
    return f"  {violation['id']} ({violation['impact']}): {violation['help']}\n{places}"
