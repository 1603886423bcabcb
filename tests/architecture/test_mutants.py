"""The planter of single faults plants each fault once, and nothing else."""

import ast

import pytest

from tests.architecture.source import ROOT
from tools.mutants import TARGETS, mutants_of

PATH = "hub/core/money.py"


def test_each_mutant_is_the_file_with_one_change() -> None:
    plain = ast.unparse(ast.parse((ROOT / PATH).read_text(encoding="utf-8"))).splitlines()
    mutants = mutants_of(PATH)
    assert len(mutants) > 10
    for mutant in mutants:
        faulty = mutant.source.splitlines()
        assert len(faulty) == len(plain), mutant.what
        assert sum(one != other for one, other in zip(plain, faulty, strict=True)) == 1, mutant.what


def test_a_refusal_a_comparison_and_a_sign_are_among_them() -> None:
    found = {(mutant.text, mutant.what) for mutant in mutants_of(PATH)}
    assert ("return self.minor < other.minor", "Lt -> LtE") in found
    assert ("return Money(-self.minor, self.currency)", "without USub") in found
    assert ("self._same(other)", "without this call") in found


@pytest.mark.parametrize("path", TARGETS)
def test_what_is_tried_by_itself_is_there_with_its_tests(path: str) -> None:
    assert (ROOT / path).is_file()
    assert all((ROOT / tests).is_dir() for tests in TARGETS[path])
