"""Plants single faults in the code and tells which no test notices: ``make mutants``.

    python -m tools.mutants [FILE ...] [--every N] [--workers N] [--list]

Each mutant is the code with one operator turned, one number moved by one, one condition or call
taken out. The tests that stand beside the file run on it until one fails; where all pass, the
mutant has survived and is listed. Survivors that change nothing anybody could see stand in
``tools/equivalent_mutants.txt``, each with the line that it turns, and are not listed again.

Without FILE the files are those where a fault costs money, goods or a signature. Every process
imports the libraries once and forks for each mutant, which then imports the hub with the fault.
"""

import argparse
import ast
import copy
import importlib.machinery
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")
SECONDS = 300

#: The files of a run without arguments, and the tests that are to notice their faults.
TARGETS: dict[str, tuple[str, ...]] = {
    "hub/core/money.py": ("tests/core", "tests/payments"),
    "hub/payments/ledger/entries.py": ("tests/payments",),
    "hub/payments/bank/settlement.py": ("tests/payments",),
    "hub/payments/bank/checking.py": ("tests/payments",),
    "hub/payments/bank/matching.py": ("tests/payments",),
    "hub/payments/invariants.py": ("tests/payments",),
    "hub/matching/engine/transport.py": ("tests/matching",),
    "hub/matching/engine/clearing.py": ("tests/matching",),
    "hub/ads/ranking/auction.py": ("tests/ads",),
    "hub/depots/stock/keeping.py": ("tests/depots", "tests/dispatch"),
    "hub/depots/stock/ledger.py": ("tests/depots", "tests/dispatch"),
    "hub/contracts/signing/services.py": ("tests/contracts",),
    "hub/membership/entitlements/services.py": ("tests/membership", "tests/posting"),
}

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, what it does, and the whole file with it."""

    path: str
    line: int
    text: str
    what: str
    source: str

    @property
    def key(self) -> str:
        """What tells it from others while lines move: the file, the line's text, the change."""
        return f"{self.path} | {self.text} | {self.what}"


def mutants_of(path: str) -> list[Mutant]:
    """All mutants of a file, in the order of its lines."""
    source = (ROOT / path).read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    found = []
    for number, (node, what, change) in enumerate(_changes(tree)):
        turned = copy.deepcopy(tree)
        _apply(turned, number, change)
        line = getattr(node, "lineno", 1)
        found.append(Mutant(path, line, lines[line - 1].strip(), what, ast.unparse(turned)))
    return sorted(found, key=lambda mutant: mutant.line)


def _changes(tree: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    """Every change there is, as (node, what it does, how it is done to that node)."""
    for node in _code(tree):
        if isinstance(node, ast.Compare):
            for place, operator in enumerate(node.ops):
                other = _COMPARED[type(operator)]
                yield node, f"{_name(operator)} -> {other.__name__}", ("ops", place, other)
        elif isinstance(node, ast.BoolOp):
            other_boolean = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield node, f"{_name(node.op)} -> {other_boolean.__name__}", ("op", other_boolean)
        elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _COMPUTED:
            computed = _COMPUTED[type(node.op)]
            yield node, f"{_name(node.op)} -> {computed.__name__}", ("op", computed)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            yield node, f"without {_name(node.op)}", ("operand",)
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
            value = not node.value if isinstance(node.value, bool) else node.value + 1
            yield node, f"{node.value} -> {value}", ("value", value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node, "without this call", ("nothing",)
        elif isinstance(node, ast.Raise):
            yield node, "without this refusal", ("nothing",)


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something: no annotations, decorators, slices of text or table set-up."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST):
                yield node
                yield from _code(node)


def _apply(tree: ast.AST, number: int, change: Sequence[Any]) -> None:
    """Carry out change ``number`` of :func:`_changes` on a copy of the tree."""
    node = next(
        found for place, (found, _what, _change) in enumerate(_changes(tree)) if place == number
    )
    match change:
        case ("ops", place, other):
            node.ops[place] = other()  # type: ignore[attr-defined]
        case ("op", other):
            node.op = other()  # type: ignore[attr-defined]
        case ("value", value):
            node.value = value  # type: ignore[attr-defined]
        case ("operand",):
            _replace(tree, node, node.operand)  # type: ignore[attr-defined]
        case _:
            _replace(tree, node, ast.copy_location(ast.Pass(), node))


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(each is old for each in value):
                value[:] = [new if each is old else each for each in value]


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


class _Faulty(importlib.machinery.SourceFileLoader):
    """Loads one module with other code than its file has."""

    faulty = ""

    def get_code(self, fullname: str) -> CodeType:
        """The mutant instead of the file."""
        return compile(self.faulty, self.path, "exec")


class _Finder:
    """Gives the mutant to whoever imports its module."""

    def __init__(self, mutant: Mutant) -> None:
        self.module = mutant.path.removesuffix(".py").replace("/", ".")
        self.loader = _Faulty(self.module, str(ROOT / mutant.path))
        self.loader.faulty = mutant.source

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        """The specification of the faulty module; None for all others."""
        if name != self.module:
            return None
        return importlib.machinery.ModuleSpec(name, self.loader, origin=self.loader.path)


def survives(mutant: Mutant | None, tests: Sequence[str]) -> bool:
    """Whether all tests pass on the mutant (on the code as it is, for None)."""
    child = os.fork()
    if child == 0:
        os._exit(_test(mutant, tests))
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _test(mutant: Mutant | None, tests: Sequence[str]) -> int:
    """Run in the child: 0 if every test passed. A mutant that never ends is noticed, too."""
    signal.alarm(SECONDS)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant))
    import pytest

    chosen = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not browser", *tests]
    return int(pytest.main(chosen))


def _load_libraries() -> None:
    """What every child needs and no mutant changes, imported once."""
    import alembic  # noqa: F401
    import flask  # noqa: F401
    import numpy  # noqa: F401
    import pyhanko.sign  # noqa: F401
    import pytest  # noqa: F401
    import reportlab.pdfgen.canvas  # noqa: F401
    import sqlalchemy.orm  # noqa: F401


def tests_beside(path: str) -> tuple[str, ...]:
    """The tests that are to notice a fault in this file: those of its package."""
    return TARGETS.get(path) or (f"tests/{Path(path).parts[1]}",)


def main() -> int:
    """Try every mutant; 1 if any survived."""
    arguments = argparse.ArgumentParser(description="Which single faults does no test notice?")
    arguments.add_argument("files", nargs="*", default=list(TARGETS), metavar="FILE")
    arguments.add_argument("--every", type=int, default=1, help="only every so many mutants")
    arguments.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    arguments.add_argument("--list", action="store_true", help="list the mutants and test none")
    given = arguments.parse_args()
    os.chdir(ROOT)
    chosen = [mutant for path in given.files for mutant in mutants_of(path)][:: given.every]
    if given.list:
        for mutant in chosen:
            print(f"{mutant.path}:{mutant.line}: {mutant.what}: {mutant.text}")
        return 0
    equivalent = set(EQUIVALENT.read_text(encoding="utf-8").splitlines())
    chosen = [mutant for mutant in chosen if mutant.key not in equivalent]
    _load_libraries()
    for path in given.files:
        if not survives(None, tests_beside(path)):
            print(f"The tests of {path} fail as it is; mutants would say nothing.")
            return 2
    with ThreadPoolExecutor(given.workers) as pool:
        alive = list(pool.map(lambda mutant: survives(mutant, tests_beside(mutant.path)), chosen))
    survivors = [mutant for mutant, lives in zip(chosen, alive, strict=True) if lives]
    for mutant in survivors:
        print(f"{mutant.path}:{mutant.line}: {mutant.what}: {mutant.text}")
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} faults were noticed.")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
