"""Advertisements in a real browser: they open politely, close by keyboard, tell what was seen."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Response, expect
from sqlalchemy import func, select

from hub.ads.display.models import AdKind, AdPage, DisplaySeen, DisplayView
from hub.core.db.base import db
from tests.ads.campaign_factories import AdDesk
from tests.ads.display_factories import BROWSER, PlaceDesk
from tests.browser import PHONE, LiveServer
from tests.factories import Factories

pytestmark = pytest.mark.browser


@pytest.fixture
def hub(live_server: LiveServer) -> LiveServer:
    """A hub with an advertisement of each kind on its front page."""
    with live_server.app.app_context():
        desk = PlaceDesk(AdDesk(Factories()))
        owner = desk.ads.member("5000.00")
        for kind in AdKind:
            desk.paid(owner, desk.place(AdPage.FRONT, kind))
        desk.sleep(1)
        db.session.remove()
    return live_server


def _recorded(app: Flask) -> dict[str, bool]:
    """The kinds that were shown, and whether they were seen."""
    with app.app_context():
        rows = db.session.execute(
            select(DisplayView.kind, func.count(DisplaySeen.view_id))
            .outerjoin(DisplaySeen, DisplaySeen.view_id == DisplayView.id)
            .group_by(DisplayView.kind)
        )
        return {kind.value: bool(seen) for kind, seen in rows}


def test_a_popup_opens_without_taking_the_focus_and_closes_by_escape(
    hub: LiveServer, open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    def is_opened(answer: Response) -> bool:
        return answer.url.endswith("/ads/shown") and answer.status == 204

    page = open_page(user_agent=BROWSER)
    page.clock.install()
    popup, floating = page.locator("dialog.ad"), page.locator(".ad-floating")
    with page.expect_response(is_opened):
        with page.expect_response("**/ads/seen"):
            page.goto(hub.url)
        page.clock.fast_forward(2_000)
        expect(popup).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    axe(page)
    expect(floating).to_be_hidden()
    with page.expect_response(is_opened):
        page.keyboard.press("Escape")
        expect(popup).to_be_hidden()
        page.clock.fast_forward(5_000)
        expect(floating).to_be_visible()
    floating.get_by_role("button", name="Close").click()
    expect(floating).to_be_hidden()
    assert _recorded(hub.app).keys() == {"banner", "text", "popup", "floating"}
    assert _recorded(hub.app)["banner"] is True
    page.goto(hub.url)
    expect(page.locator("dialog.ad")).to_have_count(0)


def test_without_scripts_only_banner_and_text_are_there(
    hub: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page(user_agent=BROWSER, java_script_enabled=False, viewport=PHONE)
    page.goto(hub.url)
    expect(page.locator(".ad-banner")).to_be_visible()
    expect(page.locator(".ad-text").first).to_be_visible()
    expect(page.locator("dialog.ad")).to_be_hidden()
    expect(page.locator(".ad-floating")).to_be_hidden()
    assert _recorded(hub.app) == {"banner": False, "text": False}
