"""People who use the hub in a browser, each in a window of their own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, LiveServer


class Person:
    """Somebody signed in on a page; ``look`` checks each page they come to with axe."""

    def __init__(self, page: Page, server: LiveServer, axe: Callable[[Page], None]) -> None:
        self.page = page
        self.url = server.url
        self._axe = axe

    def look(self) -> None:
        """The page is accessible, and nothing sticks out at its width."""
        self._axe(self.page)
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not too_wide, f"{self.page.url} is wider than the window"

    def go(self, path: str) -> None:
        """Open a page of the hub and look at it."""
        self.page.goto(self.url + path)
        self.look()

    def press(self, name: str) -> None:
        """Press the button or link whose name begins so, and wait for the page it leads to."""
        pattern = re.compile(f"^{re.escape(name)}")
        target = self.page.get_by_role("main").get_by_role("button", name=pattern)
        if not target.count():
            target = self.page.get_by_role("main").get_by_role("link", name=pattern)
        with self.page.expect_navigation():
            target.first.click()

    def follow(self, path_begins: str) -> None:
        """Follow the first link to an address that begins so, and look at the page."""
        with self.page.expect_navigation():
            self.page.locator(f"main a[href^='{path_begins}']").first.click()
        self.look()

    def fill(self, **values: str) -> None:
        """Fill fields by their names."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def choose(self, **values: str) -> None:
        """Choose options of selects by their names."""
        for name, value in values.items():
            self.page.locator(f"main select[name={name}]").select_option(value)

    def reads(self, text: str) -> None:
        """The page says ``text``."""
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    def upload(self, name: str, path: Path) -> None:
        """Give a file to a field."""
        self.page.locator(f"main input[name={name}]").set_input_files(path)


def sign_in_as(
    label: str,
    open_page: Callable[..., Page],
    server: LiveServer,
    axe: Callable[[Page], None],
    *,
    phone: bool = False,
    **options: Any,
) -> Person:
    """Sign in with the demo's button ``label``."""
    page = open_page(viewport=PHONE if phone else DESKTOP, **options)
    person = Person(page, server, axe)
    person.go("/sign-in")
    with page.expect_navigation():
        page.get_by_role("button", name=label, exact=True).click()
    return person
