"""Makes the pictures of the main pages in docs/pictures: ``python -m scripts.pictures``.

Loads the demo into a throwaway folder, serves it, and takes each page at desktop and phone width.
"""

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

import config
from hub.app import create_app
from hub.contracts.models import Contract, ContractState
from hub.core.db.base import db
from hub.demo.loading import load
from hub.posting.models import Listing, ListingState, Side

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTHS = {"desktop": (1280, 900), "phone": (360, 740)}
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-background-networking", "--disable-sync")
COLOURS = 96


@contextmanager
def _demo() -> Iterator[tuple[Flask, str]]:
    """A served demo, and its address."""
    with tempfile.TemporaryDirectory(prefix="hub-pictures-") as folder:
        settings = config.Development()
        settings.HUB_DATA = Path(folder)
        settings.HUB_DEMO = True
        settings.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder}/hub.sqlite3"
        app = create_app(settings)
        with app.app_context():
            upgrade()
            load(lambda step, done, total: None)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield app, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _pages(app: Flask) -> dict[str, tuple[str, str]]:
    """Name of the picture: (who looks, path)."""
    with app.app_context():
        listing = db.session.scalars(
            select(Listing.public_id)
            .where(Listing.state == ListingState.OPEN, Listing.side == Side.SUPPLY)
            .order_by(Listing.id)
        ).first()
        trade = db.session.scalars(
            select(Contract.public_id)
            .where(Contract.state == ContractState.PERFORMING)
            .order_by(Contract.id.desc())
        ).first()
    return {
        "market": ("", "/market"),
        "listing": ("Purchaser", f"/market/listings/{listing}"),
        "broker": ("Broker", "/broker"),
        "trade": ("Broker", f"/trades/{trade}"),
        "finance": ("Finance clerk", "/finance"),
        "depot": ("Depot operator", "/depot/MUM"),
    }


def _sign_in(page: Page, address: str, label: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def _take(browser: Browser, address: str, name: str, who: str, path: str) -> None:
    for device, (width, height) in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        if who:
            _sign_in(page, address, who)
        page.goto(address + path)
        picture = TARGET / f"{name}-{device}.png"
        page.screenshot(path=picture)
        context.close()
        with Image.open(picture) as full:
            full.convert("RGB").quantize(COLOURS).save(picture, optimize=True)
        print(f"docs/pictures/{picture.name}")


def main() -> None:
    """Take all pictures anew."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is missing: install it (Debian: apt-get install chromium).")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    TARGET.mkdir(parents=True, exist_ok=True)
    with _demo() as (app, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        for name, (who, path) in _pages(app).items():
            _take(browser, address, name, who, path)
        browser.close()


if __name__ == "__main__":
    main()
