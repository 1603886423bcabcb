"""Fixtures of the membership tests."""

from collections.abc import Iterator

import pytest

from tests.factories import Factories
from tests.membership.membership_factories import MembershipDesk, breaches


@pytest.fixture
def members(make: Factories) -> Iterator[MembershipDesk]:
    """The desk; whatever a test did, every invariant holds at its end."""
    yield MembershipDesk(make)
    assert breaches() == []
