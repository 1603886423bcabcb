"""How many examples the property tests draw: few here, many by ``make test-deep``."""

import os

TIMES = int(os.environ.get("HUB_TEST_EXAMPLES", "1"))


def examples(number: int) -> int:
    """``number``, or as many times more as was asked for."""
    return number * TIMES
