"""Facts lead to mails and notices in these tests."""

from collections.abc import Iterator

import pytest

from tests.messaging.reacting import reacting


@pytest.fixture(autouse=True)
def _reacting() -> Iterator[None]:
    with reacting():
        yield
