"""What is asked for on the command line reaches the processes that test."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.examples import examples

EXPECTED = "EXAMPLES_EXPECTED"


@pytest.mark.skipif(EXPECTED not in os.environ, reason="asked by the test below only")
def test_as_many_examples_as_expected() -> None:
    assert examples(1) == int(os.environ[EXPECTED])


def test_more_examples_reach_the_workers() -> None:
    """Started as ``make test-deep`` does it: with workers of their own."""
    inner = f"{__file__}::{test_as_many_examples_as_expected.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", inner],
        cwd=ROOT,
        env=os.environ | {"HUB_TEST_EXAMPLES": "3", EXPECTED: "3"},
        capture_output=True,
        text=True,
    )
    assert "1 passed" in done.stdout, done.stdout
