"""The fixtures for browser tests notice what they are there to notice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select

from hub.accounts.models import Company
from hub.core.db.base import db
from tests.browser import serving
from tests.factories import Factories

pytestmark = pytest.mark.browser

GOOD = "<!doctype html><html lang='en'><title>Good</title><main><h1>Good</h1></main></html>"
BAD = "<!doctype html><html lang='en'><title>Bad</title><main><h1>Bad</h1><img src='/x'></main>"


def _site(folder: Path) -> Flask:
    site = Flask("site", root_path=str(folder))
    site.config["PROPAGATE_EXCEPTIONS"] = False
    site.add_url_rule("/good", "good", lambda: GOOD)
    site.add_url_rule("/bad", "bad", lambda: BAD)
    site.add_url_rule("/broken", "broken", lambda: str(1 // 0))
    return site


def test_axe_names_what_is_not_accessible(
    page: Page, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    with serving(_site(tmp_path)) as live:
        page.goto(f"{live.url}/good")
        axe(page)
        page.goto(f"{live.url}/bad")
        with pytest.raises(AssertionError, match=r"image-alt .*\n +img: <img src="):
            axe(page)


def test_a_request_that_broke_fails_the_test(tmp_path: Path) -> None:
    site = _site(tmp_path)
    with pytest.raises(AssertionError, match="unhandled"), serving(site):
        assert site.test_client().get("/broken").status_code == 500


def test_each_committed_database_is_its_own(committed_app: Flask, schema_app: Flask) -> None:
    with committed_app.app_context():
        Factories().company("Only here Ltd.")
        assert db.session.scalar(select(func.count(Company.id))) == 1
    with schema_app.app_context():
        assert db.session.scalar(select(func.count(Company.id))) == 0
