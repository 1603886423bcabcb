"""Fixtures of advertising."""

import pytest

from tests.ads.campaign_factories import AdDesk
from tests.ads.display_factories import PlaceDesk
from tests.factories import Factories


@pytest.fixture
def ad_desk(make: Factories) -> AdDesk:
    return AdDesk(make)


@pytest.fixture
def place_desk(ad_desk: AdDesk) -> PlaceDesk:
    return PlaceDesk(ad_desk)
