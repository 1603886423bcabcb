"""What the journeys in a browser share; the hub that they go through is each module's own."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import LiveServer
from tests.journeys.people import Person, sign_in_as


@pytest.fixture
def enter(
    hub: LiveServer, open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> Callable[..., Person]:
    """Lets somebody in: ``enter("Supplier")``, or ``enter("Depot operator", phone=True)``."""

    def start(label: str, *, phone: bool = False) -> Person:
        return sign_in_as(label, open_page, hub, axe, phone=phone)

    return start
