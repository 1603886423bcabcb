"""A standing clock, and a hub on which companies ask each other."""

from collections.abc import Iterator

import pytest
from flask import Flask

from hub.core import clock
from tests.factories import Factories
from tests.negotiation.inquiry_factories import NOW, Trade


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    clock.set_to(NOW)
    yield
    clock.set_to(None)


@pytest.fixture
def trade(app: Flask, make: Factories) -> Trade:
    return Trade(make)
