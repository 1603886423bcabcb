"""Fixtures of the partners' tests."""

import pytest

from tests.affiliates.partner_factories import PartnerOffice
from tests.factories import Factories


@pytest.fixture
def office(make: Factories) -> PartnerOffice:
    return PartnerOffice(make)
