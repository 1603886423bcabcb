"""Matching by itself: only its own reactions run, so that no contract is drawn."""

from collections.abc import Iterator

import pytest
from flask import Flask

from hub import flow
from hub.core import bus
from hub.core.db.base import db
from hub.matching import reactions
from hub.posting.events import ListingChanged, ListingClosed, ListingOpened, ListingReturned

OWN = {
    ListingChanged: (reactions.on_listing_changed,),
    ListingClosed: (reactions.on_listing_closed,),
    ListingOpened: (reactions.on_listing_opened,),
    ListingReturned: (reactions.on_listing_returned,),
}


@pytest.fixture
def own_reactions(schema_app: Flask) -> Iterator[None]:
    bus.install(OWN, flow.GUARDS)
    yield
    bus.install(flow.REACTIONS, flow.GUARDS)


@pytest.fixture
def committed(committed_app: Flask) -> Iterator[Flask]:
    """The application, in its context, on a database where every thread has a connection."""
    bus.install(OWN, flow.GUARDS)
    with committed_app.app_context():
        yield committed_app
        db.session.remove()
    bus.install(flow.REACTIONS, flow.GUARDS)
