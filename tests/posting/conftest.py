"""A standing clock, and a catalogue of one commodity."""

from collections.abc import Iterator

import pytest
from flask import Flask

from hub import flow
from hub.catalogue.models import Commodity
from hub.core import bus, clock
from tests.factories import Factories
from tests.posting.posting_factories import NOW


@pytest.fixture(autouse=True)
def standing_clock(app: Flask) -> Iterator[None]:
    clock.set_to(NOW)
    yield
    clock.set_to(None)


@pytest.fixture
def onion(make: Factories) -> Commodity:
    """Onions, with the regions and units that the texts name."""
    make.region("Maharashtra")
    make.region("NCT of Delhi")
    for code in ("KGM", "DTN", "TNE"):
        make.unit(code)
    return make.commodity("Onion")


@pytest.fixture
def published(app: Flask) -> Iterator[list[object]]:
    """The events of posting that reactions would hear, in their order."""
    from hub.posting import events

    heard: list[object] = []
    kinds = [
        events.ListingSubmitted,
        events.ListingOpened,
        events.ListingChanged,
        events.ListingReturned,
        events.ListingClosed,
        events.ListingsImported,
    ]
    before = dict(bus._reactions)
    bus.install({kind: [heard.append] for kind in kinds}, {})
    yield heard
    bus.install(before, flow.GUARDS)
