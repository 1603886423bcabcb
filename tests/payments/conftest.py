"""Fixtures of the money tests."""

import pytest

from tests.factories import Factories
from tests.payments.money_factories import FinanceDesk


@pytest.fixture
def desk(make: Factories) -> FinanceDesk:
    return FinanceDesk(make)
